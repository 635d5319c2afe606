// The way in: a link that is pasted, or its two parts.

import { alert, lead } from "./elements.js";
import { isSavedPage, ownAddress, readKey, readLink } from "./connection.js";
import { Field, taskForm } from "./forms.js";
import { wordsFor } from "./refusal_words.js";
import { say } from "./texts.js";

/**
 * @param {function(object): void} onConnect told the connection
 * @param {boolean} isRefused whether the key that was used does not hold
 * @returns {{title: string, body: Node[]}}
 */
export function entrance(onConnect, isRefused) {
  const link = new Field(say("entrance_link"), {
    type: "url", autocomplete: "off", spellcheck: "false", value: ownAddress(),
  }, say("entrance_link_hint"));
  const key = new Field(say("entrance_key"), {
    type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
    class: "ds-input code",
  }, say("entrance_key_hint"));
  link.input.addEventListener("input", () => takeKeyFromLink(link, key));
  const form = taskForm({
    text: say("entrance_open"),
    content: [link.root, key.root],
    fields: [link, key],
    check: () => faults(link, key),
    work: async () => onConnect({ ...readLink(link.input.value), key: readKey(key.input.value) }),
    explain: wordsFor,
  });
  return {
    title: say("entrance_title"),
    body: [
      isRefused ? alert("danger", "", say("entrance_refused")) : null,
      lead(say("entrance_lead")),
      isSavedPage() ? alert("info", "", say("entrance_file")) : null,
      form,
    ],
  };
}

function takeKeyFromLink(link, key) {
  const read = readLink(link.input.value);
  if (read !== null && read.key !== "") {
    link.input.value = `${read.server}/nokkel/${read.election}`;
    key.input.value = read.key;
  }
}

function faults(link, key) {
  return [
    ...(readLink(link.input.value) === null ? [[link, say("entrance_link_wrong")]] : []),
    ...(readKey(key.input.value) === null ? [[key, say("entrance_key_wrong")]] : []),
  ];
}
