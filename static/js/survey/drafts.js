// What was filled in so far, in this browser alone: locked under a key that follows from
// the code in the link, so that whoever finds it without the link finds nothing.

/** One respondent's draft; lost where this browser may keep nothing. */
export class Draft {
  #ask;
  #last = Promise.resolve();
  #place;

  /**
   * @param {function(string, object=): Promise<*>} ask of openWorker
   * @param {string} name that follows from the code
   */
  constructor(ask, name) {
    this.#ask = ask;
    this.#place = `urne:draft:${name}`;
  }

  /** @returns {Promise<object|null>} what was kept, if it can be opened */
  async read() {
    try {
      const locked = localStorage.getItem(this.#place);
      return locked === null ? null : await this.#ask("unlockDraft", { locked });
    } catch {
      return null;
    }
  }

  /** @param {object} filled what is to be found again */
  keep(filled) {
    const copy = structuredClone(filled);
    this.#last = this.#last.then(async () => {
      try {
        localStorage.setItem(this.#place, await this.#ask("lockDraft", { filled: copy }));
      } catch {
        // Storage is full or switched off: then nothing is kept from visit to visit.
      }
    });
  }

  /** The response was taken: nothing of it stays here. */
  async remove() {
    await this.#last;
    try {
      localStorage.removeItem(this.#place);
    } catch {
      // There is nothing to remove where nothing could be kept.
    }
  }
}
