// The only network: the holder's API, with the access key and no cookie.

import { language } from "./texts.js";

const LEAVES_AT_ONCE = 1_000;

/** The server said no; `name` is the refusal's, the message a sentence for people. */
export class ServerRefused extends Error {
  /** @param {number} status @param {string} name @param {string} message */
  constructor(status, name, message) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** The server did not answer. */
export class Unreachable extends Error {
  constructor() {
    super();
    this.name = "Unreachable";
  }
}

/** One seat's view of the server. */
export class Server {
  #base;
  #key;

  /** @param {{server: string, election: string, key: string}} connection */
  constructor({ server, election, key }) {
    this.#base = `${server}/api/k/${election}`;
    this.#key = key;
  }

  desk = () => this.#ask("");
  sealed = () => this.#ask("/sealed");
  count = () => this.#ask("/count");

  /** @param {string} path such as `/keys` @param {*} value @returns {Promise<object>} */
  post(path, value) {
    return this.#ask(path, { method: "POST", body: JSON.stringify(value) });
  }

  /**
   * @param {number} size of the board
   * @param {function(number): void} onProgress told the part that is here, 0 to 1
   * @returns {Promise<object[]>} all leaves
   */
  async leaves(size, onProgress) {
    const leaves = [];
    while (leaves.length < size) {
      const part = await this.#ask(`/leaves?fra=${leaves.length}&antall=${LEAVES_AT_ONCE}`);
      if (!Array.isArray(part) || part.length === 0) {
        break; // Whoever checks them against the checkpoint finds that some are missing.
      }
      leaves.push(...part);
      onProgress(leaves.length / size);
    }
    return leaves;
  }

  async #ask(path, options = {}) {
    const answer = await this.#fetch(path, options);
    const told = await answer.json().catch(() => null);
    if (!answer.ok) {
      throw new ServerRefused(answer.status, told?.error ?? "general", told?.message ?? "");
    }
    if (told === null) {
      throw new Unreachable();
    }
    return told;
  }

  async #fetch(path, options) {
    const headers = { Authorization: `Bearer ${this.#key}`, "Accept-Language": language() };
    if (options.body !== undefined) {
      headers["Content-Type"] = "application/json";
    }
    try {
      return await fetch(`${this.#base}${path}`, {
        ...options, headers, cache: "no-store", credentials: "omit", redirect: "error",
        referrerPolicy: "no-referrer",
      });
    } catch {
      throw new Unreachable();
    }
  }
}
