// A holder's secrets during the ceremony, locked, so that a reload does not end it.
//
// The text may lie in the tab's storage: without the passphrase it is worth what a key
// file is worth without its own (docs/adr/0010). It never leaves the browser.

import { concat, utf8 } from "../crypto/bytes.js";
import {
  base64, hex, id, integer, listOf, nullable, only, personName, readFields, scalar,
} from "../crypto/documents.js";
import { decodeJson, encodeBase64, encodeHex, encodeJson } from "../crypto/encoding.js";
import { UnlockRefused, WrongPassphrase } from "../crypto/errors.js";
import { encodeScalar } from "../crypto/group.js";
import { SALT_BYTES, deriveKey } from "../crypto/passwords.js";
import { NONCE_BYTES, lock, unlock } from "../crypto/sealing.js";
import { MOST_HOLDERS } from "../crypto/sharing.js";

const FORMAT = "urne/v1/holder-draft";

/**
 * @param {object} secrets `{ceremony, index, name, signingSeed, sealingSecret, polynomial,
 *   confirmed}`; the last two may be null
 * @param {Uint8Array} salt 16 bytes
 * @param {Uint8Array} key of the passphrase, 32 bytes
 * @returns {string} canonical JSON
 */
export function lockDraft(secrets, salt, key) {
  const { ceremony, index, name, signingSeed, sealingSecret, polynomial, confirmed } = secrets;
  const locked = lock(key, encodeJson({
    ceremony: encodeHex(ceremony),
    confirmed: confirmed === null ? null : encodeHex(confirmed),
    index,
    name,
    polynomial: polynomial === null
      ? null : polynomial.map((coefficient) => encodeHex(encodeScalar(coefficient))),
    sealing_key: encodeHex(sealingSecret),
    signing_seed: encodeHex(signingSeed),
  }));
  return new TextDecoder().decode(encodeJson({
    box: encodeBase64(locked.subarray(NONCE_BYTES)),
    ceremony: encodeHex(ceremony),
    format: FORMAT,
    index,
    nonce: encodeHex(locked.subarray(0, NONCE_BYTES)),
    salt: encodeHex(salt),
  }));
}

/**
 * What the draft tells without its passphrase.
 * @param {string} text
 * @returns {object} `{ceremony, index, box, nonce, salt}`
 * @throws {NonCanonicalEncoding} @throws {WrongLength}
 */
export function readDraft(text) {
  return readFields(decodeJson(utf8(text)), {
    box: base64(), ceremony: id, format: only(FORMAT), index: integer(1, MOST_HOLDERS),
    nonce: hex(NONCE_BYTES), salt: hex(SALT_BYTES),
  });
}

/**
 * @param {string} text
 * @param {string} passphrase
 * @param {function(number): void} onProgress told the part that is done, 0 to 1
 * @returns {Promise<{secrets: object, salt: Uint8Array, key: Uint8Array}>}
 * @throws {WrongPassphrase} @throws {NonCanonicalEncoding}
 */
export async function unlockDraft(text, passphrase, onProgress) {
  const { box, nonce, salt } = readDraft(text);
  const key = await deriveKey(passphrase, salt, onProgress);
  const fields = readFields(decodeJson(unlocked(key, concat(nonce, box))), {
    ceremony: id, confirmed: nullable(hex(32)), index: integer(1, MOST_HOLDERS),
    name: personName, polynomial: nullable(listOf(scalar)), sealing_key: hex(32),
    signing_seed: hex(32),
  });
  const { sealing_key: sealingSecret, signing_seed: signingSeed, ...secrets } = fields;
  return { secrets: { ...secrets, sealingSecret, signingSeed }, salt, key };
}

function unlocked(key, locked) {
  try {
    return unlock(key, locked);
  } catch (error) {
    throw error instanceof UnlockRefused ? new WrongPassphrase() : error;
  }
}
