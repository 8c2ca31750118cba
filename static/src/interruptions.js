/** Notices when the participant leaves the window: the task waits behind a notice, and the record says so. */
import { TaskClock, clock } from "./clock.js";
import { button, element } from "./dom.js";
import { say } from "./words.js";

/** @typedef {{event: "left" | "asked" | "resized", at: number, ms?: number, window?: number[]}} Interruption */

export class Interruptions {
  constructor() {
    /** @type {Interruption[]} */
    this.since = [];
    this.start = clock.now();
    /** @type {HTMLDialogElement | null} */
    this.notice = null;
    this.left = () => this.#pause();
    this.hidden = () => document.hidden && this.#pause();
    this.resized = () => this.since.push({ event: "resized", at: this.#at(), window: [innerWidth, innerHeight] });
    window.addEventListener("blur", this.left);
    window.addEventListener("resize", this.resized);
    document.addEventListener("visibilitychange", this.hidden);
  }

  /** What happened since the last call, with `at` in milliseconds of task time since then. */
  take() {
    const taken = this.since;
    this.since = [];
    this.start = clock.now();
    return taken;
  }

  stop() {
    window.removeEventListener("blur", this.left);
    window.removeEventListener("resize", this.resized);
    document.removeEventListener("visibilitychange", this.hidden);
  }

  /** The participant opened a notice of the page's own and came back after `ms`. @param {number} ms */
  asked(ms) {
    this.since.push({ event: "asked", at: this.#at(), ms: Math.round(ms) });
  }

  #at() {
    return Math.round(clock.now() - this.start);
  }

  #pause() {
    if (this.notice || !(clock instanceof TaskClock)) return;
    const task = clock;
    const from = performance.now();
    const at = this.#at();
    task.pause();
    const text = element("p", { id: "paused-text" }, say("pausedText"));
    const notice = element("dialog", { class: "notice-box", "aria-labelledby": "paused" }, element("h2", { id: "paused" }, say("paused")), text);
    notice.append(button(say("continue"), () => notice.close()));
    notice.addEventListener("close", () => {
      notice.remove();
      this.notice = null;
      this.since.push({ event: "left", at, ms: Math.round(performance.now() - from) });
      task.resume();
    });
    document.body.append(notice);
    notice.showModal();
    this.notice = notice;
  }
}
