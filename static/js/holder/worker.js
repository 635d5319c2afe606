// The page's worker: a vault that is asked one thing at a time.

import { openVault } from "./vault.js";

let asked = 0;
let toldAt = 0;
const MILLISECONDS_BETWEEN = 80;
const vault = openVault(tellProgress);
let queue = Promise.resolve();

globalThis.onmessage = ({ data }) => {
  queue = queue.then(() => answer(data));
};

async function answer({ number, act, details }) {
  asked = number;
  try {
    if (!Object.hasOwn(vault, act)) {
      throw new TypeError("the vault does no such thing");
    }
    postMessage({ number, answer: await vault[act](details ?? {}) });
  } catch (error) {
    // The name tells why; a refusal's text carries sizes and fields, never a secret.
    postMessage({ number, refusal: error.name, dealer: error.dealer ?? null, detail: error.message });
  }
}

function tellProgress(stage, done) {
  const now = performance.now();
  if (done === 1 || now - toldAt > MILLISECONDS_BETWEEN) {
    toldAt = now;
    postMessage({ number: asked, stage, done });
  }
}
