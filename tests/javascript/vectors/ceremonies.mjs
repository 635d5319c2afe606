// The operations `ceremony` and `shares`.

import { decodeJson, encodeHex } from "../../../static/js/crypto/encoding.js";
import { encodePoint, encodeScalar, G, multiply } from "../../../static/js/crypto/group.js";
import { spokenWords } from "../../../static/js/crypto/ceremony.js";
import {
  receiveShare, verifyCeremony, verifyCeremonyRecord,
} from "../../../static/js/crypto/transcript.js";
import { bytesOf, jsonOf, requireSame } from "./files.mjs";

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readCeremony(vector) {
  const verified = verifyCeremonyRecord(decodeJson(vector.body));
  requireSame(verified.round.keys, bytesOf(vector, "keys"), "keys");
  requireSame(spokenWords(verified.round), jsonOf(vector, "words"), "words");
  requireSame(verified.transcript, bytesOf(vector, "transcript"), "transcript");
  requireSame(encodePoint(verified.electionKey), bytesOf(vector, "election-key"), "Y");
  const keys = verified.shareKeys.map((key) => encodeHex(encodePoint(key)));
  requireSame(keys, jsonOf(vector, "share-keys"), "X");
}

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readShares(vector) {
  const verified = verifyCeremony(decodeJson(vector.body));
  const index = jsonOf(vector, "index");
  const share = openedShare(vector, verified, index);
  requireSame(encodeScalar(share), bytesOf(vector, "share"), "share");
  requireSame(multiply(share, G).equals(verified.shareKeys[index - 1]), true, "its key");
}

function openedShare(vector, verified, index) {
  try {
    return receiveShare(verified, index, bytesOf(vector, "sealing-key"));
  } catch (error) {
    requireSame(error.dealer, jsonOf(vector, "dealer"), "blamed dealer");
    throw error;
  }
}
