/**
 * Plays a definition (docs/page-format.md): which screen comes next, with which arguments, and what its row is.
 *
 * The engine knows neither jsPsych nor the page, and of a screen only what its kind says. It is deterministic: the same definition and the same responses give
 * the same rows, which is how an interrupted session is resumed.
 */
import { kindOf } from "./kinds/index.js";
import { Media } from "./media.js";
import { py } from "./python/index.js";

/** @typedef {import("./python/values.js").Value} Value */
/** @typedef {{kind: string, arguments: Record<string, unknown>, effects: Effect[]}} Stimulus */
/** @typedef {{shared?: string, data?: string, value: unknown}} Effect */
/** @typedef {{timeline: Record<string, unknown>[], stimuli: Stimulus[], phase?: string, resets?: string[]}} Block before which `resets` start anew */
/** @typedef {"done" | "screened_out"} Outcome as what a session ends; a study's server finds from the rows who is excluded besides */
/**
 * Blocks played until something holds, and what becomes of a participant for whom it never does.
 * @typedef {{first: number, last: number, until: unknown, most: number, otherwise?: "exclude" | "continue" | "screen out"}} Loop
 */
/**
 * @typedef {object} Definition
 * @property {number} format
 * @property {string} task
 * @property {string} title
 * @property {string} language
 * @property {string} fingerprint
 * @property {Record<string, string>} [parts] a short hash of each part of the task
 * @property {number} seed
 * @property {Record<string, unknown>} parameters
 * @property {number} variant
 * @property {Record<string, unknown>} shared
 * @property {Block[]} blocks
 * @property {Loop[]} [loops]
 * @property {string[]} [labels] what stands on the machines where the definition does not say
 * @property {number[]} [positions] positions[arm] is the arm's place on the screen, in reading order from 0
 * @property {import("./variants.js").Variant[]} [variants]
 * @property {number} [picked] the index of the variant that is played
 * @property {number[]} [order] the blocks in the order in which this participant plays them; without it all, as they stand
 * @property {Record<string, string[]>} [resets] in this order: by the number of a block, the shared variables that start anew before it
 * @property {Record<string, string>} [arrangement] the order and conditions, by the names under which they are recorded
 * @property {Timing} [timing]
 * @property {Record<string, string>} [media] from hash to `data:` address
 * @property {Record<string, string>} [files] that screens show, from the task's name for one to its `data:` address
 */
/** @typedef {{feedback?: number, window?: number, pause?: number}} Timing milliseconds; what is absent is as in the stimuli */
/**
 * A screen that may be shown. The last one of a pass through a loop has the loop, and how many
 * steps there are from it to the end of the loop's last pass. The first of a block has the shared variables that start anew before it.
 * @typedef {{stimulus: Stimulus, element: Record<string, unknown>, block: number, phase: string, loop?: Loop, left?: number, resets?: string[]}} Step
 */
/** @typedef {{kind: string, row: Map<string, Value>, element: Record<string, unknown>, effects: Effect[]}} Screen */
/** @typedef {(...values: any[]) => Value} PythonFunction */

const FORMATS = [1, 2];

export class Game {
  /** @param {Definition} definition @param {((p: typeof py) => PythonFunction)[]} functions */
  constructor(definition, functions) {
    if (!FORMATS.includes(definition.format)) {
      throw new Error(`The definition has format ${JSON.stringify(definition.format)}; this page plays formats ${FORMATS.join(" and ")}`);
    }
    this.definition = definition;
    this.functions = functions.map((make) => make(py));
    this.media = new Media(definition.media);
    /** @type {Step[]} */
    this.steps = steps(definition);
    /** Which step comes next; a loop that ends leaves some out. */
    this.position = 0;
    /** @type {Map<string, Value>} */
    this.shared = new Map(Object.keys(definition.shared).map((name) => [name, this.#start(name)]));
    /** @type {Map<string, Value>[]} */
    this.rows = [];
    /** @type {Screen | null} */
    this.current = null;
    /** @type {Outcome} */
    this.outcome = "done";
  }

  /** The screen to show now, its arguments evaluated once. @returns {Screen} */
  screen() {
    if (this.current) return this.current;
    const step = this.steps[this.position];
    if (!step) throw new Error(`The task has ${this.steps.length} screens and all of them have been shown`);
    const { kind, effects } = step.stimulus;
    const evaluate = this.#evaluator(step.element, this.rows);
    const row = new Map(Object.entries(step.stimulus.arguments).map(([name, node]) => [name, evaluate(node)]));
    kindOf(kind).begin?.(row, this.definition);
    this.current = { kind, row, element: step.element, effects };
    return this.current;
  }

  /**
   * Ends the current screen. `response` is an arm, a key in capitals, the answers of a survey, or null.
   * @param {import("./kinds/index.js").Response} response
   * @returns {Record<string, unknown>} the row as it is recorded, `bean_` before each name
   */
  finish(response) {
    const { kind, row, element, effects } = this.screen();
    row.set("response", /** @type {Value} */ (response));
    kindOf(kind).respond?.(row, response);
    this.rows.push(row);
    this.current = null;
    for (const effect of effects) {
      const value = this.#evaluator(element, this.rows, 0)(effect.value);
      if (effect.shared !== undefined) this.shared.set(effect.shared, value);
      row.set(/** @type {string} */ (effect.shared ?? effect.data), value);
    }
    kindOf(kind).end?.(row);
    this.#advance();
    return Object.fromEntries([...row].map(([name, value]) => [`bean_${name}`, this.media.taken(py.toJSON(value))]));
  }

  /** Goes on to the next step, which is behind a loop whose condition holds. */
  #advance() {
    const { loop, left = 0 } = this.steps[this.position];
    this.position += 1;
    if (loop && py.truth(this.#evaluator({}, this.rows)(loop.until))) this.position += left;
    else if (loop && left === 0) this.#failed(loop);
    for (const name of this.steps[this.position]?.resets ?? []) this.shared.set(name, this.#start(name));
  }

  /** What a loop was to end at has never held. @param {Loop} loop */
  #failed({ otherwise }) {
    if (otherwise !== "screen out") return;
    this.outcome = "screened_out";
    this.position = this.steps.length;
  }

  /** Where a shared variable starts. @param {string} name @returns {Value} */
  #start(name) {
    return py.decode(this.media.put(this.definition.shared[name]));
  }

  /** @returns {boolean} */
  get over() {
    return this.position === this.steps.length;
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
    const evaluate = (node) => py.decode(this.media.put(node), resolve);
    return evaluate;
  }
}

/** Every screen in order, those of a loop as often as it may be played. @param {Definition} definition @returns {Step[]} */
function steps({ blocks, loops = [], order = blocks.map((_, number) => number), resets }) {
  /** @param {Block} block @param {number} number @returns {Step[]} */
  const pass = ({ timeline, stimuli, phase = "main", ...block }, number) => {
    const anew = resets?.[number] ?? block.resets;
    return (timeline.length ? timeline : [{}])
      .flatMap((element) => stimuli.map((stimulus) => ({ stimulus, element, block: number, phase })))
      .map((step, i) => (i === 0 && anew ? { ...step, resets: anew } : step));
  };
  return order.flatMap((number) => {
    const block = blocks[number];
    const loop = loops.find(({ first, last }) => first <= number && number <= last);
    if (!loop) return pass(block, number);
    if (loop.first !== number) return [];
    const once = blocks.slice(loop.first, loop.last + 1).flatMap((inner, i) => pass(inner, number + i));
    return Array.from({ length: loop.most }, (_, played) => {
      const left = (loop.most - 1 - played) * once.length;
      return once
        .map((step) => (played ? { ...step, resets: undefined } : step))
        .map((step, i) => (i === once.length - 1 ? { ...step, loop, left } : step));
    }).flat();
  });
}

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
