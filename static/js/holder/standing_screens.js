// Screens on which a holder has nothing to press.

import { alert, element, facts, lead, paragraph } from "./elements.js";
import { hasText, say, shownTime } from "./texts.js";

/** @param {object} desk @returns {{title: string, body: Node[]}} */
export function idle(desk) {
  const { closes_at: closes, opens_at: opens, phase } = desk.state.election;
  const values = { opens: opens && shownTime(opens), closes: closes && shownTime(closes) };
  const known = { ready: "idle_ready", open: "idle_open", closed: "idle_closed" };
  const text = say(known[phase] ?? "idle_approved", values);
  return { title: say("idle_title"), changing: text, body: [lead(text)] };
}

/** @returns {{title: string, body: Node[]}} */
export function signed() {
  return { title: say("signed_done"), body: [lead(say("idle_signed"))] };
}

/** @returns {{title: string, body: Node[]}} */
export function lost() {
  return { title: say("lost_title"), body: [lead(say("lost_lead")), paragraph(say("lost_text"))] };
}

/** @param {object} desk @returns {{title: string, body: Node[]}} */
export function alarm(desk) {
  const name = desk.alarm;
  return {
    title: say("alarm_title"),
    body: [
      alert("danger", "", hasText(name) ? say(name) : say("alarm_text")),
      hasText(name) ? paragraph(say("alarm_text")) : null,
      facts([[say("alarm_name"), element("code", { class: "code" }, name)]]),
    ],
  };
}

/** @returns {{title: string, body: Node[]}} */
export function cancelled() {
  return { title: say("cancelled_title"), body: [lead(say("cancelled"))] };
}

/** @returns {{title: string, body: Node[]}} */
export function draft() {
  return { title: say("draft_title"), body: [lead(say("draft"))] };
}
