// The voting code in a member's link, and the keys that follow from it (§1.6, §3.3).
//
// A code is 26 symbols of base32. Whoever holds it can vote with it.

import { utf8 } from "./bytes.js";
import { drawBase32, encodeBase32, groupBase32, normaliseBase32 } from "./encoding.js";
import { MalformedCode, MalformedLink, OtherFingerprint, ZeroScalar } from "./errors.js";
import { G, multiply } from "./group.js";
import { challenge, digest } from "./hashing.js";

export const CODE_SYMBOLS = 26;
export const FINGERPRINT_SYMBOLS = 16;
const PRINTED_GROUP = 4;

/** @returns {string} a new code: each symbol uniform, 130 bits */
export function drawCode() {
  return drawBase32(CODE_SYMBOLS);
}

/** @param {string} text typed by a person @returns {string} 26 symbols @throws {MalformedCode} */
export function typedCode(text) {
  return normalised(text, CODE_SYMBOLS, MalformedCode);
}

/** @param {string} code @returns {string} in groups of four, to be read from paper */
export function printedCode(code) {
  return groupBase32(code, PRINTED_GROUP);
}

/** @param {Uint8Array} fingerprint 32 bytes @returns {string} FP16, its first 80 bits */
export function shortFingerprint(fingerprint) {
  return encodeBase32(fingerprint).slice(0, FINGERPRINT_SYMBOLS);
}

/**
 * @param {string} code
 * @param {Uint8Array} fingerprint 32 bytes
 * @returns {string} `CODE.FP16`, which stands after the `#` of the link
 */
export function linkFragment(code, fingerprint) {
  return `${code}.${shortFingerprint(fingerprint)}`;
}

/**
 * @param {string} fragment `CODE.FP16`, as followed or as typed from a letter
 * @returns {{code: string, short: string}}
 * @throws {MalformedLink} @throws {MalformedCode}
 */
export function parseLinkFragment(fragment) {
  const dot = fragment.indexOf(".");
  if (dot < 0) {
    throw new MalformedLink();
  }
  const short = normalised(fragment.slice(dot + 1), FINGERPRINT_SYMBOLS, MalformedLink);
  return { code: typedCode(fragment.slice(0, dot)), short };
}

function normalised(text, symbols, Refusal) {
  let normal;
  try {
    normal = normaliseBase32(text);
  } catch {
    throw new Refusal();
  }
  if (normal.length !== symbols) {
    throw new Refusal();
  }
  return normal;
}

/**
 * @param {string} short FP16
 * @param {Uint8Array} fingerprint 32 bytes
 * @throws {OtherFingerprint}
 */
export function requireFingerprint(short, fingerprint) {
  if (short !== shortFingerprint(fingerprint)) {
    throw new OtherFingerprint();
  }
}

/**
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {string} code
 * @returns {Uint8Array} the seed of the Ed25519 login key, 32 bytes
 */
export function loginSeed(fingerprint, code) {
  return digest("login-key", fingerprint, utf8(code));
}

/**
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {string} code
 * @param {Uint8Array} salt the register's, 32 bytes
 * @returns {{secret: bigint, public: object}} x and X = x·G
 * @throws {ZeroScalar}
 */
export function deriveCredential(fingerprint, code, salt) {
  const secret = derivedScalar("credential", fingerprint, code, salt);
  return { secret, public: multiply(secret, G) };
}

/**
 * The blind of the voting right; derived, so that any device with the link can finish.
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {string} code
 * @param {Uint8Array} salt 32 bytes
 * @returns {bigint}
 * @throws {ZeroScalar}
 */
export function deriveBlind(fingerprint, code, salt) {
  return derivedScalar("blind", fingerprint, code, salt);
}

function derivedScalar(tag, fingerprint, code, salt) {
  const scalar = challenge(tag, fingerprint, utf8(code), salt);
  if (scalar === 0n) {
    throw new ZeroScalar();
  }
  return scalar;
}
