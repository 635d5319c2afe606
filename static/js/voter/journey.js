// The member's way: link, ballot, review, receipt; and every way that ends elsewhere.

import { BallotForm } from "./ballot_form.js";
import { watchBoard } from "./board_watch.js";
import { openBooth } from "./booth_worker.js";
import { Casting, Stopped, patiently } from "./casting.js";
import { Screen, facts, fill, raiseAlarm, sayAloud, stopTexts, text } from "./page.js";
import { checkPromises, receiptScreen, showMark } from "./receipt_screen.js";
import { Unreachable, getBytes } from "./requests.js";

const MALFORMED = { MalformedCode: "code_malformed", MalformedLink: "link_malformed" };
const OPENING = [...Object.keys(MALFORMED), "OtherFingerprint", "WorkerFailed"];
// A screen that would only flash by is not shown.
const NOTICED_MS = 300;

/** One visit to the page. */
export class Journey {
  #ask = openBooth();
  #casting = null;
  #chain = { sequence: 0, predecessor: "" };
  #election = null;
  #form = null;
  #keep;
  #link = null;
  #screens = new Map();
  #sealed = null;
  #voter = null;
  // Something is being computed or sent: no click and no step back counts meanwhile.
  #isBusy = false;
  // The receipt is shown: nothing before it can be come back to.
  #isSettled = false;
  #waiting = null;
  #timer = 0;

  /** @param {import("./keeping.js").Keeping} keep */
  constructor(keep) {
    this.#keep = keep;
    addEventListener("popstate", ({ state }) => this.#stepTo(state?.screen ?? "start"));
  }

  /** Begin, or go on where this tab was when it was loaded anew. */
  async begin() {
    if (this.#keep.link === null) {
      this.#showCode(null);
      return;
    }
    history.replaceState({ screen: "start" }, "");
    await this.#guarded("wait_open", () => this.begin(), async () => {
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
      tell: (what) => this.#tell(what),
    });
    watchBoard(this.#ask, slug, this.#election.fingerprint).then((alarm) => {
      if (alarm !== null) {
        raiseAlarm(alarm);
      }
    });
  }

  #showStart() {
    this.#show(new Screen("start", {
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
    this.#show(screen);
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
    await this.#guarded("wait_identify", () => this.begin(), () => this.#identify());
  }

  async #identify() {
    this.#tell("wait_identify");
    this.#voter = await this.#casting.identify();
    const { mark } = this.#voter;
    if (mark === "paper") {
      throw new Stopped("VotesOnPaper");
    }
    if (mark === "digital") {
      await this.#showWhatIsInTheBox();
    } else if (facts.stage === "before") {
      this.#show(new Screen("greeted", { words: { greeting: this.#greeting("greeting_before") } }));
    } else if (facts.takes_rights) {
      this.#showBallot([]);
    } else {
      throw new Stopped("NotUsed");
    }
  }

  async #showWhatIsInTheBox() {
    this.#tell("wait_status");
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
    this.#show(screen, { isStep: true });
  }

  async #review() {
    const ballot = this.#screens.get("ballot");
    if (this.#isBusy || !this.#form.check(ballot.slot("faults"))) {
      return;
    }
    await this.#guarded("wait_seal", () => this.#show(ballot), async () => {
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
    this.#show(screen, { isStep: true });
  }

  async #cast() {
    if (this.#isBusy) {
      return;
    }
    const { ballot, group, tracking } = this.#sealed;
    this.#keep.pending = { ballot, group, tracking, salt: this.#voter.salt };
    await this.#guarded("wait_right", () => this.#retry(), async () => {
      const { receipts, isOwn } = await this.#casting.cast();
      this.#finish(receipts, { isFresh: true, isOwn });
    });
  }

  async #retry() {
    await this.#guarded("wait_status", () => this.#retry(), () => this.#resume());
  }

  // A ballot was on its way when the page was loaded anew, or the connection broke.
  async #resume() {
    this.#tell("wait_status");
    await this.#ask("meet", { salt: this.#keep.pending.salt });
    const { receipts, isOwn } = await this.#casting.cast({ isResumed: true });
    this.#finish(receipts, { isFresh: true, isOwn });
  }

  #finish(receipts, how) {
    const screen = receiptScreen(receipts, how, {
      register: (button) => this.#askRegister(screen, button),
      again: () => this.#voteAgain(receipts),
    });
    this.#keep.forget();
    this.#isSettled = true;
    history.replaceState({ screen: "receipt" }, "");
    this.#show(screen);
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
    await this.#guarded("wait_status", () => this.#voteAgain(receipts), async () => {
      this.#voter = await this.#casting.identify();
      const cast = await this.#casting.receipts();
      this.#chain = { sequence: cast.length, predecessor: cast.at(-1).tracking };
      this.#isSettled = false;
      this.#showBallot(["again"]);
    });
  }

  #greeting(name) {
    const { display_name: person, group_label: group } = this.#voter;
    return text(name, { name: person, group });
  }

  // What is being done cannot be begun twice; what stops it has a screen of its own.
  async #guarded(what, again, act) {
    if (this.#isBusy) {
      return;
    }
    this.#isBusy = true;
    this.#tell(what);
    try {
      await act();
    } catch (error) {
      this.#showStop(error, again);
    } finally {
      this.#isBusy = false;
    }
  }

  #tell(what) {
    const word = text(what);
    sayAloud(word);
    if (this.#waiting !== null) {
      fill(this.#waiting.root, { title: word });
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#waiting = new Screen("waiting", { words: { title: word, text: text("wait_text") } });
      this.#waiting.show();
    }, NOTICED_MS);
  }

  #showStop(error, again) {
    if (Object.hasOwn(MALFORMED, error.name)) {
      this.#keep.forget();
      this.#showCode(text(MALFORMED[error.name]));
      return;
    }
    const isUnderWay = error instanceof Unreachable && this.#keep.pending !== null;
    const name = isUnderWay ? "Interrupted" : error.name;
    const words = stopTexts(name) ?? {
      title: text("stop_unknown_title"), text: error.message, advice: text("stop_unknown_advice"),
      shown: ["retry"],
    };
    const isNamed = stopTexts(name) !== undefined;
    this.#show(new Screen("stop", {
      words: {
        title: words.title, text: words.text || error.message, advice: words.advice,
        detail: isNamed ? null : name,
      },
      shown: words.shown,
      actions: { retry: again, refill: () => this.begin(), code: () => this.#showCode(null) },
    }));
  }

  #show(screen, { isStep = false } = {}) {
    clearTimeout(this.#timer);
    this.#waiting = null;
    this.#screens.set(screen.name, screen);
    if (isStep) {
      history.pushState({ screen: screen.name }, "");
    }
    screen.show();
  }

  // Back and forward go between screens; never out of a ballot that is on its way.
  #stepTo(name) {
    if (this.#isBusy || this.#isSettled || this.#keep.pending !== null) {
      return;
    }
    if (this.#screens.has(name)) {
      this.#show(this.#screens.get(name));
    } else if (this.#election !== null) {
      this.#showStart();
    }
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
