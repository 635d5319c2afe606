// The desk: what the server tells, what this tab knows, and what happens by itself.

import { openingsOf } from "./disputes.js";
import {
  dropDraft, keepDraft, keepSavedName, keptDraft, keptSavedName,
} from "./draft_store.js";
import { PracticeDiffers } from "./refusals.js";
import { ServerRefused, Unreachable } from "./server.js";
import { automaticStep, isAtStake, stageOf } from "./stages.js";

const SECONDS_BETWEEN = { keys: 3, closed: 6, counted: 6 };
const SECONDS_OTHERWISE = 20;
const SECONDS_HIDDEN = 30;
const SECONDS_AFTER_FAILURE = 8;
const UNSEALED = ["draft", "keys", "cancelled"];

/** One holder's desk; `onChange` is told when there may be something else to show. */
export class Desk {
  #timer;
  #onChange;
  #stepping = false;
  // Each dispute as it was told when it was reckoned here: told otherwise, it is another.
  #judged = new Set();

  /**
   * @param {Server} server
   * @param {function} vault of startVault
   * @param {function(): void} onChange
   */
  constructor(server, vault, onChange) {
    this.server = server;
    this.vault = vault;
    this.#onChange = onChange;
    this.state = null;
    this.trouble = null;
    this.refusal = null;
    this.alarm = null;
    this.sealed = null;
    this.own = {
      hasPart: false, isConfirmed: false, hasWords: false, hasDraft: false, wantsDraft: false,
      isSaved: false, isVerified: false, counted: null, words: null, entry: null, savedAs: null,
    };
  }

  /** @returns {string} what is to be shown now */
  get stage() {
    return this.alarm === null ? stageOf(this.state, this.own) : "alarm";
  }

  /** @returns {string|null} the locked draft of this seat, if this tab has one */
  get draft() {
    const { ceremony, seat } = this.state;
    return ceremony === null ? null : keptDraft(ceremony.ceremony, seat.index);
  }

  /** @returns {boolean} whether closing the tab would lose something */
  get isAtStake() {
    return this.state !== null && isAtStake(this.state, this.own);
  }

  /** Ask the server, do what follows by itself, and ask again in a while. */
  async refresh() {
    clearTimeout(this.#timer);
    let seconds;
    try {
      await this.#read();
      await this.#step();
      this.trouble = null;
      seconds = SECONDS_BETWEEN[this.state.election.phase] ?? SECONDS_OTHERWISE;
    } catch (error) {
      seconds = SECONDS_AFTER_FAILURE;
      this.#note(error);
    }
    this.#onChange();
    if (this.refusal === null && this.alarm === null) {
      const wait = globalThis.document?.hidden ? SECONDS_HIDDEN : seconds;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.refresh(), wait * 1_000);
    }
  }

  /** @returns {Promise<object>} manifest and ceremony record, asked for once */
  async readSealed() {
    this.sealed ??= await this.server.sealed();
    return this.sealed;
  }

  /**
   * @param {string} ceremony id in hex
   * @returns {boolean} whether it is still the one under way
   */
  isCurrent(ceremony) {
    return this.state?.ceremony?.ceremony === ceremony;
  }

  /**
   * The holder's part has begun, or goes on. Meanwhile another ceremony may have begun:
   * then what was drawn for the one before is dropped.
   * @param {string} ceremony id in hex: the one it was asked for
   * @param {{entry: object, draft: string|undefined, isConfirmed: boolean|undefined}} told
   */
  take(ceremony, { entry, draft, isConfirmed = false }) {
    if (!this.isCurrent(ceremony)) {
      return;
    }
    if (draft !== undefined) {
      keepDraft(draft);
    }
    Object.assign(this.own, { entry, hasPart: true, isConfirmed, hasDraft: true });
  }

  /** @param {string} name of the key file that was handed to the browser */
  noteSaved(name) {
    keepSavedName(this.state.ceremony.ceremony, name);
    Object.assign(this.own, { isSaved: true, savedAs: name });
  }

  /** @returns {{document: object, openings: object[]}} what the shares are checked against */
  get dealt() {
    return { document: this.state.ceremony, openings: openingsOf(this.state) };
  }

  /** The file has been read back: nothing secret stays in this tab. */
  async leaveCeremony() {
    dropDraft();
    Object.assign(this.own, {
      hasPart: false, hasDraft: false, words: null, entry: null, savedAs: null,
    });
    await this.vault("forget");
  }

  /** @param {Error} error that means that somebody is cheating: nothing goes on by itself */
  sound(error) {
    this.alarm = error.name;
    clearTimeout(this.#timer);
    this.#onChange();
  }

  async #read() {
    const state = await this.server.desk();
    if (this.state?.ceremony && state.ceremony?.ceremony !== this.state.ceremony.ceremony) {
      this.#startOver();
    }
    await this.#judge(state);
    await this.#comparePractice(state);
    this.state = state;
    this.own.hasDraft = this.draft !== null;
    this.own.savedAs ??= state.ceremony && keptSavedName(state.ceremony.ceremony);
  }

  // The organiser has started another ceremony: what belongs to the one before is void.
  #startOver() {
    this.vault("forget");
    Object.assign(this.own, {
      hasPart: false, isConfirmed: false, hasWords: false, wantsDraft: false, isSaved: false,
      isVerified: false, words: null, entry: null, savedAs: null,
    });
  }

  async #step() {
    if (this.#stepping || this.alarm !== null) {
      return;
    }
    this.#stepping = true;
    try {
      for (let step = this.#next(); step !== null; step = this.#next()) {
        this.#onChange();
        await this.#take(step);
      }
    } finally {
      this.#stepping = false;
    }
  }

  #next() {
    return automaticStep(this.state, this.own);
  }

  async #take(step) {
    const document = this.state.ceremony;
    try {
      await this.#do(step, document);
    } catch (error) {
      // The vault has forgotten a ceremony that another has taken the place of.
      if (this.isCurrent(document.ceremony)) {
        throw error;
      }
    }
  }

  async #do(step, document) {
    if (step === "words") {
      const words = await this.vault("words", { document });
      if (this.isCurrent(document.ceremony)) {
        Object.assign(this.own, { words, hasWords: true });
      }
    } else if (step === "verify") {
      await this.#verify(document);
    } else {
      await this.#send(step, document);
      await this.#read();
    }
  }

  // Every dispute is reckoned here before the page says a word of it, or the page stops.
  async #judge({ ceremony: document, disputes, election }) {
    if (election.phase !== "keys" || document === null) {
      return;
    }
    for (const dispute of disputes) {
      const told = JSON.stringify(dispute);
      if (!this.#judged.has(told)) {
        await this.vault("judge", { document, dispute });
        this.#judged.add(told);
      }
    }
  }

  // Sealed, it stands in the manifest whether an election decides anything.
  async #comparePractice({ election: { phase, practice } }) {
    if (UNSEALED.includes(phase)) {
      return;
    }
    const { manifest } = await this.readSealed();
    if (manifest.practice !== practice) {
      throw new PracticeDiffers();
    }
  }

  async #verify(document) {
    const { rehearsals, signatures } = this.state;
    await this.vault("verifyRecord", { ceremony: { document, rehearsals, signatures } });
    this.own.isVerified = this.isCurrent(document.ceremony);
  }

  async #send(step, document) {
    if (step === "keys") {
      await this.server.post("/keys", this.own.entry);
    } else if (step === "shares") {
      await this.server.post("/shares", (await this.vault("deal", { document })).entries);
    } else if (step === "signature") {
      await this.#check();
    } else {
      await this.server.post(`/${step}`, (await this.vault(step, { document })).entry);
    }
  }

  async #check() {
    const { signature, complaint } = await this.vault("check", this.dealt);
    if (complaint === null) {
      await this.server.post("/signature", signature);
    } else {
      await this.server.post("/bad-share", complaint);
    }
  }

  #note(error) {
    if (error instanceof ServerRefused && error.status === 401) {
      this.refusal = error;
    } else if (error instanceof ServerRefused && error.status === 409) {
      // An answer was lost, or somebody was faster: what is there now is shown.
      this.trouble = null;
    } else if (error instanceof Unreachable || error instanceof ServerRefused) {
      this.trouble = error;
    } else {
      // What the vault refuses, and what the page cannot read, nobody is to pass over.
      this.alarm = error.name;
    }
  }
}
