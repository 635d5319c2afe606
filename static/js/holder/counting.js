// Counting: a holder's tool opens the sums that it has itself reckoned, and no others.
//
// There is no way to hand it a ciphertext. What it decrypts comes out of `tallyOf`, over
// all leaves under a checkpoint of the one election that the key file is for (§3.5).

import { decodeBallot } from "../crypto/ballot.js";
import { verifyBallots } from "../crypto/ballot_box.js";
import { readBoard, verifyCheckpoint } from "../crypto/board.js";
import { isEqual } from "../crypto/bytes.js";
import { encodeJson } from "../crypto/encoding.js";
import { BallotRefused } from "../crypto/errors.js";
import { verifyEvidence } from "../crypto/evidence.js";
import { rememberTally } from "../crypto/keyfile.js";
import { makePartial } from "../crypto/partials.js";
import { tallyDigest, tallyOf } from "../crypto/tally.js";
import { requireUnitsLargeEnough } from "../crypto/units.js";
import { TallyDiffers } from "./refusals.js";
import { makeReport, requireReports } from "./reports.js";

// Up to so many ballots the tool verifies every proof itself.
const MOST_VERIFIED_BALLOTS = 2_000;

/**
 * @param {object} opened of openKeyFile, of this election (requireOwnElection)
 * @param {object} election of readManifest
 * @param {object} record `{checkpoint, evidence, leaves, tally, reports}`: all documents, the
 *   reports as bytes
 * @param {{onBallots: function(number, number): void,
 *   onSums: function(number, number): void}} progress
 * @param {number} [most] ballots that the tool verifies itself; above, reports are needed
 * @returns {{partial: object, opened: object, tally: object}} the document to hand in, the
 *   key file that remembers, and what was opened
 * @throws {TallyDiffers} @throws {OtherTally} @throws {UnitTooSmall} @throws {ReportsMissing}
 * @throws {ReportRefused} and what the readers throw
 */
export function countTally(opened, election, record, progress, most = MOST_VERIFIED_BALLOTS) {
  const { onBallots, onSums } = progress;
  const { head, verified } = verifyBoard(election, record, most, onBallots);
  const tally = tallyOf(election, head, verified);
  if (!isEqual(encodeJson(tally), encodeJson(record.tally))) {
    throw new TallyDiffers();
  }
  // Before anything is decrypted: makePartial asks again.
  requireUnitsLargeEnough(tally.units, election.rules.suppressionThreshold);
  const remembering = rememberTally(opened, tallyDigest(tally));
  const { label: { index }, secrets: { share, signingSeed } } = opened;
  const partial = makePartial(election, tally, index, share, signingSeed, onSums);
  return { partial, opened: remembering, tally };
}

/**
 * Verify every ballot, however many, and say so, signed.
 * @param {object} opened of openKeyFile, of this election
 * @param {object} election of readManifest
 * @param {object} record `{checkpoint, evidence, leaves}`
 * @param {function(number, number): void} onBallots
 * @returns {Uint8Array} the report
 */
export function reportBoard(opened, election, record, onBallots) {
  const head = verifyCheckpoint(election, record.checkpoint);
  verifyAll(election, record, head, onBallots);
  return makeReport(election, head, opened.label.index, opened.secrets.signingSeed);
}

function verifyBoard(election, record, most, onBallots) {
  const head = verifyCheckpoint(election, record.checkpoint);
  const ballots = record.leaves.filter((leaf) => leaf?.type === "ballot").length;
  if (ballots <= most) {
    return { head, verified: verifyAll(election, record, head, onBallots) };
  }
  requireReports(election, head, record.reports);
  const cast = readBoard(election, record.leaves, head);
  return { head, verified: cast.map((ballot) => readBallot(election, ballot)) };
}

function verifyAll(election, record, head, onBallots) {
  const cast = readBoard(election, record.leaves, head);
  const verified = verifyBallots(election, cast, onBallots);
  verifyEvidence(election, cast, record.evidence);
  return verified;
}

// What verifyBallots makes of a ballot, its proofs having been verified by others.
function readBallot(election, ballot) {
  const { style } = election.groups[ballot.group];
  try {
    const { header, contests } = decodeBallot(ballot.sealed, election.shapes[style]);
    if (header.style === style) {
      return { ballot, ciphertexts: contests.map(({ ciphertexts }) => ciphertexts) };
    }
  } catch (error) {
    throw new BallotRefused(ballot.leaf, error.name);
  }
  throw new BallotRefused(ballot.leaf, "WrongStyle");
}
