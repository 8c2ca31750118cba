/**
 * What the page itself says. words.json holds every word; `PageOptions(words={...})` replaces any of them, for example
 * to translate the page. They say nothing about the task that a language model is not told.
 */
import WORDS from "./words.json" with { type: "json" };

/** @typedef {typeof WORDS} Words */

/** @type {Words} */
let words = WORDS;

/** @param {Partial<Words>} overrides */
export function useWords(overrides) {
  words = { ...WORDS, ...overrides };
}

/**
 * The words called `name`, what stands in braces filled in.
 * @param {keyof Words} name @param {Record<string, string | number>} [values]
 */
export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}
