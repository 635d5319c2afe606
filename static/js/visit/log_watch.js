// Watching a log: is the one shown now built on the one that this browser saw before.

import { knownCheckpoint, rememberCheckpoint } from "./keeping.js";
import { getJson, getText, patiently } from "./requests.js";

const FORKED = ["BadConsistencyProof", "OutsideTree"];
const UNSIGNED = ["BadSignature", "CheckpointRefused", "MalformedNote", "UnknownSigner"];

/**
 * Compare a log with the one seen at the last visit. A proof that is not given is no
 * better than one that does not hold: whoever shows two logs would rather give none.
 * @param {function(string, object=): Promise<*>} ask of openWorker
 * @param {string} address of the log's pages
 * @param {string} name under which this browser remembers it
 * @param {string} [proven] the checkpoint under which the log was just shown to hold
 *   something: that very one is compared, for another one may be of another log
 * @returns {Promise<string|null>} the alarm's name, or null where nothing speaks against it
 */
export async function watchLog(ask, address, name, proven) {
  const known = knownCheckpoint(name);
  try {
    const note = proven ?? await patiently(() => getText(`${address}/sjekkpunkt`));
    const newer = await ask("checkCheckpoint", { note });
    if (known !== null) {
      await requireContinued(ask, address, known, newer);
    }
    rememberCheckpoint(name, note);
    return null;
  } catch (error) {
    return alarmOf(error, known);
  }
}

async function requireContinued(ask, address, known, newer) {
  const older = await ask("checkCheckpoint", { note: known });
  const between = `${address}/konsistens?fra=${older.size}&til=${newer.size}`;
  const { hashes } = newer.size > older.size
    ? await patiently(() => getJson(between)) : { hashes: [] };
  // Refused also where the log has become shorter.
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
