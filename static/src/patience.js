/**
 * How long to wait before the next try: longer from failure to failure and never in step with other browsers. It ends early
 * when the network is back or the participant comes to the page or leaves it, unless the server itself asked for the wait.
 */

const SHORTEST_MS = 500;
const LONGEST_MS = 30_000;
const ASKED_MS = { least: 1000, most: 60_000 };

export class Patience {
  constructor() {
    this.failures = 0;
  }

  /** Something went well: the next failure is a first one again. */
  reset() {
    this.failures = 0;
  }

  /** @param {number | null} [after] seconds that the server asks for */
  wait(after = null) {
    const longest = Math.min(SHORTEST_MS * 2 ** this.failures++, LONGEST_MS);
    const jitter = 0.5 + Math.random() / 2;
    if (after === null) return sleep(longest * jitter, true);
    return sleep(Math.min(Math.max(after * 1000, ASKED_MS.least), ASKED_MS.most) + SHORTEST_MS * jitter, false);
  }
}

/** @param {number} ms @param {boolean} light whether it can be woken @returns {Promise<void>} */
function sleep(ms, light) {
  return new Promise((resolve) => {
    const wake = () => {
      window.clearTimeout(timer);
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      resolve();
    };
    const timer = window.setTimeout(wake, ms);
    if (!light) return;
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
  });
}
