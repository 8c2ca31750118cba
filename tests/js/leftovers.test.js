import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { pretend } from "./setup.js";
import { Collector } from "../../static/src/collector.js";
import { drain } from "../../static/src/leftovers.js";
import { Store } from "../../static/src/store.js";
import { FakeCollector } from "./fake-collector.js";
import { FakeIndexedDB, FakeKeyRange } from "./fake-store.js";
import { FakeTime } from "./fake-time.js";

const ADDRESS = "http://host/study/api/1/";
const ROWS = [{ number: 0 }, { number: 1, text: "é" }, { number: 2 }];
const LINES = ROWS.map((row) => JSON.stringify(row));

let server;
let store;
let time;

beforeEach(async () => {
  time = new FakeTime();
  pretend("indexedDB", new FakeIndexedDB());
  pretend("IDBKeyRange", FakeKeyRange);
  pretend("document", new EventTarget());
  pretend("addEventListener", () => {});
  pretend("removeEventListener", () => {});
  server = new FakeCollector().install();
  store = await Store.open();
});

const record = (session, collected = {}) => ({
  session,
  page: "p",
  started: "2026",
  collected: { address: ADDRESS, token: "token", lease: "lease", finish: null, complete: false, withdrawn: null, sent: 0, refused: null, ...collected },
});

async function keep(kept, rows = ROWS, first = 0) {
  await store.keep(kept);
  for (const [i, row] of rows.entries()) await store.append(kept.session, first + i, row);
}

async function drained(lab = false) {
  let over = false;
  const going = drain(new Collector(ADDRESS), store, await store.collected(ADDRESS), lab).then(() => (over = true));
  await time.until(() => over);
  await going;
  return (await store.collected(ADDRESS)).map(({ collected }) => collected);
}

const arrived = () => [...server.rows].sort(([a], [b]) => a - b).map(([, line]) => line);

test("rows of an unfinished session are sent once, by one visit", async () => {
  await keep(record("s"));
  const [kept] = await drained();
  assert.deepEqual(arrived(), LINES);
  assert.equal(kept.sent, 3);
  const asked = server.requests.length;
  await drained();
  assert.equal(server.requests.length, asked);
});

test("a session that was finished without the server is finished", async () => {
  const { createHash } = await import("node:crypto");
  const digest = createHash("sha256").update(LINES.map((line) => `${line}\n`).join("")).digest("hex");
  await keep(record("s", { finish: { n: 3, digest, outcome: "done" } }));
  server.faults = [500, "answer lost"];
  const [kept] = await drained();
  assert.deepEqual([kept.complete, kept.url], [true, "https://example.org/done"]);
  assert.deepEqual(server.finished, { n: 3, digest, outcome: "done" });
});

test("a withdrawal that was not heard is told, without any row", async () => {
  await keep(record("s", { withdrawn: "2026" }));
  const [kept] = await drained();
  assert.deepEqual(server.requests.map(({ path }) => path), ["sessions/s/withdraw"]);
  assert.equal(kept.complete, true);
});

test("in a laboratory nothing is left, though the first rows had left before", async () => {
  await keep(record("s"), ROWS.slice(1), 1);
  assert.deepEqual(await drained(true), []);
  assert.deepEqual(arrived(), LINES.slice(1));
  assert.deepEqual(await store.rows("s"), []);
});

for (const [fault, reason] of [[401, "token"], [{ status: 409, body: { conflict: [0] } }, "conflict"]]) {
  test(`what the server refuses for good stays here, and the next session goes: ${reason}`, async () => {
    await keep(record("s"));
    await keep(record("t"));
    server.faults = [fault];
    const [first, second] = await drained();
    assert.deepEqual([first.refused, second.refused], [reason, null]);
    assert.deepEqual(await store.rows("s"), ROWS);
    assert.deepEqual(arrived(), LINES);
  });
}

test("what has been erased is erased here", async () => {
  await keep(record("s"));
  server.faults = [410];
  assert.deepEqual(await drained(), []);
  assert.deepEqual(await store.rows("s"), []);
});

test("a session that another window goes on with is left to it", async () => {
  await keep(record("s"));
  server.faults = [{ status: 409, body: { error: "stale" } }];
  const [kept] = await drained();
  assert.equal(kept.refused, null);
  assert.deepEqual(await store.rows("s"), ROWS);
});
