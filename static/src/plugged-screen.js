/** The jsPsych plugin of a kind that says in a few lines what its screen shows and what can be responded. */

const { Lifetime, announce, button, element, fit, now, onKeys, say, since } = window.twinbean;
const { ParameterType } = jsPsychModule;

/** @typedef {string | number | null} Response */
/** @typedef {(screen: Screen, values: Record<string, any>) => void} Show builds a screen from the values of its arguments */

/** What `show` is given: a screen to fill, and the ways in which it ends. */
export class Screen {
  /** @param {import("./lifetime.js").Lifetime} lifetime @param {(response: Response, input: string | null) => void} respond ends the screen */
  constructor(lifetime, respond) {
    this.respond = respond;
    this.body = element("div", { class: "body" });
    this.choices = element("div", { class: "keys", role: "group", "aria-label": say("answers") });
    /** @type {Map<string, Response>} */
    this.keys = new Map();
    this.lifetime = lifetime;
  }

  /** A text, as large as there is room. @param {string} content */
  text(content) {
    return this.add(element("p", { class: "text" }, content));
  }

  /** Anything else. @template {HTMLElement} T @param {T} node @returns {T} */
  add(node) {
    this.body.append(node);
    return node;
  }

  /**
   * A button that responds, and its key, if it has one.
   * @param {string} label @param {Response} response @param {string} [key]
   */
  choice(label, response, key) {
    const made = button(label, (input) => this.respond(response, input), "key");
    made.dataset.option = String(response);
    if (key !== undefined) this.keys.set(key.toLowerCase(), response);
    this.choices.append(made);
    return made;
  }

  /** What happens after so many milliseconds on the screen, unless it has ended. @param {number} ms @param {() => void} run */
  after(ms, run) {
    this.lifetime.painted(() => this.lifetime.after(ms, run));
  }

  /** What is undone when the screen ends. @param {() => void} release */
  onEnd(release) {
    this.lifetime.onEnd(release);
  }
}

/** @param {string} name of the kind @param {Show} show */
export function screenOf(name, show) {
  return class {
    static info = {
      name,
      version: "1.0.0",
      parameters: { values: { type: ParameterType.OBJECT } },
      data: { response: { type: ParameterType.STRING }, rt: { type: ParameterType.FLOAT }, input: { type: ParameterType.STRING } },
    };

    /** @param {import("jspsych").JsPsych} jsPsych */
    constructor(jsPsych) {
      this.jsPsych = jsPsych;
    }

    /** @param {HTMLElement} display @param {{values: Record<string, any>}} trial */
    trial(display, { values }) {
      let painted = now();
      const lifetime = new Lifetime(display);
      const screen = new Screen(lifetime, (response, input) => {
        if (lifetime.over) return;
        lifetime.end();
        this.jsPsych.finishTrial({ response, rt: response === null ? null : since(painted), input });
      });
      show(screen, values);
      const whole = element("div", { class: "screen" }, screen.body);
      if (screen.choices.hasChildNodes()) whole.append(screen.choices);
      display.append(whole);
      for (const text of /** @type {NodeListOf<HTMLElement>} */ (screen.body.querySelectorAll(".text"))) fit(text);
      announce(screen.body.textContent ?? "");
      const release = onKeys((pressed, event) => {
        const response = screen.keys.get(pressed.toLowerCase());
        if (response === undefined) return;
        event.preventDefault(); // or Enter and Space would press the focused button as well
        screen.respond(response, "keyboard");
      });
      lifetime.onEnd(release);
      lifetime.painted(() => {
        painted = now();
        const { duration = null } = values;
        if (duration !== null) lifetime.after(Number(duration), () => screen.respond(null, null));
      });
    }
  };
}
