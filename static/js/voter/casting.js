// Casting: the right, the ballot, the receipt, and what to do when an answer is missing.
//
// Whatever goes wrong in between, the very same ballot is sent again, or its receipt is
// asked for: so there is never more than one, and none is called lost that went through.

import { Refusal, patiently, postJson } from "../visit/requests.js";
import { Stopped } from "../visit/stopped.js";

const TAKEN = ["CredentialUsed", "OutOfSequence"];
const BAD_BALLOT = [
  "BallotRefused", "TokenRefused", "DocumentRefused", "UnknownGroup", "OtherElection",
  "WrongFields", "JsonMalformed", "RequestTooLarge",
];

/** The two sides and the booth, as one voter uses them. */
export class Casting {
  #ask;
  #keep;
  #registerUrl;
  #slug;
  #tell;

  /**
   * @param {object} parts `ask` of openBooth, `keep`, `registerUrl`, `slug`, and `tell`,
   *   which is told what is being waited for
   */
  constructor({ ask, keep, registerUrl, slug, tell }) {
    this.#ask = ask;
    this.#keep = keep;
    this.#registerUrl = registerUrl;
    this.#slug = slug;
    this.#tell = tell;
  }

  /** @returns {Promise<object>} the register's answer @throws as postJson */
  async identify() {
    const request = await this.#ask("identifyRequest");
    const told = await patiently(() => postJson(this.#register("identify"), request));
    await this.#ask("meet", { salt: told.salt });
    return told;
  }

  /**
   * @returns {Promise<object[]>} the own receipts, checked
   * @throws {Stopped} FalseReceipt @throws as postJson
   */
  async receipts() {
    const request = await this.#ask("statusRequest");
    const { receipts } = await patiently(() => postJson(this.#service("status"), request));
    return this.#checked(receipts);
  }

  /**
   * Cast the ballot that is kept as pending, however far it came before.
   * @returns {Promise<{receipts: object[], isOwn: boolean}>} isOwn: this very ballot is
   *   in the box, and not one cast elsewhere meanwhile
   * @throws {Stopped}
   */
  async cast({ isResumed = false } = {}) {
    const { tracking } = this.#keep.pending;
    try {
      if (isResumed) {
        const known = await this.receipts();
        if (known.some((receipt) => receipt.tracking === tracking)) {
          return { receipts: known, isOwn: true };
        }
      }
      await this.#sign();
      return await this.#send(tracking);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  async #sign() {
    const { pending } = this.#keep;
    if (pending.request) {
      return;
    }
    this.#tell("wait_right");
    const request = await this.#ask("rightRequest");
    const right = await this.#take(request);
    const { ballot, group } = pending;
    const signed = await this.#ask("finish", { ballot, group, ...right }).catch(() => {
      throw new Stopped("FalseRight");
    });
    this.#keep.pending = { ...pending, request: signed };
  }

  async #take(request) {
    try {
      return await this.#patiently(() => postJson(this.#register("right"), request));
    } catch (error) {
      if (error instanceof Refusal && error.name !== "TooManyAttempts") {
        this.#keep.pending = null; // it cannot be cast: a new visit starts from the roll
      }
      throw error;
    }
  }

  async #send(tracking) {
    this.#tell("wait_cast");
    const { request } = this.#keep.pending;
    try {
      const receipt = await this.#patiently(() => postJson(this.#service("cast"), request));
      this.#tell("wait_check");
      const [checked] = await this.#checked([receipt]);
      if (checked.tracking !== tracking) {
        throw new Stopped("FalseReceipt");
      }
      return { receipts: [checked], isOwn: true };
    } catch (error) {
      return this.#afterRefusal(error, tracking);
    }
  }

  // An earlier attempt, or another device, may have been first.
  async #afterRefusal(error, tracking) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    const receipts = await this.receipts();
    const isOwn = receipts.some((receipt) => receipt.tracking === tracking);
    if (isOwn || (TAKEN.includes(error.name) && receipts.length > 0)) {
      return { receipts, isOwn };
    }
    throw error.name === "ElectionNotOpen" ? new Stopped("TooLate") : error;
  }

  #stopped(error) {
    if (error instanceof Refusal && BAD_BALLOT.includes(error.name)) {
      this.#keep.pending = null;
      return new Stopped("BallotRefused");
    }
    return error;
  }

  async #checked(receipts) {
    return this.#ask("checkReceipts", { receipts }).catch(() => {
      throw new Stopped("FalseReceipt");
    });
  }

  #patiently(step) {
    return patiently(step, () => this.#tell("wait_slow"));
  }

  #register(act) {
    return `${this.#registerUrl}/r/${this.#slug}/${act}`;
  }

  #service(act) {
    return `/api/s/${this.#slug}/${act}`;
  }
}
