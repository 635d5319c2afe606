// Whom to ring, and what still works for a holder who has lost the file.

import { element, paragraph } from "./elements.js";
import { say } from "./texts.js";

/** @param {object} state @returns {HTMLElement|null} null: nobody needs the file any more */
export function showHelp(state) {
  const { phase } = state.election;
  if (phase === "cancelled" || phase === "shredded") {
    return null;
  }
  return element("details", { class: "ds-details" },
    element("summary", {}, say("help_title")),
    element("div", { class: "stack", "data-space": "sm" },
      element("h2", {}, say("help_ring")),
      paragraph(ringWords(state)),
      element("h2", {}, say("help_lost")),
      paragraph(lostWords(state))));
}

function ringWords({ contact, holders, seat }) {
  const names = holders.filter((_, at) => at + 1 !== seat.index).join(", ");
  return contact === null
    ? say("help_ring_others", { names }) : say("help_ring_organiser", { ...contact, names });
}

function lostWords({ approvals_needed: approvals, election, holders, threshold }) {
  if (election.phase === "keys" || election.phase === "draft") {
    return say("help_lost_before");
  }
  const n = holders.length - threshold;
  return say("help_lost_after", { approvals, count: holders.length, n, threshold });
}
