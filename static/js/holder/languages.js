// Which language the page speaks: the one chosen here, else the browser's.

import { element } from "./elements.js";
import { LANGUAGES, language, speak } from "./texts.js";

const KEPT = "urne-holder-language";
// As browsers have called bokmål.
const ALSO = { no: "nb" };

/** Speak the language that was chosen in this tab, or the first of the browser's we know. */
export function chooseLanguage() {
  const wanted = navigator.languages.map((tag) => knownOf(tag.slice(0, 2).toLowerCase()));
  const found = [kept(), ...wanted].find((code) => Object.hasOwn(LANGUAGES, code));
  document.documentElement.lang = speak(found ?? "nb");
}

/**
 * @param {function(): void} onChange the language is another now
 * @returns {HTMLElement[]} a button for each, named in its own language
 */
export function languageButtons(onChange) {
  return Object.entries(LANGUAGES).map(([code, { name }]) => element("button", {
    type: "button",
    class: "languages__one",
    lang: code,
    "aria-current": code === language() ? "true" : null,
    on: {
      click: () => {
        keep(code);
        document.documentElement.lang = speak(code);
        onChange();
      },
    },
  }, name));
}

function knownOf(code) {
  return ALSO[code] ?? code;
}

function kept() {
  try {
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

function keep(code) {
  try {
    sessionStorage.setItem(KEPT, code);
  } catch {
    // Without storage a reload speaks the browser's language again.
  }
}
