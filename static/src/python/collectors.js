/** What goes through a whole list: sorted, min, max, sum, any, all. */
import { compare, truth } from "./comparison.js";
import { pageLimit, typeError, valueError } from "./errors.js";
import { index } from "./numbers.js";
import { iter } from "./sequences.js";
import { Float, integer, isInteger, isNumeric, typeName } from "./values.js";

/** @typedef {import("./values.js").Value} Value */
/** @typedef {import("./sequences.js").Elements} Elements */

/** @param {Value} value @returns {boolean} */
function holdsNaN(value) {
  if (Array.isArray(value)) return value.some(holdsNaN);
  return value instanceof Float && Number.isNaN(value.value);
}

/** @typedef {((value: Value) => Value) | null} Key */

/** @param {Value | Elements} value @param {Key} key @param {Value} backwards @returns {Value[]} */
export function sorted(value, key = null, backwards = false) {
  const rows = [...iter(value)].map((element) => ({ element, by: key ? key(element) : element }));
  if (rows.length > 1 && rows.some((row) => holdsNaN(row.by))) throw pageLimit("nan has no place in a sorted list");
  const down = index(backwards) ? -1 : 1;
  rows.sort((a, b) => (compare(a.by, "<", b.by) ? -down : compare(b.by, "<", a.by) ? down : 0));
  return rows.map((row) => row.element);
}

/**
 * The first of the smallest or largest elements.
 * @param {"<" | ">"} operator @param {Value | Elements} value @param {Key} key @param {Value} [otherwise]
 */
export function extreme(operator, value, key, otherwise) {
  /** @type {{element: Value, by: Value} | null} */
  let best = null;
  for (const element of iter(value)) {
    const by = key ? key(element) : element;
    if (best === null || compare(by, operator, best.by)) best = { element, by };
  }
  if (best) return best.element;
  if (otherwise === undefined) throw valueError("the smallest or largest of nothing is asked for");
  return otherwise;
}

/** Of whole numbers only: Python 3.12 rounds the sum of floats in another way than Python 3.11. @param {Value | Elements} value */
export function sum(value) {
  let total = 0n; // the sum may leave 2^53 on its way
  for (const element of iter(value)) {
    if (!isNumeric(element)) throw typeError(`unsupported operand type(s) for +: 'int' and '${typeName(element)}'`);
    if (!isInteger(element)) throw pageLimit("sum() of floats differs between Python versions; add up in a loop");
    total += BigInt(Number(element));
  }
  return integer(Number(total));
}

/** @param {Elements} elements */
export function any(elements) {
  for (const element of elements) if (truth(element)) return true;
  return false;
}

/** @param {Elements} elements */
export function all(elements) {
  for (const element of elements) if (!truth(element)) return false;
  return true;
}
