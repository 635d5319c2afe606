// A respondent's way with a personal link: link, statement, questions, review, receipt; and
// every way that ends elsewhere. Nothing is taken out before a press.

import { openWorker } from "../visit/ask_worker.js";
import { watchLog } from "../visit/log_watch.js";
import { Screen, facts, raiseAlarm, text } from "../visit/page.js";
import { Refusal, getBytes, getJson, patiently } from "../visit/requests.js";
import { Stage } from "../visit/stage.js";
import { Stopped } from "../visit/stopped.js";
import { Answering } from "./answering.js";
import { Draft } from "./drafts.js";
import { PageScreen, Sheet } from "./sheet.js";

const MALFORMED = { MalformedCode: "code_malformed", MalformedLink: "link_malformed" };
const OPENING = [...Object.keys(MALFORMED), "OtherFingerprint", "WorkerFailed"];
const LOG = "/undersokelser/tavle";
const { lang } = document.documentElement;

/** One visit to the page. */
export class Journey {
  #answering = null;
  #ask = openWorker(new URL("./worker.js", import.meta.url));
  #draft = null;
  #keep;
  #respondent = null;
  #sheet = null;
  #stage;
  #survey = null;

  /** @param {import("../visit/keeping.js").Keeping} keep */
  constructor(keep) {
    this.#keep = keep;
    this.#stage = new Stage({
      isUnderWay: () => this.#keep.pending !== null,
      onLeft: () => this.#survey !== null && this.#showStart(),
      actions: {
        malformed: (error) => this.#askForCode(error),
        refill: () => this.#showFirstWrong(),
        code: () => this.#showCode(null),
      },
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
      if (this.#keep.started) {
        await this.#identify();
      } else {
        this.#showStart();
      }
    });
  }

  async #open() {
    const { definition, fingerprint, mode, slug } = facts;
    const files = await Promise.all([
      `/u/${slug}/manifest.json?avtrykk=${fingerprint}`,
      `/u/${slug}/definisjon.json?avtrykk=${definition}`,
      `/u/${slug}/ordlyd.json`,
    ].map((url) => patiently(() => getBytes(url))));
    const [manifest, launched, wording] = files;
    const link = this.#keep.link;
    try {
      const given = { manifest, definition: launched, wording, link };
      this.#survey = await this.#ask("open", given);
    } catch ({ name }) {
      throw new Stopped(OPENING.includes(name) ? name : "ManifestRefused");
    }
    if (this.#survey.mode !== mode) {
      // The statement on this page would be another survey's.
      throw new Stopped("ManifestRefused");
    }
    const proven = await this.#requireLogged();
    const { draftName, log, registerUrl } = this.#survey;
    this.#draft = new Draft(this.#ask, draftName);
    this.#answering = new Answering({
      ask: this.#ask, mode, registerUrl, slug, tell: (what) => this.#stage.tell(what),
    });
    // Before anything is shown: the log that holds this survey is the one seen before.
    const alarm = await watchLog(this.#ask, LOG, `surveys:${log}`, proven);
    if (alarm !== null) {
      raiseAlarm(alarm);
    }
  }

  // A manifest, or words, made for one respondent alone would not stand where everybody looks.
  async #requireLogged() {
    const address = `${LOG}/inklusjon?avtrykk=${this.#survey.fingerprint}`;
    try {
      const { found } = await patiently(() => getJson(address));
      await this.#ask("checkLogged", { found });
      return found.checkpoint;
    } catch (error) {
      const isOpen = error.name === "Unreachable" || error.name === "Busy";
      throw isOpen ? error : new Stopped("NotLogged");
    }
  }

  #showStart() {
    this.#stage.show(new Screen("start", {
      words: { check_code: this.#survey.short },
      shown: [
        ...(this.#survey.typed ? ["typed"] : []),
        ...(this.#survey.isReworded ? ["reworded"] : []),
      ],
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
    this.#respondent = await this.#answering.identify();
    const wasUsed = this.#respondent.mark !== "none";
    if (wasUsed) {
      this.#stage.tell("wait_status");
      if (await this.#answering.hasAnswered()) {
        await this.#finish({ isFresh: this.#keep.pending !== null, isOwn: true });
        return;
      }
    }
    this.#keep.pending = null;
    if (wasUsed ? facts.stage !== "open" : !facts.takes_rights) {
      throw new Stopped(wasUsed ? "TooLate" : "NotUsed");
    }
    await this.#showFirst(wasUsed);
  }

  async #showFirst(isUnfinished) {
    const kept = await this.#draft.read();
    this.#sheet = new Sheet(this.#survey.definition, lang, kept?.form ?? null, (form) =>
      this.#draft.keep({ form }));
    const [first] = this.#sheet.pages;
    this.#showPage(first.code, [
      ...(isUnfinished ? ["unfinished"] : []), ...(kept === null ? [] : ["kept"]),
    ]);
  }

  #showPage(code, shown = []) {
    const screen = this.#stage.shown(`page-${code}`) ?? new PageScreen(this.#sheet, code, {
      words: { greeting: text("greeting", { name: this.#respondent.display_name }) },
      shown,
      actions: { page: () => this.#next(code), back: () => history.back() },
    });
    this.#stage.show(screen, { isStep: true });
    return screen;
  }

  #next(code) {
    if (this.#stage.isBusy) {
      return;
    }
    this.#sheet.save();
    const problems = this.#problemsOn(code);
    this.#sheet.blame(this.#stage.shown(`page-${code}`), problems);
    if (problems.length > 0) {
      return;
    }
    const { pages } = this.#sheet;
    const at = pages.findIndex((page) => page.code === code);
    // A page that an earlier answer has hidden may have been come back to.
    if (at >= 0 && at + 1 < pages.length) {
      this.#showPage(pages[at + 1].code);
    } else {
      this.#showFirstWrong();
    }
  }

  // Everything, then the first page with something to put right; or the last look.
  #showFirstWrong() {
    const wrong = this.#sheet.pages.find(({ code }) => this.#problemsOn(code).length > 0);
    if (wrong === undefined) {
      this.#showReview();
      return;
    }
    this.#sheet.blame(this.#showPage(wrong.code), this.#problemsOn(wrong.code));
  }

  #problemsOn(code) {
    const page = this.#sheet.pages.find((each) => each.code === code);
    return this.#sheet.clean().problems
      .filter(({ question }) => page?.questions.includes(question));
  }

  #showReview() {
    const screen = new Screen("review", {
      actions: { send: () => this.#send(), back: () => history.back() },
    });
    const parts = this.#sheet.pages.map(({ code }) => this.#reviewed(code));
    screen.slot("pages").replaceChildren(...parts);
    this.#stage.show(screen, { isStep: true });
  }

  #reviewed(code) {
    const part = document.getElementById("reviewed-page").content.cloneNode(true);
    const title = this.#sheet.titleOf(code);
    part.querySelector("h2").textContent = title;
    part.querySelector("dl").append(this.#sheet.summary(code));
    const button = part.querySelector("button");
    button.setAttribute("aria-label", text("change_page", { title }));
    button.addEventListener("click", () => this.#showPage(code));
    return part;
  }

  async #send() {
    const { answers } = this.#sheet.clean();
    this.#answering.forget();
    // Said before anything is taken out: a reload then asks what became of it.
    this.#keep.pending = {};
    await this.#sending("wait_right", { answers, group: this.#respondent.group });
  }

  async #sending(what, response) {
    await this.#stage.guarded(what, () => this.#sending("wait_status", response), async () => {
      try {
        await this.#finish(await this.#answering.send(response));
      } catch (error) {
        if (error instanceof Refusal || error instanceof Stopped) {
          this.#keep.pending = null; // nothing is on its way any more
        }
        throw error;
      }
    });
  }

  async #finish({ isFresh, isOwn }) {
    this.#sheet?.stop();
    await this.#draft.remove();
    this.#keep.forget();
    const screen = new Screen("receipt", {
      words: { heading: text(isFresh ? "heading_fresh" : "heading_found") },
      shown: isOwn ? [] : ["elsewhere"],
    });
    this.#stage.settle(screen);
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
