import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { pretend } from "./setup.js";
import { Patience } from "../../static/src/patience.js";
import { FakeTime } from "./fake-time.js";

let time;
let network;

beforeEach(() => {
  mock.reset();
  time = new FakeTime();
  network = new EventTarget();
  pretend("addEventListener", (...given) => network.addEventListener(...given));
  pretend("removeEventListener", (...given) => network.removeEventListener(...given));
  pretend("document", new EventTarget());
});

/** How long it waits, to a hundredth of a second. */
async function waited(patience, after) {
  const from = time.now;
  let over = false;
  patience.wait(after).then(() => (over = true));
  while (!over) {
    time.pass(10);
    await Promise.resolve();
    await Promise.resolve();
  }
  return time.now - from;
}

test("it waits twice as long from failure to failure, half a minute at most, and is never in step", async () => {
  for (const [random, share] of [[0, 0.5], [1, 1]]) {
    mock.method(Math, "random", () => random);
    const patience = new Patience();
    const waits = [];
    for (let i = 0; i < 8; i++) waits.push(await waited(patience));
    assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].map((ms) => ms * share));
    patience.reset();
    assert.equal(await waited(patience), 500 * share);
  }
});

for (const [name, wake] of [["the network is back", () => network.dispatchEvent(new Event("online"))], ["the page is seen or left", () => document.dispatchEvent(new Event("visibilitychange"))]]) {
  test(`it waits no longer when ${name}, unless the server asked for the time`, async () => {
    const patience = new Patience();
    let over = 0;
    patience.failures = 6;
    patience.wait().then(() => over++);
    patience.wait(10).then(() => over++);
    wake();
    await time.settle();
    assert.equal(over, 1);
    time.pass(10_500);
    await time.settle();
    assert.equal(over, 2);
  });
}

test("what the server asks for is kept between a second and a minute", async () => {
  mock.method(Math, "random", () => 0);
  const waits = [];
  for (const after of [-5, 0, 7, 1e9]) waits.push(await waited(new Patience(), after));
  assert.deepEqual(waits, [1250, 1250, 7250, 60_250]);
});
