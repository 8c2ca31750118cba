/**
 * What lives as long as a trial: its timers and listeners end with it, whoever ends it (the plugin itself, an extension,
 * `jsPsych.abortExperiment`). jsPsych tells a plugin nothing of that, but empties the display at the end of every trial.
 */
import { clock } from "./clock.js";
import { element } from "./dom.js";

/** @typedef {import("./clock.js").Timer} Timer */

export class Lifetime {
  /** @param {HTMLElement} display the element that jsPsych empties */
  constructor(display) {
    this.over = false;
    /** Stands in the display, unseen, as long as the trial lasts. */
    this.marker = element("template");
    /** @type {Set<Timer>} */
    this.timers = new Set();
    /** @type {(() => void)[]} */
    this.releases = [];
    this.observer = new MutationObserver(() => {
      if (!this.marker.isConnected) this.end();
    });
    display.append(this.marker);
    this.observer.observe(display, { childList: true });
  }

  /** @param {number} ms @param {() => void} run */
  after(ms, run) {
    const timer = clock.after(ms, () => {
      this.timers.delete(timer);
      run();
    });
    this.timers.add(timer);
    return timer;
  }

  /** @param {Timer} timer */
  cancel(timer) {
    clock.cancel(timer);
    this.timers.delete(timer);
  }

  /** @param {() => void} run */
  painted(run) {
    clock.painted(() => {
      if (!this.over) run();
    });
  }

  /** @param {() => void} release called once, when the trial ends */
  onEnd(release) {
    this.releases.push(release);
  }

  end() {
    if (this.over) return;
    this.over = true;
    this.observer.disconnect();
    for (const timer of this.timers) clock.cancel(timer);
    for (const release of this.releases) release();
  }
}
