// The tally: the sums of an election, before anybody opens them (§4.9).
//
// Every key holder's tool reckons it anew, over a board that it has verified, and decrypts
// nothing else.

import { countedBallots, verifyBallots } from "./ballot_box.js";
import { readBoard, verifyCheckpoint } from "./board.js";
import { sumCiphertexts } from "./elgamal.js";
import { encodeHex, encodeJson } from "./encoding.js";
import { verifyEvidence } from "./evidence.js";
import { encodePoint } from "./group.js";
import { digest } from "./hashing.js";
import { openedUnits, planUnits } from "./units.js";

const FORMAT = "urne/v1/tally";

/**
 * Recompute the tally from all leaves under the final checkpoint. It takes some
 * milliseconds for each ballot: call it in a worker.
 * @param {object} election of readManifest
 * @param {{leaves: object[], checkpoint: string, evidence: object}} record all leaves of the
 *   board, the final note, and the evidence of §4.7
 * @param {function(number, number): void} [onProgress] told how many ballots of how many
 * @returns {object} the document of §4.9
 * @throws {BallotRefused} @throws {BoardRefused} @throws {CheckpointRefused}
 * @throws {ProofRefused} and what the readers throw
 */
export function recount(election, record, onProgress = undefined) {
  const head = verifyCheckpoint(election, record.checkpoint);
  const cast = readBoard(election, record.leaves, head);
  const verified = verifyBallots(election, cast, onProgress);
  verifyEvidence(election, cast, record.evidence);
  return tallyOf(election, head, verified);
}

/**
 * @param {object} election of readManifest
 * @param {{size: number, root: Uint8Array}} head of the final checkpoint
 * @param {Array<{ballot: object, ciphertexts: object[][]}>} verified of verifyBallots
 * @returns {object} the document of §4.9
 */
export function tallyOf(election, head, verified) {
  const counted = countedBallots(verified.map(({ ballot }) => ballot));
  const counting = verified.filter(({ ballot }) => counted.has(ballot));
  const ballots = election.groups.map(({ index }) =>
    counting.filter(({ ballot }) => ballot.group === index).length);
  const styles = election.groups.map(({ style }) => style);
  const { suppressionThreshold: threshold } = election.rules;
  const units = openedUnits(planUnits(styles, ballots, threshold), threshold);
  return {
    checkpoint: { root: encodeHex(head.root), size: head.size },
    fingerprint: encodeHex(election.fingerprint),
    format: FORMAT,
    units: units.map((unit) => ({
      ...unit, contests: sumOf(election.shapes[unit.style], counting, unit.groups),
    })),
  };
}

function sumOf(shape, counting, groups) {
  const some = counting.filter(({ ballot }) => groups.includes(ballot.group));
  return shape.map((contest, at) => some[0].ciphertexts[at].map((_, slot) => {
    const { a, b } = sumCiphertexts(some.map(({ ciphertexts }) => ciphertexts[at][slot]));
    return { a: encodeHex(encodePoint(a)), b: encodeHex(encodePoint(b)) };
  }));
}

/** @param {object} document @returns {Uint8Array} what partials are bound to, 32 bytes */
export function tallyDigest(document) {
  return digest("tally", encodeJson(document));
}
