// The desk: nothing that the server told is shown before it has held good.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { makeCommit, makeReveal, makeShare, startRound } from "../../static/js/crypto/ceremony.js";
import { makeComplaint, makeOpening } from "../../static/js/crypto/openings.js";
import { Desk } from "../../static/js/holder/desk.js";
import { openVault } from "../../static/js/holder/vault.js";

const KNOWN = JSON.parse(readFileSync(new URL("vectors/openings.json", import.meta.url), "utf8"));
const CEREMONY = Uint8Array.from({ length: 16 }, (_, at) => at);
const ID = "000102030405060708090a0b0c0d0e0f";
const OTHER = "ff".repeat(16);
const INDICES = [1, 2, 3];
const seedOf = (index) => new Uint8Array(32).fill(index);
const polynomialOf = (index) => [BigInt(100 * index), BigInt(100 * index + 1)];
const round = startRound(CEREMONY, 2, KNOWN.holders);
const made = (make) => INDICES.map((index) => make(round, index, polynomialOf(index), seedOf(index)));
const DEALT = {
  ceremony: ID, commits: made(makeCommit), format: "urne/v1/ceremony", holders: KNOWN.holders,
  reveals: made(makeReveal), threshold: 2, title: "Avtalen",
  shares: INDICES.flatMap((dealer) => INDICES.map((recipient) =>
    makeShare(round, dealer, recipient, polynomialOf(dealer), seedOf(dealer)))),
};
const COMPLAINT = { ...makeComplaint(CEREMONY, 3, 1, seedOf(1)), by: 1 };
const WAITING = { ...COMPLAINT, opening: null, right: null };
const RIGHT = {
  ...COMPLAINT, opening: makeOpening(round, 3, 1, polynomialOf(3), seedOf(3)), right: true,
};

function told(more = {}) {
  return {
    ceremony: DEALT, count: null, disputes: [], election: { phase: "keys", practice: false },
    holders: KNOWN.holders.map(({ name }) => name), rehearsals: [], seat: { index: 2 },
    signatures: [], tasks: [], ...more,
  };
}

// A desk in a tab without keys, over a server that answers thus, one answer after another.
function deskOver(states, sealed = null) {
  const vault = openVault(() => {});
  const asked = [];
  const server = { desk: async () => states.shift(), sealed: async () => sealed };
  const desk = new Desk(server, async (act, details) => {
    asked.push(act);
    return vault[act](details ?? {});
  }, () => {});
  return { asked, desk };
}

test("a server that calls a dealer a cheat, and cannot show it, is seen through", async () => {
  const cases = [
    ["VerdictDiffers", [{ ...WAITING, right: false }]],
    ["VerdictDiffers", [{ ...RIGHT, right: false }]],
    ["BadSignature", [{ ...WAITING, by: 2 }]],
    ["BadSignature", [WAITING, { ...WAITING, by: 2 }]],
    ["VerdictDiffers", [RIGHT, { ...RIGHT, right: false }]],
  ];
  for (const [alarm, disputes] of cases) {
    const { desk } = deskOver([told({ disputes })]);
    await desk.refresh();
    assert.equal(desk.alarm, alarm);
    assert.equal(desk.stage, "alarm");
    assert.equal(desk.state, null, "nothing of it has been shown");
  }
});

test("what has held good is not reckoned again, and told otherwise it is another", async () => {
  const honest = [WAITING, WAITING, RIGHT].map((dispute) => told({ disputes: [dispute] }));
  const { asked, desk } = deskOver([...honest, told({ disputes: [{ ...RIGHT, right: false }] })]);
  for (const { disputes } of [...honest]) {
    await desk.refresh();
    assert.equal(desk.alarm, null);
    assert.deepEqual(desk.state.disputes, disputes);
  }
  assert.deepEqual(asked, ["judge", "judge"]);
  await desk.refresh();
  assert.equal(desk.alarm, "VerdictDiffers");
  assert.equal(desk.state.disputes[0].right, true);
});

test("keys that were drawn for a ceremony that is over are dropped", () => {
  const { desk } = deskOver([]);
  desk.state = told();
  const drawn = { entry: { index: 2 }, draft: "{}" };
  desk.take(OTHER, drawn);
  assert.equal(desk.own.hasPart, false);
  assert.equal(desk.own.entry, null);
  desk.take(ID, drawn);
  assert.equal(desk.own.hasPart, true);
  assert.equal(desk.isCurrent(OTHER), false);
  desk.state = { ...told(), ceremony: null };
  assert.equal(desk.isCurrent(ID), false);
});

test("whether an election decides anything stands in the manifest, when it is sealed", async () => {
  for (const [phase, practice, alarm] of [
    ["ready", true, "PracticeDiffers"], ["closed", true, "PracticeDiffers"],
    ["ready", undefined, "PracticeDiffers"],
  ]) {
    const states = [told({ election: { phase, practice } })];
    const { desk } = deskOver(states, { manifest: { practice: false } });
    await desk.refresh();
    assert.equal(desk.alarm, alarm);
  }
});
