// Looking for the own ballot on the board: is the promise of the receipt kept.

import { postJson } from "../visit/requests.js";

/**
 * Look for an own ballot on the board.
 * @param {function(string, object=): Promise<*>} ask of openBooth
 * @param {string} slug
 * @param {{batch: number, tracking: string}} receipt
 * @returns {Promise<"out"|"waiting"|"missing"|"unknown">} missing: the promise is broken
 */
export async function findOnBoard(ask, slug, { batch, tracking }) {
  let answer;
  try {
    // In a body, not in the address: that would tell whose ballot is looked for.
    answer = await postJson(`/s/${slug}/tavle/inklusjon`, { tracking });
  } catch {
    return "unknown";
  }
  if (answer.found === null) {
    return batch >= answer.next_batch ? "waiting" : "missing";
  }
  try {
    await ask("checkInclusion", { tracking, batch, found: answer.found });
    return "out";
  } catch (error) {
    return error.name === "WorkerFailed" ? "unknown" : "missing";
  }
}
