import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { pretend } from "./setup.js";
import { Store } from "../../static/src/store.js";
import { FakeIndexedDB, FakeKeyRange } from "./fake-store.js";

beforeEach(() => {
  mock.timers.reset();
  pretend("indexedDB", new FakeIndexedDB());
  pretend("IDBKeyRange", FakeKeyRange);
});

const record = (session, page, started) => ({ session, page, started });

test("a page's sessions come oldest first, and no other page's", async () => {
  const store = await Store.open();
  for (const kept of [record("b", "p", "2026-02"), record("a", "p", "2026-03"), record("c", "q", "2026-01")]) await store.keep(kept);
  assert.deepEqual((await store.sessions("p")).map(({ session }) => session), ["b", "a"]);
});

test("a session that is kept again takes the place of what it was", async () => {
  const store = await Store.open();
  await store.keep({ ...record("a", "p", "2026"), finished: null });
  await store.keep({ ...record("a", "p", "2026"), finished: "2027" });
  assert.deepEqual((await store.sessions("p")).map(({ finished }) => finished), ["2027"]);
});

test("rows belong to their session, and are removed with it alone", async () => {
  const store = await Store.open();
  await store.append("a", 0, { x: 1 });
  await store.append("b", 0, { x: 2 });
  await store.append("a", 1, { x: 3 });
  assert.deepEqual(await store.rows("a"), [{ x: 1 }, { x: 3 }]);
  await store.removeRows("a");
  assert.deepEqual([await store.rows("a"), await store.rows("b")], [[], [{ x: 2 }]]);
});

test("a row that is there already is refused, and stays as it was", async () => {
  const store = await Store.open();
  await store.append("a", 0, { x: 1 });
  await assert.rejects(store.append("a", 0, { x: 2 }), { name: "ConstraintError" });
  assert.deepEqual(await store.rows("a"), [{ x: 1 }]);
});

test("a store that refuses to open says why", async () => {
  pretend("indexedDB", { open: () => { throw new DOMException("blocked", "SecurityError"); } });
  await assert.rejects(Store.open(), { name: "SecurityError" });
});

test("a store that does not answer is waited for for ten seconds", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  pretend("indexedDB", { open: () => ({}) });
  let failed = null;
  const opened = Store.open().catch((error) => (failed = error.message));
  mock.timers.tick(9_999);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(failed, null);
  mock.timers.tick(1);
  await opened;
  assert.match(failed, /does not answer/);
});
