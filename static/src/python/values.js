/**
 * Python's values in JavaScript.
 *
 * | Python                                  | here                               |
 * |-----------------------------------------|------------------------------------|
 * | int (to 2^53 - 1, beyond it PageLimit)  | number, a safe integer, never -0   |
 * | float that is no whole number, inf      | number                             |
 * | float that is a whole number, -0.0, nan | Float                              |
 * | bool, str, None                         | boolean, string, null              |
 * | list                                    | array                              |
 * | dict                                    | Dict, which keeps order and keys   |
 *
 * nan is wrapped because Python's lists compare by identity first: `x in [x]` is true of a nan, and so it is here.
 */
import { pageLimit, PythonError, typeError } from "./errors.js";

/** @typedef {Value[]} List */
/** @typedef {null | boolean | number | string | Float | Dict | List} Value */
/** @typedef {boolean | number | Float} Numeric */

export class Float {
  /** @param {number} value */
  constructor(value) {
    this.value = value;
    Object.freeze(this);
  }

  valueOf() {
    return this.value;
  }

  toJSON() {
    return this.value;
  }
}

/** Keys that are equal in Python (1, True, 1.0) are one key, and the first spelling stays. */
export class Dict {
  /** @param {Iterable<[Value, Value]>} items */
  constructor(items = []) {
    /** @type {Map<unknown, [Value, Value]>} */
    this.entries = new Map();
    for (const [key, value] of items) this.set(key, value);
  }

  get size() {
    return this.entries.size;
  }

  /** @param {Value} key */
  has(key) {
    return this.entries.has(hashed(key));
  }

  /** @param {Value} key @returns {Value | undefined} */
  get(key) {
    return this.entries.get(hashed(key))?.[1];
  }

  /** @param {Value} key @param {Value} value */
  set(key, value) {
    const entry = this.entries.get(hashed(key));
    if (entry) entry[1] = value;
    else this.entries.set(hashed(key), [key, value]);
  }

  /** @returns {Generator<[Value, Value], void>} */
  *items() {
    const size = this.size;
    for (const [key, value] of this.entries.values()) {
      yield [key, value];
      if (this.size !== size) throw new PythonError("RuntimeError", "dictionary changed size during iteration");
    }
  }
}

/** @param {Value} key */
function hashed(key) {
  if (Array.isArray(key) || key instanceof Dict) {
    throw typeError(`unhashable type: '${typeName(key)}'`);
  }
  return isNumeric(key) && !Number.isNaN(Number(key)) ? Number(key) : key;
}

/** @param {unknown} value */
export function typeName(value) {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "str";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (value instanceof Float) return "float";
  return Array.isArray(value) ? "list" : value instanceof Dict ? "dict" : "object";
}

/** @param {unknown} value @returns {value is Numeric} */
export function isNumeric(value) {
  return typeof value === "number" || typeof value === "boolean" || value instanceof Float;
}

/** An int or a bool. @param {unknown} value @returns {value is number | boolean} */
export function isInteger(value) {
  return Number.isInteger(value) || typeof value === "boolean";
}

/** The Python int of a whole number. @param {number} value */
export function integer(value) {
  if (!Number.isSafeInteger(value)) {
    throw pageLimit(`the whole number ${value} is beyond 2^53, where a page would lose its last digits`);
  }
  return value + 0; // -0 becomes 0
}

/** The Python float of any number. @param {number} value @returns {number | Float} */
export function float(value) {
  return Number.isInteger(value) || Number.isNaN(value) ? new Float(value) : value;
}

/** @param {number} value */
export const isNegative = (value) => value < 0 || Object.is(value, -0);
