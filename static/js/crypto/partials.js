// A holder's partial decryptions of a tally: made, checked, combined (§4.9, §5.4, §5.7).

import { u16, concat, isEqual } from "./bytes.js";
import {
  DECRYPTION_BYTES, DiscreteLogs, countingStatement, decryptPartially, decryptedPoint,
  partialEquations,
} from "./decryption.js";
import { hex, integer, listOf, only, point, readFields } from "./documents.js";
import { encodeHex } from "./encoding.js";
import { areHolding } from "./equations.js";
import { Incomplete, NoSuchHolder, OtherElection, OtherTally, ProofRefused } from "./errors.js";
import { sign, verifySignature } from "./signing.js";
import { tallyDigest } from "./tally.js";
import { requireUnitsLargeEnough } from "./units.js";

const FORMAT = "urne/v1/partial";

/**
 * Decrypt a tally that the caller has recomputed itself (§3.5): it is no oracle.
 * @param {object} election of readManifest
 * @param {object} tally document of recount
 * @param {number} index of the holder
 * @param {bigint} share x_i
 * @param {Uint8Array} signingSeed 32 bytes
 * @param {function(number, number): void} [onProgress] told how many of how many
 * @returns {object} the document
 * @throws {NoSuchHolder} @throws {UnitTooSmall}
 */
export function makePartial(election, tally, index, share, signingSeed, onProgress = undefined) {
  requireUnitsLargeEnough(tally.units, election.rules.suppressionThreshold);
  const whole = tallyDigest(tally);
  const places = placesOf(election, tally);
  const decryptions = places.map((place, at) => {
    const statement = statementOf(election, whole, holderOf(election, index), place);
    const decryption = decryptPartially(statement, share);
    onProgress?.(at + 1, places.length);
    return decryption;
  });
  const parts = [election.fingerprint, whole, u16(index), concat(...decryptions)];
  return {
    decryptions: decryptions.map(encodeHex),
    fingerprint: encodeHex(election.fingerprint),
    format: FORMAT,
    index,
    signature: encodeHex(sign(signingSeed, "partial", ...parts)),
    tally: encodeHex(whole),
  };
}

/**
 * Check to which tally a partial belongs, whose it is, and every proof.
 * @param {object} election of readManifest
 * @param {object} tally document
 * @param {object} partial document
 * @returns {{index: number, shares: object[]}} the points D, in order
 * @throws {NonCanonicalEncoding} @throws {OtherElection} @throws {OtherTally}
 * @throws {NoSuchHolder} @throws {BadSignature} @throws {Incomplete} @throws {ProofRefused}
 */
export function verifyPartialDocument(election, tally, partial) {
  const fields = readFields(partial, {
    decryptions: listOf(hex(DECRYPTION_BYTES)), fingerprint: hex(32), format: only(FORMAT),
    index: integer(1, 9), signature: hex(64), tally: hex(32),
  });
  const { decryptions, fingerprint, index, signature } = fields;
  const whole = tallyDigest(tally);
  requireThat(isEqual(fingerprint, election.fingerprint), OtherElection);
  requireThat(isEqual(fields.tally, whole), OtherTally);
  const holder = holderOf(election, index);
  const parts = [fingerprint, whole, u16(index), concat(...decryptions)];
  verifySignature(holder.signingKey, signature, "partial", ...parts);
  const places = placesOf(election, tally);
  requireThat(places.length === decryptions.length, Incomplete);
  const checks = places.map((place, at) =>
    partialEquations(statementOf(election, whole, holder, place), decryptions[at]));
  requireThat(areHolding(checks.flatMap(({ equations }) => equations)), ProofRefused);
  return { index, shares: checks.map(({ share }) => share) };
}

/**
 * Combine verified partials to the totals.
 * @param {object} election of readManifest
 * @param {object} tally document
 * @param {Array<{index: number, shares: object[]}>} partials of verifyPartialDocument
 * @returns {number[][][]} by unit, contest and slot
 * @throws {TooFewPartials} @throws {NoSuchTotal}
 */
export function openTally(election, tally, partials) {
  const logs = new DiscreteLogs(Math.max(0, ...tally.units.map(({ ballots }) => ballots)));
  const totals = placesOf(election, tally).map(({ ciphertext, ballots }, at) => {
    const shares = new Map(partials.map((partial) => [partial.index, partial.shares[at]]));
    return logs.find(decryptedPoint(ciphertext, shares, election.threshold), ballots);
  });
  return tally.units.map(({ contests }) =>
    contests.map((slots) => totals.splice(0, slots.length)));
}

function placesOf(election, tally) {
  return tally.units.flatMap(({ ballots, contests, style }, unit) =>
    election.shapes[style].flatMap(({ index: contest }, at) =>
      contests[at].map(({ a, b }, slot) =>
        ({ ballots, ciphertext: { a: point(a), b: point(b) }, unit, contest, slot }))));
}

function statementOf(election, whole, holder, { ciphertext, ...place }) {
  const { fingerprint } = election;
  return countingStatement(fingerprint, whole, holder.index, holder.shareKey, place, ciphertext);
}

function holderOf(election, index) {
  requireThat(index >= 1 && index <= election.holders.length, NoSuchHolder);
  return election.holders[index - 1];
}

function requireThat(holds, Refusal) {
  if (!holds) {
    throw new Refusal();
  }
}
