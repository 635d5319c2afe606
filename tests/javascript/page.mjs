// A page in which tests run vectors and other work, in itself or in a module worker.

import { startWorker } from "../../static/js/start_worker.js";
import { runVectors } from "./vectors/run.mjs";
import { talk } from "./talk.mjs";

function inWorker(request) {
  const worker = startWorker(new URL("worker.mjs", import.meta.url));
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}

globalThis.runVectors = {
  window: runVectors,
  worker: (texts) => inWorker({ texts }),
};
globalThis.talk = {
  window: talk,
  worker: (requests) => inWorker({ requests }),
};
