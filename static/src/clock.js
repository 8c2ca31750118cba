/**
 * The time of the task: it stands still while the task is paused, so that neither a response window nor a response
 * time counts what happened behind the pause notice.
 */

/**
 * @typedef {object} Clock
 * @property {() => number} now milliseconds of task time
 * @property {(ms: number, run: () => void) => Timer} after
 * @property {(timer: Timer) => void} cancel
 * @property {(run: () => void) => void} painted runs as soon as what was just built is on the screen
 */
/** @typedef {{due: number, run: () => void, id?: number}} Timer */

/** @implements {Clock} */
export class TaskClock {
  constructor() {
    /** @type {Set<Timer>} */
    this.timers = new Set();
    /** How many notices the task waits behind. */
    this.pauses = 0;
    /** @type {number | null} */
    this.pausedAt = null;
    this.paused = 0;
  }

  now() {
    return (this.pausedAt ?? performance.now()) - this.paused;
  }

  /** @param {number} ms @param {() => void} run */
  after(ms, run) {
    const timer = { due: this.now() + ms, run };
    this.timers.add(timer);
    if (this.pausedAt === null) this.#start(timer);
    return timer;
  }

  /** @param {Timer} timer */
  cancel(timer) {
    window.clearTimeout(timer.id);
    this.timers.delete(timer);
  }

  /** @param {() => void} run */
  painted(run) {
    // A frame's callbacks run before it is painted; the first task after them runs when it has been.
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        channel.port1.close();
        run();
      };
      channel.port2.postMessage(null);
    });
  }

  pause() {
    if (this.pauses++ > 0) return;
    this.pausedAt = performance.now();
    for (const timer of this.timers) window.clearTimeout(timer.id);
  }

  resume() {
    if (this.pausedAt === null || --this.pauses > 0) return;
    this.paused += performance.now() - this.pausedAt;
    this.pausedAt = null;
    for (const timer of this.timers) this.#start(timer);
  }

  /** @param {Timer} timer */
  #start(timer) {
    timer.id = window.setTimeout(() => {
      this.timers.delete(timer);
      timer.run();
    }, Math.max(timer.due - this.now(), 0));
  }
}

/** @type {Clock} */
export let clock = new TaskClock();

/** @param {Clock} other the clock that all screens use from now on */
export function useClock(other) {
  clock = other;
}

/** Milliseconds of task time since `from`, to a tenth: browsers know time no better. @param {number} from */
export function since(from) {
  return Math.round((clock.now() - from) * 10) / 10;
}
