// Schnorr's proof of knowledge of a discrete logarithm, 64 bytes `K || s` (§5.5, §5.6).

import { concat, split } from "./bytes.js";
import { isHolding } from "./equations.js";
import { ProofRefused } from "./errors.js";
import {
  G, POINT_BYTES, SCALAR_BYTES, decodePoint, decodeScalar, encodePoint, encodeScalar, multiply,
  randomScalar, reduce,
} from "./group.js";
import { challenge } from "./hashing.js";

export const KNOWLEDGE_BYTES = POINT_BYTES + SCALAR_BYTES;

/**
 * @param {string} tag
 * @param {Uint8Array[]} parts they hold the public point, or what determines it
 * @param {bigint} secret
 * @returns {Uint8Array} 64 bytes
 */
export function proveKnowledge(tag, parts, secret) {
  const nonce = randomScalar();
  const commitment = encodePoint(multiply(nonce, G));
  const response = nonce + challenge(tag, ...parts, commitment) * secret;
  return concat(commitment, encodeScalar(reduce(response)));
}

/**
 * @param {Uint8Array} proof 64 bytes
 * @returns {{encoded: Uint8Array, commitment: object, response: bigint}} K's bytes, K and s
 * @throws {WrongLength} @throws {NonCanonicalPoint} @throws {IdentityPoint}
 * @throws {NonCanonicalScalar}
 */
export function decodeKnowledge(proof) {
  const [encoded, response] = split(proof, POINT_BYTES, SCALAR_BYTES);
  return { encoded, commitment: decodePoint(encoded), response: decodeScalar(response) };
}

/**
 * The equation `s·G = K + c·X`, for one check or for many at once.
 * @param {string} tag
 * @param {Uint8Array[]} parts
 * @param {object} point X, whose logarithm is known
 * @param {Uint8Array} proof 64 bytes
 * @returns {Array<[bigint, object]>}
 * @throws what decodeKnowledge throws
 */
export function knowledgeEquation(tag, parts, point, proof) {
  const { encoded, commitment, response } = decodeKnowledge(proof);
  const c = challenge(tag, ...parts, encoded);
  return [[1n, commitment], [c, point], [-response, G]];
}

/**
 * @param {string} tag
 * @param {Uint8Array[]} parts
 * @param {object} point X
 * @param {Uint8Array} proof 64 bytes
 * @throws {ProofRefused} and what knowledgeEquation throws
 */
export function verifyKnowledge(tag, parts, point, proof) {
  if (!isHolding(knowledgeEquation(tag, parts, point, proof))) {
    throw new ProofRefused();
  }
}
