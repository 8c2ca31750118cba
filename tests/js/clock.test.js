import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { pretend } from "./setup.js";
import { TaskClock, since, useClock } from "../../static/src/clock.js";

let time = 0;

/** Lets time pass for the timers and for `performance.now` alike. */
function pass(ms) {
  time += ms;
  mock.timers.tick(ms);
}

beforeEach(() => {
  mock.reset();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  time = 0;
  mock.method(performance, "now", () => time);
});

test("a timer runs once, when its time has come", () => {
  const clock = new TaskClock();
  const run = mock.fn();
  clock.after(100, run);
  pass(99);
  assert.equal(run.mock.callCount(), 0);
  pass(1);
  assert.equal(run.mock.callCount(), 1);
  pass(1000);
  assert.equal(run.mock.callCount(), 1);
});

test("a pause is no time of the task: neither its timers nor its clock count it", () => {
  const clock = new TaskClock();
  const run = mock.fn();
  clock.after(100, run);
  pass(60);
  clock.pause();
  clock.pause();
  pass(5000);
  assert.equal(clock.now(), 60);
  assert.equal(run.mock.callCount(), 0);
  clock.resume();
  clock.resume();
  assert.equal(clock.now(), 60);
  pass(39);
  assert.equal(run.mock.callCount(), 0);
  pass(1);
  assert.equal(run.mock.callCount(), 1);
  assert.equal(clock.now(), 100);
});

test("two pauses add up", () => {
  const clock = new TaskClock();
  for (const ms of [300, 400]) {
    pass(10);
    clock.pause();
    pass(ms);
    clock.resume();
  }
  assert.equal(clock.now(), 20);
});

test("a timer that is set during a pause starts when the task goes on", () => {
  const clock = new TaskClock();
  const run = mock.fn();
  clock.pause();
  clock.after(50, run);
  pass(500);
  assert.equal(run.mock.callCount(), 0);
  clock.resume();
  pass(50);
  assert.equal(run.mock.callCount(), 1);
});

test("a cancelled timer does not run, also not after a pause", () => {
  const clock = new TaskClock();
  const run = mock.fn();
  const timer = clock.after(50, run);
  clock.pause();
  clock.cancel(timer);
  clock.resume();
  pass(100);
  assert.equal(run.mock.callCount(), 0);
});

test("what is painted has been through a frame and the task after it", async () => {
  const frames = [];
  pretend("requestAnimationFrame", (run) => frames.push(run));
  const order = [];
  const painted = new Promise((resolve) => new TaskClock().painted(() => resolve(order.push("painted"))));
  assert.equal(frames.length, 1);
  frames[0]();
  order.push("frame");
  await painted;
  assert.deepEqual(order, ["frame", "painted"]);
});

test("times are told to a tenth of a millisecond", () => {
  useClock({ now: () => 12.3456 });
  assert.equal(since(2), 10.3);
});
