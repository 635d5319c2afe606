// Where the server is, which election, and the access key of the seat.
//
// Served, the page knows its address, and the key stands in the fragment; opened from a
// file, both are typed. The key opens messages, not ballots; it is kept in the tab so
// that a reload does not ask for it again.

const PLACE = /^(https?:\/\/[^/?#]+)\/nokkel\/([0-9a-f]{32})\/?(?:#(.*))?$/;
const KEPT = "urne-holder-connection";
const KEY_SYMBOLS = 26;

/**
 * @param {string} address a whole link
 * @returns {{server: string, election: string, key: string}|null} null: not of its form
 */
export function readLink(address) {
  const found = PLACE.exec(address.trim());
  return found === null
    ? null : { server: found[1], election: found[2], key: readKey(found[3] ?? "") ?? "" };
}

/** @param {string} typed @returns {string|null} 26 symbols of base32, as they are sent */
export function readKey(typed) {
  const symbols = typed.replace(/[\s-]/g, "").toUpperCase();
  return symbols.length === KEY_SYMBOLS && /^[0-9A-Z]*$/.test(symbols) ? symbols : null;
}

/** @returns {{server: string, election: string, key: string}|null} what to connect to */
export function takeConnection() {
  const followed = readLink(location.href);
  if (followed !== null && followed.key !== "") {
    // Out of the address bar, the history and what is shared on a screen.
    history.replaceState(null, "", location.pathname);
    keepConnection(followed);
    return followed;
  }
  const kept = keptConnection();
  return kept !== null && (followed === null || kept.election === followed.election) ? kept : null;
}

/** @returns {boolean} whether the page was opened from a file */
export function isSavedPage() {
  return location.protocol === "file:";
}

/** @returns {string} what the field for the link begins with */
export function ownAddress() {
  return isSavedPage() ? "" : `${location.origin}${location.pathname}`;
}

/** @param {object} connection kept until the tab is closed */
export function keepConnection(connection) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(connection));
  } catch {
    // Without storage a reload asks for the link again.
  }
}

/** Forget it: the key is refused. */
export function dropConnection() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // Nothing was kept.
  }
}

function keptConnection() {
  try {
    const { server, election, key } = JSON.parse(sessionStorage.getItem(KEPT) ?? "");
    return readLink(`${server}/nokkel/${election}#${key}`);
  } catch {
    return null;
  }
}
