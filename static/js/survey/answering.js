// Sending a response: the right, the answers, the receipt, and what to do when an answer
// is missing. Whatever goes wrong in between, there is never more than one response.

import { Refusal, patiently, postJson } from "../visit/requests.js";
import { Stopped } from "../visit/stopped.js";

/** The two sides and the desk, as one respondent uses them. */
export class Answering {
  #ask;
  #mode;
  #registerUrl;
  #request = null;
  #slug;
  #tell;

  /**
   * @param {object} parts `ask` of openWorker, `mode`, `registerUrl`, `slug`, and `tell`,
   *   which is told what is being waited for
   */
  constructor({ ask, mode, registerUrl, slug, tell }) {
    this.#ask = ask;
    this.#mode = mode;
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
   * @returns {Promise<boolean>} whether a response was taken with this right, as the
   *   service has signed
   * @throws {Stopped} FalseReceipt @throws as postJson
   */
  async hasAnswered() {
    const request = await this.#ask("statusRequest");
    const { answered, receipt } = await patiently(() => postJson(this.#service("status"), request));
    if (answered) {
      await this.#check(receipt);
    }
    return answered;
  }

  /**
   * Send the answers; the same request is sent again for as long as this page lives.
   * @param {{answers: object, group: number}} response
   * @returns {Promise<{isFresh: boolean, isOwn: boolean}>} isFresh: this very response was
   *   taken, and the service says so now; isOwn: nothing says that it was another one
   * @throws {Stopped} @throws as postJson
   */
  async send({ answers, group }) {
    await this.#sign(answers, group);
    this.#tell("wait_send");
    try {
      const receipt = await this.#patiently(() =>
        postJson(this.#service("answer"), this.#request));
      this.#tell("wait_check");
      await this.#check(receipt);
      return { isFresh: true, isOwn: true };
    } catch (error) {
      return this.#afterRefusal(error);
    }
  }

  /** The answers have changed: what was signed is not sent any more. */
  forget() {
    this.#request = null;
  }

  async #sign(answers, group) {
    if (this.#request !== null) {
      return;
    }
    this.#tell("wait_right");
    const request = await this.#ask("rightRequest");
    const act = this.#mode === "named" ? "right/named" : "right";
    const right = await this.#patiently(() => postJson(this.#register(act), request));
    this.#request = await this.#ask("finish", { answers, group, ...right }).catch(() => {
      throw new Stopped("FalseRight");
    });
  }

  // An earlier attempt, or another device, may have been first.
  async #afterRefusal(error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    this.#request = null;
    const isOver = error.name === "SurveyNotOpen";
    if ((isOver || error.name === "AlreadyAnswered") && await this.hasAnswered()) {
      // After closing the service does not say which: mostly it is the own, whose
      // receipt was lost on its way.
      return { isFresh: false, isOwn: isOver };
    }
    throw isOver ? new Stopped("TooLate") : error;
  }

  async #check(receipt) {
    await this.#ask("checkReceipt", { receipt }).catch(() => {
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
    return `/api/u/${this.#slug}/${act}`;
  }
}
