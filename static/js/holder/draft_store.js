// Where the locked draft of a ceremony lies until the key file is saved: in this tab.
// Why there, and why locked: docs/adr/0010.

const PLACE = "urne-holder-draft";

/** @param {string} draft of the vault; locked */
export function keepDraft(draft) {
  try {
    sessionStorage.setItem(PLACE, draft);
  } catch {
    // Storage is full or forbidden: then a reload ends the part, as the page says.
  }
}

/**
 * @param {string} ceremony id in hex
 * @param {number} index
 * @returns {string|null} the draft of this seat in this ceremony
 */
export function keptDraft(ceremony, index) {
  try {
    const draft = sessionStorage.getItem(PLACE);
    const told = JSON.parse(draft ?? "null");
    return told !== null && told.ceremony === ceremony && told.index === index ? draft : null;
  } catch {
    return null;
  }
}

/** The key file is saved and rehearsed: nothing is left here. */
export function dropDraft() {
  try {
    sessionStorage.removeItem(PLACE);
  } catch {
    // Nothing was kept.
  }
}
