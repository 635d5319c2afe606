// Exponential ElGamal over ristretto255 (§4.3): ciphertexts add up, and so do votes.
//
// A ciphertext is `{a, b}`, two points.

import { concat, split } from "./bytes.js";
import {
  G, IDENTITY, POINT_BYTES, decodePoint, encodePoint, multiply, multiplyPublic, sum,
} from "./group.js";

export const CIPHERTEXT_BYTES = 2 * POINT_BYTES;

/**
 * @param {Uint8Array} bytes 64: A || B
 * @returns {{a: object, b: object}}
 * @throws {WrongLength} @throws {NonCanonicalPoint} @throws {IdentityPoint}
 */
export function decodeCiphertext(bytes) {
  const [a, b] = split(bytes, POINT_BYTES, POINT_BYTES).map(decodePoint);
  return { a, b };
}

/** @param {{a: object, b: object}} ciphertext @returns {Uint8Array} 64 bytes */
export function encodeCiphertext(ciphertext) {
  return concat(encodePoint(ciphertext.a), encodePoint(ciphertext.b));
}

/**
 * @param {object} key Y, a point
 * @param {number} value from 0 up
 * @param {bigint} randomness fresh, not zero, used once
 * @returns {{a: object, b: object}} (r·G, v·G + r·Y)
 */
export function encrypt(key, value, randomness) {
  const masked = multiply(randomness, key);
  return { a: multiply(randomness, G), b: masked.add(multiplyPublic(BigInt(value), G)) };
}

/**
 * @param {Array<{a: object, b: object}>} ciphertexts
 * @returns {{a: object, b: object}} what holds the sum of their values
 */
export function sumCiphertexts(ciphertexts) {
  return {
    a: sum(ciphertexts.map((ciphertext) => ciphertext.a)),
    b: sum(ciphertexts.map((ciphertext) => ciphertext.b)),
  };
}

/**
 * @param {{a: object, b: object}} ciphertext
 * @param {number} factor public, from 0 up
 * @returns {{a: object, b: object}} what holds so many times the value
 */
export function timesCiphertext(ciphertext, factor) {
  return {
    a: multiplyPublic(BigInt(factor), ciphertext.a),
    b: multiplyPublic(BigInt(factor), ciphertext.b),
  };
}

/** The sum of no ciphertexts. It hides nothing, and is never sent. */
export const NEUTRAL = Object.freeze({ a: IDENTITY, b: IDENTITY });
