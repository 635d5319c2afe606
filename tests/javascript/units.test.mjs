// Which sums may be opened (docs/protocol.md §5.8).

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  openedUnits, planUnits, requireUnitsLargeEnough,
} from "../../static/js/crypto/units.js";

function planned(styles, ballots, threshold) {
  const units = planUnits(styles, ballots, threshold);
  return units.map((unit) => [unit.style, unit.groups, unit.ballots]);
}

test("large groups stand alone, in order of group", () => {
  assert.deepEqual(planned([1, 0], [20, 21], 20), [[1, [0], 20], [0, [1], 21]]);
});

test("small groups of a style are joined", () => {
  assert.deepEqual(planned([0, 0, 0], [30, 9, 11], 20), [[0, [0], 30], [0, [1, 2], 20]]);
});

test("a lone small group joins the next smallest, of equals the first", () => {
  assert.deepEqual(planned([0, 0, 0, 0], [25, 40, 3, 25], 20),
    [[0, [0, 2], 28], [0, [1], 40], [0, [3], 25]]);
});

test("several may have to join", () => {
  assert.deepEqual(planned([0, 0], [5, 6], 20), [[0, [0, 1], 11]]);
});

test("styles are never joined, and a style without ballots is left out", () => {
  assert.deepEqual(planned([0, 1, 2], [5, 30, 0], 20), [[0, [0], 5], [1, [1], 30]]);
});

test("a group without ballots is joined with the others", () => {
  assert.deepEqual(planned([0, 0], [0, 30], 20), [[0, [0, 1], 30]]);
});

test("a small style stays sealed and holds back no other", () => {
  const units = openedUnits(planUnits([0, 1, 1], [3, 30, 25], 20), 20);
  assert.deepEqual(units.map(({ groups }) => groups), [[1], [2]]);
});

test("a unit under the threshold is not opened", () => {
  assert.throws(() => requireUnitsLargeEnough([{ ballots: 19 }], 20), { name: "UnitTooSmall" });
  requireUnitsLargeEnough([{ ballots: 20 }], 20);
});
