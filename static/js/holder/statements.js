// What a holder signs beside ceremony and count, as parts of a frame (§3.6, §4.5, §4.8).

import { isEqual, u16, utf8 } from "../crypto/bytes.js";
import { hex, text, time } from "../crypto/documents.js";
import { encodeHex, encodeJson } from "../crypto/encoding.js";
import { OtherTally } from "../crypto/errors.js";
import { digest } from "../crypto/hashing.js";
import { sign } from "../crypto/signing.js";
import { NothingToSign, OtherProtocol } from "./refusals.js";

const PARTS = { approval, hold, paper, schedule };

/**
 * @param {object} opened of openKeyFile, of this election (requireOwnElection)
 * @param {object} election of readManifest
 * @param {object} task `{kind, number, …}` as it was shown
 * @returns {string} the signature in hex, 64 bytes
 * @throws {NothingToSign} @throws {OtherProtocol} @throws {OtherTally}
 */
export function signTask(opened, election, task) {
  if (!Object.hasOwn(PARTS, task.kind)) {
    throw new NothingToSign();
  }
  const parts = PARTS[task.kind](task, election, opened.secrets);
  return encodeHex(sign(opened.secrets.signingSeed, task.kind, election.fingerprint, ...parts));
}

/** @param {object} protocol document @returns {Uint8Array} 32 bytes: what is approved */
export function protocolDigest(protocol) {
  return digest("protocol", encodeJson(protocol));
}

function approval({ protocol }, election, { tallied }) {
  if (protocol.fingerprint !== encodeHex(election.fingerprint)) {
    throw new OtherProtocol();
  }
  // Who has opened a tally approves no result of another.
  if (tallied !== null && !isEqual(tallied, hex(32)(protocol.tally))) {
    throw new OtherTally();
  }
  return [protocolDigest(protocol)];
}

function paper({ document }) {
  const { signatures: _, ...content } = document;
  return [encodeJson(content)];
}

function schedule({ number, opens_at: opens, closes_at: closes, reason }) {
  return [u16(number), utf8(time(opens)), utf8(time(closes)), utf8(text(reason))];
}

function hold({ number, until, reason }) {
  return [u16(number), utf8(time(until)), utf8(text(reason))];
}
