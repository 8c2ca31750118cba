/** One jsPsych trial for each screen of a game. jsPsych asks for a trial's parameters when the trial starts. */
import { isTrial, list } from "./engine.js";
import { InstructionsPlugin } from "./instructions.js";
import { payoff } from "./payoffs.js";
import { py } from "./python/index.js";
import { Dict } from "./python/values.js";
import { SlotMachinesPlugin } from "./slot-machines.js";
import { TextScreenPlugin } from "./text-screen.js";

/** @typedef {import("./engine.js").Game} Game */
/** @typedef {import("./python/values.js").Value} Value */
/** @typedef {Map<string, Value>} Row */

/**
 * The trials that are left of `game`. `recorded` is given every row before the next screen starts.
 * @param {Game} game
 * @param {(row: Record<string, unknown>) => void | Promise<void>} recorded
 * @param {() => void} [shown] called when a screen has been built
 */
export function timeline(game, recorded, shown = () => {}) {
  return game.steps.slice(game.rows.length).map(({ stimulus, block }) => {
    const { plugin, parameters } = presentation(stimulus.kind);
    const evaluated = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, () => value(game.screen().row)]),
    );
    return {
      type: plugin,
      ...evaluated,
      ...(isTrial(stimulus.kind) ? timed(game.definition.timing) : {}),
      on_load: shown,
      /** @param {Record<string, any>} data */
      on_finish: async (data) => {
        const beans = game.finish(data.response);
        // A resumed session counts on where the rows before it stopped.
        Object.assign(data, { block, trial_index: game.rows.length - 1 }, beans);
        await recorded(data);
      },
    };
  });
}

/** The times that the page's own options set instead of the definition's. @param {import("./engine.js").Timing} [timing] */
function timed({ feedback, window, pause } = {}) {
  const times = { time_after_response: feedback, duration: window, inter_trial_interval: pause };
  return Object.fromEntries(Object.entries(times).filter(([, ms]) => ms !== undefined));
}

/** How a kind of stimulus is shown, and its plugin's parameters from the row. @param {string} kind */
function presentation(kind) {
  if (isTrial(kind)) return { plugin: SlotMachinesPlugin, parameters: MACHINES };
  if (kind === "Text") return { plugin: TextScreenPlugin, parameters: TEXT };
  if (kind === "Instructions") return { plugin: InstructionsPlugin, parameters: INSTRUCTIONS };
  throw new Error(`This page has no screen for a stimulus of the kind ${JSON.stringify(kind)}`);
}

/** @type {Record<string, (row: Row) => unknown>} */
const MACHINES = {
  bandits: (row) => list(row.get("bandits")).map((bandit) => ({ color: colour(bandit), value: py.toJSON(payoff(bandit)) })),
  payoffs: (row) => list(row.get("bandits")).map((bandit) => py.str(payoff(bandit))),
  labels: (row) => py.toJSON(row.get("labels") ?? []),
  offered: (row) => py.toJSON(row.get("offered") ?? []),
  positions: (row) => py.toJSON(row.get("positions") ?? []),
  feedback: (row) => row.get("feedback"),
  duration: (row) => milliseconds(row.get("duration")),
  time_after_response: (row) => milliseconds(row.get("time_after_response")) ?? 0,
};

/** @type {Record<string, (row: Row) => unknown>} */
const TEXT = {
  text: (row) => shownText(row.get("text")),
  color: (row) => shownText(row.get("color")),
  choices: (row) => list(row.get("choices")).map(py.str),
  duration: (row) => milliseconds(row.get("duration")),
};

/** @type {Record<string, (row: Row) => unknown>} */
const INSTRUCTIONS = {
  pages: (row) => py.toJSON(row.get("pages") ?? []),
  markup: (row) => py.truth(row.get("markup") ?? false),
};

/** @param {Value} bandit */
function colour(bandit) {
  return bandit instanceof Dict ? shownText(bandit.get("color")) : "";
}

/** None shows nothing. @param {Value | undefined} value */
function shownText(value) {
  return value === null || value === undefined ? "" : py.str(value);
}

/** @param {Value | undefined} value */
function milliseconds(value) {
  return value === null || value === undefined ? null : Number(value);
}
