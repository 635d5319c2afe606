// Ed25519 (RFC 8032) over framed bytes, with the strict reading of §1.4.

import { ed25519 } from "../../vendor/noble-curves/ed25519.js";
import { bytesToNumberLE } from "../../vendor/noble-curves/utils.js";
import { sha512 } from "../../vendor/noble-hashes/sha2.js";
import { concat, isEqual, randomBytes, requireLength } from "./bytes.js";
import { BadSignature } from "./errors.js";
import { frames } from "./hashing.js";

const { Point } = ed25519;

export const SEED_BYTES = 32;
export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** @returns {Uint8Array} a fresh seed, 32 bytes */
export function randomSeed() {
  return randomBytes(SEED_BYTES);
}

/** @param {Uint8Array} seed 32 bytes @returns {Uint8Array} 32 bytes */
export function publicKey(seed) {
  return ed25519.getPublicKey(requireLength("seed", SEED_BYTES, seed));
}

/**
 * @param {Uint8Array} seed 32 bytes
 * @param {string} tag
 * @param {...Uint8Array} parts
 * @returns {Uint8Array} 64 bytes: Sign of §1.4
 */
export function sign(seed, tag, ...parts) {
  return signBytes(seed, frames(tag, ...parts));
}

/**
 * @param {Uint8Array} key 32 bytes
 * @param {Uint8Array} signature 64 bytes
 * @param {string} tag
 * @param {...Uint8Array} parts
 * @throws {WrongLength} @throws {BadSignature}
 */
export function verifySignature(key, signature, tag, ...parts) {
  verifyBytes(key, signature, frames(tag, ...parts));
}

/**
 * @param {Uint8Array} seed 32 bytes
 * @param {Uint8Array} message without a frame: notes (§4.6) only
 * @returns {Uint8Array} 64 bytes
 */
export function signBytes(seed, message) {
  return ed25519.sign(message, requireLength("seed", SEED_BYTES, seed));
}

/**
 * Refuse a signature that does not hold, a non-canonical S, and keys of small order:
 * what libsodium refuses, so that no signature holds on one side alone.
 * @param {Uint8Array} key 32 bytes
 * @param {Uint8Array} signature 64 bytes
 * @param {Uint8Array} message
 * @throws {WrongLength} @throws {BadSignature}
 */
export function verifyBytes(key, signature, message) {
  requireLength("public key", PUBLIC_KEY_BYTES, key);
  requireLength("signature", SIGNATURE_BYTES, signature);
  const holds = ed25519.verify(signature, message, key, { zip215: false });
  if (!holds || !isHoldingExactly(signature, message, key)) {
    throw new BadSignature();
  }
}

// noble multiplies the equation by the cofactor 8, which lets pass what libsodium, by
// comparing S·B - k·A with the bytes of R and by refusing an R of small order, does not.
function isHoldingExactly(signature, message, key) {
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const k = Point.Fn.create(bytesToNumberLE(sha512(concat(r, key, message))));
  const expected = Point.BASE.multiplyUnsafe(bytesToNumberLE(s))
    .subtract(Point.fromBytes(key).multiplyUnsafe(k));
  return isEqual(expected.toBytes(), r) && !expected.isSmallOrder();
}
