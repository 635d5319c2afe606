// The booth in a worker, so that the page answers while it computes.

import { Booth } from "./booth.js";

const booth = new Booth();

addEventListener("message", ({ data: { number, act, details } }) => {
  try {
    postMessage({ number, answer: booth[act](details) });
  } catch (error) {
    // The name tells why; a text could hold what somebody typed.
    postMessage({ number, refusal: error.name });
  }
});
