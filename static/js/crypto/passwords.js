// Argon2id (RFC 9106): the key of a key file's passphrase (§4.10).
//
// It takes seconds and 64 MiB: call it in a worker, and show how far it has come.

import { argon2idAsync } from "../../vendor/noble-hashes/argon2.js";
import { requireLength, utf8 } from "./bytes.js";
import { requireText } from "./encoding.js";

export const SALT_BYTES = 16;

/** Three passes over 64 MiB in one lane, as a browser has one thread (§4.10). */
export const KEY_FILE = Object.freeze({ passes: 3, memoryKib: 65536, lanes: 1 });

/**
 * @param {string} passphrase brought to Unicode's NFC
 * @param {Uint8Array} salt 16 bytes
 * @param {function(number): void} [onProgress] told the part that is done, 0 to 1
 * @param {{passes: number, memoryKib: number, lanes: number}} [profile]
 * @returns {Promise<Uint8Array>} 32 bytes
 * @throws {WrongLength} @throws {NonCanonicalEncoding} for a lone surrogate
 */
export async function deriveKey(passphrase, salt, onProgress = undefined, profile = KEY_FILE) {
  requireLength("salt", SALT_BYTES, salt);
  requireText(passphrase);
  return argon2idAsync(utf8(passphrase.normalize("NFC")), salt, {
    t: profile.passes, m: profile.memoryKib, p: profile.lanes, dkLen: 32, onProgress,
  });
}
