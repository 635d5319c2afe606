// Asking the vault in its worker.

import { startWorker } from "../start_worker.js";

/** The vault refused; `name` says why. */
export class VaultRefused extends Error {
  /** @param {string} name @param {string} detail */
  constructor(name, detail) {
    super(detail);
    this.name = name;
  }
}

/**
 * @returns {function(string, object=, function(string, number)=): Promise<*>} asks for an act
 *   by name, with its details, told of progress
 */
export function startVault() {
  const worker = startWorker(new URL("./worker.js", import.meta.url));
  const waiting = new Map();
  let asked = 0;
  worker.onmessage = ({ data }) => {
    const { resolve, reject, onProgress } = waiting.get(data.number);
    if (data.stage !== undefined) {
      onProgress?.(data.stage, data.done);
      return;
    }
    waiting.delete(data.number);
    if (data.refusal === undefined) {
      resolve(data.answer);
    } else {
      reject(new VaultRefused(data.refusal, data.detail));
    }
  };
  worker.onerror = () => {
    waiting.forEach(({ reject }) => reject(new VaultRefused("WorkerFailed", "")));
    waiting.clear();
  };
  return (act, details = {}, onProgress = undefined) => new Promise((resolve, reject) => {
    asked += 1;
    waiting.set(asked, { resolve, reject, onProgress });
    worker.postMessage({ number: asked, act, details });
  });
}
