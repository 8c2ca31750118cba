/**
 * What a study that is collected also wants to know of every screen: whether it came when it should, and whether a person's
 * hand answered it. Times are in milliseconds of task time since the sitting began.
 */
import { clock } from "./clock.js";
import { Typing } from "./typing.js";

// Until the screen's rate has been measured.
const USUAL_RATE = 60;

export class Observation {
  /** @param {Record<string, unknown>} device whose `refresh_rate` is known once it has been measured */
  constructor(device) {
    this.device = device;
    this.start = clock.now();
    /** When the screen is due: as soon as the one before has ended. */
    this.due = this.start;
    /** @type {number | null} */
    this.onset = null;
    /** @type {boolean | null} */
    this.trusted = null;
    this.dropped = 0;
    /** @type {number | null} */
    this.write = null;
    /** @type {number | null} */
    this.lastFrame = null;
    this.typing = new Typing();
    this.answered = (/** @type {Event} */ event) => (this.trusted = event.isTrusted);
    window.addEventListener("click", this.answered, true);
    window.addEventListener("keydown", this.answered, true);
    this.frame = requestAnimationFrame((time) => this.#count(time));
  }

  /** A screen has been built; it is seen from its first paint on. */
  shown() {
    clock.painted(() => (this.onset ??= clock.now()));
    this.typing.shown();
  }

  /** What is known of the screen that ends now. */
  take() {
    const now = clock.now();
    const seen = {
      scheduled_onset: this.#since(this.due),
      onset: this.onset === null ? null : this.#since(this.onset),
      dropped_frames: this.dropped,
      trusted: this.trusted,
      write_ms: this.write,
      ...this.typing.take(),
    };
    [this.due, this.onset, this.trusted, this.dropped, this.write] = [now, null, null, 0, null];
    return seen;
  }

  /** How long it took to keep the row before. @param {number} ms */
  written(ms) {
    this.write = Math.round(ms * 10) / 10;
  }

  stop() {
    window.removeEventListener("click", this.answered, true);
    window.removeEventListener("keydown", this.answered, true);
    cancelAnimationFrame(this.frame);
    this.typing.stop();
  }

  /** @param {number} time */
  #since(time) {
    return Math.round((time - this.start) * 10) / 10;
  }

  /** @param {number} time of this frame */
  #count(time) {
    const gap = 1000 / (Number(this.device.refresh_rate) || USUAL_RATE);
    if (this.lastFrame !== null) this.dropped += Math.max(Math.round((time - this.lastFrame) / gap) - 1, 0);
    // What happens behind a notice is no frame of the task.
    this.lastFrame = document.hidden || document.querySelector("dialog[open]") ? null : time;
    this.frame = requestAnimationFrame((next) => this.#count(next));
  }
}
