// Starts a page's worker through the only Trusted Types policy, `urne`.
//
// Served, the worker is a module at an address of the same origin. In a single
// page (built by `scripts/vendor --single`) its text stands in the page under the
// name URNE_WORKER_SOURCE, because a page opened from a file can load no module.

const rules = { createScriptURL: admitOwnAddress };
// Browsers without Trusted Types take the plain string, after the same check.
const policy = globalThis.trustedTypes?.createPolicy("urne", rules) ?? rules;

function admitOwnAddress(address) {
  const { origin, protocol } = new URL(address);
  // A page's policy lets only its own blobs be workers; opened from a file, page
  // and blob do not even name their origin alike.
  if (protocol !== "blob:" && origin !== location.origin) {
    throw new TypeError("only a worker of the page's own origin may be started");
  }
  return address;
}

/**
 * Start the page's worker.
 * @param {URL} address of the worker's module; not used in a single page
 * @returns {Worker}
 */
export function startWorker(address) {
  if (typeof URNE_WORKER_SOURCE === "undefined") {
    return new Worker(policy.createScriptURL(address.href), { type: "module" });
  }
  const text = new Blob([URNE_WORKER_SOURCE], { type: "text/javascript" });
  return new Worker(policy.createScriptURL(URL.createObjectURL(text)));
}
