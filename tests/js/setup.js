/** What the page's modules expect of a browser as soon as they are imported; each test brings the rest itself. */
import "./window.js";

// A static import: modules that stand beside one with a top-level await are evaluated before it is done.
import * as jsPsychModule from "jspsych";

globalThis.jsPsychModule = jsPsychModule;

/** Puts `value` under a global name, also where Node has one of its own. */
export function pretend(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
