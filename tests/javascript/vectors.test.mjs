// The published vectors and our own, in Node.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runVectors } from "./vectors/run.mjs";

const folder = fileURLToPath(new URL("../vectors/", import.meta.url));
const paths = ["rfc", "own"].flatMap((part) =>
  readdirSync(folder + part, { recursive: true })
    .filter((path) => /\.(json|txt)$/.test(path))
    .map((path) => `${part}/${path}`));

test("there are vectors of both kinds", () => {
  assert.ok(paths.some((path) => path.startsWith("rfc/")));
  assert.ok(paths.some((path) => path.startsWith("own/")));
});

for (const path of paths) {
  test(`${path} is read as it says`, async () => {
    const text = readFileSync(folder + path, "utf8");
    assert.deepEqual(await runVectors({ [path]: text }), { [path]: "as expected" });
  });
}
