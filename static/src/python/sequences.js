/** Lists, dicts and texts: their items, and going through them. */
import { pageLimit, PythonError, typeError, valueError } from "./errors.js";
import { index } from "./numbers.js";
import { repr } from "./text.js";
import { Dict, Float, typeName } from "./values.js";

/** @typedef {import("./values.js").Value} Value */

/** @typedef {Iterable<Value>} Elements what a for statement can go through */

/** What `for` goes through; a list may grow under way. @param {Value | Elements} value @returns {Elements} */
export function iter(value) {
  if (value instanceof Dict) return keys(value);
  if (value === null || (typeof value !== "string" && typeof value !== "object") || value instanceof Float) {
    throw typeError(`'${typeName(value)}' object is not iterable`);
  }
  return value;
}

/** @param {Dict} dict @returns {Generator<Value, void>} */
export function* keys(dict) {
  for (const [key] of dict.items()) yield key;
}

/** @param {Dict} dict @returns {Generator<Value, void>} */
export function* values(dict) {
  for (const [, value] of dict.items()) yield value;
}

/** @param {Value} value @returns {Value[]} the items of a list, the characters of a text, the keys of a dict */
export function sized(value) {
  if (Array.isArray(value)) return value;
  if (typeof value === "string" || value instanceof Dict) return [...iter(value)];
  throw typeError(`object of type '${typeName(value)}' has no len()`);
}

/** @param {Value} value @returns {Value[] | string[]} */
function sequence(value) {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [...value];
  throw typeError(`'${typeName(value)}' object is not subscriptable`);
}

/** @param {Value[] | string[]} items @param {Value} at */
export function position(items, at) {
  const i = index(at);
  if (i < -items.length || i >= items.length) throw new PythonError("IndexError", `index ${i} out of range`);
  return i < 0 ? i + items.length : i;
}

/** @param {Value} container @param {Value} key @returns {Value} */
export function item(container, key) {
  if (container instanceof Dict) {
    const found = container.get(key);
    if (found === undefined) throw new PythonError("KeyError", repr(key));
    return found;
  }
  const items = sequence(container);
  return items[position(items, key)];
}

/** @param {Value} value @param {Value} start @param {Value} stop @param {Value} step @returns {Value} */
export function slice(value, start, stop, step) {
  if (value instanceof Dict) throw pageLimit("Python versions differ in what a slice of a dict raises");
  const items = sequence(value);
  const stride = step === null ? 1 : index(step);
  if (stride === 0) throw valueError("slice step cannot be zero");
  const [lowest, highest] = stride > 0 ? [0, items.length] : [-1, items.length - 1];
  const bound = (/** @type {Value} */ at, /** @type {number} */ otherwise) => {
    if (at === null) return otherwise;
    const i = index(at);
    return Math.min(Math.max(i < 0 ? i + items.length : i, lowest), highest);
  };
  const first = bound(start, stride > 0 ? lowest : highest);
  const last = bound(stop, stride > 0 ? highest : lowest);
  const taken = [];
  for (let i = first; stride > 0 ? i < last : i > last; i += stride) taken.push(items[i]);
  return typeof value === "string" ? taken.join("") : taken;
}

/**
 * The values of `a, (b, c) = value`.
 * @param {Value} value @param {any} shape 0 for a name, an array for names in parentheses @returns {any} of that shape
 */
export function unpack(value, shape) {
  if (shape === 0) return value;
  const items = [];
  for (const element of iter(value)) {
    if (items.length === shape.length) throw valueError(`too many values to unpack (expected ${shape.length})`);
    items.push(element);
  }
  if (items.length === shape.length) return items.map((element, i) => unpack(element, shape[i]));
  throw valueError(`not enough values to unpack (expected ${shape.length}, got ${items.length})`);
}
