import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { pretend } from "./setup.js";
import { PretendedJsPsych, game } from "./games.js";
import { Session } from "../../static/src/session.js";

/** Keeps everything in memory; from the `fails`-th write on, every write fails in the way of `error`. */
class FakeStore {
  constructor({ fails = Infinity, error = new DOMException("", "QuotaExceededError") } = {}) {
    Object.assign(this, { fails, error, writes: 0, records: [], kept: [], removed: [] });
  }

  #write(into, value) {
    if (++this.writes >= this.fails) throw this.error;
    into.push(structuredClone(value));
  }

  async keep(record) {
    this.#write(this.records, record);
  }

  async append(session, number, row) {
    this.#write(this.kept, { session, number, row });
  }

  async rows() {
    return this.kept.map(({ row }) => structuredClone(row));
  }

  async removeRows(session) {
    this.removed.push(session);
  }
}

const WHO = { participant: "p", anonymous: false, others: {}, consented: null };
const stage = { replaceChildren() {} };

beforeEach(() => {
  pretend("addEventListener", () => {});
  pretend("removeEventListener", () => {});
  pretend("document", Object.assign(new EventTarget(), { querySelector: () => null }));
});

async function play(session, responses, stop = Infinity) {
  const jsPsych = new PretendedJsPsych(responses);
  pretend("initJsPsych", () => jsPsych);
  const done = [];
  const progress = (n) => {
    done.push(n);
    if (n === stop) throw new Error("the window is closed");
  };
  await session.play(stage, { task: "t" }, { device: { browser: "b" } }, progress);
  return done;
}

test("every row is kept before the next screen, says who played, and the first says on what", async () => {
  const store = new FakeStore();
  const session = await Session.begin(WHO, "page", game(1), store);
  assert.deepEqual(await play(session, [0, null]), [0, 1, 2]);
  assert.deepEqual(store.kept.map(({ number }) => number), [0, 1]);
  assert.deepEqual(store.kept.map(({ row }) => row), session.rows);
  const [first, second] = session.rows;
  assert.deepEqual([first.participant, first.session, first.resumed, first.task], ["p", session.record.session, 0, "t"]);
  assert.deepEqual(first.device, { browser: "b" });
  assert.equal(first.started, session.record.started);
  assert.equal("device" in second, false);
  assert.equal("finished" in first, false);
  assert.ok(second.finished >= first.started);
  assert.deepEqual(store.records.map(({ finished }) => finished !== null), [false, true]);
  assert.equal(session.saved, true);
});

test("a session that is gone on with asks for the rest only, and says when it went on", async () => {
  const store = new FakeStore();
  const session = await Session.begin(WHO, "page", game(2), store);
  await assert.rejects(play(session, [0, null, 1, null], 2), /the window is closed/);
  const again = await Session.resume(structuredClone(session.record), game(2), store);
  await play(again, [1, null]);
  const trials = again.rows.filter((row) => "bean_bandits" in row);
  assert.deepEqual(trials.map((row) => [row.bean_response, row.bean_score, row.resumed]), [[0, 10, 0], [1, 11, 1]]);
  assert.deepEqual(again.rows.map((row) => "resumed_at" in row), [false, false, true, false]);
  assert.deepEqual(store.kept.map(({ number }) => number), [0, 1, 2, 3]);
});

test("kept rows that the game does not give again are refused by name", async () => {
  const store = new FakeStore();
  const session = await Session.begin(WHO, "page", game(1), store);
  await play(session, [0, null]);
  store.kept[0].row.bean_value = 999;
  await assert.rejects(Session.resume(session.record, game(1), store), /Row 0 was kept with another bean_value/);
});

test("without a store the rows stay in the window", async () => {
  const session = await Session.begin(WHO, "page", game(1), null);
  await play(session, [1, null]);
  assert.equal(session.saved, false);
  assert.equal(session.rows.length, 2);
});

test("after a write that failed nothing more is written, and the task goes on", async () => {
  const store = new FakeStore({ fails: 3 });
  const session = await Session.begin(WHO, "page", game(2), store);
  await play(session, [0, null, 1, null]);
  assert.equal(session.saved, false);
  assert.equal(session.rows.length, 4);
  assert.deepEqual(store.kept.map(({ number }) => number), [0]);
  assert.equal(store.writes, 3);
});

test("a row that another window wrote already stops the task", async () => {
  const store = new FakeStore({ fails: 2, error: new DOMException("", "ConstraintError") });
  const session = await Session.begin(WHO, "page", game(1), store);
  await assert.rejects(play(session, [0, null]), { name: "ConstraintError" });
});

test("answers that are removed leave a record that says so", async () => {
  const store = new FakeStore();
  const session = await Session.begin(WHO, "page", game(1), store);
  await play(session, [0, null]);
  await session.remove();
  assert.deepEqual(store.removed, [session.record.session]);
  assert.equal(store.records.at(-1).removed, true);
});

const OBSERVED = ["scheduled_onset", "onset", "dropped_frames", "trusted", "write_ms"];

test("where nothing is collected, rows say nothing of how they were answered", async () => {
  const session = await Session.begin(WHO, "page", game(1), new FakeStore());
  await play(session, [0, null]);
  for (const row of session.rows) assert.deepEqual(OBSERVED.filter((name) => name in row), []);
});

test("where a server collects, it gets the very rows that are kept, each after it was kept", async () => {
  pretend("requestAnimationFrame", () => 0);
  pretend("cancelAnimationFrame", () => {});
  const store = new FakeStore();
  const session = await Session.begin(WHO, "page", game(2), store, { session: "given", collected: { token: "t" } });
  const added = [];
  session.outbox = {
    add: (line) => added.push([line, store.kept.length]),
    summary: (outcome) => ({ n: added.length, digest: "d", outcome }),
  };
  await play(session, [0, null, 1, null]);
  assert.deepEqual(added, store.kept.map(({ row }, number) => [JSON.stringify(row), number + 1]));
  assert.deepEqual(session.rows.map((row) => JSON.stringify(row)), added.map(([line]) => line));
  for (const row of session.rows) assert.deepEqual(OBSERVED.filter((name) => !(name in row)), []);
  assert.deepEqual(new Set(session.rows.map((row) => row.session)), new Set(["given"]));
  // The end stands with what finished it: neither is kept without the other.
  assert.deepEqual(store.records.at(-1).collected.finish, { n: 4, digest: "d", outcome: "done" });
});

test("a session that is abandoned records nothing more", async () => {
  const session = await Session.begin(WHO, "page", game(2), new FakeStore());
  const jsPsych = new PretendedJsPsych([0, null, 1, null]);
  jsPsych.getDisplayElement = () => stage;
  pretend("initJsPsych", () => jsPsych);
  const why = new Error("withdrawn");
  await assert.rejects(session.play(stage, {}, {}, (n) => n === 1 && session.abandon(why)), why);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(session.rows.length, 1);
});
