// The sealed ballot: encrypted, proven, of one length (§4.3, §5.1 to §5.3).
//
// A context is `{fingerprint, group, style, credential, electionKey, revoting}`: the
// election's fingerprint (32 bytes), indices of the manifest, the points X and Y, and the
// manifest's rule.

import {
  HEADER_BYTES, bitsOf, requireValid, sealedLength, slotsOf, sumsOf,
} from "./ballot_shape.js";
import { concat, isEqual, readUnsigned, requireLength, u16, u32 } from "./bytes.js";
import {
  CIPHERTEXT_BYTES, decodeCiphertext, encodeCiphertext, encrypt, sumCiphertexts, timesCiphertext,
} from "./elgamal.js";
import { isHolding } from "./equations.js";
import {
  ProofRefused, WrongGroup, WrongLength, WrongPredecessor, WrongSequence, WrongStyle, WrongVersion,
} from "./errors.js";
import { encodePoint, randomScalar, reduce } from "./group.js";
import { DIGEST_BYTES } from "./hashing.js";
import { CHOICE_PROOF_BYTES, proveValue, valueEquations, valueProofBytes } from "./proofs.js";

const VERSION = 1;
// Where the sum proof stands in for a slot (§5.3).
const SUM_SLOT = 0xffff;

/** 32 zero bytes: what a credential's first ballot names */
export const NO_PREDECESSOR = new Uint8Array(DIGEST_BYTES);

/**
 * Encrypt and prove one selection for each contest of the style.
 * @param {object} context
 * @param {object[]} style shapes of ballot_shape.js
 * @param {object[]} selections
 * @param {{sequence: number, predecessor: Uint8Array}} [place] in the credential's chain
 * @returns {{sealed: Uint8Array, randomness: bigint[][]}} the ballot, and by contest and slot
 *   what it was encrypted with: whoever has that can open it
 * @throws {InvalidSelection} @throws {WrongSequence} @throws {WrongPredecessor}
 */
export function sealBallot(context, style, selections, place = {}) {
  requireValid(style, selections);
  const { sequence = 0, predecessor = NO_PREDECESSOR } = place;
  const header = { group: context.group, style: context.style, sequence, predecessor };
  verifyHeader(context, header);
  const contests = style.map((contest, at) => sealContest(context, contest, selections[at]));
  return {
    sealed: concat(encodeHeader(header), ...contests.flatMap(({ parts }) => parts)),
    randomness: contests.map(({ randomness }) => randomness),
  };
}

function sealContest(context, contest, selection) {
  const bits = bitsOf(contest, selection);
  const randomness = bits.map(randomScalar);
  const ciphertexts = bits.map((bit, slot) => encrypt(context.electionKey, bit, randomness[slot]));
  const parts = bits.flatMap((bit, slot) => [
    encodeCiphertext(ciphertexts[slot]),
    proveValue(choiceStatement(context, contest, slot, ciphertexts[slot]), bit, randomness[slot]),
  ]);
  const weight = (slot) => (slot === contest.choices ? contest.maximum : 1);
  const total = bits.reduce((sum, bit, slot) => sum + bit * weight(slot), 0);
  const secret = randomness.reduce((sum, one, slot) => sum + one * BigInt(weight(slot)), 0n);
  const whole = sumStatement(context, contest, ciphertexts);
  return { parts: [...parts, proveValue(whole, total, reduce(secret))], randomness };
}

/**
 * @param {Uint8Array} sealed
 * @returns {object} `{group, style, sequence, predecessor}`
 * @throws {WrongLength} for fewer than 41 bytes @throws {WrongVersion}
 */
export function readHeader(sealed) {
  if (sealed.length < HEADER_BYTES) {
    throw new WrongLength("ballot header", HEADER_BYTES, sealed.length);
  }
  if (sealed[0] !== VERSION) {
    throw new WrongVersion();
  }
  return {
    group: readUnsigned(sealed.subarray(1, 3)),
    style: readUnsigned(sealed.subarray(3, 5)),
    sequence: readUnsigned(sealed.subarray(5, 9)),
    predecessor: sealed.slice(9, HEADER_BYTES),
  };
}

function encodeHeader({ group, style, sequence, predecessor }) {
  requireLength("predecessor", DIGEST_BYTES, predecessor);
  return concat(Uint8Array.of(VERSION), u16(group), u16(style), u32(sequence), predecessor);
}

/**
 * Read a ballot of canonical form; no proof is checked.
 * @param {Uint8Array} sealed
 * @param {object[]} style
 * @returns {object} `{header, style, contests: [{ciphertexts, proofs, sumProof}]}`
 * @throws {WrongLength} @throws {WrongVersion} @throws {NonCanonicalPoint}
 * @throws {IdentityPoint}
 */
export function decodeBallot(sealed, style) {
  const header = readHeader(sealed);
  requireLength("sealed ballot", sealedLength(style), sealed);
  let at = HEADER_BYTES;
  const next = (length) => sealed.slice(at, (at += length));
  const contests = style.map((contest) => {
    const slots = Array.from({ length: slotsOf(contest) }, () => ({
      ciphertext: decodeCiphertext(next(CIPHERTEXT_BYTES)),
      proof: next(CHOICE_PROOF_BYTES),
    }));
    return {
      ciphertexts: slots.map(({ ciphertext }) => ciphertext),
      proofs: slots.map(({ proof }) => proof),
      sumProof: next(valueProofBytes(sumsOf(contest).length)),
    };
  });
  return { header, style, contests };
}

/**
 * Check to whom a ballot belongs, and every proof, one equation at a time.
 * @param {object} context
 * @param {object} ballot decoded
 * @throws {WrongGroup} @throws {WrongStyle} @throws {WrongSequence}
 * @throws {WrongPredecessor} @throws {ProofRefused} and what ballotEquations throws
 */
export function verifyBallot(context, ballot) {
  if (!ballotEquations(context, ballot).every(isHolding)) {
    throw new ProofRefused();
  }
}

/**
 * The equations that hold if every proof does, for one check or for many at once.
 * @param {object} context
 * @param {object} ballot decoded
 * @returns {Array<Array<[bigint, object]>>}
 * @throws {WrongGroup} @throws {WrongStyle} @throws {WrongSequence}
 * @throws {WrongPredecessor} @throws {NonCanonicalPoint} @throws {IdentityPoint}
 * @throws {NonCanonicalScalar}
 */
export function ballotEquations(context, ballot) {
  verifyHeader(context, ballot.header);
  return ballot.style.flatMap((contest, at) => {
    const { ciphertexts, proofs, sumProof } = ballot.contests[at];
    const choices = ciphertexts.flatMap((ciphertext, slot) => valueEquations(
      choiceStatement(context, contest, slot, ciphertext),
      proofs[slot],
    ));
    const whole = sumStatement(context, contest, ciphertexts);
    return [...choices, ...valueEquations(whole, sumProof)];
  });
}

function verifyHeader(context, header) {
  if (header.group !== context.group) {
    throw new WrongGroup();
  }
  if (header.style !== context.style) {
    throw new WrongStyle();
  }
  if (header.sequence > 0 && !context.revoting) {
    throw new WrongSequence();
  }
  if ((header.sequence === 0) !== isEqual(header.predecessor, NO_PREDECESSOR)) {
    throw new WrongPredecessor();
  }
}

function choiceStatement(context, contest, slot, ciphertext) {
  return statement("proof/choice", context, contest, slot, ciphertext, [0, 1]);
}

// Choices + max·blank: since min >= 1, a blank leaves room for no choice (§5.3).
function sumStatement(context, contest, ciphertexts) {
  const terms = ciphertexts.slice(0, contest.choices);
  if (contest.blank) {
    terms.push(timesCiphertext(ciphertexts[contest.choices], contest.maximum));
  }
  const total = sumCiphertexts(terms);
  return statement("proof/sum", context, contest, SUM_SLOT, total, sumsOf(contest));
}

function statement(tag, context, contest, slot, ciphertext, values) {
  const parts = [
    context.fingerprint,
    u16(context.group),
    u16(context.style),
    u16(contest.index),
    u16(slot),
    encodePoint(context.credential),
  ];
  return { tag, context: parts, key: context.electionKey, ciphertext, values };
}
