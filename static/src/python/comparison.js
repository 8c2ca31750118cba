/** Comparisons and truth. */
import { typeError } from "./errors.js";
import { text } from "./text.js";
import { Dict, isNumeric, typeName } from "./values.js";

/** @typedef {import("./values.js").Value} Value */

/** @typedef {"==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in"} Comparison */

/** @param {Value} value */
export function truth(value) {
  if (value === null || value === "") return false;
  if (isNumeric(value)) return Number(value) !== 0;
  if (Array.isArray(value)) return value.length > 0;
  return value instanceof Dict ? value.size > 0 : true;
}

/** @param {Value} a @param {Value} b @returns {boolean} */
function equal(a, b) {
  if (isNumeric(a) && isNumeric(b)) return Number(a) === Number(b);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (a instanceof Dict && b instanceof Dict) {
    return a.size === b.size && [...a.items()].every(([key, value]) => b.has(key) && same(value, b.get(key) ?? null));
  }
  return a === b;
}

/** Inside lists and dicts, what is identical counts as equal. @param {Value} a @param {Value} b */
export const same = (a, b) => a === b || equal(a, b);

/** Surrogates are moved behind the rest, so that code units order as code points do. @param {number} unit */
const codePointOrder = (unit) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

/** @param {string} a @param {string} b less than zero, zero or more than zero */
function textOrder(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return codePointOrder(a.charCodeAt(i)) - codePointOrder(b.charCodeAt(i));
  }
  return a.length - b.length;
}

/** @param {Comparison} operator @param {number} x @param {number} y */
function ordered(operator, x, y) {
  if (operator === "<") return x < y;
  if (operator === "<=") return x <= y;
  return operator === ">" ? x > y : x >= y;
}

/** @param {Value} a @param {Comparison} operator @param {Value} b @returns {boolean} */
export function compare(a, operator, b) {
  if (operator === "==") return equal(a, b);
  if (operator === "!=") return !equal(a, b);
  if (operator === "in") return contains(b, a);
  if (operator === "not in") return !contains(b, a);
  if (isNumeric(a) && isNumeric(b)) return ordered(operator, Number(a), Number(b));
  if (typeof a === "string" && typeof b === "string") return ordered(operator, textOrder(a, b), 0);
  if (Array.isArray(a) && Array.isArray(b)) {
    const i = a.findIndex((item, position) => position >= b.length || !same(item, b[position]));
    return i < 0 || i >= b.length ? ordered(operator, a.length, b.length) : compare(a[i], operator, b[i]);
  }
  throw typeError(`'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

/**
 * `a < b <= c`: each operand is evaluated once, and none after the first that fails.
 * @param {Value} first @param {[Comparison, () => Value][]} rest
 */
export function chain(first, ...rest) {
  let left = first;
  for (const [operator, operand] of rest) {
    const right = operand();
    if (!compare(left, operator, right)) return false;
    left = right;
  }
  return true;
}

/** @param {Value} container @param {Value} value */
function contains(container, value) {
  if (Array.isArray(container)) return container.some((item) => same(item, value));
  if (container instanceof Dict) return container.has(value);
  if (typeof container !== "string") throw typeError(`argument of type '${typeName(container)}' is not iterable`);
  return container.includes(text(value));
}
