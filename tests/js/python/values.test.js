import assert from "node:assert/strict";
import { test } from "node:test";

import { py } from "../../../static/src/python/index.js";
import { Dict, Float } from "../../../static/src/python/values.js";

test("a float that is whole stays a float", () => {
  assert.equal(py.str(py.add(new Float(1), 2)), "3.0");
  assert.equal(py.str(py.div(4, 2)), "2.0");
  assert.equal(py.add(0.5, 0.25), 0.75);
});

test("keys that are equal in Python are one key, and the first spelling stays", () => {
  const dict = new Dict([[1, "a"], [true, "b"], [new Float(1), "c"], ["1", "d"]]);
  assert.equal(py.repr(dict), "{1: 'c', '1': 'd'}");
});

test("a whole number beyond 2^53 - 1 is refused rather than rounded", () => {
  assert.equal(py.add(2 ** 53 - 2, 1), 2 ** 53 - 1);
  assert.throws(() => py.add(2 ** 53 - 1, 1), { name: "PageLimit" });
  assert.throws(() => py.neg(py.mul(2 ** 52, 2)), { name: "PageLimit" });
});

test("the page's JSON is read and written", () => {
  const value = py.decode({ a: { $float: "nan" }, b: [{ $float: 2 }, { $dict: [[1, null]] }] });
  assert.equal(py.repr(value), "{'a': nan, 'b': [2.0, {1: None}]}");
  assert.deepEqual(py.toJSON(value), { a: { $float: "nan" }, b: [2, { 1: null }] });
});
