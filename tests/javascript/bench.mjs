// How long a voter and a key holder wait: `node tests/javascript/bench.mjs [BALLOTS]`.

import { sealBallot } from "../../static/js/crypto/ballot.js";
import { signBallot, trackingDigest } from "../../static/js/crypto/ballot_signature.js";
import { verifyBallots } from "../../static/js/crypto/ballot_box.js";
import { randomBytes } from "../../static/js/crypto/bytes.js";
import {
  G, decodePoint, encodePoint, multiply, randomScalar, rememberMultiples,
} from "../../static/js/crypto/group.js";
import { hashToPoint } from "../../static/js/crypto/hashing.js";

const STYLE = [{ index: 0, choices: 2, blank: true, minimum: 1, maximum: 1 }];

/**
 * @param {number[]} boards how many ballots to verify
 * @returns {object} milliseconds by what took them
 */
export function measure(boards) {
  const took = {};
  const clock = (name, work) => {
    const start = performance.now();
    const result = work();
    took[name] = Math.round((performance.now() - start) * 10) / 10;
    return result;
  };
  clock("table of G", () => multiply(2n, G));
  const key = decodePoint(encodePoint(multiply(randomScalar(), G)));
  const election = {
    electionKey: rememberMultiples(key),
    fingerprint: randomBytes(32),
    groups: [{ index: 0, style: 0 }],
    rules: { revoting: false },
    shapes: [STYLE],
  };
  clock("table of Y", () => multiply(2n, key));
  const first = clock("first ballot", () => cast(election, 0));
  const ten = [...Array(10).keys()];
  const many = clock("ten ballots more", () => ten.map((at) => cast(election, at)));
  for (const count of boards) {
    const board = Array.from({ length: count }, (_, at) => many[at % 10] ?? first);
    // Each is read anew: the same bytes give other points.
    clock(`verify ${count}`, () => verifyBallots(election, board));
  }
  return took;
}

function cast(election, leaf) {
  const { fingerprint, electionKey } = election;
  const secret = randomScalar();
  const credential = multiply(secret, G);
  const context = { fingerprint, group: 0, style: 0, credential, electionKey, revoting: false };
  const { sealed } = sealBallot(context, STYLE, [{ choices: [leaf % 2], blank: false }]);
  const token = hashToPoint("bench", encodePoint(credential));
  const tracking = trackingDigest(fingerprint, credential, sealed);
  const signature = signBallot(fingerprint, secret, token, tracking);
  return { group: 0, sealed, credential, token, signature, tracking, leaf };
}

if (typeof process !== "undefined") {
  const boards = process.argv[2] ? [Number(process.argv[2])] : [100, 1000];
  process.stdout.write(`${JSON.stringify(measure(boards), null, 2)}\n`);
}
