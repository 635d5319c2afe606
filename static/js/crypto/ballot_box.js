// The ballots of a board: every one verified, and those that count (§4.3, §5.10, §7).

import { ballotEquations, decodeBallot } from "./ballot.js";
import { ballotSignatureEquation } from "./ballot_signature.js";
import { isEqual } from "./bytes.js";
import { encodeHex } from "./encoding.js";
import { areHolding, isHolding } from "./equations.js";
import { BallotRefused } from "./errors.js";
import { encodePoint } from "./group.js";

// Ballots checked by one combination: enough for the buckets to pay, and progress to show.
const TOGETHER = 100;

/**
 * Verify structure, proofs and signature of every ballot, many at once.
 * @param {object} election of readManifest
 * @param {object[]} cast ballots of readBoard
 * @param {function(number, number): void} [onProgress] told how many of how many are done
 * @returns {Array<{ciphertexts: object[][], ballot: object}>} by ballot, its ciphertexts by
 *   contest and slot
 * @throws {BallotRefused} which names the leaf and the reason
 */
export function verifyBallots(election, cast, onProgress = undefined) {
  const verified = [];
  for (let at = 0; at < cast.length; at += TOGETHER) {
    verified.push(...verifyTogether(election, cast.slice(at, at + TOGETHER)));
    onProgress?.(verified.length, cast.length);
  }
  return verified;
}

function verifyTogether(election, some) {
  const opened = some.map((ballot) => openBallot(election, ballot));
  if (!areHolding(opened.flatMap(({ equations }) => equations))) {
    // One at a time tells which, and no chance is involved.
    const bad = opened.find(({ equations }) => !equations.every(isHolding));
    throw new BallotRefused(bad.ballot.leaf, "ProofRefused");
  }
  return opened.map(({ ballot, ciphertexts }) => ({ ballot, ciphertexts }));
}

function openBallot(election, ballot) {
  const { sealed, group, credential, token, tracking, signature } = ballot;
  const { fingerprint, electionKey, rules: { revoting } } = election;
  const { style } = election.groups[group];
  const context = { fingerprint, group, style, credential, electionKey, revoting };
  try {
    const decoded = decodeBallot(sealed, election.shapes[style]);
    const signed = ballotSignatureEquation(fingerprint, credential, token, tracking, signature);
    return {
      ballot,
      ciphertexts: decoded.contests.map(({ ciphertexts }) => ciphertexts),
      equations: [signed, ...ballotEquations(context, decoded)],
    };
  } catch (error) {
    throw new BallotRefused(ballot.leaf, error.name);
  }
}

/**
 * The ballots that count: of every credential the last of its unbroken chain. A fork ends
 * the chain before it, so that nobody can choose afterwards which of two was meant.
 * @param {object[]} cast ballots of readBoard
 * @returns {Set<object>} some of them
 */
export function countedBallots(cast) {
  const chains = new Map();
  for (const ballot of cast) {
    const key = encodeHex(encodePoint(ballot.credential));
    chains.set(key, [...(chains.get(key) ?? []), ballot]);
  }
  return new Set([...chains.values()].map(lastOfChain).filter((ballot) => ballot !== null));
}

function lastOfChain(ballots) {
  let last = null;
  for (let sequence = 0; ; sequence++) {
    const found = ballots.filter((ballot) => ballot.sequence === sequence);
    if (found.length !== 1 || !(last === null || isFollowing(last, found[0]))) {
      return last;
    }
    [last] = found;
  }
}

function isFollowing(before, after) {
  return isEqual(after.predecessor, before.tracking) && after.group === before.group;
}
