// Length-prefixed frames and the hashes over them (§1.1 to §1.3).

import { sha256, sha512 } from "../../vendor/noble-hashes/sha2.js";
import { concat, u64, utf8 } from "./bytes.js";
import { fromUniformBytes, scalarFromWide } from "./group.js";

export const DIGEST_BYTES = 32;

/** @param {Uint8Array} bytes @returns {Uint8Array} u64(length) || bytes (§1.1) */
export function frame(bytes) {
  return concat(u64(bytes.length), bytes);
}

/**
 * @param {string} tag ASCII, not empty
 * @param {...Uint8Array} parts
 * @returns {Uint8Array} the tag and the parts, each after its length (§1.1)
 */
export function frames(tag, ...parts) {
  if (!/^[\x20-\x7e]+$/.test(tag)) {
    throw new RangeError("a tag is ASCII, and not empty");
  }
  return concat(frame(utf8(`urne/v1/${tag}`)), ...parts.map(frame));
}

/**
 * @param {string} tag
 * @param {...Uint8Array} parts
 * @returns {Uint8Array} 32 bytes: H of §1.2
 */
export function digest(tag, ...parts) {
  return sha256(frames(tag, ...parts));
}

/**
 * @param {string} tag
 * @param {...Uint8Array} parts
 * @returns {Uint8Array} 64 bytes: W of §1.2
 */
export function wideDigest(tag, ...parts) {
  return sha512(frames(tag, ...parts));
}

/**
 * @param {string} tag
 * @param {...Uint8Array} parts
 * @returns {bigint} the scalar C of §1.2
 */
export function challenge(tag, ...parts) {
  return scalarFromWide(wideDigest(tag, ...parts));
}

/**
 * @param {string} tag
 * @param {...Uint8Array} parts
 * @returns {object} the point P of §1.3
 */
export function hashToPoint(tag, ...parts) {
  return fromUniformBytes(wideDigest(tag, ...parts));
}

/** @param {Uint8Array} file @returns {Uint8Array} SHA-256 of its bytes, 32 bytes */
export function fileDigest(file) {
  return sha256(file);
}
