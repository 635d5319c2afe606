// Where the locked draft of a ceremony lies until the key file is rehearsed: in this tab.
// Why there, and why locked: docs/adr/0010.

const PLACE = "urne-holder-draft";
const SAVED = "urne-holder-saved";

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

/** @param {string} ceremony id in hex @param {string} name of the file that was handed out */
export function keepSavedName(ceremony, name) {
  try {
    sessionStorage.setItem(SAVED, JSON.stringify({ ceremony, name }));
  } catch {
    // Then a reload asks once more whether the file is saved.
  }
}

/** @param {string} ceremony id in hex @returns {string|null} the file this tab handed out */
export function keptSavedName(ceremony) {
  try {
    const told = JSON.parse(sessionStorage.getItem(SAVED) ?? "null");
    return told?.ceremony === ceremony ? told.name : null;
  } catch {
    return null;
  }
}

/** The key file is saved and rehearsed: nothing is left here. */
export function dropDraft() {
  try {
    sessionStorage.removeItem(PLACE);
    sessionStorage.removeItem(SAVED);
  } catch {
    // Nothing was kept.
  }
}
