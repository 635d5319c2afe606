// The receipt: tracking code, the promised batch, and whether it is kept. Never the choice.

import { findOnBoard } from "./board_watch.js";
import { Screen, copyOf, facts, fill, raiseAlarm, text } from "../visit/page.js";

/**
 * @param {object[]} receipts checked, in order of sequence
 * @param {{isFresh: boolean, isOwn: boolean}} how cast just now; this very ballot
 * @param {object} actions of the buttons
 * @returns {Screen}
 */
export function receiptScreen(receipts, { isFresh, isOwn }, actions) {
  const shown = [...(isFresh && isOwn ? ["fresh"] : []), ...(isOwn ? [] : ["elsewhere"])];
  const screen = new Screen("receipt", {
    words: { heading: text(isFresh && isOwn ? "heading_fresh" : "heading_found") },
    shown,
    step: 3,
    actions: { ...actions, print: () => print() },
  });
  const last = receipts.length - 1;
  const parts = receipts.map((receipt, at) => onePart(receipt, receipts.length > 1, at === last));
  // The one that counts first.
  screen.slot("receipts").replaceChildren(...parts.reverse());
  return screen;
}

function onePart({ batch, code }, isOneOfMany, isLast) {
  const part = copyOf("one-receipt");
  const counts = text(isLast ? "receipt_counts" : "receipt_replaced");
  fill(part, { which: isOneOfMany ? counts : null, batch: text("batch_waiting", { batch }) });
  part.querySelector(".tracking__code").textContent = code;
  return part.firstElementChild;
}

/**
 * Look for every receipt's ballot on the board, and say what was found.
 * @param {Screen} screen of receiptScreen
 * @param {object[]} receipts the same
 * @param {function(string, object=): Promise<*>} ask of openBooth
 */
export async function checkPromises(screen, receipts, ask) {
  const places = [...screen.slot("receipts").children].reverse();
  for (const [at, receipt] of receipts.entries()) {
    const { batch, code } = receipt;
    const found = await findOnBoard(ask, facts.slug, receipt);
    if (found === "missing") {
      raiseAlarm("alarm_missing", { batch }, code);
    }
    const name = { out: "batch_out", waiting: "batch_waiting" }[found] ?? "batch_unknown";
    fill(places[at], { batch: text(name, { batch }) });
  }
}

/**
 * Say what the register told of the voter.
 * @param {Screen} screen of receiptScreen
 * @param {object|null} told the answer to identify, or nothing
 */
export function showMark(screen, told) {
  if (told === null) {
    fill(screen.root, { mark: text("mark_failed") });
    return;
  }
  const { display_name: name, election, group_label: group, mark } = told;
  const words = [text(`mark_${mark}`, { name, group })];
  const held = heldWords(told);
  if (held === null && election.shredded_by) {
    words.push(text("mark_shredded_by", { date: dayOf(election.shredded_by) }));
  }
  fill(screen.root, { mark: words.join(" "), held });
  screen.slot("ask").hidden = true;
}

/**
 * @param {object|null} told the answer to identify, or nothing
 * @returns {string|null} that a complaint keeps the roll, where one does
 */
export function heldWords(told) {
  const until = told?.election.held_until;
  return until ? text("mark_held", { date: dayOf(until) }) : null;
}

function dayOf(moment) {
  const { lang } = document.documentElement;
  return new Date(moment).toLocaleDateString(lang, { dateStyle: "long", timeZone: "Europe/Oslo" });
}
