// The words read aloud are one list, however they are loaded.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { WORDS, wordsFor } from "../../static/js/crypto/words.js";

test("words.js and words.json hold the same words", () => {
  const path = new URL("../../static/js/crypto/words.json", import.meta.url);
  assert.deepEqual([...WORDS], JSON.parse(readFileSync(path, "utf8")));
});

test("a byte stands for the word of its number", () => {
  assert.deepEqual(wordsFor(Uint8Array.of(0, 255)), [WORDS[0], WORDS[255]]);
});
