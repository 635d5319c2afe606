// Talking with the booth in its worker.

import { startWorker } from "../start_worker.js";

/** The booth refused, by name. */
export class BoothRefusal extends Error {
  /** @param {string} name of the refusal */
  constructor(name) {
    super(name);
    this.name = name;
  }
}

/**
 * @returns {function(string, object=): Promise<*>} asks the booth to do one of its acts
 * @throws {BoothRefusal} from what it returns; `WorkerFailed` where no worker runs
 */
export function openBooth() {
  const waiting = new Map();
  let worker = null;
  const fail = () => {
    worker = null;
    waiting.forEach(({ reject }) => reject(new BoothRefusal("WorkerFailed")));
    waiting.clear();
  };
  try {
    worker = startWorker(new URL("./worker.js", import.meta.url));
    worker.addEventListener("error", fail);
    worker.addEventListener("message", ({ data }) => answer(waiting, data));
  } catch {
    fail();
  }
  let last = 0;
  return (act, details = undefined) => new Promise((resolve, reject) => {
    if (worker === null) {
      reject(new BoothRefusal("WorkerFailed"));
      return;
    }
    last += 1;
    waiting.set(last, { resolve, reject });
    worker.postMessage({ number: last, act, details });
  });
}

function answer(waiting, { number, answer: given, refusal }) {
  const asked = waiting.get(number);
  waiting.delete(number);
  if (refusal === undefined) {
    asked?.resolve(given);
  } else {
    asked?.reject(new BoothRefusal(refusal));
  }
}
