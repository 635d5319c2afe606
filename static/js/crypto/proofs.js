// That a ciphertext holds one of a few values, and not which (§5.1 to §5.3).
//
// A statement is `{tag, context, key, ciphertext, values}`: the proof's name, the parts it
// is bound to, Y, the ciphertext, and the numbers that it may hold.

import { concat, requireLength } from "./bytes.js";
import { encodeCiphertext } from "./elgamal.js";
import { isHolding } from "./equations.js";
import { ProofRefused } from "./errors.js";
import {
  G, POINT_BYTES, SCALAR_BYTES, decodePoint, decodeScalar, encodePoint, encodePoints, encodeScalar,
  multiply, randomScalar, reduce,
} from "./group.js";
import { challenge } from "./hashing.js";

export const CHOICE_PROOF_BYTES = valueProofBytes(2);

/** @param {number} values @returns {number} bytes of a proof over so many values (§5.1) */
export function valueProofBytes(values) {
  return values * 2 * (POINT_BYTES + SCALAR_BYTES) - SCALAR_BYTES;
}

function challengeOf(statement, commitments) {
  const halves = encodeCiphertext(statement.ciphertext);
  return challenge(
    statement.tag,
    ...statement.context,
    encodePoint(statement.key),
    halves.subarray(0, POINT_BYTES),
    halves.subarray(POINT_BYTES),
    commitments,
  );
}

/**
 * @param {object} statement
 * @param {number} value the true one, among the statement's values
 * @param {bigint} randomness of the ciphertext
 * @returns {Uint8Array} 128·values - 32 bytes
 */
export function proveValue(statement, value, randomness) {
  const own = statement.values.indexOf(value);
  if (own < 0) {
    throw new RangeError("the value is not among those of the statement");
  }
  const branches = statement.values.map((other, at) => (at === own
    ? honestBranch(statement)
    : simulatedBranch(statement, value - other, randomness)));
  const commitments = encodePoints(...branches.flatMap(({ a, b }) => [a, b]));
  const others = branches.reduce((total, branch) => total + branch.challenge, 0n);
  const branch = branches[own];
  branch.challenge = reduce(challengeOf(statement, commitments) - others);
  branch.response = reduce(branch.response + branch.challenge * randomness);
  return concat(
    commitments,
    ...branches.slice(0, -1).map(({ challenge: c }) => encodeScalar(c)),
    ...branches.map(({ response }) => encodeScalar(response)),
  );
}

// The nonce stands in for the response until the challenge is known.
function honestBranch(statement) {
  const nonce = randomScalar();
  return {
    a: multiply(nonce, G), b: multiply(nonce, statement.key), challenge: 0n, response: nonce,
  };
}

// The prover knows the randomness r: z·G - c·A is (z - c·r)·G, and z·Y - c·(B - v·G) is
// (z - c·r)·Y - c·(true - v)·G. So both points that have tables do all the work.
function simulatedBranch(statement, excess, randomness) {
  const [c, response] = [randomScalar(), randomScalar()];
  const shifted = reduce(response - c * randomness);
  const correction = multiply(reduce(-c * BigInt(excess)), G);
  return {
    a: multiply(shifted, G),
    b: multiply(shifted, statement.key).add(correction),
    challenge: c,
    response,
  };
}

/**
 * The two equations of every value (§5.1), for one check or for many at once.
 * @param {object} statement
 * @param {Uint8Array} proof 128·values - 32 bytes
 * @returns {Array<Array<[bigint, object]>>}
 * @throws {WrongLength} @throws {NonCanonicalPoint} @throws {IdentityPoint}
 * @throws {NonCanonicalScalar}
 */
export function valueEquations(statement, proof) {
  const count = statement.values.length;
  const { points, scalars, commitments } = decoded(proof, count);
  const known = scalars.slice(0, count - 1);
  const last = known.reduce((rest, c) => rest - c, challengeOf(statement, commitments));
  const challenges = [...known, reduce(last)];
  const { ciphertext: { a, b }, key } = statement;
  return statement.values.flatMap((value, at) => {
    const [c, z] = [challenges[at], scalars[count - 1 + at]];
    return [
      [[1n, points[2 * at]], [c, a], [-z, G]],
      [[1n, points[2 * at + 1]], [c, b], [-c * BigInt(value), G], [-z, key]],
    ];
  });
}

function decoded(proof, count) {
  requireLength("value proof", valueProofBytes(count), proof);
  const piece = (at) => proof.subarray(at * POINT_BYTES, (at + 1) * POINT_BYTES);
  return {
    commitments: proof.subarray(0, 2 * count * POINT_BYTES),
    points: Array.from({ length: 2 * count }, (_, at) => decodePoint(piece(at))),
    scalars: Array.from({ length: 2 * count - 1 }, (_, at) => decodeScalar(piece(2 * count + at))),
  };
}

/**
 * @param {object} statement
 * @param {Uint8Array} proof
 * @throws {ProofRefused} and what valueEquations throws
 */
export function verifyValue(statement, proof) {
  if (!valueEquations(statement, proof).every(isHolding)) {
    throw new ProofRefused();
  }
}
