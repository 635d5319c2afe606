// Which sums may be opened: groups too small to be shown alone are joined (§5.8).

import { UnitTooSmall } from "./errors.js";

/**
 * @param {number[]} styles the ballot style of every voter group
 * @param {number[]} ballots counted, by group
 * @param {number} threshold the manifest's suppression threshold
 * @returns {Array<{style: number, groups: number[], ballots: number}>} by their lowest group
 */
export function planUnits(styles, ballots, threshold) {
  const units = [...new Set(styles)].flatMap((style) =>
    unitsOfStyle(style, styles, ballots, threshold));
  return units.sort((one, other) => one.groups[0] - other.groups[0]);
}

function unitsOfStyle(style, styles, ballots, threshold) {
  const groups = [...styles.keys()].filter((group) => styles[group] === style);
  const units = groups.map((group) => ({ style, groups: [group], ballots: ballots[group] }));
  const alone = units.filter((unit) => unit.ballots >= threshold);
  let joined = units.filter((unit) => unit.ballots < threshold)
    .reduce(join, { style, groups: [], ballots: 0 });
  // The fewest ballots first; of equals, the one with the lowest group.
  alone.sort((one, other) => one.ballots - other.ballots || one.groups[0] - other.groups[0]);
  while (joined.ballots < threshold && alone.length > 0) {
    joined = join(joined, alone.shift());
  }
  return [...alone, joined].filter((unit) => unit.ballots > 0);
}

function join(one, other) {
  return {
    style: one.style,
    groups: [...one.groups, ...other.groups].sort((a, b) => a - b),
    ballots: one.ballots + other.ballots,
  };
}

/**
 * The units whose sums are opened. The others, whole styles with too few ballots, stay
 * sealed and hold back nobody else's.
 * @param {Array<{ballots: number}>} units
 * @param {number} threshold
 * @returns {Array<{ballots: number}>} some of them
 */
export function openedUnits(units, threshold) {
  return units.filter((unit) => unit.ballots >= threshold);
}

/**
 * @param {Array<{ballots: number}>} units
 * @param {number} threshold
 * @throws {UnitTooSmall}
 */
export function requireUnitsLargeEnough(units, threshold) {
  const small = units.find((unit) => unit.ballots < threshold);
  if (small !== undefined) {
    throw new UnitTooSmall(`${small.ballots} ballots of ${threshold}`);
  }
}
