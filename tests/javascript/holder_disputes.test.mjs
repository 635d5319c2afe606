// Disputes over shares: the same answers as in Python, and nothing opened unasked.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { startRound } from "../../static/js/crypto/ceremony.js";
import { decodeHex, encodeHex } from "../../static/js/crypto/encoding.js";
import {
  judgeOpening, makeComplaint, makeOpening, openedFor, verifyComplaint,
} from "../../static/js/crypto/openings.js";
import { commitmentsTo } from "../../static/js/crypto/sharing.js";

const KNOWN = JSON.parse(readFileSync(new URL("vectors/openings.json", import.meta.url), "utf8"));
const CEREMONY = Uint8Array.from({ length: 16 }, (_, at) => at);
const seedOf = (index) => new Uint8Array(32).fill(index);
const polynomialOf = (index) => [BigInt(100 * index), BigInt(100 * index + 1)];
const round = startRound(CEREMONY, 2, KNOWN.holders);
const revealed = [1, 2, 3].map((index) => commitmentsTo(polynomialOf(index)));

test("the browser makes of fixed secrets what Python makes of them", () => {
  assert.equal(encodeHex(round.keys), KNOWN.keys);
  assert.deepEqual(makeComplaint(CEREMONY, 3, 1, seedOf(1)), { dealer: 3, signature: KNOWN.complaint });
  assert.deepEqual(makeOpening(round, 3, 1, polynomialOf(3), seedOf(3)), KNOWN.opening);
});

test("a complaint is its recipient's, of one dealer", () => {
  const complaint = { by: 1, dealer: 3, signature: KNOWN.complaint };
  verifyComplaint(round, complaint);
  for (const change of [{ by: 2 }, { dealer: 2 }, { by: 3, dealer: 1 }]) {
    assert.throws(() => verifyComplaint(round, { ...complaint, ...change }), { name: "BadSignature" });
  }
  for (const change of [{ by: 0 }, { by: 4 }, { dealer: 4 }, { signature: "00" }]) {
    assert.throws(() => verifyComplaint(round, { ...complaint, ...change }));
  }
});

test("a right opening gives the share, a wrong one nothing", () => {
  assert.equal(judgeOpening(round, revealed, KNOWN.opening), 300n + 301n);
  assert.equal(judgeOpening(round, revealed, KNOWN.wrong), null);
  for (let recipient = 1; recipient <= 3; recipient += 1) {
    const opening = makeOpening(round, 2, recipient, polynomialOf(2), seedOf(2));
    assert.equal(judgeOpening(round, revealed, opening), 200n + 201n * BigInt(recipient));
  }
});

test("an opening that its dealer did not sign is refused", () => {
  for (const change of [{ recipient: 2 }, { dealer: 2 }, { share: KNOWN.wrong.share },
    { signature: KNOWN.wrong.signature }]) {
    const changed = { ...KNOWN.opening, ...change };
    assert.throws(() => judgeOpening(round, revealed, changed), { name: "BadSignature" });
  }
  const large = { ...KNOWN.opening, share: "ff".repeat(32) };
  assert.throws(() => judgeOpening(round, revealed, large), { name: "NonCanonicalScalar" });
  assert.throws(() => judgeOpening(round, revealed, { ...KNOWN.opening, more: 1 }),
    { name: "NonCanonicalEncoding" });
});

test("only what was rightly opened for oneself stands in for a share", () => {
  const forOther = makeOpening(round, 2, 2, polynomialOf(2), seedOf(2));
  const used = openedFor(round, revealed, 1, [forOther, KNOWN.opening]);
  assert.deepEqual([...used], [[3, 601n]]);
  assert.equal(openedFor(round, revealed, 1, [KNOWN.wrong]).size, 0);
  assert.equal(decodeHex(KNOWN.opening.share).length, 32);
});
