import assert from "node:assert/strict";
import { test } from "node:test";

import { py } from "../../../static/src/python/index.js";

test("remainders have the sign of the divisor", () => {
  assert.deepEqual([py.mod(-1, 3), py.mod(1, -3), py.floordiv(-1, 3)], [2, -2, -1]);
  assert.throws(() => py.mod(1, 0), { name: "ZeroDivisionError" });
});

test("powers are of whole numbers, exact or refused", () => {
  assert.equal(py.pow(3, 33), 5559060566555523);
  assert.equal(py.pow(-1, 2 ** 53 - 1), -1);
  assert.equal(py.pow(true, 10 ** 9), 1);
  for (const [x, n] of [[3, 34], [2, 53], [7, 10 ** 9], [2, -1], [0.5, 2], [2, 0.5]]) {
    assert.throws(() => py.pow(x, n), { name: "PageLimit" });
  }
  assert.throws(() => py.pow(0, -1), { name: "ZeroDivisionError" });
  assert.throws(() => py.pow("a", 2), { name: "TypeError" });
});

test("a sum may leave 2^53 on its way, but not end beyond it", () => {
  assert.equal(py.sum([2 ** 53 - 1, 5, -6, true]), 2 ** 53 - 1);
  assert.throws(() => py.sum([2 ** 53 - 1, true]), { name: "PageLimit" });
  assert.throws(() => py.sum([1, 0.5]), { name: "PageLimit" });
  assert.throws(() => py.sum(["a"]), { name: "TypeError" });
});

test("comparisons are Python's", () => {
  assert.equal(py.compare([1, "a"], "==", [true, "a"]), true);
  assert.equal(py.compare("\ue000", "<", "\u{1f600}"), true);
  assert.throws(() => py.compare(1, "<", "a"), { name: "TypeError" });
});
