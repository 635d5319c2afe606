// Key files, checkpoints and canonical JSON.

import {
  decodeHex, decodeJson, encodeHex, encodeJson,
} from "../../../static/js/crypto/encoding.js";
import { encodeScalar } from "../../../static/js/crypto/group.js";
import { openKeyFile } from "../../../static/js/crypto/keyfile.js";
import {
  encodeNote, parseCheckpoint, parseNote, verifyNote,
} from "../../../static/js/crypto/notes.js";
import { bytesOf, jsonOf, requireSame } from "./files.mjs";

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export async function readKeyFile(vector) {
  const { label, secrets } = await openKeyFile(vector.body, jsonOf(vector, "passphrase"));
  const { ceremony, index, name, title } = label;
  const shown = { ceremony: encodeHex(ceremony), index, name, title };
  requireSame(shown, jsonOf(vector, "label"), "label");
  const held = {
    sealing_key: encodeHex(secrets.sealingSecret),
    share: encodeHex(encodeScalar(secrets.share)),
    signing_seed: encodeHex(secrets.signingSeed),
    tallied: secrets.tallied && encodeHex(secrets.tallied),
    transcript: encodeHex(secrets.transcript),
  };
  requireSame(held, jsonOf(vector, "secrets"), "secrets");
}

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readCheckpoint(vector) {
  const keys = jsonOf(vector, "keys").map(({ key, name }) => ({ key: decodeHex(key), name }));
  const encoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(vector.body);
  const note = parseNote(encoded);
  const signers = verifyNote(note, keys);
  const { origin, size, root } = parseCheckpoint(note.text);
  requireSame(encodeNote(note), encoded, "note");
  requireSame(origin, vector.inputs.origin, "origin");
  requireSame(size, jsonOf(vector, "size"), "size");
  requireSame(root, bytesOf(vector, "root"), "root");
  requireSame(signers, jsonOf(vector, "signers"), "signers");
}

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readJson(vector) {
  requireSame(encodeJson(decodeJson(vector.body)), vector.body, "written again");
}
