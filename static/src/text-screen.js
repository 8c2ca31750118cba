/** A jsPsych plugin: a text, ended by a key or by time. */
import { colourText } from "./colour.js";
import { element } from "./dom.js";
import { fit } from "./fitting.js";
import { KEY_DATA, KEY_PARAMETERS, KeyScreen } from "./key-screen.js";

const { ParameterType } = jsPsychModule;

const info = {
  name: "text-screen",
  version: "0.1.0",
  parameters: {
    text: { type: ParameterType.STRING },
    /** A CSS colour; white and black stand for the page's own text colour. */
    color: { type: ParameterType.STRING, default: "" },
    ...KEY_PARAMETERS,
  },
  data: KEY_DATA,
};

export class TextScreenPlugin extends KeyScreen {
  static info = info;

  /** @override @param {{text: string, color: string}} trial @returns {import("./key-screen.js").Content} */
  content(trial) {
    const node = element("p", { class: "text" }, trial.text);
    const placed = () => {
      colourText(node, trial.color);
      fit(node);
    };
    return { node, spoken: trial.text, placed };
  }
}
