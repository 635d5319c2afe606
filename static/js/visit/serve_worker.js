// A worker's side of the talk: one object whose methods the page asks for by name.

/** @param {object} desk its methods take and return plain values */
export function serveWorker(desk) {
  addEventListener("message", ({ data: { number, act, details } }) => {
    try {
      postMessage({ number, answer: desk[act](details) });
    } catch (error) {
      // The name tells why; a text could hold what somebody typed.
      postMessage({ number, refusal: error.name });
    }
  });
}
