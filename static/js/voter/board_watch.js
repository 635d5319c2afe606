// Watching the board: is it still the one this browser saw, and is the own ballot on it.

import { patiently } from "./casting.js";
import { knownCheckpoint, rememberCheckpoint } from "./keeping.js";
import { getJson, getText, postJson } from "./requests.js";

const FORKED = ["BadConsistencyProof", "OutsideTree"];
const UNSIGNED = ["BadSignature", "CheckpointRefused", "MalformedNote", "UnknownSigner"];

/**
 * Compare the board with the one seen at the last visit. A proof that is not given is no
 * better than one that does not hold: whoever shows two boards would rather give none.
 * @param {function(string, object=): Promise<*>} ask of openBooth
 * @param {string} slug
 * @param {string} fingerprint hex
 * @returns {Promise<string|null>} the alarm's name, or null where nothing speaks against it
 */
export async function watchBoard(ask, slug, fingerprint) {
  const board = `/s/${slug}/tavle`;
  const known = knownCheckpoint(fingerprint);
  try {
    const note = await patiently(() => getText(`${board}/sjekkpunkt`));
    const newer = await ask("checkCheckpoint", { note });
    if (known !== null) {
      await requireContinued(ask, board, known, newer);
    }
    rememberCheckpoint(fingerprint, note);
    return null;
  } catch (error) {
    return alarmOf(error, known);
  }
}

async function requireContinued(ask, board, known, newer) {
  const older = await ask("checkCheckpoint", { note: known });
  const address = `${board}/konsistens?fra=${older.size}&til=${newer.size}`;
  const { hashes } = newer.size > older.size
    ? await patiently(() => getJson(address)) : { hashes: [] };
  // Refused also where the board has become shorter.
  await ask("checkConsistency", { older, newer, hashes });
}

function alarmOf({ name }, known) {
  if (FORKED.includes(name)) {
    return "alarm_fork";
  }
  if (UNSIGNED.includes(name)) {
    return "alarm_signature";
  }
  return known === null || name === "WorkerFailed" ? null : "alarm_unproven";
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
