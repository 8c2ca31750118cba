/** A jsPsych plugin: one of several pieces of HTML is chosen by mouse, touch or keyboard. */
import { clock, since } from "./clock.js";
import { announce, element, inputOf } from "./dom.js";
import { Lifetime } from "./lifetime.js";
import { built, coloured } from "./markup.js";
import { say } from "./words.js";

const { ParameterType } = jsPsychModule;

const info = {
  name: "choice-screen",
  version: "0.2.0",
  parameters: {
    /** HTML of which a model reads the words. */
    options: { type: ParameterType.STRING, array: true },
    /** Milliseconds after which the screen ends by itself; null waits for a choice. */
    duration: { type: ParameterType.FLOAT, default: null },
    /** Milliseconds for which what was chosen stays. */
    time_after_response: { type: ParameterType.FLOAT, default: 0 },
  },
  data: {
    /** The option, from 0; null when none was chosen. */
    response: { type: ParameterType.INT },
    rt: { type: ParameterType.FLOAT },
    input: { type: ParameterType.STRING },
  },
};

export class ChoiceScreenPlugin {
  static info = info;

  /** @param {import("jspsych").JsPsych} jsPsych */
  constructor(jsPsych) {
    this.jsPsych = jsPsych;
  }

  /** @param {HTMLElement} display @param {{options: string[], duration: number | null, time_after_response: number}} trial */
  trial(display, trial) {
    const buttons = trial.options.map((option, number) => {
      const made = element("button", { type: "button", class: "option", "data-option": String(number) }, built(option));
      made.addEventListener("click", (event) => choose(number, inputOf(event)));
      return made;
    });
    const group = element("div", { class: "choices", role: "group", "aria-label": say("answers") }, ...buttons);
    display.append(element("div", { class: "screen" }, element("div", { class: "body" }, group)));
    for (const made of buttons) coloured(made);
    announce(buttons.map(({ textContent }) => textContent).join(", "));

    let painted = clock.now();
    const lifetime = new Lifetime(display);
    /** @type {import("./clock.js").Timer | null} */
    let window = null;
    let chosen = false;

    /** @param {number} number @param {string} input */
    const choose = (number, input) => {
      if (chosen || lifetime.over) return;
      chosen = true;
      if (window) lifetime.cancel(window);
      const rt = since(painted);
      for (const [other, made] of buttons.entries()) {
        made.classList.toggle("chosen", other === number);
        made.disabled = other !== number;
      }
      buttons[number].setAttribute("aria-pressed", "true");
      lifetime.after(trial.time_after_response, () => end({ response: number, rt, input }));
    };

    /** @param {{response: number | null, rt: number | null, input: string | null}} data */
    const end = (data) => {
      lifetime.end();
      this.jsPsych.finishTrial(data);
    };

    lifetime.painted(() => {
      painted = clock.now();
      if (trial.duration !== null) {
        window = lifetime.after(trial.duration, () => end({ response: null, rt: null, input: null }));
      }
    });
  }
}
