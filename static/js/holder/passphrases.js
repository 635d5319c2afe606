// What a passphrase must be, before a key file is locked with it.

const SHORTEST = 16;
const FEWEST_DIFFERENT = 6;

/**
 * @param {string} first
 * @param {string} second typed again
 * @returns {null|"passphrase_short"|"passphrase_simple"|"passphrase_differs"} what is wrong
 */
export function faultOf(first, second) {
  const characters = [...first.normalize("NFC")];
  if (characters.length < SHORTEST) {
    return "passphrase_short";
  }
  if (new Set(characters).size < FEWEST_DIFFERENT) {
    return "passphrase_simple";
  }
  return first === second ? null : "passphrase_differs";
}
