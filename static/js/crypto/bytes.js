// Byte strings: joining, numbers of fixed width, comparison, randomness (§1.1).

import { WrongLength } from "./errors.js";

const encoder = new TextEncoder();

/**
 * @param {...Uint8Array} parts
 * @returns {Uint8Array} the parts joined
 */
export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** @param {number} value @returns {Uint8Array} 2 bytes, big-endian (§1.1) */
export function u16(value) {
  return unsigned(value, 2);
}

/** @param {number} value @returns {Uint8Array} 4 bytes, big-endian (§1.1) */
export function u32(value) {
  return unsigned(value, 4);
}

/** @param {number} value below 2^53 @returns {Uint8Array} 8 bytes, big-endian (§1.1) */
export function u64(value) {
  return unsigned(value, 8);
}

function unsigned(value, width) {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** width) {
    throw new RangeError(`not an unsigned integer of ${width} bytes`);
  }
  const bytes = new Uint8Array(width);
  for (let at = width - 1, rest = value; at >= 0; at--) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** @param {Uint8Array} bytes @returns {number} big-endian; at most 6 bytes */
export function readUnsigned(bytes) {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** @param {string} text @returns {Uint8Array} */
export function utf8(text) {
  return encoder.encode(text);
}

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 * @returns {boolean} compared without stopping at the first difference
 */
export function isEqual(left, right) {
  let difference = left.length ^ right.length;
  for (let at = 0; at < left.length; at++) {
    difference |= left[at] ^ right[at];
  }
  return difference === 0;
}

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 * @returns {number} below zero, zero or above, as by the first differing byte
 */
export function compare(left, right) {
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at++) {
    if (left[at] !== right[at]) {
      return left[at] - right[at];
    }
  }
  return left.length - right.length;
}

/**
 * Refuse bytes of another length.
 * @param {string} what
 * @param {number} expected
 * @param {Uint8Array} bytes
 * @returns {Uint8Array} the same bytes
 * @throws {WrongLength}
 */
export function requireLength(what, expected, bytes) {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${what}: bytes are expected`);
  }
  if (bytes.length !== expected) {
    throw new WrongLength(what, expected, bytes.length);
  }
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @param {...number} lengths of the parts; they must use up the bytes
 * @returns {Uint8Array[]}
 * @throws {WrongLength}
 */
export function split(bytes, ...lengths) {
  requireLength("parts", lengths.reduce((sum, length) => sum + length, 0), bytes);
  let at = 0;
  return lengths.map((length) => bytes.slice(at, (at += length)));
}

/** @param {number} length in bytes @returns {Uint8Array} from the platform's generator */
export function randomBytes(length) {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}
