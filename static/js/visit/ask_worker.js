// Talking with a page's worker, which computes and holds the secrets.

import { startWorker } from "../start_worker.js";

/** The worker refused, by name. */
export class WorkerRefusal extends Error {
  /** @param {string} name of the refusal */
  constructor(name) {
    super(name);
    this.name = name;
  }
}

/**
 * @param {URL} address of the worker's module
 * @returns {function(string, object=): Promise<*>} asks the worker to do one of its acts
 * @throws {WorkerRefusal} from what it returns; `WorkerFailed` where no worker runs
 */
export function openWorker(address) {
  const waiting = new Map();
  let worker = null;
  const fail = () => {
    worker = null;
    waiting.forEach(({ reject }) => reject(new WorkerRefusal("WorkerFailed")));
    waiting.clear();
  };
  try {
    worker = startWorker(address);
    worker.addEventListener("error", fail);
    worker.addEventListener("message", ({ data }) => answer(waiting, data));
  } catch {
    fail();
  }
  let last = 0;
  return (act, details = undefined) => new Promise((resolve, reject) => {
    if (worker === null) {
      reject(new WorkerRefusal("WorkerFailed"));
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
    asked?.reject(new WorkerRefusal(refusal));
  }
}
