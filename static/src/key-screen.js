/** What plugins have in common whose screen is ended by a key (a button too, for those without a keyboard) or by time. */
import { clock, since } from "./clock.js";
import { announce, button, element } from "./dom.js";
import { keyName, onKeys } from "./keys.js";
import { Lifetime } from "./lifetime.js";
import { say } from "./words.js";

const { ParameterType } = jsPsychModule;

export const KEY_PARAMETERS = {
  /** The keys that end the screen, as `KeyboardEvent.key` names them. */
  choices: { type: ParameterType.STRING, array: true, default: [] },
  /** Milliseconds after which the screen ends by itself; null waits for a key. */
  duration: { type: ParameterType.FLOAT, default: null },
  /** Whether the screen goes on behind the first key, which is the one that counts. */
  stays: { type: ParameterType.BOOL, default: false },
};

export const KEY_DATA = {
  /** The key pressed, in capitals; null when none was. */
  response: { type: ParameterType.STRING },
  rt: { type: ParameterType.FLOAT },
  input: { type: ParameterType.STRING },
};

/** @typedef {{choices: string[], duration: number | null, stays?: boolean}} Parameters */
/** @typedef {{node: HTMLElement, spoken: string, placed?: (screen: Standing) => void}} Content what is shown, what a screen reader says, what is done once it stands */
/** @typedef {{lifetime: Lifetime, over: () => void, answer: (response: string | number, input: string) => void}} Standing the screen that stands, and how it is ended: by itself, or by what is no key */

export class KeyScreen {
  /** @param {import("jspsych").JsPsych} jsPsych */
  constructor(jsPsych) {
    this.jsPsych = jsPsych;
  }

  /** What is shown above the keys. @param {any} trial @returns {Content} */
  content(trial) {
    throw new Error(`Nothing to show for ${JSON.stringify(trial)}`);
  }

  /** @param {HTMLElement} display @param {Parameters} trial */
  trial(display, trial) {
    const { node, spoken, placed } = this.content(trial);
    const keys = trial.choices.map((key) => button(keyName(key), (input) => respond(key, input), "key"));
    const screen = element("div", { class: "screen" }, element("div", { class: "body" }, node));
    if (keys.length) screen.append(element("div", { class: "keys", role: "group", "aria-label": say("answers") }, ...keys));
    display.append(screen);
    announce(spoken);

    let painted = clock.now();
    /** @type {{response: string | number, rt: number, input: string} | null} */
    let kept = null;
    const lifetime = new Lifetime(display);
    const release = onKeys((pressed, event) => {
      const key = trial.choices.find((choice) => choice.toLowerCase() === pressed.toLowerCase());
      if (key === undefined) return;
      event.preventDefault(); // or Enter and Space would press the focused button as well
      respond(key, "keyboard");
    });
    lifetime.onEnd(release);

    /** @param {string} key @param {string} input */
    const respond = (key, input) => answer(key.toUpperCase(), input);

    /** @param {string | number} response @param {string} input */
    const answer = (response, input) => {
      if (!trial.stays) return end(response, input);
      kept ??= { response, rt: since(painted), input };
    };

    /** @param {string | number | null} response @param {string | null} input */
    const end = (response, input) => {
      if (lifetime.over) return;
      lifetime.end();
      this.jsPsych.finishTrial(kept ?? { response, rt: response === null ? null : since(painted), input });
    };

    placed?.({ lifetime, over: () => end(null, null), answer });
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
