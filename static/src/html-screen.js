/** A jsPsych plugin: HTML that says what its words say, ended by a key or by time. */
import { element } from "./dom.js";
import { fit } from "./fitting.js";
import { KEY_DATA, KEY_PARAMETERS, KeyScreen } from "./key-screen.js";
import { built, coloured } from "./markup.js";

const { ParameterType } = jsPsychModule;

const info = {
  name: "html-screen",
  version: "0.2.0",
  parameters: {
    stimulus: { type: ParameterType.STRING },
    ...KEY_PARAMETERS,
  },
  data: KEY_DATA,
};

export class HtmlScreenPlugin extends KeyScreen {
  static info = info;

  /** @override @param {{stimulus: string}} trial @returns {import("./key-screen.js").Content} */
  content(trial) {
    const made = built(trial.stimulus);
    const node = element("div", { class: "text" }, made);
    const placed = () => {
      coloured(made);
      fit(node);
    };
    return { node, spoken: made.textContent ?? "", placed };
  }
}
