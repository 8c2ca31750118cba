import assert from "node:assert/strict";
import { test } from "node:test";

import "./setup.js";
import { Game } from "../../static/src/engine.js";
import { timeline } from "../../static/src/timeline.js";
import { PretendedJsPsych, definition, game } from "./games.js";

async function play(of, responses, shown = () => {}) {
  const rows = [];
  const jsPsych = new PretendedJsPsych(responses);
  await jsPsych.run(timeline(of, (row) => void rows.push(row), shown));
  return { rows, shown: jsPsych.shown };
}

const screens = (...stimuli) => ({ ...definition(), blocks: [{ timeline: [], stimuli: stimuli.map((s) => ({ effects: [], ...s })) }] });

test("every screen is one trial of jsPsych, with parameters as they are when it starts", async () => {
  const { rows, shown } = await play(game(2), [0, null, 1, null]);
  assert.deepEqual(shown.map(({ plugin }) => plugin), ["slot-machines", "text-screen", "slot-machines", "text-screen"]);
  assert.deepEqual(shown.map(({ text }) => text), [undefined, "Score: 10", undefined, "Score: 11"]);
  assert.deepEqual(shown[2].bandits, [{ color: "red", value: 9 }, { color: "blue", value: 1 }]);
  assert.deepEqual(shown[2].payoffs, ["9", "1"]);
  assert.deepEqual([shown[0].duration, shown[0].time_after_response, shown[1].duration], [null, 700, 500]);
  assert.deepEqual(rows.map((row) => row.bean_score), [10, undefined, 11, undefined]);
  assert.deepEqual(rows.map((row) => row.trial_index), [0, 1, 2, 3]);
  assert.deepEqual(rows.map((row) => row.block), [0, 0, 0, 0]);
});

test("the row before is recorded before the next screen starts", async () => {
  const order = [];
  const slow = async (row) => {
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`recorded ${row.trial_index}`);
  };
  let screen = 0;
  await new PretendedJsPsych([0, null, 1, null]).run(timeline(game(2), slow, () => order.push(`shown ${screen++}`)));
  assert.deepEqual(order, [0, 1, 2, 3].flatMap((n) => [`shown ${n}`, `recorded ${n}`]));
});

test("a game that was begun has only its remaining screens, and counts on", async () => {
  const begun = game(2);
  begun.screen();
  begun.finish(1);
  const { rows, shown } = await play(begun, [null, 0, null]);
  assert.deepEqual(shown.map(({ text }) => text), ["Score: 0", undefined, "Score: 9"]);
  assert.deepEqual(rows.map((row) => row.trial_index), [1, 2, 3]);
});

test("the page's own times stand before those of machines, and leave texts alone", async () => {
  const timed = new Game({ ...definition(1), timing: { feedback: 0, window: 3000, pause: 250 } }, game().functions.map((f) => () => f));
  const { shown } = await play(timed, [0, null]);
  assert.deepEqual([shown[0].time_after_response, shown[0].duration, shown[0].inter_trial_interval], [0, 3000, 250]);
  assert.deepEqual([shown[1].duration, shown[1].inter_trial_interval], [500, undefined]);
});

test("what is None shows nothing and waits for ever", async () => {
  const nothing = { kind: "Text", arguments: { text: null, color: null, duration: null, choices: null } };
  const { shown } = await play(new Game(screens(nothing), []), [null]);
  assert.deepEqual(shown, [{ plugin: "text-screen", text: "", color: "", choices: [], duration: null }]);
});

test("instructions are text unless markup is asked for", async () => {
  const pages = { kind: "Instructions", arguments: { pages: ["a", "b"] } };
  const marked = { kind: "Instructions", arguments: { pages: ["<b>"], markup: true } };
  const { shown } = await play(new Game(screens(pages, marked), []), [null, null]);
  assert.deepEqual(shown.map(({ pages, markup }) => [pages, markup]), [[["a", "b"], false], [["<b>"], true]]);
});

test("a kind of stimulus that has no screen is named", () => {
  const smell = new Game(screens({ kind: "Smell", arguments: {} }), []);
  assert.throws(() => timeline(smell, () => {}), /no screen for a stimulus of the kind "Smell"/);
});

/** Two texts, of which the first is a practice that is repeated until the key J was pressed, three times at most. */
function repeated() {
  const asked = (text) => ({ kind: "Text", arguments: { text, choices: ["f", "j"], duration: null, color: "" } });
  const one = screens(asked("quiz"));
  const blocks = [{ ...one.blocks[0], phase: "practice" }, ...screens(asked("end")).blocks];
  const loops = [{ first: 0, last: 0, until: { $call: [0, [{ $data: ["response", 1] }]] }, most: 3 }];
  return new Game({ ...one, format: 2, blocks, loops }, [() => (response) => response === "J"]);
}

test("a loop is shown until its condition holds, or as often as it may be", async () => {
  for (const [pressed, texts] of [
    [["J", "F"], ["quiz", "end"]],
    [["F", "J", "F"], ["quiz", "quiz", "end"]],
    [["F", "F", "F", "F"], ["quiz", "quiz", "quiz", "end"]],
  ]) {
    const looped = repeated();
    const { rows, shown } = await play(looped, [...pressed]);
    assert.deepEqual(shown.map(({ text }) => text), texts);
    assert.deepEqual(rows.map(({ phase }) => phase), texts.map((text) => (text === "quiz" ? "practice" : "main")));
    assert.deepEqual(rows.map((row) => row.trial_index), texts.map((_, i) => i));
    assert.ok(looped.over);
  }
});

test("a loop that was begun is gone on with", async () => {
  const begun = repeated();
  begun.screen();
  begun.finish("F");
  const { rows, shown } = await play(begun, ["J", "F"]);
  assert.deepEqual(shown.map(({ text }) => text), ["quiz", "end"]);
  assert.deepEqual(rows.map((row) => row.trial_index), [1, 2]);
});

test("a definition of another format is named", () => {
  assert.throws(() => new Game({ ...definition(), format: 3 }, []), /format 3; this page plays formats 1 and 2/);
});
