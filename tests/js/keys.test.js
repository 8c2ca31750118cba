import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { pretend } from "./setup.js";
import { keyName, keysOf, onKeys } from "../../static/src/keys.js";

let dialog = null;

beforeEach(() => {
  dialog = null;
  const document = new EventTarget();
  document.querySelector = () => dialog;
  pretend("document", document);
});

function press(key, more = {}) {
  const event = Object.assign(new Event("keydown"), { key, repeat: false }, more);
  document.dispatchEvent(event);
}

test("a machine's key is what stands on it, in small letters, wherever it stands", () => {
  assert.deepEqual(keysOf(["J", "F"], [1, 0]), ["j", "f"]);
  assert.deepEqual(keysOf(["1", "10"], [0, 1]), ["1", "0"]);
  assert.deepEqual(keysOf(["🍒", "🍋"], [0, 1]), ["🍒", "🍋"]);
});

test("words and letters that occur twice are pressed by their place", () => {
  assert.deepEqual(keysOf(["casino", "pier"], [1, 0]), ["2", "1"]);
  assert.deepEqual(keysOf(["A", "a"], [0, 1]), ["1", "2"]);
});

test("of more than ten machines named by words, the eleventh has no key", () => {
  const labels = Array.from({ length: 11 }, (_, i) => `machine ${i}`);
  const keys = keysOf(labels, labels.map((_, i) => i));
  assert.deepEqual(keys.slice(8), ["9", "0", ""]);
});

test("the space bar has a name, other keys are capitals", () => {
  assert.deepEqual([" ", "y", "Enter"].map(keyName), ["Space", "Y", "ENTER"]);
});

test("keys are heard until they are released", () => {
  const heard = [];
  const release = onKeys((key) => heard.push(key));
  press("a");
  release();
  press("b");
  assert.deepEqual(heard, ["a"]);
});

test("held keys, shortcuts, unfinished characters and keys behind a notice are no responses", () => {
  const heard = [];
  const release = onKeys((key) => heard.push(key));
  for (const more of [{ repeat: true }, { ctrlKey: true }, { altKey: true }, { metaKey: true }, { isComposing: true }]) press("a", more);
  dialog = {};
  press("a");
  dialog = null;
  assert.deepEqual(heard, []);
  press("a", { shiftKey: true });
  assert.deepEqual(heard, ["a"]);
  release();
});
