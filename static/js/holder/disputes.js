// Disputes over shares: who answers, whether all goes on (§3.1). Pure.
//
// A dispute is `{at, by, dealer, signature, opening, right}` as the server tells it; the
// last two are null until the dealer has answered. The desk has reckoned each of them
// before any of this is asked (judging.js).

/** @param {object} state @returns {object[]} the shares that were opened in public */
export function openingsOf({ disputes }) {
  return disputes.map(({ opening }) => opening).filter((opening) => opening !== null);
}

/**
 * @param {object} state
 * @returns {number|null} the dealer whom the ceremony cannot go on with: the opened share is
 *   wrong, or as many complain as could open any ballot
 */
export function failedDealer({ ceremony, disputes }) {
  const wrong = disputes.find(({ right }) => right === false);
  // The threshold is the one of the words; and a complaint that is told twice is one.
  const crowded = disputes.find(({ dealer }) =>
    complainers(disputes, dealer).size >= ceremony.threshold);
  return wrong?.dealer ?? crowded?.dealer ?? null;
}

function complainers(disputes, dealer) {
  return new Set(disputes.filter((each) => each.dealer === dealer).map(({ by }) => by));
}

/** @param {object} state @returns {object|null} the first that waits for its dealer */
export function awaitedAnswer({ disputes }) {
  return disputes.find(({ opening }) => opening === null) ?? null;
}

/** @param {object} state @returns {object|null} what the holder of this page is to answer */
export function ownAnswer(state) {
  return state.disputes.find(({ dealer, opening }) =>
    dealer === state.seat.index && opening === null) ?? null;
}

/** @param {object} state @returns {boolean} whether a complaint holds everything up */
export function isHeldUp(state) {
  return failedDealer(state) !== null || awaitedAnswer(state) !== null;
}
