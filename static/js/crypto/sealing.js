// libsodium's SealedBox and SecretBox, byte for byte (§3.1, §4.10).

import { hsalsa, xsalsa20poly1305 } from "../../vendor/noble-ciphers/salsa.js";
import { x25519 } from "../../vendor/noble-curves/ed25519.js";
import { blake2b } from "../../vendor/noble-hashes/blake2.js";
import { concat, randomBytes, requireLength, utf8 } from "./bytes.js";
import { UnlockRefused, UnsealRefused, WeakPublicKey } from "./errors.js";

export const KEY_BYTES = 32;
export const NONCE_BYTES = 24;
export const TAG_BYTES = 16;
export const SEAL_BYTES = KEY_BYTES + TAG_BYTES;

const SIGMA = words(utf8("expand 32-byte k"));

/** @returns {{secret: Uint8Array, key: Uint8Array}} an X25519 pair, 32 bytes each */
export function drawSealingKey() {
  const secret = randomBytes(KEY_BYTES);
  return { secret, key: sealingKey(secret) };
}

/** @param {Uint8Array} secret 32 bytes @returns {Uint8Array} the public key, 32 bytes */
export function sealingKey(secret) {
  return x25519.getPublicKey(requireLength("sealing key", KEY_BYTES, secret));
}

/**
 * Seal so that only the holder of the secret key can read, and nobody knows who sealed.
 * @param {Uint8Array} key 32 bytes, X25519
 * @param {Uint8Array} plain
 * @returns {Uint8Array} plain.length + 48 bytes: ephemeral key, tag, ciphertext
 * @throws {WrongLength} @throws {WeakPublicKey}
 */
export function seal(key, plain) {
  const ephemeral = drawSealingKey();
  const box = xsalsa20poly1305(sharedKey(ephemeral.secret, key), sealNonce(ephemeral.key, key));
  return concat(ephemeral.key, box.encrypt(plain));
}

/**
 * @param {Uint8Array} secret 32 bytes, X25519
 * @param {Uint8Array} sealed
 * @returns {Uint8Array}
 * @throws {UnsealRefused}
 */
export function unseal(secret, sealed) {
  if (sealed.length < SEAL_BYTES) {
    throw new UnsealRefused();
  }
  const ephemeral = sealed.slice(0, KEY_BYTES);
  const nonce = sealNonce(ephemeral, sealingKey(secret));
  try {
    const box = xsalsa20poly1305(sharedKey(secret, ephemeral), nonce);
    return box.decrypt(sealed.slice(KEY_BYTES)).slice();
  } catch {
    throw new UnsealRefused();
  }
}

function sealNonce(ephemeral, key) {
  return blake2b(concat(ephemeral, key), { dkLen: NONCE_BYTES });
}

// crypto_box_beforenm: HSalsa20 of the X25519 product under a nonce of zeros.
function sharedKey(secret, key) {
  requireLength("sealing key", KEY_BYTES, key);
  let product;
  try {
    product = x25519.getSharedSecret(secret, key);
  } catch {
    throw new WeakPublicKey();
  }
  const derived = new Uint32Array(8);
  hsalsa(SIGMA, words(product), new Uint32Array(4), derived);
  return new Uint8Array(derived.buffer);
}

function words(bytes) {
  return new Uint32Array(bytes.slice().buffer);
}

/**
 * @param {Uint8Array} key 32 bytes
 * @param {Uint8Array} plain
 * @returns {Uint8Array} plain.length + 40 bytes: a fresh nonce, tag, ciphertext
 */
export function lock(key, plain) {
  requireLength("lock key", KEY_BYTES, key);
  const nonce = randomBytes(NONCE_BYTES);
  return concat(nonce, xsalsa20poly1305(key, nonce).encrypt(plain));
}

/**
 * @param {Uint8Array} key 32 bytes
 * @param {Uint8Array} locked nonce, tag, ciphertext
 * @returns {Uint8Array}
 * @throws {UnlockRefused}
 */
export function unlock(key, locked) {
  requireLength("lock key", KEY_BYTES, key);
  try {
    const box = xsalsa20poly1305(key, locked.slice(0, NONCE_BYTES));
    return box.decrypt(locked.slice(NONCE_BYTES)).slice();
  } catch {
    throw new UnlockRefused();
  }
}
