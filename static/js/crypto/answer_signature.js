// What a credential signs over a survey's answers, and what a named respondent's right is
// asked for with (§8.2, §8.3); the twin of crypto/answer_signature.py.

import { deriveCredential, loginSeed } from "./codes.js";
import { encodeHex } from "./encoding.js";
import { G, encodePoint, multiply } from "./group.js";
import { digest } from "./hashing.js";
import { proveKnowledge } from "./knowledge.js";
import { publicKey, sign } from "./signing.js";
import { credentialElement, verifyEvaluations } from "./voprf.js";

const ANSWERS_TAG = "proof/answers";

/**
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {Uint8Array} encoded the answers as canonical JSON
 * @returns {Uint8Array} 32 bytes
 */
export function answersDigest(fingerprint, encoded) {
  return digest("answers", fingerprint, encoded);
}

/**
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {bigint} secret x of the credential
 * @param {object} token a point
 * @param {Uint8Array} answers their digest, 32 bytes
 * @returns {Uint8Array} 64 bytes
 */
export function signAnswers(fingerprint, secret, token, answers) {
  const credential = encodePoint(multiply(secret, G));
  const parts = [fingerprint, credential, encodePoint(token), answers];
  return proveKnowledge(ANSWERS_TAG, parts, secret);
}

/**
 * To the register, in a survey with names: my right, the credential told (§8.2).
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {string} code
 * @param {Uint8Array} salt 32 bytes
 * @returns {object} fields in hex
 */
export function namedRightRequest(fingerprint, code, salt) {
  const credential = encodePoint(deriveCredential(fingerprint, code, salt).public);
  const blinded = encodePoint(credentialElement(fingerprint, credential));
  const seed = loginSeed(fingerprint, code);
  const signature = sign(seed, "right/named", fingerprint, blinded, credential);
  const fields = { blinded, credential, fingerprint, login: publicKey(seed), signature };
  return Object.fromEntries(
    Object.entries(fields).map(([name, bytes]) => [name, encodeHex(bytes)]));
}

/**
 * Check the register's answer to namedRightRequest; nothing is to be unblinded.
 * @param {object} issuerKey of the manifest
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {Uint8Array} credential 32 bytes
 * @param {{evaluated: object, proof: Uint8Array}} answer
 * @returns {object} the token, a point
 * @throws {ProofRefused} and what decoding throws
 */
export function openNamedRight(issuerKey, fingerprint, credential, { evaluated, proof }) {
  const element = credentialElement(fingerprint, credential);
  verifyEvaluations(issuerKey, [element], [evaluated], proof);
  return evaluated;
}
