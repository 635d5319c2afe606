// The tracking code of a ballot, and what its credential signs (§4.3, §5.6).

import { encodeBase32, groupBase32 } from "./encoding.js";
import { G, encodePoint, multiply } from "./group.js";
import { digest } from "./hashing.js";
import { knowledgeEquation, proveKnowledge, verifyKnowledge } from "./knowledge.js";

const BALLOT_TAG = "proof/ballot";
const STATUS_TAG = "proof/status";
const TRACKING_SYMBOLS = 20;

/**
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {object} credential X
 * @param {Uint8Array} sealed
 * @returns {Uint8Array} the tracking digest, 32 bytes
 */
export function trackingDigest(fingerprint, credential, sealed) {
  return digest("tracking", fingerprint, encodePoint(credential), sealed);
}

/** @param {Uint8Array} tracking 32 bytes @returns {string} 20 symbols in groups of five */
export function trackingCode(tracking) {
  return groupBase32(encodeBase32(tracking).slice(0, TRACKING_SYMBOLS));
}

/**
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {bigint} secret x of the credential
 * @param {object} token a point
 * @param {Uint8Array} tracking 32 bytes
 * @returns {Uint8Array} 64 bytes
 */
export function signBallot(fingerprint, secret, token, tracking) {
  const credential = multiply(secret, G);
  return proveKnowledge(BALLOT_TAG, ballotParts(fingerprint, credential, token, tracking), secret);
}

/**
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {object} credential X
 * @param {object} token a point
 * @param {Uint8Array} tracking 32 bytes
 * @param {Uint8Array} signature 64 bytes
 * @throws {ProofRefused} and what knowledgeEquation throws
 */
export function verifyBallotSignature(fingerprint, credential, token, tracking, signature) {
  const parts = ballotParts(fingerprint, credential, token, tracking);
  verifyKnowledge(BALLOT_TAG, parts, credential, signature);
}

/**
 * As verifyBallotSignature, for many at once.
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {object} credential X
 * @param {object} token a point
 * @param {Uint8Array} tracking 32 bytes
 * @param {Uint8Array} signature 64 bytes
 * @returns {Array<[bigint, object]>} the equation that must hold
 */
export function ballotSignatureEquation(fingerprint, credential, token, tracking, signature) {
  const parts = ballotParts(fingerprint, credential, token, tracking);
  return knowledgeEquation(BALLOT_TAG, parts, credential, signature);
}

function ballotParts(fingerprint, credential, token, tracking) {
  return [fingerprint, encodePoint(credential), encodePoint(token), tracking];
}

/**
 * The signature that asks for a credential's own receipts (§3.3).
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {bigint} secret x of the credential
 * @returns {Uint8Array} 64 bytes
 */
export function signStatus(fingerprint, secret) {
  return proveKnowledge(STATUS_TAG, [fingerprint, encodePoint(multiply(secret, G))], secret);
}

/**
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {object} credential X
 * @param {Uint8Array} signature 64 bytes
 * @throws {ProofRefused} and what knowledgeEquation throws
 */
export function verifyStatusSignature(fingerprint, credential, signature) {
  verifyKnowledge(STATUS_TAG, [fingerprint, encodePoint(credential)], credential, signature);
}
