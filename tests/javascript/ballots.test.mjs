// Ballots of a board, checked many at once (docs/protocol.md §5.10).

import assert from "node:assert/strict";
import { test } from "node:test";
import { readHeader, sealBallot } from "../../static/js/crypto/ballot.js";
import { signBallot, trackingDigest } from "../../static/js/crypto/ballot_signature.js";
import { countedBallots, verifyBallots } from "../../static/js/crypto/ballot_box.js";
import { randomBytes } from "../../static/js/crypto/bytes.js";
import {
  G, ORDER, decodePoint, decodeScalar, encodePoint, encodeScalar, multiply, randomScalar,
} from "../../static/js/crypto/group.js";
import { hashToPoint } from "../../static/js/crypto/hashing.js";

const RESPONSE = 41 + 64 + 128 + 32;
const STYLE = [{ index: 0, choices: 2, blank: true, minimum: 1, maximum: 1 }];

function anElection({ revoting = false } = {}) {
  return {
    electionKey: decodePoint(encodePoint(multiply(randomScalar(), G))),
    fingerprint: randomBytes(32),
    groups: [{ index: 0, style: 0 }],
    rules: { revoting },
    shapes: [STYLE],
  };
}

function cast(election, leaf, change = (sealed) => sealed, chained = {}) {
  const { fingerprint, electionKey, rules: { revoting } } = election;
  const { secret = randomScalar(), ...place } = chained;
  const credential = multiply(secret, G);
  const context = { fingerprint, group: 0, style: 0, credential, electionKey, revoting };
  const selection = { choices: [leaf % 2], blank: false };
  const sealed = change(sealBallot(context, STYLE, [selection], place).sealed);
  const token = hashToPoint("test", encodePoint(credential));
  const tracking = trackingDigest(fingerprint, credential, sealed);
  const signature = signBallot(fingerprint, secret, token, tracking);
  return {
    ...readHeader(sealed), sealed, batch: 0, credential, token, signature, tracking, leaf, secret,
  };
}

// The credential signs what was changed, so that the proof alone is at fault.
function shifted(amount) {
  return (sealed) => {
    const response = decodeScalar(sealed.slice(RESPONSE, RESPONSE + 32));
    sealed.set(encodeScalar((response + amount + ORDER) % ORDER), RESPONSE);
    return sealed;
  };
}

test("whole ballots are taken, and progress is told", () => {
  const election = anElection();
  const told = [];
  const ballots = [0, 1, 2].map((leaf) => cast(election, leaf));
  const verified = verifyBallots(election, ballots, (done, of) => told.push([done, of]));
  assert.deepEqual(verified.map(({ ballot }) => ballot.leaf), [0, 1, 2]);
  assert.deepEqual(told, [[3, 3]]);
});

test("one false ballot among many is named", () => {
  const election = anElection();
  const ballots = [0, 1, 2, 3].map((leaf) =>
    cast(election, leaf, leaf === 2 ? shifted(1n) : undefined));
  assert.throws(() => verifyBallots(election, ballots), { name: "BallotRefused", leaf: 2 });
});

test("errors made to cancel each other are found", () => {
  const election = anElection();
  const ballots = [cast(election, 0, shifted(5n)), cast(election, 1, shifted(-5n))];
  assert.throws(() => verifyBallots(election, ballots), { name: "BallotRefused", leaf: 0 });
});

test("a false signature is found", () => {
  const election = anElection();
  const ballots = [cast(election, 0), cast(election, 1)];
  ballots[1].signature = ballots[0].signature;
  assert.throws(() => verifyBallots(election, ballots), { leaf: 1, reason: "ProofRefused" });
});

test("a ballot refuses any one byte changed", () => {
  const election = anElection();
  const { sealed, ...ballot } = cast(election, 0);
  for (let at = 0; at < sealed.length; at += 13) {
    const changed = sealed.slice();
    changed[at] ^= 1;
    const board = [{ ...ballot, sealed: changed }];
    assert.throws(() => verifyBallots(election, board), { leaf: 0 }, `byte ${at}`);
  }
});

test("the last of an unbroken chain counts", () => {
  const election = anElection({ revoting: true });
  const first = cast(election, 0);
  const { secret } = first;
  const second = cast(election, 1, undefined, { secret, sequence: 1, predecessor: first.tracking });
  const third = cast(election, 2, undefined, { secret, sequence: 2, predecessor: second.tracking });
  assert.deepEqual([...countedBallots([third, first, second])], [third]);
  assert.deepEqual([...countedBallots([third, first])], [first], "a gap ends it");
  const fork = cast(election, 3, undefined, { secret, sequence: 1, predecessor: first.tracking });
  assert.deepEqual([...countedBallots([first, second, fork, third])], [first], "so does a fork");
  const other = cast(election, 4, undefined, { secret, sequence: 1, predecessor: third.tracking });
  assert.deepEqual([...countedBallots([first, other])], [first], "and another predecessor");
  assert.deepEqual([...countedBallots([second])], [], "without a first nothing counts");
});
