// Who has done what: the same list for every round, count and paper.

import { isHeldUp } from "./disputes.js";
import { element } from "./elements.js";
import { currentRound, doneIn } from "./stages.js";
import { say } from "./texts.js";

/**
 * @param {object} state
 * @returns {{what: string, done: Set<number>}|null} what is awaited now, and who has done it
 */
export function awaitedNow(state) {
  const { phase } = state.election;
  if (phase === "keys" && state.ceremony !== null && !isHeldUp(state)) {
    const round = currentRound(state);
    const what = round === "commit" ? "words" : round;
    return { what: say(`people_${what}`), done: doneIn(state, round) };
  }
  if (phase === "closed" && state.count !== null) {
    return { what: say("people_partial"), done: new Set(state.count.partials) };
  }
  const [task] = state.tasks;
  return task === undefined
    ? null : { what: say(`people_${task.kind}`), done: new Set(task.signed_by) };
}

/** @param {object} state @returns {HTMLElement|null} */
export function showPeople(state) {
  const awaited = awaitedNow(state);
  if (awaited === null) {
    return null;
  }
  const rows = state.holders.map((name, at) => {
    const isDone = awaited.done.has(at + 1);
    const isOwn = at + 1 === state.seat.index;
    const [color, word] = isDone ? ["success", "yes_done"]
      : isOwn ? ["info", "your_turn"] : ["neutral", "awaited"];
    return element("li", { class: "people__row" },
      element("span", {}, isOwn ? `${name} (${say("yourself")})` : name),
      element("span", { class: "ds-tag", "data-color": color }, say(word)));
  });
  return element("section", { class: "panel stack", "data-space": "sm", "aria-labelledby": "people" },
    element("h2", { id: "people" }, say("people_title")),
    element("p", { class: "subtle" }, awaited.what),
    element("ul", { class: "people" }, rows));
}
