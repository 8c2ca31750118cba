/** Lists and dicts that a function made, and changes. */
import { pageLimit, typeError } from "./errors.js";
import { add, mul } from "./operators.js";
import { iter, position, values } from "./sequences.js";
import { Dict, typeName } from "./values.js";

/** @typedef {import("./values.js").Value} Value */
/** @typedef {import("./values.js").List} List */

/**
 * A value that is put into a container. Lists that hold themselves are never made, so everything here comes to an end.
 * @param {List | Dict} container @param {Value} value
 */
export function adopted(container, value) {
  if (holds(value, container)) throw pageLimit(`a ${typeName(container)} cannot hold itself on a page`);
  return value;
}

/** @param {Value} value @param {Value} sought @returns {boolean} */
function holds(value, sought) {
  if (value === sought) return true;
  const parts = Array.isArray(value) ? value : value instanceof Dict ? values(value) : [];
  return [...parts].some((part) => holds(part, sought));
}

/** `container[key] = value`, in Python's order. @param {Value} value @param {Value} container @param {Value} key */
export function setItem(value, container, key) {
  if (container instanceof Dict) container.set(key, adopted(container, value));
  else if (Array.isArray(container)) container[position(container, key)] = adopted(container, value);
  else throw typeError(`'${typeName(container)}' object does not support item assignment`);
}

/** `a += b`, which changes a list in place. @param {Value} a @param {Value} b @returns {Value} */
export function iadd(a, b) {
  if (!Array.isArray(a)) return add(a, b);
  const items = [...iter(b)]; // of `a` itself, what it holds by now
  for (const element of items) a.push(adopted(a, element));
  return a;
}

/** `a *= b`, which changes a list in place. @param {Value} a @param {Value} b @returns {Value} */
export function imul(a, b) {
  const product = mul(a, b);
  if (!Array.isArray(a) || !Array.isArray(product)) return product;
  a.length = 0;
  for (const element of product) a.push(element);
  return a;
}
