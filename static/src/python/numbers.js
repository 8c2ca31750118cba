/** Numbers of other values: int, float, round, and those of `math`. */
import { scaledDigits } from "./digits.js";
import { pageLimit, PythonError, typeError, valueError } from "./errors.js";
import { unary } from "./operators.js";
import { BLANKS, repr } from "./text.js";
import { Float, float, integer, isInteger, isNegative, isNumeric, typeName } from "./values.js";

/** @typedef {import("./values.js").Value} Value */

/**
 * The int of a float, by `direction`: Math.floor, Math.ceil, Math.trunc or half to even.
 * @param {Value} value @param {(x: number) => number} direction
 */
export function toInteger(value, direction) {
  if (!isNumeric(value)) throw typeError(`a number is needed, not '${typeName(value)}'`);
  const number = Number(value);
  if (Number.isNaN(number)) throw valueError("cannot convert float NaN to integer");
  if (!Number.isFinite(number)) throw new PythonError("OverflowError", "cannot convert float infinity to integer");
  return integer(direction(number));
}

/** @param {number} x */
const halfToEven = (x) => Number(scaledDigits(x, 0)) * (x < 0 ? -1 : 1);

/** @param {Value} value @param {Value} [places] */
export function round(value, places = null) {
  if (!isNumeric(value)) throw typeError(`type ${typeName(value)} doesn't define __round__ method`);
  if (places === null) return toInteger(value, halfToEven);
  const count = index(places);
  const number = Number(value);
  if (isInteger(value)) return count >= 0 || !number ? Number(value) : integer(roundedTo(number, count));
  if (!Number.isFinite(number) || count > 323) return float(number);
  const rounded = roundedTo(number, count);
  if (!Number.isFinite(rounded)) throw new PythonError("OverflowError", "rounded value too large to represent");
  return float(rounded);
}

/** @param {number} value finite @param {number} places */
function roundedTo(value, places) {
  const size = places < -308 ? 0 : Number(`${scaledDigits(value, places)}e${-places}`);
  return isNegative(value) ? -size : size;
}

/** A number that stands for a position or a count. @param {Value} value */
export function index(value) {
  if (!isInteger(value)) throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  return Number(value);
}

const BLANKS_AROUND = new RegExp(`^[${BLANKS}]+|[${BLANKS}]+$`, "g");
const ASCII_BLANKS_AROUND = /^[\t-\r ]+|[\t-\r ]+$/g;

/** What int() and float() read: plain ASCII is trimmed as in C, other text by Unicode's blanks. @param {string} text */
function trimmedNumber(text) {
  const ascii = /^[\0-\x7f]*$/;
  const trimmed = text.replace(ascii.test(text) ? ASCII_BLANKS_AROUND : BLANKS_AROUND, "");
  if (!ascii.test(trimmed)) throw pageLimit(`only the digits 0 to 9 are read on a page, not ${JSON.stringify(text)}`);
  return trimmed;
}

/** @param {Value} value @returns {number} */
export function int(value) {
  if (typeof value !== "string") return toInteger(value, Math.trunc);
  const text = trimmedNumber(value);
  if (!/^[+-]?\d+(_\d+)*$/.test(text)) throw valueError(`invalid literal for int() with base 10: ${repr(value)}`);
  return integer(Number(text.replaceAll("_", "")));
}

/** @param {Value} value */
export function toFloat(value) {
  if (isNumeric(value)) return value instanceof Float ? value : float(Number(value));
  if (typeof value !== "string") throw typeError(`float() argument must be text or a number, not '${typeName(value)}'`);
  const text = trimmedNumber(value);
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (special) return float((special[1] === "-" ? -1 : 1) * (/^n/i.test(special[2]) ? NaN : Infinity));
  if (!/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i.test(text)) {
    throw valueError(`could not convert string to float: ${repr(value)}`);
  }
  return float(Number(text.replaceAll("_", "")));
}

/** @param {Value} value */
export function abs(value) {
  return unary("abs()", value, Math.abs);
}

/** @param {Value} value @param {(x: number) => number} exact a function that IEEE 754 rounds correctly */
export function real(value, exact) {
  if (!isNumeric(value)) throw typeError(`must be real number, not ${typeName(value)}`);
  const result = exact(Number(value));
  if (Number.isNaN(result) && !Number.isNaN(Number(value))) throw valueError("math domain error");
  return float(result);
}
