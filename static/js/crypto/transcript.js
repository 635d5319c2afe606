// The ceremony's document, what all holders sign of it, and the rehearsal (§3.1, §4.2).

import {
  combineShares, electionKey, shareKey, startRound, verifyCommits, verifyReveals, verifyShares,
} from "./ceremony.js";
import {
  DECRYPTION_BYTES, combine, decryptPartially, rehearsalStatement, verifyPartial,
} from "./decryption.js";
import { hex, id, integer, listOf, only, readFields, requireInOrder, text } from "./documents.js";
import { encodeHex, encodeJson } from "./encoding.js";
import { G, multiply } from "./group.js";
import { digest } from "./hashing.js";
import { openedFor } from "./openings.js";
import { MOST_HOLDERS } from "./sharing.js";
import { sign, verifySignature } from "./signing.js";

const FORMAT = "urne/v1/ceremony";
const INDEX = integer(1, MOST_HOLDERS);
const asIs = (value) => value;

/**
 * Read a ceremony document and verify every message in it.
 * @param {object} document of §4.2
 * @returns {object} `{round, title, revealed, sealed, electionKey, shareKeys, transcript}`:
 *   the points revealed and the shares sealed by holder, Y, X_1 … X_n, and the digest
 *   (32 bytes) that all holders sign
 * @throws {NonCanonicalEncoding} @throws {ImpossibleThreshold} @throws {BadSignature}
 * @throws {CommitmentMismatch} @throws {ProofRefused}
 */
export function verifyCeremony(document) {
  const fields = readFields(document, {
    ceremony: id, commits: listOf(asIs), format: only(FORMAT), holders: listOf(asIs),
    reveals: listOf(asIs), shares: listOf(asIs), threshold: INDEX, title: text,
  });
  const round = startRound(fields.ceremony, fields.threshold, fields.holders);
  const revealed = verifyReveals(round, verifyCommits(round, fields.commits), fields.reveals);
  return {
    round,
    title: fields.title,
    revealed,
    sealed: verifyShares(round, revealed, fields.shares),
    electionKey: electionKey(revealed),
    shareKeys: round.holders.map(({ index }) => shareKey(revealed, index)),
    transcript: digest("ceremony/transcript", encodeJson(document)),
  };
}

/**
 * Step 6: what one holder gets of a verified ceremony.
 * @param {object} verified of verifyCeremony
 * @param {number} index
 * @param {Uint8Array} sealingSecret 32 bytes
 * @param {object[]} [openings] that dealers have made in public
 * @returns {bigint} the share x_j of the election key
 * @throws {BadShare} @throws {BadSignature}
 */
export function receiveShare(verified, index, sealingSecret, openings = []) {
  const { round, revealed, sealed } = verified;
  const opened = openedFor(round, revealed, index, openings);
  return combineShares(round, revealed, sealed, index, sealingSecret, opened);
}

/**
 * @param {Uint8Array} transcript 32 bytes
 * @param {number} index
 * @param {Uint8Array} signingSeed 32 bytes
 * @returns {object} an entry of the record's `signatures`
 */
export function signTranscript(transcript, index, signingSeed) {
  const signature = sign(signingSeed, "ceremony/transcript", transcript);
  return { index, signature: encodeHex(signature) };
}

/**
 * @param {object} verified of verifyCeremony
 * @param {object[]} entries all n of `signatures`
 * @throws {NonCanonicalEncoding} @throws {BadSignature}
 */
export function verifyTranscriptSignatures(verified, entries) {
  const { holders } = verified.round;
  const signatures = entries.map((entry) =>
    readFields(entry, { index: INDEX, signature: hex(64) }));
  requireInOrder(signatures, 1, holders.length);
  for (const { index, signature } of signatures) {
    const { signing } = holders[index - 1];
    verifySignature(signing, signature, "ceremony/transcript", verified.transcript);
  }
}

/**
 * Step 8: show that the share, read back from the saved file, is the right one.
 * @param {Uint8Array} transcript 32 bytes
 * @param {number} index
 * @param {bigint} share x_j
 * @returns {object} an entry of the record's `rehearsals`
 */
export function makeRehearsal(transcript, index, share) {
  const statement = rehearsalStatement(transcript, index, multiply(share, G));
  return { index, proof: encodeHex(decryptPartially(statement, share)) };
}

/**
 * @param {object} verified of verifyCeremony
 * @param {object} entry of `rehearsals`
 * @returns {{index: number, share: object}} the point x_j·Z
 * @throws {NonCanonicalEncoding} @throws {ProofRefused}
 */
export function verifyRehearsal(verified, entry) {
  const { index, proof } = readFields(entry, {
    index: integer(1, verified.shareKeys.length), proof: hex(DECRYPTION_BYTES),
  });
  const { shareKeys, transcript } = verified;
  const statement = rehearsalStatement(transcript, index, shareKeys[index - 1]);
  return { index, share: verifyPartial(statement, proof) };
}

/**
 * @param {object} verified of verifyCeremony
 * @param {object[]} entries all n of `rehearsals`
 * @returns {object} the one point that any k of them combine to
 * @throws {NonCanonicalEncoding} @throws {ProofRefused}
 */
export function verifyRehearsals(verified, entries) {
  const rehearsals = entries.map((entry) => verifyRehearsal(verified, entry));
  requireInOrder(rehearsals, 1, verified.shareKeys.length);
  const shares = new Map(rehearsals.map(({ index, share }) => [index, share]));
  return combine(shares, verified.round.threshold);
}

/**
 * Verify the record's `ceremony.json`.
 * @param {object} record `{document, rehearsals, signatures}`
 * @returns {object} as verifyCeremony
 * @throws {NonCanonicalEncoding} and what the parts throw
 */
export function verifyCeremonyRecord(record) {
  const { document, rehearsals, signatures } = readFields(record, {
    document: asIs, rehearsals: listOf(asIs), signatures: listOf(asIs),
  });
  const verified = verifyCeremony(document);
  verifyTranscriptSignatures(verified, signatures);
  verifyRehearsals(verified, rehearsals);
  return verified;
}
