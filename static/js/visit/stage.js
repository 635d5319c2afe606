// One visit's screens: what is shown, what is waited for, what stops the way, and where
// back and forward lead. Nothing that is being done can be begun twice.

import { Screen, fill, sayAloud, stopTexts, text } from "./page.js";
import { Unreachable } from "./requests.js";

// A screen that would only flash by is not shown.
const NOTICED_MS = 300;

/** The sheet that a visit's screens stand on. */
export class Stage {
  #actions;
  #onLeft;
  // The receipt is shown: nothing before it can be come back to.
  #isSettled = false;
  #isUnderWay;
  #noted;
  #isBusy = false;
  #screens = new Map();
  #timer = 0;
  #waiting = null;

  /**
   * @param {object} parts `isUnderWay`: tells whether something was sent that has no
   *   answer yet; `onLeft`: shows the first screen; `actions`: of the screen that stops;
   *   `noted`: what more stands on that screen, by slot
   */
  constructor({ isUnderWay, onLeft, actions, noted = () => ({}) }) {
    this.#isUnderWay = isUnderWay;
    this.#onLeft = onLeft;
    this.#actions = actions;
    this.#noted = noted;
    addEventListener("popstate", ({ state }) => this.#stepTo(state?.screen ?? "start"));
  }

  /** @returns {boolean} something is computed or sent: no click counts meanwhile */
  get isBusy() {
    return this.#isBusy;
  }

  /**
   * Do what takes a while; what stops it has a screen of its own.
   * @param {string} what is told while it lasts
   * @param {function(): void} again of the button that tries again
   * @param {function(): Promise<void>} act
   */
  async guarded(what, again, act) {
    if (this.#isBusy) {
      return;
    }
    this.#isBusy = true;
    this.tell(what);
    try {
      await act();
    } catch (error) {
      this.#stop(error, again);
    } finally {
      this.#isBusy = false;
    }
  }

  /** @param {string} what is being waited for */
  tell(what) {
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

  /**
   * @param {Screen} screen
   * @param {{isStep: boolean}} [how] isStep: the back button leads to the one before
   */
  show(screen, { isStep = false } = {}) {
    clearTimeout(this.#timer);
    this.#waiting = null;
    this.#screens.set(screen.key, screen);
    if (isStep) {
      history.pushState({ screen: screen.key }, "");
    }
    screen.show();
  }

  /** @param {string} key @returns {Screen|undefined} a screen that was shown */
  shown(key) {
    return this.#screens.get(key);
  }

  /** Nothing before this screen can be come back to. @param {Screen} screen */
  settle(screen) {
    this.#isSettled = true;
    history.replaceState({ screen: screen.key }, "");
    this.show(screen);
  }

  /** What was settled is begun again. */
  unsettle() {
    this.#isSettled = false;
  }

  #stop(error, again) {
    if (this.#actions.malformed(error)) {
      return;
    }
    const name = error instanceof Unreachable && this.#isUnderWay() ? "Interrupted" : error.name;
    const known = stopTexts(name);
    const words = known ?? {
      title: text("stop_unknown_title"), text: error.message, advice: text("stop_unknown_advice"),
      shown: ["retry"],
    };
    this.show(new Screen("stop", {
      words: {
        title: words.title, text: words.text || error.message, advice: words.advice,
        detail: known === undefined ? name : null,
        ...this.#noted(),
      },
      shown: words.shown,
      actions: { ...this.#actions, retry: again },
    }));
  }

  // Back and forward go between screens; never out of what is on its way.
  #stepTo(key) {
    if (this.#isBusy || this.#isSettled || this.#isUnderWay()) {
      return;
    }
    if (this.#screens.has(key)) {
      this.show(this.#screens.get(key));
    } else {
      this.#onLeft();
    }
  }
}
