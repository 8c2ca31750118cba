/** A jsPsych plugin: a text, ended by a key (which is a button too, for those who have no keyboard) or by time. */
import { clock, since } from "./clock.js";
import { colourText } from "./colour.js";
import { announce, button, element } from "./dom.js";
import { fit } from "./fitting.js";
import { keyName, onKeys } from "./keys.js";
import { Lifetime } from "./lifetime.js";
import { say } from "./words.js";

const { ParameterType } = jsPsychModule;

const info = {
  name: "text-screen",
  version: "0.1.0",
  parameters: {
    text: { type: ParameterType.STRING },
    /** A CSS colour; white and black stand for the page's own text colour. */
    color: { type: ParameterType.STRING, default: "" },
    /** The keys that end the screen, as `KeyboardEvent.key` names them. */
    choices: { type: ParameterType.STRING, array: true, default: [] },
    /** Milliseconds after which the screen ends by itself; null waits for a key. */
    duration: { type: ParameterType.FLOAT, default: null },
  },
  data: {
    /** The key pressed, in capitals; null when none was. */
    response: { type: ParameterType.STRING },
    rt: { type: ParameterType.FLOAT },
    input: { type: ParameterType.STRING },
  },
};

/** @typedef {{text: string, color: string, choices: string[], duration: number | null}} Parameters */

export class TextScreenPlugin {
  static info = info;

  /** @param {import("jspsych").JsPsych} jsPsych */
  constructor(jsPsych) {
    this.jsPsych = jsPsych;
  }

  /** @param {HTMLElement} display @param {Parameters} trial */
  trial(display, trial) {
    const text = element("p", { class: "text" }, trial.text);
    const keys = trial.choices.map((key) => button(keyName(key), (input) => respond(key, input), "key"));
    const screen = element("div", { class: "screen" }, element("div", { class: "body" }, text));
    if (keys.length) screen.append(element("div", { class: "keys", role: "group", "aria-label": say("answers") }, ...keys));
    display.append(screen);
    colourText(text, trial.color);
    fit(text);
    announce(trial.text);

    let painted = clock.now();
    const lifetime = new Lifetime(display);
    const release = onKeys((pressed, event) => {
      const key = trial.choices.find((choice) => choice.toLowerCase() === pressed.toLowerCase());
      if (key === undefined) return;
      event.preventDefault(); // or Enter and Space would press the focused button as well
      respond(key, "keyboard");
    });
    lifetime.onEnd(release);

    /** @param {string} key @param {string} input */
    const respond = (key, input) => end(key.toUpperCase(), input);

    /** @param {string | null} response @param {string | null} input */
    const end = (response, input) => {
      if (lifetime.over) return;
      lifetime.end();
      this.jsPsych.finishTrial({ response, rt: response === null ? null : since(painted), input });
    };

    lifetime.painted(() => {
      painted = clock.now();
      if (trial.duration !== null) lifetime.after(trial.duration, () => end(null, null));
    });
  }

  /**
   * jsPsych's simulation: a key at random, or none where none is asked for.
   * @param {Parameters} trial @param {"data-only" | "visual"} mode @param {any} options @param {() => void} load
   */
  simulate(trial, mode, options, load) {
    const { randomization, pluginAPI } = this.jsPsych;
    const key = trial.choices.length ? randomization.sampleWithoutReplacement(trial.choices, 1)[0] : null;
    const rt = randomization.sampleExGaussian(800, 50, 1 / 200, true);
    const data = pluginAPI.mergeSimulationData({ rt, response: key && key.toUpperCase() }, options);
    const silent = data.response === null || (trial.duration !== null && data.rt >= trial.duration);
    if (mode === "visual") {
      this.trial(this.jsPsych.getDisplayElement(), trial);
      load();
      if (!silent) clock.after(data.rt, () => pluginAPI.pressKey(data.response));
      return;
    }
    load();
    this.jsPsych.finishTrial(silent ? { response: null, rt: null, input: null } : { ...data, input: "simulated" });
  }
}
