/** A jsPsych plugin: questions on one form; the page goes on when all that must be answered are. */
import { clock, since } from "./clock.js";
import { announce, button, element, inputOf } from "./dom.js";
import { fit } from "./fitting.js";
import { Lifetime } from "./lifetime.js";
import { asked } from "./questions.js";
import { passes } from "./right.js";
import { say } from "./words.js";

const { ParameterType } = jsPsychModule;

const info = {
  name: "survey-screen",
  version: "0.2.0",
  parameters: {
    /** As questions.js has them. */
    questions: { type: ParameterType.COMPLEX, array: true },
    /** What is read where an answer is not the right one; nothing says so where it is empty. */
    wrong: { type: ParameterType.STRING, default: "" },
  },
  data: {
    /** The answers under the names of the questions. */
    response: { type: ParameterType.OBJECT },
    rt: { type: ParameterType.FLOAT },
    input: { type: ParameterType.STRING },
  },
};

export class SurveyScreenPlugin {
  static info = info;

  /** @param {import("jspsych").JsPsych} jsPsych */
  constructor(jsPsych) {
    this.jsPsych = jsPsych;
  }

  /** @param {HTMLElement} display @param {{questions: import("./questions.js").Question[], wrong: string}} trial */
  trial(display, trial) {
    const all = trial.questions.map(asked);
    const submit = element("button", { type: "submit", class: "button primary" }, say("continue"));
    const body = element("div", { class: "body" }, element("div", { class: "questions" }, ...all.map(({ box }) => box)));
    const form = element("form", { class: "screen survey", novalidate: true }, body, element("div", { class: "keys" }, submit));
    display.append(form);
    announce(trial.questions.map(({ prompt }) => prompt).join(" "));

    let painted = clock.now();
    let input = "keyboard";
    const lifetime = new Lifetime(display);
    lifetime.painted(() => (painted = clock.now()));
    submit.addEventListener("click", (event) => (input = inputOf(event)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wrong = all.filter((one) => one.problem() !== null);
      if (wrong.length) {
        wrong[0].first.focus();
        return;
      }
      if (lifetime.over) return;
      const response = Object.fromEntries(all.map(({ answer }, number) => [trial.questions[number].name, answer()]));
      const data = { response, rt: since(painted), input };
      const go = () => {
        if (lifetime.over) return;
        lifetime.end();
        this.jsPsych.finishTrial(data);
      };
      if (trial.wrong && !passes(trial.questions, response)) tell(display, lifetime, trial.wrong, go);
      else go();
    });
  }
}

/** Says something in the place of the questions, until it has been read. @param {HTMLElement} display @param {Lifetime} lifetime @param {string} words @param {() => void} go */
function tell(display, lifetime, words, go) {
  const text = element("p", { class: "text long wrong" }, words);
  const next = button(say("continue"), go);
  const body = element("div", { class: "body" }, text);
  display.replaceChildren(lifetime.marker, element("div", { class: "screen" }, body, element("div", { class: "keys" }, next)));
  fit(text);
  announce(words);
  next.focus({ preventScroll: true });
}
