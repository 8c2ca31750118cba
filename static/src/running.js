/** Runs what is left of a game in jsPsych. */
import { InstructionsPlugin } from "./instructions.js";
import { SlotMachinesPlugin } from "./slot-machines.js";
import { TextScreenPlugin } from "./text-screen.js";
import { timeline } from "./timeline.js";

// The names under which SweetBean and other jsPsych timelines find the plugins; one that is taken stays as it is.
const plugins = {
  jsPsychHtmlChoice: SlotMachinesPlugin,
  jsPsychSlotMachines: SlotMachinesPlugin,
  jsPsychTextScreen: TextScreenPlugin,
  jsPsychInstructionPages: InstructionsPlugin,
};
for (const [name, plugin] of Object.entries(plugins)) {
  if (!(name in window)) Object.assign(window, { [name]: plugin });
}

/**
 * Plays `game` to its end on `stage`.
 * @param {HTMLElement} stage
 * @param {import("./engine.js").Game} game
 * @param {object} given
 * @param {Record<string, unknown>} [given.properties] what every row says
 * @param {(row: Record<string, unknown>) => void | Promise<void>} given.recorded
 * @param {() => void} [given.shown]
 */
export async function run(stage, game, { properties = {}, recorded, shown }) {
  stage.replaceChildren();
  const jsPsych = initJsPsych({ display_element: stage, use_webaudio: false, override_safe_mode: true });
  jsPsych.data.addProperties(properties);
  const trials = timeline(game, recorded, () => {
    stage.tabIndex = -1; // jsPsych makes it a tab stop that does nothing
    shown?.();
  });
  if (trials.length) await jsPsych.run(trials);
  stage.replaceChildren();
}
