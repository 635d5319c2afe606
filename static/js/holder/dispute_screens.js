// The screens of a dispute over a share: who must answer, and the answer (§3.1 step 6).

import { awaitedAnswer, failedDealer, ownAnswer } from "./disputes.js";
import { alert, element, lead, list, paragraph } from "./elements.js";
import { taskForm } from "./forms.js";
import { wordsFor } from "./refusal_words.js";
import { say, shownTime } from "./texts.js";

/** @param {object} desk @returns {{title: string, body: Node[], changing: string}} */
export function stopped(desk) {
  const { state } = desk;
  const failed = failedDealer(state);
  return {
    title: say("stopped_title"),
    changing: JSON.stringify(state.disputes),
    body: failed === null ? waiting(state) : ended(state, failed),
  };
}

function waiting(state) {
  const dispute = awaitedAnswer(state);
  const values = namesIn(state, dispute);
  const told = dispute.by === state.seat.index ? "stopped_own" : "stopped_lead";
  const isAsked = ownAnswer(state) !== null;
  return [
    alert("warning", "", say(told, values)),
    isAsked ? paragraph(say("stopped_asked")) : paragraph(say("stopped_text", values)),
    isAsked ? null : lead(say("stopped_until", values)),
    paragraph(say("stopped_stay"), "small subtle"),
  ];
}

function ended(state, failed) {
  const dealer = state.holders[failed - 1];
  const isWrong = state.disputes.some(({ right }) => right === false);
  return [
    alert("danger", "", say(isWrong ? "stopped_wrong" : "stopped_crowded", { dealer })),
    paragraph(say("stopped_anew", { dealer })),
    paragraph(say("stopped_stay"), "small subtle"),
  ];
}

/** @param {object} desk @returns {{title: string, body: Node[], changing: string}} */
export function openShare(desk) {
  const dispute = ownAnswer(desk.state);
  const values = namesIn(desk.state, dispute);
  const form = taskForm({
    text: say("open_share_button"),
    content: [
      element("h2", {}, say("open_share_means")),
      list([say("open_share_means_1", values), say("open_share_means_2"),
        say("open_share_means_3", values)]),
    ],
    fields: [],
    check: () => [],
    work: () => answer(desk, dispute),
    explain: wordsFor,
  });
  return {
    title: say("open_share_title", values),
    changing: `${dispute.dealer}-${dispute.by}`,
    body: [lead(say("open_share_lead", values)), paragraph(say("open_share_until", values)), form],
  };
}

async function answer(desk, dispute) {
  const { by, dealer, signature } = dispute;
  const { entry } = await desk.vault("openShare", {
    document: desk.state.ceremony, complaint: { by, dealer, signature },
  });
  await desk.server.post("/opening", entry);
  await desk.refresh();
}

/** @param {object} state @returns {HTMLElement[]} the disputes that are over */
export function settled(state) {
  return state.disputes.filter(({ right }) => right).map((dispute) =>
    alert("info", "", say("settled", namesIn(state, dispute))));
}

function namesIn({ holders }, { answer_by: until, by, dealer }) {
  return { by: holders[by - 1], dealer: holders[dealer - 1], time: shownTime(until) };
}
