// What this tab keeps until the receipt, and what this browser remembers of a log.
//
// The code and what is signed and on its way lie in sessionStorage: reloading works, and
// closing the tab forgets. A ballot's choices are never kept.

/** The tab's own memory; lasts as long as the page where storage is switched off. */
export class Keeping {
  #memory = new Map();
  #place;

  /** @param {string} path of the page */
  constructor(path) {
    this.#place = `urne:${path}:`;
  }

  /** @returns {Keeping} of the page that is open, with the link it was opened by */
  static ofThisPage() {
    const keep = new Keeping(location.pathname);
    // Where this tab may keep nothing, the code still stands in the address.
    if (keep.link === null && location.hash.includes(".")) {
      keep.link = location.hash.slice(1);
      history.replaceState(null, "", location.pathname);
    }
    return keep;
  }

  /** @returns {string|null} `CODE.FP16` or a typed code */
  get link() {
    return this.#read("link");
  }

  set link(link) {
    this.#write("link", link);
  }

  /** @returns {boolean} whether a person has pressed on in this tab */
  get started() {
    return this.#read("started") !== null;
  }

  set started(isStarted) {
    this.#write("started", isStarted ? "1" : null);
  }

  /** @returns {object|null} what was being sent */
  get pending() {
    const text = this.#read("pending");
    return text === null ? null : JSON.parse(text);
  }

  set pending(pending) {
    this.#write("pending", pending === null ? null : JSON.stringify(pending));
  }

  /** Forget the code and all that belongs to it: the receipt is there. */
  forget() {
    this.link = null;
    this.pending = null;
    this.started = false;
  }

  #read(name) {
    try {
      return sessionStorage.getItem(this.#place + name) ?? this.#memory.get(name) ?? null;
    } catch {
      return this.#memory.get(name) ?? null;
    }
  }

  #write(name, value) {
    this.#memory.delete(name);
    try {
      if (value === null) {
        sessionStorage.removeItem(this.#place + name);
      } else {
        sessionStorage.setItem(this.#place + name, value);
      }
    } catch {
      if (value !== null) {
        this.#memory.set(name, value);
      }
    }
  }
}

/** @param {string} name of a log @returns {string|null} the last checkpoint seen here */
export function knownCheckpoint(name) {
  try {
    return localStorage.getItem(`urne:checkpoint:${name}`);
  } catch {
    return null;
  }
}

/** @param {string} name of a log @param {string} note */
export function rememberCheckpoint(name, note) {
  try {
    localStorage.setItem(`urne:checkpoint:${name}`, note);
  } catch {
    // Storage is switched off: then nothing is remembered from visit to visit.
  }
}
