// The key file: a holder's secrets under a passphrase (§4.10).
//
// The holder's secrets are `{share, signingSeed, sealingSecret, transcript, tallied}`: x_i,
// two secrets of 32 bytes, the ceremony's digest, and the digest of the one tally that the
// file has decrypted, or null.

import { concat, isEqual, randomBytes } from "./bytes.js";
import {
  base64, hex, id, integer, nullable, only, personName, readFields, scalar, text,
} from "./documents.js";
import { decodeJson, encodeBase64, encodeHex, encodeJson } from "./encoding.js";
import {
  OtherElection, OtherTally, UnlockRefused, UnsupportedParameters, WrongPassphrase,
} from "./errors.js";
import { G, encodeScalar, multiply } from "./group.js";
import { KEY_FILE, SALT_BYTES, deriveKey } from "./passwords.js";
import { NONCE_BYTES, lock, unlock } from "./sealing.js";
import { MOST_HOLDERS } from "./sharing.js";
import { publicKey } from "./signing.js";

const FORMAT = "urne/v1/keyfile";
const COST = integer(1, 2 ** 32 - 1);

/**
 * Make the file. Takes seconds: in a worker.
 * @param {{ceremony: Uint8Array, index: number, name: string, title: string}} label not secret
 * @param {object} secrets
 * @param {string} passphrase
 * @param {function(number): void} [onProgress] told the part that is done, 0 to 1
 * @returns {Promise<object>} the opened file, whose `bytes` are what to save
 */
export async function createKeyFile(label, secrets, passphrase, onProgress = undefined) {
  const salt = randomBytes(SALT_BYTES);
  const key = await deriveKey(passphrase, salt, onProgress);
  return openedFile(label, secrets, salt, key);
}

/**
 * Open the file. Takes seconds: in a worker.
 * @param {Uint8Array} bytes
 * @param {string} passphrase
 * @param {function(number): void} [onProgress] told the part that is done, 0 to 1
 * @returns {Promise<object>} `{label, secrets, salt, key, bytes}`
 * @throws {NonCanonicalEncoding} @throws {UnsupportedParameters} @throws {WrongPassphrase}
 */
export async function openKeyFile(bytes, passphrase, onProgress = undefined) {
  const { box, nonce, salt, format, ...label } = readKeyFile(bytes);
  const key = await deriveKey(passphrase, salt, onProgress);
  return { label, secrets: readSecrets(unlocked(key, concat(nonce, box))), salt, key, bytes };
}

/**
 * What the file tells without its passphrase.
 * @param {Uint8Array} bytes
 * @returns {object} `{ceremony, index, name, title, box, nonce, salt}`
 * @throws {NonCanonicalEncoding} @throws {UnsupportedParameters}
 */
export function readKeyFile(bytes) {
  const { lanes, memory_kib: memoryKib, passes, ...fields } = readFields(decodeJson(bytes), {
    box: base64(), ceremony: id, format: only(FORMAT), index: integer(1, MOST_HOLDERS),
    lanes: COST, memory_kib: COST, name: personName, nonce: hex(NONCE_BYTES), passes: COST,
    salt: hex(SALT_BYTES), title: text,
  });
  // A file with cheaper costs would have its passphrase guessed.
  if (lanes !== KEY_FILE.lanes || memoryKib !== KEY_FILE.memoryKib || passes !== KEY_FILE.passes) {
    throw new UnsupportedParameters();
  }
  return fields;
}

/**
 * Remember the one tally that the file decrypts; the same again changes nothing.
 * @param {object} opened
 * @param {Uint8Array} tally digest, 32 bytes
 * @returns {object} the opened file, to be saved again if its bytes are others
 * @throws {OtherTally} if it has decrypted another one
 */
export function rememberTally(opened, tally) {
  const { label, secrets, salt, key } = opened;
  if (secrets.tallied === null) {
    return openedFile(label, { ...secrets, tallied: tally }, salt, key);
  }
  if (!isEqual(secrets.tallied, tally)) {
    throw new OtherTally();
  }
  return opened;
}

/**
 * Refuse to use a key file for an election that its ceremony was not held for.
 * @param {object} election of readManifest
 * @param {object} opened
 * @returns {object} the holder of the manifest
 * @throws {OtherElection}
 */
export function requireOwnElection(election, opened) {
  const { label: { index }, secrets: { share, signingSeed, transcript } } = opened;
  const holder = election.holders[index - 1];
  const isOwn = holder !== undefined
    && isEqual(transcript, election.ceremony)
    && isEqual(publicKey(signingSeed), holder.signingKey)
    && multiply(share, G).equals(holder.shareKey);
  if (!isOwn) {
    throw new OtherElection();
  }
  return holder;
}

function unlocked(key, locked) {
  try {
    return unlock(key, locked);
  } catch (error) {
    throw error instanceof UnlockRefused ? new WrongPassphrase() : error;
  }
}

function readSecrets(plain) {
  const fields = readFields(decodeJson(plain), {
    sealing_key: hex(32), share: scalar, signing_seed: hex(32), tallied: nullable(hex(32)),
    transcript: hex(32),
  });
  const { share, tallied, transcript } = fields;
  return {
    share, tallied, transcript, sealingSecret: fields.sealing_key, signingSeed: fields.signing_seed,
  };
}

function openedFile(label, secrets, salt, key) {
  const locked = lock(key, encodeJson({
    sealing_key: encodeHex(secrets.sealingSecret),
    share: encodeHex(encodeScalar(secrets.share)),
    signing_seed: encodeHex(secrets.signingSeed),
    tallied: secrets.tallied === null ? null : encodeHex(secrets.tallied),
    transcript: encodeHex(secrets.transcript),
  }));
  const bytes = encodeJson({
    box: encodeBase64(locked.subarray(NONCE_BYTES)),
    ceremony: encodeHex(label.ceremony),
    format: FORMAT,
    index: label.index,
    lanes: KEY_FILE.lanes,
    memory_kib: KEY_FILE.memoryKib,
    name: label.name,
    nonce: encodeHex(locked.subarray(0, NONCE_BYTES)),
    passes: KEY_FILE.passes,
    salt: encodeHex(salt),
    title: label.title,
  });
  return { label, secrets, salt, key, bytes };
}
