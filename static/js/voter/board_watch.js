// Watching the board: is it still the one this browser saw, and is the own ballot on it.

import { BoothRefusal } from "./booth_worker.js";
import { knownCheckpoint, rememberCheckpoint } from "./keeping.js";
import { getJson, getText, postJson } from "./requests.js";

/**
 * Compare the board with the one seen at the last visit.
 * @param {function(string, object=): Promise<*>} ask of openBooth
 * @param {string} slug
 * @param {string} fingerprint hex
 * @returns {Promise<string|null>} the alarm's name, or null where all is well or unknown
 */
export async function watchBoard(ask, slug, fingerprint) {
  const board = `/s/${slug}/tavle`;
  try {
    const note = await getText(`${board}/sjekkpunkt`);
    const newer = await ask("checkCheckpoint", { note });
    const known = knownCheckpoint(fingerprint);
    const older = known === null ? null : await ask("checkCheckpoint", { note: known });
    if (older !== null && !(await isContinued(ask, board, older, newer))) {
      return "alarm_fork";
    }
    rememberCheckpoint(fingerprint, note);
    return null;
  } catch (error) {
    return error instanceof BoothRefusal && error.name !== "WorkerFailed"
      ? "alarm_signature" : null;
  }
}

async function isContinued(ask, board, older, newer) {
  if (older.size > newer.size) {
    return false;
  }
  const hashes = older.size === newer.size
    ? [] : (await getJson(`${board}/konsistens?fra=${older.size}&til=${newer.size}`)).hashes;
  try {
    await ask("checkConsistency", { older, newer, hashes });
    return true;
  } catch (error) {
    if (error.name === "WorkerFailed") {
      throw error;
    }
    return false;
  }
}

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
