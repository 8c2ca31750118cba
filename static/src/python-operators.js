/** Python's operators and what makes numbers of other values: arithmetic, conversion, comparison, truth. */
import { Dict, Float, PythonError, float, integer, isInteger, isNegative, isNumeric, repr } from "./python-format.js";
import { BLANKS, pageLimit, scaledDigits, typeError, typeName, valueError } from "./python-format.js";

/** @typedef {import("./python-format.js").Value} Value */
/** @typedef {"==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in"} Comparison */

/**
 * @param {string} symbol @param {Value} a @param {Value} b
 * @param {(a: number, b: number) => number} whole on two ints
 * @param {(a: number, b: number) => number} real on floats
 */
function arithmetic(symbol, a, b, whole, real) {
  if (!isNumeric(a) || !isNumeric(b)) {
    throw typeError(`unsupported operand type(s) for ${symbol}: '${typeName(a)}' and '${typeName(b)}'`);
  }
  const [x, y] = [Number(a), Number(b)];
  return isInteger(a) && isInteger(b) ? integer(whole(x, y)) : float(real(x, y));
}

/** @param {Value} a @param {Value} b @returns {Value} */
export function add(a, b) {
  if (typeof a === "string" && typeof b === "string") return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  return arithmetic("+", a, b, (x, y) => x + y, (x, y) => x + y);
}

/** @param {Value} a @param {Value} b */
export const sub = (a, b) => arithmetic("-", a, b, (x, y) => x - y, (x, y) => x - y);

/** @param {Value} a @param {Value} b @returns {Value} */
export function mul(a, b) {
  const [sequence, times] = isNumeric(a) ? [b, a] : [a, b];
  if (isInteger(times) && (typeof sequence === "string" || Array.isArray(sequence))) {
    const count = bounded(Math.max(Number(times), 0), sequence.length);
    if (typeof sequence === "string") return sequence.repeat(count);
    return Array.from({ length: count }, () => sequence).flat();
  }
  return arithmetic("*", a, b, (x, y) => x * y, (x, y) => x * y);
}

/** How often something is repeated. @param {number} count @param {number} [size] of one */
export function bounded(count, size = 1) {
  if (count * size > 10_000_000) throw pageLimit(`${count * size} items or characters are more than a page should hold`);
  return count;
}

/** @param {number} divisor */
function nonzero(divisor) {
  if (divisor === 0) throw new PythonError("ZeroDivisionError", "division by zero");
  return divisor;
}

/** @param {Value} a @param {Value} b */
export function div(a, b) {
  arithmetic("/", a, b, () => 0, () => 0);
  return float(Number(a) / nonzero(Number(b)));
}

/** The remainder has the sign of the divisor. @param {number} x @param {number} y */
function remainder(x, y) {
  const rest = x % nonzero(y);
  if (rest === 0) return isNegative(y) ? -0 : 0;
  return rest < 0 === y < 0 ? rest : rest + y;
}

/** As CPython's float_divmod does it; exact for ints to 2^53. @param {number} x @param {number} y */
function flooredQuotient(x, y) {
  const rest = x % nonzero(y);
  const quotient = (x - rest) / y - (rest !== 0 && rest < 0 !== y < 0 ? 1 : 0);
  if (quotient === 0) return isNegative(x / y) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

/** @param {Value} a @param {Value} b */
export const floordiv = (a, b) => arithmetic("//", a, b, flooredQuotient, flooredQuotient);

/** @param {Value} a @param {Value} b */
export function mod(a, b) {
  if (typeof a === "string") throw pageLimit("text % value is not carried to the page; write an f-string");
  return arithmetic("%", a, b, remainder, remainder);
}

/** @param {string} symbol @param {Value} value @param {(x: number) => number} change */
export function unary(symbol, value, change) {
  if (!isNumeric(value)) throw typeError(`bad operand type for ${symbol}: '${typeName(value)}'`);
  return isInteger(value) ? integer(change(Number(value))) : float(change(Number(value)));
}

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

// ---- comparisons and truth

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

/** `a < b <= c`: each operand is evaluated once, and none after the first that fails. */
/** @param {Value} first @param {[Comparison, () => Value][]} rest */
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

/** @param {Value} value */
export function text(value) {
  if (typeof value !== "string") throw typeError(`text is needed, not '${typeName(value)}'`);
  return value;
}
