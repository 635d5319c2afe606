// Whose key file is it, and is this the election that it is for (§3.1, §4.1, §4.10)?
//
// The file knows the ceremony by its digest; the ceremony fixes every holder's keys and
// the election's; the manifest must say the same. So no server can have a file work on
// an election that its ceremony was not held for.

import { isEqual } from "../crypto/bytes.js";
import { encodeJson } from "../crypto/encoding.js";
import { G, encodePoint, multiply } from "../crypto/group.js";
import { readManifest } from "../crypto/manifest.js";
import { publicKey } from "../crypto/signing.js";
import {
  verifyCeremony, verifyCeremonyRecord, verifyTranscriptSignatures,
} from "../crypto/transcript.js";
import { OtherCeremony, OtherKeyFile } from "./refusals.js";

/**
 * Check a key file, read back, against a ceremony that is not rehearsed yet.
 * @param {object} opened of openKeyFile
 * @param {{document: object, signatures: object[]}} ceremony all signatures being there
 * @param {number} index of the holder's seat
 * @returns {object} of verifyCeremony
 * @throws {OtherKeyFile} and what the verifications throw
 */
export function requireOwnCeremony(opened, { document, signatures }, index) {
  const verified = verifyCeremony(document);
  verifyTranscriptSignatures(verified, signatures);
  requireOwnFile(opened, verified, index);
  return verified;
}

/**
 * Check a key file against a sealed election.
 * @param {object} opened of openKeyFile
 * @param {{manifest: object, ceremony: object}} sealed documents of §4.1 and §4.2
 * @param {number} index of the holder's seat
 * @returns {object} the election of readManifest
 * @throws {OtherKeyFile} @throws {OtherCeremony} and what the readers throw
 */
export function requireOwnElection(opened, sealed, index) {
  const verified = verifyCeremonyRecord(sealed.ceremony);
  requireOwnFile(opened, verified, index);
  const election = readManifest(encodeJson(sealed.manifest));
  requireSameKeys(election, verified);
  return election;
}

function requireOwnFile({ label, secrets }, verified, index) {
  const { round, shareKeys, transcript } = verified;
  const holder = round.holders[index - 1];
  const isOwn = label.index === index && holder !== undefined
    && isEqual(label.ceremony, round.ceremony)
    && isEqual(secrets.transcript, transcript)
    && isEqual(publicKey(secrets.signingSeed), holder.signing)
    && multiply(secrets.share, G).equals(shareKeys[index - 1]);
  if (!isOwn) {
    throw new OtherKeyFile();
  }
}

function requireSameKeys(election, { electionKey, round, shareKeys, transcript }) {
  const isSame = isEqual(election.ceremony, transcript)
    && isEqual(encodePoint(election.electionKey), encodePoint(electionKey))
    && election.threshold === round.threshold
    && election.holders.length === round.holders.length
    && election.holders.every(({ name, shareKey, signingKey }, at) =>
      name === round.holders[at].name && shareKey.equals(shareKeys[at])
      && isEqual(signingKey, round.holders[at].signing));
  if (!isSame) {
    throw new OtherCeremony();
  }
}
