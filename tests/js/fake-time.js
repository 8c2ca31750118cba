/** Time that passes when a test says so. (Node 20's own mock timers lose some where others are cleared in between.) */
import { pretend } from "./setup.js";

export class FakeTime {
  constructor() {
    this.now = 0;
    this.last = 0;
    this.timers = new Map();
    pretend("setTimeout", (run, ms = 0) => {
      this.timers.set(++this.last, { run, due: this.now + ms });
      return this.last;
    });
    pretend("clearTimeout", (id) => this.timers.delete(id));
  }

  pass(ms) {
    const end = this.now + ms;
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.due <= end).sort(([a, x], [b, y]) => x.due - y.due || a - b);
      if (!due.length) break;
      const [id, { run, due: at }] = due[0];
      this.timers.delete(id);
      this.now = Math.max(at, this.now);
      run();
    }
    this.now = end;
  }

  /** Lets what is under way end, but no time pass. */
  async settle() {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets time pass until `done` holds. */
  async until(done, most = 2000) {
    for (let i = 0; i < most; i++) {
      await this.settle();
      if (done()) return;
      this.pass(500);
    }
    throw new Error("it never came to that");
  }
}
