/** A jsPsych plugin: pages of text that are turned by button or arrow key. It asks nothing. */
import { clock, since } from "./clock.js";
import { announce, button, element } from "./dom.js";
import { fit } from "./fitting.js";
import { onKeys } from "./keys.js";
import { Lifetime } from "./lifetime.js";
import { say } from "./words.js";

const { ParameterType } = jsPsychModule;

const info = {
  name: "instruction-pages",
  version: "0.1.0",
  parameters: {
    pages: { type: ParameterType.STRING, array: true },
    /** Whether the pages are HTML. They are text unless a researcher says otherwise. */
    markup: { type: ParameterType.BOOL, default: false },
  },
  data: {
    response: { type: ParameterType.STRING },
    /** Milliseconds from the first paint to leaving the last page. */
    rt: { type: ParameterType.FLOAT },
    input: { type: ParameterType.STRING },
  },
};

/** @typedef {{pages: string[], markup: boolean}} Parameters */

export class InstructionsPlugin {
  static info = info;

  /** @param {import("jspsych").JsPsych} jsPsych */
  constructor(jsPsych) {
    this.jsPsych = jsPsych;
  }

  /** @param {HTMLElement} display @param {Parameters} trial */
  trial(display, trial) {
    const { pages, markup } = trial;
    let page = 0;
    let painted = clock.now();
    const lifetime = new Lifetime(display);
    lifetime.painted(() => (painted = clock.now()));

    /** @param {number} turn @param {string} input */
    const turn = (turn, input) => {
      page = Math.max(page + turn, 0);
      if (page < pages.length) {
        show();
        return;
      }
      lifetime.end();
      this.jsPsych.finishTrial({ response: null, rt: since(painted), input });
    };

    const show = () => {
      const text = element("div", { class: "text long", id: "page-text" });
      if (markup) text.innerHTML = pages[page] ?? "";
      else text.textContent = pages[page] ?? "";
      const next = button(say("next"), (input) => turn(1, input));
      const back = button(say("back"), (input) => turn(-1, input), "secondary");
      back.hidden = page === 0;
      const place = say("pageOf", { page: page + 1, pages: pages.length });
      const body = element("section", { class: "body", "aria-label": say("instructions") }, text);
      const foot = element("div", { class: "keys" }, back, next);
      if (pages.length > 1) body.append(element("p", { class: "place" }, place));
      display.replaceChildren(lifetime.marker, element("div", { class: "screen" }, body, foot));
      fit(text);
      announce(`${text.textContent}`);
      next.focus({ preventScroll: true });
    };

    const release = onKeys((key) => {
      if (key === "ArrowRight") turn(1, "keyboard");
      if (key === "ArrowLeft") turn(-1, "keyboard");
    });
    lifetime.onEnd(release);
    show();
  }

  /**
   * jsPsych's simulation: every page is turned after about a second.
   * @param {Parameters} trial @param {"data-only" | "visual"} mode @param {any} options @param {() => void} load
   */
  simulate(trial, mode, options, load) {
    const { randomization, pluginAPI } = this.jsPsych;
    const pace = () => randomization.sampleExGaussian(800, 50, 1 / 200, true);
    if (mode === "visual") {
      this.trial(this.jsPsych.getDisplayElement(), trial);
      load();
      let at = 0;
      for (const _ of trial.pages) clock.after((at += pace()), () => pluginAPI.pressKey("ArrowRight"));
      return;
    }
    load();
    const rt = trial.pages.reduce((total) => total + pace(), 0);
    this.jsPsych.finishTrial(pluginAPI.mergeSimulationData({ response: null, rt, input: "simulated" }, options));
  }
}
