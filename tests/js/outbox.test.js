import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, test } from "node:test";

import { pretend } from "./setup.js";
import { Collector } from "../../static/src/collector.js";
import { Outbox } from "../../static/src/outbox.js";
import { FakeCollector } from "./fake-collector.js";
import { FakeTime } from "./fake-time.js";

const ACCESS = { session: "s", token: "token", lease: "lease" };
const row = (number, size = 100) => JSON.stringify({ number, text: "é".repeat(size) });
const rows = (count, size) => Array.from({ length: count }, (_, number) => row(number, size));

let server;
let time;

beforeEach(() => {
  time = new FakeTime();
  server = new FakeCollector().install();
  pretend("addEventListener", () => {});
  pretend("removeEventListener", () => {});
  pretend("document", new EventTarget());
});

const outbox = (told) => new Outbox(new Collector("http://host/study/api/1/"), ACCESS, told);

const arrived = () => [...server.rows].sort(([a], [b]) => a - b).map(([, line]) => line);

test("a row is sent when it is recorded, with the page's leave to outlive it", async () => {
  const box = outbox();
  box.add(row(0));
  box.add(row(1));
  assert.deepEqual(server.requests.map(({ headers, keepalive }) => [headers["Twinbean-First"], keepalive]), [["0", true], ["1", true]]);
  await time.settle();
  assert.deepEqual(arrived(), rows(2));
  assert.equal(box.empty, true);
});

test("the lines are the bytes of the rows", async () => {
  outbox().add(row(0));
  assert.equal(server.requests[0].body, `${row(0)}\n`);
  assert.equal(server.requests[0].headers["Content-Type"], "application/x-ndjson");
});

test("a backlog goes in batches, of which none outlives the page that is too large for it", async () => {
  const box = outbox();
  box.fill(rows(500, 500));
  await time.settle();
  assert.deepEqual(arrived(), rows(500, 500));
  assert.ok(server.requests.length < 10);
  const sizes = server.requests.map(({ body }) => new TextEncoder().encode(body).length);
  assert.ok(Math.max(...sizes) <= 128_000);
  assert.deepEqual(server.requests.map(({ keepalive }) => keepalive), sizes.map((size) => size <= 32_000));
});

test("no more than 32 kB outlive the page at once", async () => {
  const box = outbox();
  server.faults = Array(10).fill("silent");
  for (const line of rows(10, 4000)) box.add(line);
  const alive = server.requests.filter(({ keepalive }) => keepalive).map(({ body }) => new TextEncoder().encode(body).length);
  assert.equal(server.requests.length, alive.length);
  assert.ok(alive.reduce((a, b) => a + b) <= 32_000);
  await time.until(() => box.empty);
  assert.deepEqual(arrived(), rows(10, 4000));
});

test("rows that are known to be stored are not sent again", async () => {
  const box = outbox();
  box.fill(rows(5), { stored: 3 });
  await time.settle();
  assert.deepEqual(server.requests.map(({ headers }) => headers["Twinbean-First"]), ["3"]);
});

for (const fault of ["unreachable", "silent", "login page", "answer lost", 500, 503, 429, 302, 200, 422]) {
  test(`every row arrives once although the line fails: ${fault}`, async () => {
    const box = outbox();
    server.faults = [fault, fault, fault];
    for (const line of rows(4)) {
      box.add(line);
      await time.settle();
    }
    await time.until(() => box.empty);
    assert.deepEqual(arrived(), rows(4));
    assert.equal(await box.finish(box.summary("done")), "https://example.org/done");
  });
}

test("a server that asks for time gets it, a minute at most", async () => {
  const box = outbox();
  server.faults = [{ status: 503, headers: { "Retry-After": "5" } }, { status: 429, headers: { "Retry-After": "86400" } }];
  box.add(row(0));
  await time.settle();
  time.pass(4999);
  await time.settle();
  assert.equal(server.requests.length, 1);
  time.pass(1000);
  await time.settle();
  assert.equal(server.requests.length, 2);
  time.pass(59_999);
  await time.settle();
  assert.equal(server.requests.length, 2);
  time.pass(1000);
  await time.settle();
  assert.equal(box.empty, true);
});

test("a batch that is too large is halved until the server takes it", async () => {
  const box = outbox();
  server.most = 2000;
  box.fill(rows(40, 200));
  await time.until(() => box.empty);
  assert.deepEqual(arrived(), rows(40, 200));
});

test("a row that no batch can hold stays here, the others go, and at the end it is tried again and again", async () => {
  let stuck = 0;
  const box = outbox({ stuck: () => stuck++ });
  server.most = 2000;
  const lines = [row(0), row(1, 3000), row(2)];
  box.fill(lines);
  await time.until(() => box.empty);
  assert.deepEqual(arrived(), [lines[0], lines[2]]);
  let url;
  box.finish(box.summary("done")).then((found) => (url = found));
  await time.until(() => stuck === 3);
  assert.equal(url, undefined);
  server.most = Infinity;
  await time.until(() => url);
  assert.deepEqual(arrived(), lines);
});

test("rows that have left the device are not asked of it", async () => {
  const box = outbox();
  box.fill(rows(5).slice(3), { first: 3 });
  await time.until(() => box.empty);
  assert.deepEqual(server.requests.map(({ headers }) => headers["Twinbean-First"]), ["3"]);
  await assert.rejects(box.finish({ n: 5, digest: "", outcome: "done" }), { reason: "conflict" });
});

for (const [fault, reason] of [
  [401, "token"],
  [{ status: 409, body: { error: "stale" } }, "stale"],
  [{ status: 409, body: { error: "other bytes", conflict: [0] } }, "conflict"],
  [410, "gone"],
]) {
  test(`nothing more is sent after a refusal for good: ${reason}`, async () => {
    const told = [];
    const box = outbox({ halted: (why) => told.push(why) });
    server.faults = [fault];
    box.add(row(0));
    await time.settle();
    box.add(row(1));
    time.pass(100_000);
    await time.settle();
    assert.deepEqual(told, [reason]);
    assert.equal(server.requests.length, 1);
    await assert.rejects(box.finish(box.summary("done")), { reason });
  });
}

test("the end waits for the last row, and says how many there were and what they give", async () => {
  const box = outbox();
  server.faults = ["silent"];
  for (const line of rows(3)) box.add(line);
  let url;
  box.finish(box.summary("done")).then((found) => (url = found));
  await time.until(() => url);
  const digest = createHash("sha256").update(rows(3).map((line) => `${line}\n`).join("")).digest("hex");
  assert.deepEqual(server.finished, { n: 3, digest, outcome: "done" });
});

test("rows that the server misses in the end are sent again", async () => {
  const box = outbox();
  for (const line of rows(5)) box.add(line);
  await time.settle();
  server.rows.delete(1);
  server.rows.delete(3);
  let url;
  box.finish(box.summary("done")).then((found) => (url = found));
  await time.until(() => url);
  assert.deepEqual(arrived(), rows(5));
});

test("a server that has all rows but not these ones is told nothing more", async () => {
  const box = outbox();
  for (const line of rows(2)) box.add(line);
  await time.settle();
  server.rows.set(0, row(7));
  let reason;
  box.finish(box.summary("done")).catch((error) => (reason = error.reason));
  await time.until(() => reason);
  assert.equal(reason, "conflict");
});

test("that rows are late is said after eight seconds, and taken back when they have arrived", async () => {
  const told = [];
  const box = outbox({ late: (late) => told.push(late) });
  server.down = true;
  box.add(row(0));
  for (let i = 0; i < 79; i++) {
    time.pass(100);
    await time.settle();
  }
  assert.deepEqual(told, []);
  time.pass(100);
  assert.deepEqual(told, [true]);
  server.down = false;
  await time.until(() => box.empty);
  assert.deepEqual(told, [true, false]);
});

test("while the server is away, rows are kept together and nobody knocks for each", async () => {
  const box = outbox();
  server.down = true;
  for (const line of rows(50)) {
    box.add(line);
    await time.settle();
  }
  assert.equal(server.requests.length, 1);
  server.down = false;
  await time.until(() => box.empty);
  assert.deepEqual(arrived(), rows(50));
});

test("a withdrawal is told until it is heard, and once is enough", async () => {
  for (const fault of ["unreachable", 500, 410]) {
    const box = outbox();
    box.add(row(0));
    await time.settle();
    box.stop();
    box.add(row(1));
    server.faults = [fault];
    let url;
    box.withdraw().then((found) => (url = found));
    await time.until(() => url !== undefined);
    assert.equal(url, null);
    assert.deepEqual(arrived(), [row(0)]);
  }
});

test("random faults lose no row and double none", async () => {
  const faults = ["unreachable", "silent", "login page", "answer lost", 500, 503, 429, 413, 204, { status: 503, headers: { "Retry-After": "-1" } }];
  for (let seed = 1; seed <= 60; seed++) {
    let state = seed;
    const random = (most) => ((state = (state * 48271) % 2147483647) % most);
    server = new FakeCollector().install();
    server.faults = Array.from({ length: 30 }, () => (random(3) ? undefined : faults[random(faults.length)]));
    const box = outbox();
    const lines = rows(20 + random(20), random(900));
    for (const line of lines) {
      box.add(line);
      if (random(2)) await time.settle();
      if (!random(4)) time.pass(random(3000));
    }
    let end;
    box.finish(box.summary("done")).then((url) => (end = url), (error) => (end = error.reason));
    await time.until(() => end);
    assert.equal(end, "https://example.org/done", `seed ${seed}`);
    assert.deepEqual(arrived(), lines, `seed ${seed}`);
  }
});
