/** A jsPsych plugin: choose one of several options, each described on a card, by key, touch or mouse. */
import { Cards } from "./cards.js";
import { SlotMachinesPlugin } from "./slot-machines.js";

const { ParameterType } = jsPsychModule;

const info = {
  ...SlotMachinesPlugin.info,
  name: "option-screen",
  version: "0.3.0",
  parameters: {
    ...SlotMachinesPlugin.info.parameters,
    /** What is said of each option. */
    texts: { type: ParameterType.STRING, array: true },
    /** Whether to show nothing of what is paid, what the chosen option pays, or what all pay. */
    feedback: { type: ParameterType.SELECT, options: ["none", "chosen", "all"], default: "none" },
  },
};

export class OptionScreenPlugin extends SlotMachinesPlugin {
  /** @override */
  static info = info;

  /** @override @returns {number} */
  get spin() {
    return 0;
  }

  /**
   * Cards. @override
   * @param {HTMLElement} display @param {import("./machines.js").Arms} arms @param {(arm: number, event: Event) => void} press
   * @param {import("./slot-machines.js").Parameters & {texts?: string[]}} trial
   */
  choices(display, arms, press, trial) {
    return new Cards(display, arms, trial.texts ?? [], trial.feedback !== "none", press);
  }
}
