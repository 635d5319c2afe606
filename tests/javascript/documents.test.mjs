/** A time is one that a calendar has: the same that Python takes (§1.5). */
import assert from "node:assert/strict";
import test from "node:test";

import { time } from "../../static/js/crypto/documents.js";

for (const real of ["2027-03-03T18:00:00Z", "2028-02-29T23:59:59Z", "1000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]) {
  test(`${real} is a time`, () => assert.equal(time(real), real));
}

for (const none of [
  "2027-02-30T00:00:00Z",
  "2027-02-29T00:00:00Z",
  "2027-13-01T00:00:00Z",
  "2027-03-03T24:00:00Z",
  "2027-03-03T18:60:00Z",
  "2027-03-03T18:00:60Z",
  "0000-01-01T00:00:00Z",
  "0999-12-31T23:59:59Z",
  "2027-03-03T18:00:00",
  "2027-03-03T18:00:00+00:00",
  " 2027-03-03T18:00:00Z",
]) {
  test(`${none} is none`, () => assert.throws(() => time(none)));
}
