// Partial decryptions, rehearsals and totals.

import {
  DiscreteLogs, MAXIMUM_TOTAL, countingStatement, decryptedPoint, rehearsalStatement, verifyPartial,
} from "../../../static/js/crypto/decryption.js";
import { decodeCiphertext } from "../../../static/js/crypto/elgamal.js";
import { decodeHex } from "../../../static/js/crypto/encoding.js";
import { decodePoint, encodePoint } from "../../../static/js/crypto/group.js";
import { bytesOf, jsonOf, requireSame } from "./files.mjs";

let logs;

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readDecryption(vector) {
  const [unit, contest, slot] = ["unit", "contest", "slot"].map((name) => jsonOf(vector, name));
  const statement = countingStatement(
    bytesOf(vector, "fingerprint"),
    bytesOf(vector, "tally"),
    jsonOf(vector, "index"),
    decodePoint(bytesOf(vector, "share-key")),
    { unit, contest, slot },
    decodeCiphertext(bytesOf(vector, "ciphertext")),
  );
  verifyPartial(statement, vector.body);
}

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readRehearsal(vector) {
  const shareKey = decodePoint(bytesOf(vector, "share-key"));
  const transcript = bytesOf(vector, "transcript");
  const statement = rehearsalStatement(transcript, jsonOf(vector, "index"), shareKey);
  verifyPartial(statement, vector.body);
  requireSame(encodePoint(statement.base), bytesOf(vector, "point"), "Z");
}

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readTotal(vector) {
  const entries = jsonOf(vector, "shares").map(({ index, share }) =>
    [index, decodePoint(decodeHex(share))]);
  const ciphertext = decodeCiphertext(vector.body);
  const opened = decryptedPoint(ciphertext, new Map(entries), jsonOf(vector, "threshold"));
  logs ??= new DiscreteLogs(MAXIMUM_TOTAL);
  requireSame(logs.find(opened, jsonOf(vector, "ballots")), jsonOf(vector, "total"), "total");
}
