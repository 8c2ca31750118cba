/** A jsPsych plugin: questions on one form, each with options or with a line for free text; all must be answered. */
import { clock, since } from "./clock.js";
import { announce, element, inputOf } from "./dom.js";
import { Lifetime } from "./lifetime.js";
import { say } from "./words.js";

const { ParameterType } = jsPsychModule;

const info = {
  name: "survey-screen",
  version: "0.2.0",
  parameters: {
    /** Each with its prompt, and its options, or null for free text. */
    questions: { type: ParameterType.COMPLEX, array: true },
    /** Whether an answer is recorded as the option's number, from 0, rather than as its text. */
    numbers: { type: ParameterType.BOOL, default: false },
  },
  data: {
    /** The answers under Q0, Q1 and so on. */
    response: { type: ParameterType.OBJECT },
    rt: { type: ParameterType.FLOAT },
    input: { type: ParameterType.STRING },
  },
};

/** @typedef {{prompt: string, options: string[] | null}} Question */
/** @typedef {{box: HTMLElement, answer: () => string | number | null, first: HTMLElement}} Asked */

export class SurveyScreenPlugin {
  static info = info;

  /** @param {import("jspsych").JsPsych} jsPsych */
  constructor(jsPsych) {
    this.jsPsych = jsPsych;
  }

  /** @param {HTMLElement} display @param {{questions: Question[], numbers: boolean}} trial */
  trial(display, trial) {
    const asked = trial.questions.map((question, number) =>
      question.options ? options(question.prompt, question.options, number, trial.numbers) : line(question.prompt, number),
    );
    const submit = element("button", { type: "submit", class: "button primary" }, say("continue"));
    const body = element("div", { class: "body" }, element("div", { class: "questions" }, ...asked.map(({ box }) => box)));
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
      const missing = asked.filter((one) => mark(one, one.answer() === null));
      if (missing.length) {
        missing[0].first.focus();
        return;
      }
      if (lifetime.over) return;
      lifetime.end();
      const response = Object.fromEntries(asked.map(({ answer }, number) => [`Q${number}`, answer()]));
      this.jsPsych.finishTrial({ response, rt: since(painted), input });
    });
  }
}

/** A question with options. @param {string} prompt @param {string[]} labels @param {number} number @param {boolean} numbers @returns {Asked} */
function options(prompt, labels, number, numbers) {
  const inputs = labels.map((_, i) => element("input", { type: "radio", name: `Q${number}`, value: String(i), required: true }));
  const choices = inputs.map((input, i) => element("label", {}, input, element("span", {}, labels[i])));
  const box = element(
    "fieldset",
    { class: "question" },
    element("legend", {}, prompt),
    element("div", { class: "options" }, ...choices),
    problem(number),
  );
  const answer = () => {
    const chosen = inputs.findIndex(({ checked }) => checked);
    return chosen === -1 ? null : numbers ? chosen : labels[chosen];
  };
  return { box, answer, first: inputs[0] };
}

/** A question with a line for free text. @param {string} prompt @param {number} number @returns {Asked} */
function line(prompt, number) {
  const input = element("input", { type: "text", name: `Q${number}`, required: true, autocomplete: "off" });
  const box = element("div", { class: "question" }, element("label", {}, element("span", {}, prompt), input), problem(number));
  return { box, answer: () => (input.value.trim() ? input.value : null), first: input };
}

/** @param {number} number */
function problem(number) {
  return element("p", { class: "problem", id: `problem-${number}`, hidden: true }, say("required"));
}

/** Says, or no longer says, that a question is not answered. @param {Asked} asked @param {boolean} missing */
function mark({ box, first }, missing) {
  const said = /** @type {HTMLElement} */ (box.querySelector(".problem"));
  said.hidden = !missing;
  if (missing) {
    first.setAttribute("aria-describedby", said.id);
    first.setAttribute("aria-invalid", "true");
  } else {
    first.removeAttribute("aria-describedby");
    first.removeAttribute("aria-invalid");
  }
  return missing;
}
