// The three tables of the holders' page say the same things, each in its language.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { LANGUAGES, language, say, shownDuration, shownTime, speak } from "../../static/js/holder/texts.js";

const tables = Object.entries(LANGUAGES).map(([code, { table }]) => [code, table]);
const [[, source]] = tables;

function formsOf(text) {
  return typeof text === "string" ? { only: text } : text;
}

function placeholdersOf(text) {
  const found = Object.values(formsOf(text)).flatMap((form) => form.match(/\{\w+\}/g) ?? []);
  return [...new Set(found)].sort();
}

test("every table has the same keys, forms and placeholders", () => {
  assert.equal(tables.length, 3);
  for (const [code, table] of tables) {
    assert.deepEqual(Object.keys(table).sort(), Object.keys(source).sort(), code);
    for (const [key, text] of Object.entries(table)) {
      assert.deepEqual(Object.keys(formsOf(text)), Object.keys(formsOf(source[key])), `${code} ${key}`);
      assert.deepEqual(placeholdersOf(text), placeholdersOf(source[key]), `${code} ${key}`);
      Object.values(formsOf(text)).forEach((form) => assert.ok(form.trim() === form && form !== "", key));
    }
  }
});

test("each form of a plural has what the others have", () => {
  for (const [code, table] of tables) {
    for (const [key, text] of Object.entries(table).filter(([, value]) => typeof value !== "string")) {
      assert.deepEqual(Object.keys(text), ["one", "other"], `${code} ${key}`);
      assert.deepEqual(placeholdersOf(text.one), placeholdersOf(text.other), `${code} ${key}`);
      assert.ok(placeholdersOf(text).includes("{n}"), `${code} ${key}`);
    }
  }
});

test("no sentence is left as it was in bokmål, but where nynorsk says the same", () => {
  const [, nn, en] = tables.map(([, table]) => table);
  const isSame = (table) => (key) => JSON.stringify(table[key]) === JSON.stringify(source[key]);
  const sentences = Object.keys(source).filter((key) => formsOf(source[key]).only?.length > 12);
  assert.deepEqual(sentences.filter(isSame(en)), []);
  const alike = sentences.filter(isSame(nn));
  assert.ok(alike.length < sentences.length / 6, alike.join());
});

test("whatever the page says by name is in the tables", () => {
  const folder = new URL("../../static/js/holder/", import.meta.url);
  const sources = readdirSync(folder).filter((name) => name.endsWith(".js"))
    .map((name) => readFileSync(new URL(name, folder), "utf8"));
  const said = sources.flatMap((text) => [...text.matchAll(/\bsay\("(\w+)"/g)].map(([, key]) => key));
  assert.ok(said.length > 100);
  assert.deepEqual(said.filter((key) => !Object.hasOwn(source, key)), []);
});

test("the language that is chosen is spoken, with its own dates and numbers", () => {
  assert.equal(speak("nn"), "nn");
  assert.equal(say("count_title"), "Tel opp røystene");
  assert.equal(speak("en"), "en");
  assert.equal(say("count_unit", { n: 1, groups: "Nord" }), "1 ballot: Nord");
  assert.equal(say("count_unit", { n: 12345, groups: "Nord" }), "12,345 ballots: Nord");
  assert.equal(shownTime("2027-03-08T18:00:00Z"), "8 March 2027 at 19:00");
  assert.equal(shownDuration(200_000), "about 4 minutes");
  assert.equal(speak("de"), "en");
  assert.equal(speak("nb"), "nb");
  assert.equal(language(), "nb");
});
