import assert from "node:assert/strict";
import { test } from "node:test";

import { pretend } from "./setup.js";
import { exclusively } from "../../static/src/lock.js";

/** Web Locks of one browser: who asks for a lock that is taken gets null, or waits. */
class Locks {
  taken = Promise.resolve();
  held = false;

  async request(_, { ifAvailable = false }, run) {
    if (ifAvailable && this.held) return run(null);
    await this.taken;
    this.held = true;
    this.taken = Promise.resolve(run({})).finally(() => (this.held = false));
    return this.taken;
  }
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test("a second window waits until the first is done", async () => {
  pretend("navigator", { locks: new Locks() });
  const order = [];
  let finish;
  const first = exclusively("l", () => new Promise((resolve) => (finish = resolve)), () => order.push("first waits"));
  await soon();
  const second = exclusively("l", async () => void order.push("second plays"), () => order.push("second waits"));
  await soon();
  assert.deepEqual(order, ["second waits"]);
  finish();
  await Promise.all([first, second]);
  assert.deepEqual(order, ["second waits", "second plays"]);
});

for (const [what, locks] of Object.entries({
  "there are no locks": undefined,
  "locks are refused": { request: () => Promise.reject(new DOMException("", "SecurityError")) },
  "asking for a lock throws": { request: () => { throw new DOMException("", "SecurityError"); } },
})) {
  test(`where ${what} the page is played, once`, async () => {
    pretend("navigator", { locks });
    let played = 0;
    await exclusively("l", async () => void (played += 1), () => assert.fail("it waited"));
    assert.equal(played, 1);
  });
}

test("what fails while the lock is held fails once, and gives the lock back", async () => {
  const locks = new Locks();
  pretend("navigator", { locks });
  let played = 0;
  const failing = async () => {
    played += 1;
    throw new Error("no such payoff");
  };
  await assert.rejects(exclusively("l", failing, () => {}), /no such payoff/);
  assert.equal(played, 1);
  await soon();
  assert.equal(locks.held, false);
});
