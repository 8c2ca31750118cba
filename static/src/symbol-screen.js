/** A jsPsych plugin: plain shapes, ended by a key or by time. */
import { element } from "./dom.js";
import { KEY_DATA, KEY_PARAMETERS, KeyScreen } from "./key-screen.js";
import { drawn } from "./symbols.js";

const { ParameterType } = jsPsychModule;

const info = {
  name: "symbol-screen",
  version: "0.2.0",
  parameters: {
    items: { type: ParameterType.COMPLEX, array: true },
    canvas: { type: ParameterType.OBJECT },
    ...KEY_PARAMETERS,
  },
  data: KEY_DATA,
};

export class SymbolScreenPlugin extends KeyScreen {
  static info = info;

  /** @override @param {{items: Record<string, any>[], canvas: {width: number, height: number, background: string}}} trial @returns {import("./key-screen.js").Content} */
  content(trial) {
    const picture = drawn(trial.items, trial.canvas);
    return { node: element("div", { class: "picture" }, picture), spoken: picture.getAttribute("aria-label") ?? "" };
  }
}
