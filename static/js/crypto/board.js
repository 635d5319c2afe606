// A holder's own reading of the board: is it the one of the checkpoint, and what ballots
// are on it (§3.5, §4.5, §4.6). Proofs and signatures of ballots are ballot_box.js's.

import { readHeader } from "./ballot.js";
import { trackingDigest } from "./ballot_signature.js";
import { compare, concat, isEqual, u16, u32, u64 } from "./bytes.js";
import {
  base64, boolean, hex, integer, listOf, only, point, readFields, time,
} from "./documents.js";
import { encodeHex, encodeJson } from "./encoding.js";
import { BoardRefused, CheckpointRefused } from "./errors.js";
import { encodePoint } from "./group.js";
import { SERVICE_SIGNER, fingerprintOf } from "./manifest.js";
import { leafHash, rootOf } from "./merkle.js";
import { parseCheckpoint, parseNote, verifyNote } from "./notes.js";
import { verifySignature } from "./signing.js";

const COUNT = integer(0, 2 ** 32 - 1);
const KINDS = ["schedule", "opened", "codes", "addition", "ballot", "marks", "closed"];

/**
 * Verify a checkpoint: signed by the service and by as many witnesses as are needed.
 * @param {object} election of readManifest
 * @param {string} encoded the note
 * @returns {{size: number, root: Uint8Array}}
 * @throws {MalformedNote} @throws {UnknownSigner} @throws {BadSignature}
 * @throws {CheckpointRefused}
 */
export function verifyCheckpoint(election, encoded) {
  const note = parseNote(encoded);
  const service = { name: SERVICE_SIGNER, key: election.serviceKey };
  const signers = verifyNote(note, [service, ...election.witnesses]);
  const witnesses = signers.filter((name) => name !== SERVICE_SIGNER).length;
  const { origin, size, root } = parseCheckpoint(note.text);
  requireHead(origin === `urne/v1/${encodeHex(election.fingerprint)}`, "of another election");
  requireHead(signers.includes(SERVICE_SIGNER), "not signed by the service");
  requireHead(witnesses >= election.witnessThreshold, "not signed by enough witnesses");
  return { size, root };
}

/**
 * Read a board that is closed and whole.
 * @param {object} election of readManifest
 * @param {object[]} leaves all documents, in order
 * @param {{size: number, root: Uint8Array}} head of verifyCheckpoint
 * @returns {object[]} the ballots cast: `{leaf, group, sequence, predecessor, sealed, batch,
 *   credential, token, signature, tracking}`, leaf being the place on the board
 * @throws {CheckpointRefused} @throws {BoardRefused} @throws {NonCanonicalEncoding}
 */
export function readBoard(election, leaves, head) {
  const hashes = leaves.map((leaf) => leafHash(encodeJson(leaf)));
  requireHead(leaves.length === head.size, "over another number of leaves");
  requireHead(isEqual(rootOf(hashes), head.root), "over other leaves");
  requireManifest(election, leaves[0]);
  const found = { ballots: [], isOpen: false, closed: null, closedSize: 0, finalMarks: null };
  leaves.slice(1).forEach((leaf, at) => take(election, found, leaf, at + 1));
  requireBoard(found.closed !== null, "the election was never closed");
  requireBoard(found.finalMarks !== null, "the register's final marks are missing");
  requireSameBoard(hashes, found.finalMarks);
  requireCounts(election, found);
  return found.ballots;
}

function requireManifest(election, leaf) {
  const { manifest } = readFields(leaf, { manifest: (value) => value, type: only("manifest") });
  const isSame = isEqual(fingerprintOf(encodeJson(manifest)), election.fingerprint);
  requireBoard(isSame, "leaf 0 is another manifest");
}

function take(election, found, leaf, place) {
  const kind = leaf?.type;
  requireBoard(KINDS.includes(kind), `leaf ${place} is of no known kind`);
  requireBoard((place === 1) <= (kind === "schedule"), "leaf 1 is no schedule");
  requireBoard(found.closed === null || kind === "marks", "after closing come only marks");
  requireBoard(found.finalMarks === null, "nothing follows the final marks");
  if (kind === "opened") {
    found.isOpen = true;
  } else if (kind === "ballot") {
    requireBoard(found.isOpen, "a ballot stands before the opening");
    takeBallot(found, readBallotLeaf(election, leaf, place));
  } else if (kind === "closed") {
    found.closed = readFields(leaf, { at: time, ballots: listOf(COUNT), type: only(kind) });
    found.closedSize = place + 1;
  } else if (kind === "marks") {
    takeMarks(election, found, leaf, place);
  }
}

function readBallotLeaf(election, leaf, place) {
  const { ballot: sealed, ...fields } = readFields(leaf, {
    ballot: base64(), batch: COUNT, credential: point, signature: hex(64), token: point,
    type: only("ballot"),
  });
  const tracking = trackingDigest(election.fingerprint, fields.credential, sealed);
  return { ...fields, ...readHeader(sealed), sealed, tracking, leaf: place };
}

function takeBallot(found, ballot) {
  const last = found.ballots.at(-1);
  const rises = last === undefined || ballot.batch > last.batch
    || (ballot.batch === last.batch && compare(ballot.tracking, last.tracking) > 0);
  requireBoard(rises, "a batch falls, or is not sorted");
  found.ballots.push(ballot);
}

function takeMarks(election, found, leaf, place) {
  const marks = readFields(leaf, {
    counts: listOf(COUNT), final: boolean, paper: listOf(COUNT), root: hex(32),
    signature: hex(64), size: integer(), type: only("marks"),
  });
  const parts = [
    election.fingerprint, u64(marks.size), marks.root, u16(Number(marks.final)),
    concat(...marks.counts.map(u32)), concat(...marks.paper.map(u32)),
  ];
  verifySignature(election.registerKey, marks.signature, "marks", ...parts);
  requireBoard(marks.size <= place, "marks speak of leaves to come");
  if (marks.final) {
    requireBoard(found.closed !== null && marks.size >= found.closedSize,
      "final marks speak of a board not yet closed");
    found.finalMarks = marks;
  }
}

// The register, which answers one closing alone, was shown this very board: a service
// cannot make another one for the count.
function requireSameBoard(hashes, { root, size }) {
  const isSame = isEqual(rootOf(hashes.slice(0, size)), root);
  requireBoard(isSame, "the register was shown another board");
}

// Credentials with a ballot, by group: as many as closing says, and no more than marks.
function requireCounts(election, found) {
  const trackings = new Set(found.ballots.map(({ tracking }) => encodeHex(tracking)));
  requireBoard(trackings.size === found.ballots.length, "one ballot is there twice");
  const cast = election.groups.map(() => new Set());
  for (const { group, credential } of found.ballots) {
    requireBoard(group < cast.length, "a ballot is of a group that is not there");
    cast[group].add(encodeHex(encodePoint(credential)));
  }
  const { closed, finalMarks } = found;
  requireBoard(closed.ballots.length === cast.length && finalMarks.counts.length === cast.length,
    "not every group is counted");
  cast.forEach((credentials, group) => {
    requireBoard(credentials.size === closed.ballots[group], "closing counts other ballots");
    requireBoard(credentials.size <= finalMarks.counts[group], "more ballots than marks");
  });
  if (!election.rules.revoting) {
    const credentials = new Set(cast.flatMap((some) => [...some]));
    requireBoard(credentials.size === found.ballots.length, "a credential has two ballots");
  }
}

function requireBoard(holds, what) {
  if (!holds) {
    throw new BoardRefused(what);
  }
}

function requireHead(holds, what) {
  if (!holds) {
    throw new CheckpointRefused(what);
  }
}
