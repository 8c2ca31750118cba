/**
 * A jsPsych plugin: choose one of several slot machines by key, touch or mouse, and see what it pays.
 *
 * What the machines pay is nowhere in the document before the choice. Response times count from the first paint.
 */
import { clock, since } from "./clock.js";
import { announce, inputOf } from "./dom.js";
import { keysOf, onKeys } from "./keys.js";
import { Lifetime } from "./lifetime.js";
import { Machines } from "./machines.js";
import { say } from "./words.js";

const { ParameterType } = jsPsychModule;

// How long the reels turn before the payoff stands still, at most.
const LONGEST_SPIN = 800;

const info = {
  name: "slot-machines",
  version: "0.1.0",
  parameters: {
    /** One `{color, value}` an arm: a CSS colour and what the arm pays. */
    bandits: { type: ParameterType.COMPLEX, array: true },
    /** What each arm pays, as it is shown; the values themselves when empty. */
    payoffs: { type: ParameterType.STRING, array: true, default: [] },
    /** What stands on the machines; 1, 2, ... when empty. */
    labels: { type: ParameterType.STRING, array: true, default: [] },
    /** The arms, from 0, that can be chosen; all when empty. */
    offered: { type: ParameterType.INT, array: true, default: [] },
    /** positions[arm] is the arm's place on the screen, in reading order from 0; the arm itself when empty. */
    positions: { type: ParameterType.INT, array: true, default: [] },
    /** Whether to show what the chosen machine pays, or what all that were offered pay. */
    feedback: { type: ParameterType.SELECT, options: ["chosen", "all"], default: "chosen" },
    /** Whether to show what was paid at all: of a trial with several choices, some only lead on. */
    pays: { type: ParameterType.BOOL, default: true },
    /** Milliseconds after which the trial is missed; null waits. */
    duration: { type: ParameterType.FLOAT, default: null },
    /** Milliseconds from the choice, or from missing it, to the end of the trial. */
    time_after_response: { type: ParameterType.FLOAT, default: 2000 },
    /** How long the screen stays empty afterwards, in milliseconds. */
    inter_trial_interval: { type: ParameterType.FLOAT, default: 0 },
  },
  data: {
    /** The chosen arm, from 0; null when missed. */
    response: { type: ParameterType.INT },
    /** The same, under the name that SweetBean reads. */
    choice: { type: ParameterType.INT },
    /** What the chosen arm paid; 0 when missed. */
    value: { type: ParameterType.FLOAT },
    missed: { type: ParameterType.BOOL },
    /** Milliseconds from the first paint to the response; null when missed. */
    rt: { type: ParameterType.FLOAT },
    /** "mouse", "touch", "pen", "keyboard", or null when missed. */
    input: { type: ParameterType.STRING },
  },
};

/**
 * @typedef {object} Parameters
 * @property {{color?: unknown, value: unknown}[]} bandits
 * @property {string[]} payoffs
 * @property {string[]} labels
 * @property {number[]} offered
 * @property {number[]} positions
 * @property {"chosen" | "all"} feedback
 * @property {boolean} pays
 * @property {number | null} duration
 * @property {number} time_after_response
 * @property {number} inter_trial_interval
 */

export class SlotMachinesPlugin {
  static info = info;

  /** @param {import("jspsych").JsPsych} jsPsych */
  constructor(jsPsych) {
    this.jsPsych = jsPsych;
  }

  /** @param {HTMLElement} display @param {Parameters} trial */
  trial(display, trial) {
    const { payoffs, ...arms } = filled(trial);
    const spin = Math.min(trial.time_after_response / 2, LONGEST_SPIN);
    const machines = new Machines(display, arms, (arm, event) => respond(arm, inputOf(event)));
    const lifetime = new Lifetime(display);
    const release = onKeys((key) => {
      const arm = arms.keys.indexOf(key.toLowerCase());
      if (arms.offered.includes(arm)) respond(arm, "keyboard");
    });
    lifetime.onEnd(release);
    lifetime.onEnd(() => machines.close());
    announce(/** @type {string} */ (machines.room.getAttribute("aria-label")));

    let painted = clock.now();
    let over = false;
    /** @type {import("./clock.js").Timer | null} */
    let limit = null;

    /** @param {number} arm @param {string} input */
    const respond = (arm, input) => {
      if (over) return;
      close();
      const rt = since(painted);
      machines.pull(arm, spin);
      if (trial.pays) lifetime.after(spin, () => {
        const shown = trial.feedback === "all" ? arms.offered : [arm];
        for (const other of shown) machines.reveal(other, payoffs[other]);
        announce(shown.map((other) => say("outcome", { label: arms.labels[other], value: payoffs[other] })).join(", "));
      });
      finish({ response: arm, choice: arm, value: trial.bandits[arm].value, missed: false, rt, input });
    };

    const miss = () => {
      close();
      machines.miss(say("missed"));
      announce(say("missed"));
      finish({ response: null, choice: null, value: 0, missed: true, rt: null, input: null });
    };

    const close = () => {
      over = true;
      release();
      if (limit) lifetime.cancel(limit);
    };

    /** @param {Record<string, unknown>} data */
    const finish = (data) => {
      lifetime.after(trial.time_after_response, () => {
        if (!trial.inter_trial_interval) return this.jsPsych.finishTrial(data);
        display.replaceChildren(lifetime.marker);
        lifetime.after(trial.inter_trial_interval, () => this.jsPsych.finishTrial(data));
      });
    };

    lifetime.painted(() => {
      painted = clock.now();
      if (trial.duration !== null && !over) limit = lifetime.after(trial.duration, miss);
    });
  }

  /**
   * jsPsych's simulation: an offered arm at random, after about a second, unless `options.data` says otherwise.
   * @param {Parameters} trial @param {"data-only" | "visual"} mode @param {any} options @param {() => void} load
   */
  simulate(trial, mode, options, load) {
    const { offered } = filled(trial);
    const { randomization, pluginAPI } = this.jsPsych;
    const rt = randomization.sampleExGaussian(800, 50, 1 / 200, true);
    const response = randomization.sampleWithoutReplacement(offered, 1)[0];
    const data = pluginAPI.mergeSimulationData({ rt, response }, options);
    const missed = data.response === null || (trial.duration !== null && data.rt >= trial.duration);
    if (mode === "visual") {
      const display = this.jsPsych.getDisplayElement();
      this.trial(display, trial);
      load();
      if (!missed) clock.after(data.rt, () => press(display, data.response));
      return;
    }
    load();
    const chosen = missed ? null : data.response;
    this.jsPsych.finishTrial({
      value: missed ? 0 : trial.bandits[data.response].value,
      ...data,
      rt: missed ? null : data.rt,
      response: chosen,
      choice: chosen,
      missed,
      input: missed ? null : "simulated",
    });
  }
}

/** @param {HTMLElement} display @param {number} arm */
function press(display, arm) {
  /** @type {HTMLElement | null} */ (display.querySelector(`[data-arm="${arm}"]`))?.click();
}

/** The parameters with every list as long as there are arms. @param {Parameters} trial */
function filled({ bandits, labels, offered, positions, payoffs }) {
  const arms = bandits.map((_, arm) => arm);
  const names = labels.length ? labels : arms.map((arm) => String(arm + 1));
  const places = positions.length ? positions : arms;
  return {
    bandits,
    labels: names,
    offered: offered.length ? offered : arms,
    positions: places,
    payoffs: payoffs.length ? payoffs : bandits.map(({ value }) => String(value)),
    keys: keysOf(names, places),
  };
}
