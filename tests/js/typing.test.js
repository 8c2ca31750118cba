import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { pretend } from "./setup.js";
import { Typing } from "../../static/src/typing.js";

class Field {
  value = "";

  matches() {
    return true;
  }
}

class Input {
  constructor(target, value, inputType, { data = null, isTrusted = true } = {}) {
    target.value = value;
    Object.assign(this, { target, inputType, data, isTrusted });
  }
}

let heard;
let fields;

beforeEach(() => {
  fields = [new Field(), new Field()];
  pretend("HTMLInputElement", Field);
  pretend("HTMLTextAreaElement", Field);
  pretend("InputEvent", Input);
  pretend("document", { querySelector: () => fields[0] ?? null });
  pretend("addEventListener", (_, listener) => (heard = listener));
  pretend("removeEventListener", () => (heard = null));
});

/** What is counted of events that are [field, its value after, type of input, more]. */
function counts(...events) {
  const typing = new Typing();
  typing.shown();
  for (const [number, ...event] of events) heard(new Input(fields[number], ...event));
  return typing.take();
}

test("what is typed is counted by characters, deleted ones too", () => {
  assert.deepEqual(counts([0, "a", "insertText", { data: "a" }], [0, "", "deleteContentBackward"], [1, "b", "insertText", { data: "b" }]), {
    typed: 2,
    pasted: 0,
  });
});

test("what is pasted or dropped is counted apart, with and without its text in the event", () => {
  assert.deepEqual(
    counts(
      [0, "a", "insertText", { data: "a" }],
      [0, "abcd", "insertFromPaste", { data: "bcd" }],
      [0, "abcdef", "insertFromPaste"],
      [1, "xy", "insertFromDrop"],
    ),
    { typed: 1, pasted: 7 },
  );
});

test("a text that replaces a longer one counts whole", () => {
  assert.deepEqual(counts([0, "abcdef", "insertText", { data: "abcdef" }], [0, "xy", "insertFromPaste", { data: "xy" }]), {
    typed: 6,
    pasted: 2,
  });
});

test("a word that is composed counts once", () => {
  assert.deepEqual(
    counts(...["n", "ni", "你"].map((value) => [0, value, "insertCompositionText", { data: value }])),
    { typed: 2, pasted: 0 },
  );
});

test("what a script says, and what an undo brings back, is neither", () => {
  assert.deepEqual(
    counts([0, "abc", "insertText", { data: "abc", isTrusted: false }], [0, "abcd", "historyUndo"]),
    { typed: 0, pasted: 0 },
  );
});

test("a screen without a field of text says nothing", () => {
  fields = [];
  assert.equal(counts(), null);
});

test("each screen is counted for itself, and nothing after the end", () => {
  const typing = new Typing();
  typing.shown();
  heard(new Input(fields[0], "abc", "insertFromPaste"));
  assert.deepEqual(typing.take(), { typed: 0, pasted: 3 });
  typing.shown();
  assert.deepEqual(typing.take(), { typed: 0, pasted: 0 });
  typing.stop();
  assert.equal(heard, null);
});
