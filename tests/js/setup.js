/** What the page's modules expect of a browser as soon as they are imported; each test brings the rest itself. */

globalThis.window = globalThis;
globalThis.jsPsychModule = await import("jspsych");

/** Puts `value` under a global name, also where Node has one of its own. */
export function pretend(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
