// Asking the two sides: no cookie, no referrer, no cache, and an end to waiting.

const PATIENCE_MS = 20_000;
// Waiting before each further attempt, in milliseconds.
const PAUSES = [1_000, 3_000];

/** Nobody answered, or not in time: what was asked for may have been done. */
export class Unreachable extends Error {
  name = "Unreachable";
}

/** The side answered that it cannot now: what was asked for may be tried again. */
export class Busy extends Error {
  name = "Busy";
}

/** The side refused, by name. */
export class Refusal extends Error {
  /**
   * @param {string} name of the refusal
   * @param {string} message a sentence for people, or nothing
   */
  constructor(name, message = "") {
    super(message);
    this.name = name;
  }
}

/**
 * @param {string} url
 * @param {object} body
 * @returns {Promise<object>}
 * @throws {Unreachable} @throws {Busy} @throws {Refusal}
 */
export async function postJson(url, body) {
  const answer = await ask(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return readJson(answer);
}

/** @param {string} url @returns {Promise<object>} @throws as postJson */
export async function getJson(url) {
  return readJson(await ask(url));
}

/** @param {string} url @returns {Promise<string>} @throws as postJson */
export async function getText(url) {
  const answer = await ask(url);
  return reading(() => answer.text());
}

/**
 * @param {string} url
 * @returns {Promise<Uint8Array>} from this browser's cache where it lies there
 * @throws as postJson
 */
export async function getBytes(url) {
  const answer = await ask(url, { cache: "default" });
  return new Uint8Array(await reading(() => answer.arrayBuffer()));
}

async function ask(url, options = {}) {
  const answer = await reading(() => fetch(url, {
    cache: "no-store",
    credentials: "omit",
    mode: "cors",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...options,
  }));
  if (answer.ok) {
    return answer;
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.status >= 500) {
    throw new Busy();
  }
  throw new Refusal(String(told.error ?? answer.status), String(told.message ?? ""));
}

async function readJson(answer) {
  return reading(() => answer.json());
}

async function reading(step) {
  try {
    return await step();
  } catch {
    throw new Unreachable();
  }
}

/**
 * Try again what can be done twice without harm, while nobody answers.
 * @param {function(): Promise<*>} step
 * @param {function(): void} [onWait]
 * @returns {Promise<*>}
 */
export async function patiently(step, onWait = () => {}) {
  for (const pause of PAUSES) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof Busy)) {
        throw error;
      }
    }
    onWait();
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return step();
}
