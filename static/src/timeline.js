/** One jsPsych trial for each screen of a game. jsPsych asks for a trial's parameters when the trial starts. */
import { kindOf } from "./kinds/index.js";

/** @typedef {import("./engine.js").Game} Game */

/**
 * The trials that are left of `game`. `recorded` is given every row before the next screen starts.
 * @param {Game} game
 * @param {(row: Record<string, unknown>) => void | Promise<void>} recorded
 * @param {() => void} [shown] called when a screen has been built
 */
export function timeline(game, recorded, shown = () => {}) {
  const begun = game.position;
  return game.steps.slice(begun).map(({ stimulus, block, phase }, i) => {
    const { plugin, parameters, timed } = kindOf(stimulus.kind);
    const evaluated = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, () => value(game.screen().row, game.definition)]),
    );
    const trial = {
      type: plugin,
      ...evaluated,
      ...timed?.(game.definition.timing ?? {}),
      on_load: shown,
      /** @param {Record<string, any>} data */
      on_finish: async (data) => {
        const beans = game.finish(data.response);
        // A resumed session counts on where the rows before it stopped.
        Object.assign(data, { block, phase, trial_index: game.rows.length - 1 }, beans);
        await recorded(data);
      },
    };
    // What the end of a loop leaves out is not shown.
    return game.definition.loops?.length ? { timeline: [trial], conditional_function: () => game.position === begun + i } : trial;
  });
}
