/**
 * Plays a definition (docs/page-format.md): which screen comes next, with which arguments, and what its row is.
 *
 * The engine knows neither jsPsych nor the page. It is deterministic: the same definition and the same responses give
 * the same rows, which is how an interrupted session is resumed.
 */
import { listed } from "./language.js";
import { checkScore, payoff, playedBandits } from "./payoffs.js";
import { py } from "./python/index.js";

/** @typedef {import("./python/values.js").Value} Value */
/** @typedef {{kind: string, arguments: Record<string, unknown>, effects: Effect[]}} Stimulus */
/** @typedef {{shared?: string, data?: string, value: unknown}} Effect */
/** @typedef {{timeline: Record<string, unknown>[], stimuli: Stimulus[]}} Block */
/**
 * @typedef {object} Definition
 * @property {number} format
 * @property {string} task
 * @property {string} title
 * @property {string} language
 * @property {string} fingerprint
 * @property {number} seed
 * @property {Record<string, unknown>} parameters
 * @property {number} variant
 * @property {Record<string, unknown>} shared
 * @property {Block[]} blocks
 * @property {string[]} [labels] what stands on the machines where the definition does not say
 * @property {number[]} [positions] positions[arm] is the arm's place on the screen, in reading order from 0
 * @property {import("./variants.js").Variant[]} [variants]
 * @property {number} [picked] the index of the variant that is played
 * @property {Timing} [timing]
 */
/** @typedef {{feedback?: number, window?: number, pause?: number}} Timing milliseconds; what is absent is as in the stimuli */
/** @typedef {{stimulus: Stimulus, element: Record<string, unknown>, block: number}} Step */
/** @typedef {{kind: string, block: number, row: Map<string, Value>, element: Record<string, unknown>, effects: Effect[]}} Screen */
/** @typedef {(...values: any[]) => Value} PythonFunction */

export const FORMAT = 1;
const BANDITS = ["Bandit", "SlotMachines"];
const PLACEHOLDER = "{labels}";

/** @param {string} kind */
export const isTrial = (kind) => BANDITS.includes(kind);

export class Game {
  /** @param {Definition} definition @param {((p: typeof py) => PythonFunction)[]} functions */
  constructor(definition, functions) {
    if (definition.format !== FORMAT) {
      throw new Error(`The definition has format ${JSON.stringify(definition.format)}; this page plays format ${FORMAT}`);
    }
    this.definition = definition;
    this.functions = functions.map((make) => make(py));
    /** @type {Step[]} */
    this.steps = definition.blocks.flatMap(({ timeline, stimuli }, block) =>
      (timeline.length ? timeline : [{}]).flatMap((element) => stimuli.map((stimulus) => ({ stimulus, element, block }))),
    );
    /** @type {Map<string, Value>} */
    this.shared = new Map(Object.entries(definition.shared).map(([name, node]) => [name, py.decode(node)]));
    /** @type {Map<string, Value>[]} */
    this.rows = [];
    /** @type {Screen | null} */
    this.current = null;
  }

  /** The screen to show now, its arguments evaluated once. @returns {Screen} */
  screen() {
    if (this.current) return this.current;
    const step = this.steps[this.rows.length];
    if (!step) throw new Error(`The task has ${this.steps.length} screens and all of them have been shown`);
    const { kind, effects } = step.stimulus;
    const evaluate = this.#evaluator(step.element, this.rows);
    const row = new Map(Object.entries(step.stimulus.arguments).map(([name, node]) => [name, evaluate(node)]));
    if (isTrial(kind)) this.#arms(kind, row);
    if (kind === "Instructions") row.set("pages", list(row.get("pages")).map((page) => this.#withLabels(py.str(page))));
    this.current = { kind, block: step.block, row, element: step.element, effects };
    return this.current;
  }

  /**
   * Ends the current screen. `response` is an arm, a key in capitals, or null.
   * @param {number | string | null} response
   * @returns {Record<string, unknown>} the row as it is recorded, `bean_` before each name
   */
  finish(response) {
    const { kind, row, element, effects } = this.screen();
    row.set("response", response);
    if (isTrial(kind)) this.#pay(row, response);
    if (kind === "Text") row.set("correct", correct(row, response));
    this.rows.push(row);
    this.current = null;
    for (const effect of effects) {
      const value = this.#evaluator(element, this.rows, 0)(effect.value);
      if (effect.shared !== undefined) this.shared.set(effect.shared, value);
      row.set(/** @type {string} */ (effect.shared ?? effect.data), value);
    }
    if (isTrial(kind)) checkScore(row);
    return Object.fromEntries([...row].map(([name, value]) => [`bean_${name}`, py.toJSON(value)]));
  }

  /** @returns {boolean} */
  get over() {
    return this.rows.length === this.steps.length;
  }

  /**
   * What a node of the definition stands for now. `newest` is the window of the last row: 1 before a screen's own row
   * is written, 0 in its effects.
   * @param {Record<string, unknown>} element @param {Map<string, Value>[]} rows
   * @returns {(node: unknown) => Value}
   */
  #evaluator(element, rows, newest = 1) {
    /** @type {(kind: string, payload: any) => Value} */
    const resolve = (kind, payload) => {
      if (kind === "$timeline") return evaluate(entry(element, payload));
      if (kind === "$shared") return present(this.shared, payload, "shared variable");
      if (kind === "$call") return this.functions[payload[0]](...payload[1].map(evaluate));
      if (kind !== "$data") throw new Error(`The definition has ${JSON.stringify(kind)}, which stands for nothing`);
      const [name, back] = payload;
      const row = rows[rows.length - 1 + newest - back];
      if (!row) throw new Error(`Row ${back} before the current one is asked for, and there are ${rows.length}`);
      return present(row, name, "entry of a row");
    };
    /** @type {(node: unknown) => Value} */
    const evaluate = (node) => py.decode(node, resolve);
    return evaluate;
  }

  /** Labels, places and what is on offer, which every trial records. @param {string} kind @param {Map<string, Value>} row */
  #arms(kind, row) {
    const bandits = playedBandits(row.get("bandits"));
    const count = bandits.length;
    row.set("bandits", bandits);
    const given = list(row.get("labels")).map(py.str);
    const drawn = kind === "SlotMachines" ? (this.definition.labels ?? []) : [];
    const labels = given.length ? given : drawn.length ? drawn : numbers(count).map((arm) => String(arm + 1));
    const offered = list(row.get("offered")).map(Number);
    row.set("labels", labels.slice(0, count));
    row.set("positions", this.#positions(count));
    row.set("offered", offered.length ? offered : numbers(count));
    row.set("forced", py.truth(row.get("forced") ?? false));
    row.set("feedback", row.get("feedback") ?? "chosen");
  }

  /** @param {number} count */
  #positions(count) {
    const positions = this.definition.positions;
    return positions?.length === count ? [...positions] : numbers(count);
  }

  /** @param {Map<string, Value>} row @param {number | string | null} response */
  #pay(row, response) {
    const missed = response === null;
    // A missed trial pays nothing, so that a running score stays what it is.
    row.set("value", missed ? 0 : payoff(list(row.get("bandits"))[Number(response)]));
    row.set("missed", missed);
  }

  /** @param {string} text */
  #withLabels(text) {
    const labels = this.definition.labels ?? [];
    return labels.length ? text.split(PLACEHOLDER).join(listed(labels)) : text;
  }
}

/** @param {Map<string, Value>} row @param {number | string | null} response */
function correct(row, response) {
  const key = row.get("correct_key") ?? null;
  return response === null || !py.truth(key) ? null : response === py.str(key).toUpperCase();
}

/** @param {Value | undefined} value @returns {Value[]} the list, empty for None */
export function list(value) {
  return Array.isArray(value) ? value : [];
}

/** @param {number} count */
const numbers = (count) => Array.from({ length: count }, (_, i) => i);

/** @param {Record<string, unknown>} element @param {string} name */
function entry(element, name) {
  if (!Object.hasOwn(element, name)) throw new Error(`The timeline has no entry ${JSON.stringify(name)}`);
  return element[name];
}

/** @param {Map<string, Value>} values @param {string} name @param {string} what @returns {Value} */
function present(values, name, what) {
  const value = values.get(name);
  if (value === undefined) throw new Error(`There is no ${what} named ${JSON.stringify(name)}`);
  return value;
}
