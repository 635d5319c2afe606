// The respondent's page asks what the server asks: vectors shared with tests/surveys.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { encodeJson } from "../../static/js/crypto/encoding.js";
import { CryptoError } from "../../static/js/crypto/errors.js";
import { cleanAnswers } from "../../static/js/survey/answers.js";
import { isMet, visiblePages } from "../../static/js/survey/conditions.js";
import { fillForm, readForm, readFormAnswers } from "../../static/js/survey/form_answers.js";
import { readManifest } from "../../static/js/survey/manifest.js";
import { piped } from "../../static/js/survey/piping.js";

function vectors(name) {
  const file = new URL(`../surveys/vectors/${name}.json`, import.meta.url);
  const read = JSON.parse(readFileSync(file, "utf-8"));
  assert.ok(read.cases.length > 5);
  return read;
}

for (const each of vectors("conditions").cases) {
  test(`condition: ${each.comment}`, () => {
    assert.equal(isMet(each.condition, each.answers), each.met);
  });
}

const visibility = vectors("visibility");
for (const each of visibility.cases) {
  test(`visibility: ${each.comment}`, () => {
    assert.deepEqual(visiblePages(visibility.definition, each.answers), each.pages);
  });
}

const piping = vectors("piping");
for (const each of piping.cases) {
  test(`piping: ${each.comment}`, () => {
    const language = each.language ?? "nb";
    assert.equal(piped(each.text, each.answers, piping.definition, language), each.piped);
  });
}

const forms = vectors("answers");
for (const each of forms.cases) {
  test(`answers: ${each.comment}`, () => {
    const raw = readFormAnswers(forms.definition, each.form);
    const { answers, problems } = cleanAnswers(forms.definition, raw);
    assert.deepEqual(problems, each.problems ?? []);
    assert.deepEqual(each.problems ? undefined : answers, each.answers);
  });
}

const manifests = vectors("manifests");
for (const each of manifests.cases) {
  test(`manifest: ${each.comment}`, () => {
    const document = { ...manifests.manifest, ...each.changes };
    for (const [name, value] of Object.entries(each.changes)) {
      if (value === manifests.removed) {
        delete document[name];
      }
    }
    const read = () => readManifest(encodeJson(document));
    if (each.accepted) {
      assert.equal(read().mode, document.mode);
    } else {
      assert.throws(read, CryptoError);
    }
  });
}

test("a question may be called what every object inherits", () => {
  const choices = ["yes", "no"].map((code) => ({ code, label: { nb: code } }));
  const question = { code: "constructor", kind: "single", choices };
  const definition = { pages: [{ code: "p1", questions: [question] }] };
  const fields = () => choices.map(({ code }) => (
    { name: "constructor", type: "radio", value: code, checked: false }
  ));
  const [yes, no] = fields();
  fillForm([yes, no], {});
  assert.deepEqual(readForm([yes, no]), { constructor: [] });
  no.checked = true;
  const form = readForm([yes, no]);
  const raw = readFormAnswers(definition, form);
  assert.deepEqual(cleanAnswers(definition, raw).answers, { constructor: "no" });
  const anew = fields();
  fillForm(anew, form);
  assert.deepEqual(anew.map(({ checked }) => checked), [false, true]);
  const written = { name: "constructor", type: "text", value: "" };
  fillForm([written], {});
  assert.equal(written.value, "");
});
