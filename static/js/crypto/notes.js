// Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint; §4.6).
//
// A key is `{name, key}`, key being 32 bytes. The record's notes have one form: a line by
// a signer that is not known is refused, not passed over.

import { sha256 } from "../../vendor/noble-hashes/sha2.js";
import { concat, isEqual, utf8 } from "./bytes.js";
import { decodeBase64, encodeBase64, encodeHex } from "./encoding.js";
import { MalformedNote, UnknownSigner } from "./errors.js";
import { publicKey, signBytes, verifyBytes } from "./signing.js";

const KEY_HASH_BYTES = 4;
const SIGNATURE_BYTES = 64;
const MAXIMUM_SIGNATURES = 100;
const MAXIMUM_CHARACTERS = 100_000;
const LINE_START = "— ";
// What Python calls white space, which U+FEFF is not and U+0085 is.
const WHITE = /[^\S\ufeff]|\u0085/;
const UNWRITABLE = /[\x00-\x1f\ud800-\udfff]/u;

/** @param {string} name @param {Uint8Array} key 32 bytes @returns {Uint8Array} 4 bytes */
export function keyHash(name, key) {
  const algorithm = Uint8Array.of(0x0a, 0x01);
  return sha256(concat(utf8(name), algorithm, key)).slice(0, KEY_HASH_BYTES);
}

/**
 * Read a note; nothing in it is to be believed before verifyNote.
 * @param {string} encoded
 * @returns {{text: string, signatures: Array<{name: string, keyHash: Uint8Array,
 *   signature: Uint8Array}>}}
 * @throws {MalformedNote}
 */
export function parseNote(encoded) {
  // The text may have empty lines of its own; the last one ends it.
  const end = encoded.lastIndexOf("\n\n");
  requireThat(encoded.length <= MAXIMUM_CHARACTERS && end >= 0, "the note has no signature");
  const text = encoded.slice(0, end + 1);
  requirePlain(text.replaceAll("\n", ""));
  const lines = encoded.slice(end + 2).split("\n");
  requireThat(lines.pop() === "", "the note does not end with a newline");
  requireThat(lines.length > 0 && lines.length <= MAXIMUM_SIGNATURES, "too few or too many signatures");
  const signatures = lines.map(parseLine);
  const signers = signatures.map(({ name, keyHash: hash }) => `${name} ${encodeHex(hash)}`);
  requireThat(new Set(signers).size === signers.length, "a signer has two lines");
  return { text, signatures };
}

function parseLine(line) {
  requireThat(line.startsWith(LINE_START), "a signature line begins otherwise");
  const [name, blob, ...more] = line.slice(LINE_START.length).split(" ");
  requireThat(blob !== undefined && more.length === 0, "a signature line is a name and a signature");
  requireName(name);
  const decoded = decoding(blob, KEY_HASH_BYTES + SIGNATURE_BYTES);
  return {
    name, keyHash: decoded.slice(0, KEY_HASH_BYTES), signature: decoded.slice(KEY_HASH_BYTES),
  };
}

/**
 * Refuse a note with any line that is not a good signature by one of the keys.
 * @param {object} note
 * @param {Array<{name: string, key: Uint8Array}>} keys
 * @returns {string[]} the names of those who signed, in order of their lines
 * @throws {UnknownSigner} @throws {BadSignature}
 */
export function verifyNote(note, keys) {
  return note.signatures.map((line) => {
    const known = keys.find(({ name, key }) =>
      name === line.name && isEqual(keyHash(name, key), line.keyHash));
    if (known === undefined) {
      throw new UnknownSigner();
    }
    verifyBytes(known.key, line.signature, utf8(note.text));
    return line.name;
  });
}

/**
 * @param {object} note
 * @param {string} name without space or plus sign
 * @param {Uint8Array} seed 32 bytes
 * @returns {object} the note with one signature more, below the others
 * @throws {MalformedNote}
 */
export function cosignNote(note, name, seed) {
  requireName(name);
  const signature = signBytes(seed, utf8(note.text));
  const line = { name, keyHash: keyHash(name, publicKey(seed)), signature };
  return { text: note.text, signatures: [...note.signatures, line] };
}

/** @param {object} note @returns {string} text, empty line, signature lines */
export function encodeNote(note) {
  const lines = note.signatures.map(({ name, keyHash: hash, signature }) =>
    `${LINE_START}${name} ${encodeBase64(concat(hash, signature))}\n`);
  return `${note.text}\n${lines.join("")}`;
}

/**
 * @param {string} text of a note: three lines
 * @returns {{origin: string, size: number, root: Uint8Array}} root being 32 bytes
 * @throws {MalformedNote}
 */
export function parseCheckpoint(text) {
  const [origin, size, root, ...rest] = text.split("\n");
  requireThat(rest.length === 1 && rest[0] === "", "a checkpoint has three lines");
  requireThat(origin !== "", "the origin is empty");
  requirePlain(origin);
  requireThat(/^(0|[1-9]\d*)$/.test(size) && Number.isSafeInteger(Number(size)),
    "the size of the tree is not a number");
  return { origin, size: Number(size), root: decoding(root, 32) };
}

/** @param {object} checkpoint @returns {string} the text to sign */
export function encodeCheckpoint({ origin, size, root }) {
  return `${origin}\n${size}\n${encodeBase64(root)}\n`;
}

function decoding(encoded, length) {
  try {
    return decodeBase64(encoded, length);
  } catch {
    throw new MalformedNote("base64 is malformed or of another length");
  }
}

function requireName(name) {
  requireThat(name !== "" && !name.includes("+") && !WHITE.test(name),
    "a signer's name is empty, or has a space or a plus sign");
  requirePlain(name);
}

function requirePlain(text) {
  requireThat(!UNWRITABLE.test(text), "a control character or a lone surrogate");
}

function requireThat(holds, what) {
  if (!holds) {
    throw new MalformedNote(what);
  }
}
