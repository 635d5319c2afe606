// What ends a visitor's way, by name.

/** The way ended for a named reason; the page has a screen for each. */
export class Stopped extends Error {
  /** @param {string} name of the screen @param {string} message for people */
  constructor(name, message = "") {
    super(message);
    this.name = name;
  }
}
