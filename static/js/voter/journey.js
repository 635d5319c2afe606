// The member's way: link, ballot, review, receipt; and every way that ends elsewhere.

import { openWorker } from "../visit/ask_worker.js";
import { watchLog } from "../visit/log_watch.js";
import { Screen, facts, fill, raiseAlarm, text } from "../visit/page.js";
import { getBytes, patiently } from "../visit/requests.js";
import { Stage } from "../visit/stage.js";
import { Stopped } from "../visit/stopped.js";
import { BallotForm } from "./ballot_form.js";
import { Casting } from "./casting.js";
import { checkPromises, heldWords, receiptScreen, showMark } from "./receipt_screen.js";

const MALFORMED = { MalformedCode: "code_malformed", MalformedLink: "link_malformed" };
const OPENING = [...Object.keys(MALFORMED), "OtherFingerprint", "WorkerFailed"];

/** One visit to the page. */
export class Journey {
  #ask = openWorker(new URL("./worker.js", import.meta.url));
  #casting = null;
  #chain = { sequence: 0, predecessor: "" };
  #election = null;
  #form = null;
  #keep;
  #link = null;
  #sealed = null;
  #stage;
  #voter = null;

  /** @param {import("../visit/keeping.js").Keeping} keep */
  constructor(keep) {
    this.#keep = keep;
    this.#stage = new Stage({
      isUnderWay: () => this.#keep.pending !== null,
      onLeft: () => this.#election !== null && this.#showStart(),
      actions: {
        malformed: (error) => this.#askForCode(error),
        refill: () => this.begin(),
        code: () => this.#showCode(null),
      },
      noted: () => ({ held: heldWords(this.#voter) }),
    });
  }

  /** Begin, or go on where this tab was when it was loaded anew. */
  async begin() {
    if (this.#keep.link === null) {
      this.#showCode(null);
      return;
    }
    history.replaceState({ screen: "start" }, "");
    await this.#stage.guarded("wait_open", () => this.begin(), async () => {
      await this.#open();
      if (this.#keep.pending !== null) {
        await this.#resume();
      } else if (this.#keep.started) {
        await this.#identify();
      } else {
        this.#showStart();
      }
    });
  }

  async #open() {
    const { fingerprint, slug } = facts;
    this.#link = this.#keep.link;
    const url = `/s/${slug}/manifest.json?avtrykk=${fingerprint}`;
    const manifest = await patiently(() => getBytes(url));
    try {
      this.#election = await this.#ask("open", { manifest, link: this.#link });
    } catch ({ name }) {
      throw new Stopped(OPENING.includes(name) ? name : "ManifestRefused");
    }
    this.#casting = new Casting({
      ask: this.#ask,
      keep: this.#keep,
      registerUrl: this.#election.registerUrl,
      slug,
      tell: (what) => this.#stage.tell(what),
    });
    watchLog(this.#ask, `/s/${slug}/tavle`, this.#election.fingerprint).then((alarm) => {
      if (alarm !== null) {
        raiseAlarm(alarm);
      }
    });
  }

  #showStart() {
    this.#stage.show(new Screen("start", {
      words: { check_code: this.#election.short },
      shown: this.#election.typed ? ["typed"] : [],
      actions: { start: () => this.#start() },
    }));
  }

  #showCode(fault) {
    const screen = new Screen("code", {
      words: { fault },
      actions: { code: (form) => this.#typed(form.querySelector("input").value) },
    });
    const input = screen.root.querySelector("input");
    if (fault !== null) {
      input.setAttribute("aria-invalid", "true");
    }
    this.#stage.show(screen);
    input.focus();
  }

  async #typed(typed) {
    this.#keep.forget();
    // Without the part that a link has, and never empty.
    this.#keep.link = typed.replaceAll(".", " ").trim() || "-";
    await this.begin();
  }

  async #start() {
    this.#keep.started = true;
    await this.#stage.guarded("wait_identify", () => this.begin(), () => this.#identify());
  }

  async #identify() {
    this.#stage.tell("wait_identify");
    this.#voter = await this.#casting.identify();
    const { mark } = this.#voter;
    if (mark === "paper") {
      throw new Stopped("VotesOnPaper");
    }
    if (mark === "digital") {
      await this.#showWhatIsInTheBox();
    } else if (facts.stage === "before") {
      this.#stage.show(new Screen("greeted", { words: { greeting: this.#greeting("greeting_before") } }));
    } else if (facts.takes_rights) {
      this.#showBallot([]);
    } else {
      throw new Stopped("NotUsed");
    }
  }

  async #showWhatIsInTheBox() {
    this.#stage.tell("wait_status");
    const receipts = await this.#casting.receipts();
    if (receipts.length > 0) {
      this.#finish(receipts, { isFresh: false, isOwn: true });
    } else if (facts.stage === "open") {
      this.#showBallot(["unfinished"]);
    } else {
      throw new Stopped("TooLate");
    }
  }

  #showBallot(shown) {
    const screen = new Screen("ballot", {
      words: { greeting: this.#greeting("greeting") },
      shown,
      step: 1,
      actions: { ballot: () => this.#review() },
    });
    const { contests } = this.#election.groups[this.#voter.group];
    this.#form = new BallotForm(screen.slot("contests"), this.#election.contests, contests);
    this.#stage.show(screen, { isStep: true });
  }

  async #review() {
    const ballot = this.#stage.shown("ballot");
    if (this.#stage.isBusy || !this.#form.check(ballot.slot("faults"))) {
      return;
    }
    await this.#stage.guarded("wait_seal", () => this.#stage.show(ballot), async () => {
      const filled = { group: this.#voter.group, selections: this.#form.selections };
      this.#sealed = await this.#ask("seal", { ...filled, ...this.#chain });
      this.#showReview();
    });
  }

  #showReview() {
    const screen = new Screen("review", {
      words: { greeting: this.#greeting("greeting") },
      step: 2,
      actions: { cast: () => this.#cast(), change: () => history.back() },
    });
    screen.slot("chosen").replaceChildren(...this.#form.chosen.map(chosenRow));
    screen.root.querySelector(".tracking__code").textContent = this.#sealed.code;
    this.#stage.show(screen, { isStep: true });
  }

  async #cast() {
    if (this.#stage.isBusy) {
      return;
    }
    const { ballot, group, tracking } = this.#sealed;
    this.#keep.pending = { ballot, group, tracking, salt: this.#voter.salt };
    await this.#stage.guarded("wait_right", () => this.#retry(), async () => {
      const { receipts, isOwn } = await this.#casting.cast();
      this.#finish(receipts, { isFresh: true, isOwn });
    });
  }

  async #retry() {
    await this.#stage.guarded("wait_status", () => this.#retry(), () => this.#resume());
  }

  // A ballot was on its way when the page was loaded anew, or the connection broke.
  async #resume() {
    this.#stage.tell("wait_status");
    await this.#ask("meet", { salt: this.#keep.pending.salt });
    const { receipts, isOwn } = await this.#casting.cast({ isResumed: true });
    this.#finish(receipts, { isFresh: true, isOwn });
  }

  #finish(receipts, how) {
    const screen = receiptScreen(receipts, how, {
      register: (button) => this.#askRegister(screen, button),
      again: () => this.#voteAgain(receipts),
    });
    fill(screen.root, { held: heldWords(this.#voter) });
    this.#keep.forget();
    this.#stage.settle(screen);
    checkPromises(screen, receipts, this.#ask);
  }

  async #askRegister(screen, button) {
    button.disabled = true;
    showMark(screen, await this.#casting.identify().catch(() => null));
    button.disabled = false;
  }

  async #voteAgain(receipts) {
    this.#keep.link = this.#link;
    this.#keep.started = true;
    await this.#stage.guarded("wait_status", () => this.#voteAgain(receipts), async () => {
      this.#voter = await this.#casting.identify();
      const cast = await this.#casting.receipts();
      this.#chain = { sequence: cast.length, predecessor: cast.at(-1).tracking };
      this.#stage.unsettle();
      this.#showBallot(["again"]);
    });
  }

  #greeting(name) {
    const { display_name: person, group_label: group } = this.#voter;
    return text(name, { name: person, group });
  }

  // A code that is none is typed anew, not told of as if something had stopped.
  #askForCode(error) {
    const isMalformed = Object.hasOwn(MALFORMED, error.name);
    if (isMalformed) {
      this.#keep.forget();
      this.#showCode(text(MALFORMED[error.name]));
    }
    return isMalformed;
  }
}

function chosenRow({ title, words }) {
  const row = document.createElement("div");
  const [term, value] = ["dt", "dd"].map((tag) => document.createElement(tag));
  term.textContent = title;
  value.append(...words.flatMap((word, at) =>
    (at === 0 ? [word] : [document.createElement("br"), word])));
  row.append(term, value);
  return row;
}
