// Where a holder stands: one stage, and so one main action, at a time. Pure.
//
// `state` is what the server tells (GET /api/k/ID), `own` what this tab knows:
// `{hasPart, isConfirmed, hasWords, hasDraft, wantsDraft, isSaved, counted}`.

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
  if (own.counted !== null) {
    return "count-ready";
  }
  if (phase === "closed" && state.count !== null) {
    return state.count.partials.includes(state.seat.index) ? "counted" : "count";
  }
  if (openTask(state) !== null) {
    return "sign";
  }
  return state.tasks.length > 0 ? "signed" : `idle-${phase}`;
}

function ceremonyStage(state, own) {
  if (state.stopped !== null) {
    return "stopped";
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

function partlessStage(state) {
  return isMine(state, "keys") ? "lost" : "make-keys";
}

function fileStage(state, own) {
  if (own.hasPart && !own.isSaved) {
    return "save";
  }
  if (own.wantsDraft && own.hasDraft && !own.hasPart) {
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
  if (state.election.phase !== "keys" || state.ceremony === null || state.stopped !== null) {
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
