// The protocol in words: what a holder reads before approving it (§4.11).

import { alert, element, facts, figures, list, paragraph, table } from "./elements.js";
import { say, shownNumber, shownShare, shownTime } from "./texts.js";

const numbers = (values) => values.map(shownNumber);

/**
 * @param {object} protocol document
 * @param {object} manifest document
 * @returns {Node[]}
 */
export function showProtocol(protocol, manifest) {
  const { voted, entitled } = protocol.turnout;
  return [
    element("h2", {}, say("turnout")),
    figures([
      [say("turnout_voted"), shownNumber(voted)],
      [say("turnout_entitled"), shownNumber(entitled)],
      [say("turnout_share"), shownShare(voted, entitled)],
    ]),
    ...protocol.contests.flatMap((contest) => showContest(contest, manifest)),
    ...protocol.units.filter(({ contests }) => contests.length === 0)
      .map((unit) => showUnopened(unit, manifest)),
    element("h2", {}, say("discrepancies")),
    showDiscrepancies(protocol, manifest),
    showGroups(protocol, manifest),
    showRest(protocol, manifest),
  ];
}

function showContest(result, manifest) {
  const contest = manifest.contests[result.index];
  const rows = slotNames(contest).map((name, slot) => [name, ...numbers([
    result.slots[slot], result.paper[slot], result.total[slot],
  ])]);
  const columns = ["choice", "digital", "paper", "total"].map((name) => say(`column_${name}`));
  return [
    element("h2", {}, contest.title),
    contest.question ? paragraph(contest.question) : null,
    table(say("contest_caption"), columns, rows),
    showDecision(result.decision, contest),
  ];
}

// A style with too few ballots stays sealed (§5.8); its voters are in the turnout.
function showUnopened({ ballots, groups }, manifest) {
  const labels = groups.map((group) => manifest.groups[group].label).join(", ");
  return alert("warning", "", say("unopened", { n: ballots, groups: labels }));
}

function showDecision(decision, contest) {
  if (contest.decision === null) {
    return paragraph(say("decision_none"), "subtle");
  }
  if (decision === null) {
    return alert("warning", "", say("decision_unknown"));
  }
  const values = { choice: contest.choices[contest.decision.choice] };
  const missed = decision.tie ? "decision_tie" : "decision_not";
  const outcome = say(decision.adopted ? "decision_adopted" : missed, values);
  const weight = say(decision.binding ? "decision_binding" : "decision_advisory");
  const { text } = contest.decision;
  const rule = text === "" ? [] : [paragraph(say("decision_rule", { text }), "small")];
  return alert("info", "", `${outcome} ${weight}`, ...rule);
}

function showDiscrepancies({ discrepancies }, manifest) {
  if (discrepancies.length === 0) {
    return paragraph(say("discrepancies_none"));
  }
  return alert("warning", "", list(discrepancies.map(({ group, kind, number }) =>
    say(kind, { group: manifest.groups[group].label, n: number }))));
}

function showGroups({ groups }, manifest) {
  const columns = ["group", "column_entitled", "column_marks", "column_digital", "column_paper"];
  return table(say("groups_caption"), columns.map((name) => say(name)),
    groups.map((group) => [manifest.groups[group.index].label, ...numbers([
      group.entitled, group.marks + group.paper_marks, group.ballots, group.paper_ballots,
    ])]));
}

function showRest(protocol, manifest) {
  const { accepted_risks: risks, additions, closed_at: closed, opened_at: opened } = protocol;
  const rows = [[say("period"), `${shownTime(opened)} – ${shownTime(closed)}`]];
  protocol.schedules.slice(1).forEach(({ closes_at: closes, reason }) =>
    rows.push([say("new_closes_at"), `${shownTime(closes)}: ${reason}`]));
  additions.forEach(({ group, reason }) =>
    rows.push([say("additions"), `${manifest.groups[group].label}: ${reason}`]));
  if (risks.length > 0) {
    rows.push([say("accepted_risks"), risks.join(", ")]);
  }
  return facts(rows);
}

/**
 * @param {object} paper document of §4.8
 * @param {object} manifest document
 * @returns {Node[]}
 */
export function showPaper(paper, manifest) {
  const envelopes = ["group", "column_envelopes", "column_rejected", "column_unopened"];
  return [
    table(say("envelopes_caption"), envelopes.map((name) => say(name)),
      paper.groups.map((group) => [manifest.groups[group.index].label,
        ...numbers([group.envelopes, group.rejected, group.unopened])])),
    ...paper.styles.flatMap((style) => showPaperStyle(style, manifest)),
  ];
}

function showPaperStyle({ contests, index }, manifest) {
  const labels = manifest.groups.filter(({ style }) => style === index).map(({ label }) => label);
  const parts = contests.map((votes, at) => {
    const contest = manifest.contests[manifest.styles[index].contests[at]];
    const rows = slotNames(contest).map((name, slot) => [name, shownNumber(votes[slot])]);
    return table(contest.title, [say("column_choice"), say("column_votes")], rows);
  });
  return manifest.styles.length > 1
    ? [paragraph(say("style_for", { groups: labels.join(", ") }), "subtle"), ...parts] : parts;
}

function slotNames({ blank, choices }) {
  return blank ? [...choices, say("blank")] : choices;
}
