// Where a holder stands: one stage, and so one main action, at a time. Pure.
//
// `state` is what the server tells (GET /api/k/ID), `own` what this tab knows:
// `{hasPart, isConfirmed, hasWords, hasDraft, wantsDraft, isSaved, savedAs, counted}`.

import { failedDealer, isHeldUp, ownAnswer } from "./disputes.js";

/** The rounds of a ceremony, by the last part of their address, and their lists. */
export const ROUNDS = ["keys", "commit", "reveal", "shares", "signature", "rehearsal"];

const LISTS = {
  keys: ({ ceremony }) => ceremony.holders,
  commit: ({ ceremony }) => ceremony.commits,
  reveal: ({ ceremony }) => ceremony.reveals,
  shares: ({ ceremony }) => ceremony.shares,
  signature: ({ signatures }) => signatures,
  rehearsal: ({ rehearsals }) => rehearsals,
};

/**
 * @param {object} state
 * @param {string} round
 * @returns {Set<number>} indices of the holders who have done it
 */
export function doneIn(state, round) {
  return new Set(LISTS[round](state).map(({ index, dealer }) => index ?? dealer));
}

/** @param {object} state @param {string} round @returns {boolean} */
export function isComplete(state, round) {
  return doneIn(state, round).size === state.holders.length;
}

/** @param {object} state @param {string} round @returns {boolean} */
export function isMine(state, round) {
  return doneIn(state, round).has(state.seat.index);
}

/** @param {object} state @returns {string} the first round that somebody is awaited in */
export function currentRound(state) {
  return ROUNDS.find((round) => !isComplete(state, round)) ?? "rehearsal";
}

/**
 * @param {object} state
 * @returns {object|null} the first paper that this holder has not signed
 */
export function openTask(state) {
  return state.tasks.find(({ signed_by: signers }) => !signers.includes(state.seat.index)) ?? null;
}

/**
 * @param {object} state
 * @param {object} own
 * @returns {string} the stage
 */
export function stageOf(state, own) {
  const { phase } = state.election;
  if (phase === "cancelled" || phase === "draft") {
    return phase;
  }
  if (phase === "keys") {
    return state.ceremony === null ? "draft" : ceremonyStage(state, own);
  }
  if (phase === "closed" && state.count !== null) {
    return countStage(state, own);
  }
  if (openTask(state) !== null) {
    return "sign";
  }
  return state.tasks.length > 0 ? "signed" : `idle-${phase}`;
}

function countStage({ count, seat, threshold }, own) {
  if (count.partials.includes(seat.index)) {
    return "counted";
  }
  if (count.partials.length >= threshold) {
    return "count-enough";
  }
  return own.counted === null ? "count" : "count-ready";
}

function ceremonyStage(state, own) {
  if (isHeldUp(state)) {
    return disputeStage(state, own);
  }
  if (isMine(state, "rehearsal")) {
    return "rehearsed";
  }
  if (isMine(state, "signature")) {
    return fileStage(state, own);
  }
  if (!own.hasPart) {
    return own.hasDraft ? "resume" : partlessStage(state);
  }
  if (!isComplete(state, "keys") || !(own.hasWords || own.isConfirmed)) {
    return "wait-keys";
  }
  return own.isConfirmed ? "exchange" : "words";
}

function disputeStage(state, own) {
  const isAsked = failedDealer(state) === null && ownAnswer(state) !== null;
  if (isAsked && own.hasPart) {
    return "open-share";
  }
  return isAsked && own.hasDraft ? "resume" : "stopped";
}

function partlessStage(state) {
  return isMine(state, "keys") ? "lost" : "make-keys";
}

function fileStage(state, own) {
  if (own.hasPart && !own.isSaved) {
    return "save";
  }
  // A tab that was closed before the file was saved goes on where it was.
  if (own.hasDraft && !own.hasPart && (own.wantsDraft || own.savedAs === null)) {
    return "resume";
  }
  return isComplete(state, "signature") ? "rehearse" : "wait-signatures";
}

/**
 * What the tab does next by itself, without asking anybody.
 * @param {object} state
 * @param {object} own
 * @returns {"keys"|"words"|"commit"|"reveal"|"shares"|"signature"|"verify"|null}
 */
export function automaticStep(state, own) {
  if (state.election.phase !== "keys" || state.ceremony === null || isHeldUp(state)) {
    return null;
  }
  if (isComplete(state, "rehearsal")) {
    return own.isVerified ? null : "verify";
  }
  if (!own.hasPart || isMine(state, "signature")) {
    return null;
  }
  if (!isMine(state, "keys")) {
    return "keys";
  }
  const next = ["commit", "reveal", "shares", "signature"].find((round) => !isMine(state, round));
  const before = ROUNDS[ROUNDS.indexOf(next) - 1];
  if (!isComplete(state, before)) {
    return null;
  }
  if (next === "commit" && !own.isConfirmed) {
    return own.hasWords ? null : "words";
  }
  return next;
}

/**
 * Whether closing the tab would lose something that is still needed: a count that is not
 * handed in, or keys. With the keys a dealer answers a complaint, which may come until
 * all have signed, also when the own file is saved long since.
 * @param {object} state
 * @param {object} own
 * @returns {boolean}
 */
export function isAtStake(state, own) {
  if (own.hasPart) {
    return !own.isSaved || !isComplete(state, "signature");
  }
  return stageOf(state, own) === "count-ready";
}
