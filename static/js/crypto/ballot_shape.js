// What a ballot style looks like, and which choices it allows (§4.1, §4.3).
//
// A contest's shape is `{index, choices, blank, minimum, maximum}`, a style's a list of
// them in rising order. A selection is `{choices: number[], blank: boolean}`.

import { CIPHERTEXT_BYTES } from "./elgamal.js";
import {
  BlankNotOffered, BlankTogetherWithChoice, ImpossibleShape, OverVote, UnderVote, UnknownChoice,
  WrongContests,
} from "./errors.js";
import { CHOICE_PROOF_BYTES, valueProofBytes } from "./proofs.js";

export const MAXIMUM_CHOICES = 50;
export const MAXIMUM_MARKS = 20;
export const MAXIMUM_CONTESTS = 20;

/** 0x01 || u16(group) || u16(style) || u32(sequence) || predecessor (§4.3) */
export const HEADER_BYTES = 41;

/**
 * @param {object} contest
 * @throws {ImpossibleShape}
 */
export function requirePossible(contest) {
  const { choices, minimum, maximum } = contest;
  if (!(choices >= 1 && choices <= MAXIMUM_CHOICES)) {
    throw new ImpossibleShape("a contest has 1 to 50 choices");
  }
  if (!(minimum >= 1 && minimum <= maximum && maximum <= Math.min(choices, MAXIMUM_MARKS))) {
    throw new ImpossibleShape("1 <= min <= max <= choices, and max <= 20");
  }
}

/**
 * @param {object[]} style
 * @throws {ImpossibleShape}
 */
export function requirePossibleStyle(style) {
  if (!(style.length >= 1 && style.length <= MAXIMUM_CONTESTS)) {
    throw new ImpossibleShape("a style has 1 to 20 contests");
  }
  if (style.some(({ index }, at) => at > 0 && index <= style[at - 1].index)) {
    throw new ImpossibleShape("the contests of a style rise");
  }
  style.forEach(requirePossible);
}

/** @param {object} contest @returns {number} the choices, and the blank where offered */
export function slotsOf(contest) {
  return contest.choices + Number(contest.blank);
}

/** @param {object} contest @returns {number[]} min … max, what the sum may be (§5.3) */
export function sumsOf(contest) {
  const { minimum, maximum } = contest;
  return Array.from({ length: maximum - minimum + 1 }, (_, at) => minimum + at);
}

/** @param {object} contest @returns {number} bytes of the contest in a sealed ballot */
export function sealedBytes(contest) {
  return slotsOf(contest) * (CIPHERTEXT_BYTES + CHOICE_PROOF_BYTES)
    + valueProofBytes(sumsOf(contest).length);
}

/** @param {object[]} style @returns {number} bytes of every sealed ballot of the style */
export function sealedLength(style) {
  return style.reduce((sum, contest) => sum + sealedBytes(contest), HEADER_BYTES);
}

/**
 * @param {object} contest
 * @param {object} selection
 * @returns {number[]} a 0 or 1 for each slot
 */
export function bitsOf(contest, selection) {
  const marks = Array.from({ length: contest.choices }, (_, choice) =>
    Number(selection.choices.includes(choice)));
  return contest.blank ? [...marks, Number(selection.blank)] : marks;
}

/**
 * Refuse what is not a valid vote.
 * @param {object[]} style
 * @param {object[]} selections one for each contest
 * @throws {InvalidSelection} the subclass that says why
 */
export function requireValid(style, selections) {
  if (selections.length !== style.length) {
    throw new WrongContests(`${selections.length} for ${style.length} contests`);
  }
  style.forEach((contest, at) => requireValidIn(contest, selections[at]));
}

function requireValidIn(contest, { choices, blank }) {
  const isKnown = (choice) => Number.isInteger(choice) && choice >= 0 && choice < contest.choices;
  if (!choices.every(isKnown) || new Set(choices).size !== choices.length) {
    throw new UnknownChoice();
  }
  if (blank && !contest.blank) {
    throw new BlankNotOffered();
  }
  if (blank && choices.length > 0) {
    throw new BlankTogetherWithChoice();
  }
  if (choices.length > contest.maximum) {
    throw new OverVote();
  }
  if (choices.length < contest.minimum && !blank) {
    throw new UnderVote();
  }
}
