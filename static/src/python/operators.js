/** Python's arithmetic. */
import { pageLimit, PythonError, typeError } from "./errors.js";
import { float, integer, isInteger, isNegative, isNumeric, typeName } from "./values.js";

/** @typedef {import("./values.js").Value} Value */

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

/** Of whole numbers only: in floats' powers JavaScript and C differ in the last digit. @param {Value} a @param {Value} b */
export const pow = (a, b) => arithmetic("**", a, b, power, () => {
  throw pageLimit("** of floats is not carried to the page, since it may differ in the last digit; write x * x");
});

/** @param {number} x @param {number} y */
function power(x, y) {
  if (Math.abs(x) <= 1 && y >= 0) return x ** y;
  if (y > 53) return Infinity; // beyond 2^53 in any case
  if (y >= 0) return Number(BigInt(x) ** BigInt(y)); // ** of numbers need not be exact
  nonzero(x);
  throw pageLimit("a negative power is a float, which may differ in the last digit; write 1 / x");
}

/** @param {string} symbol @param {Value} value @param {(x: number) => number} change */
export function unary(symbol, value, change) {
  if (!isNumeric(value)) throw typeError(`bad operand type for ${symbol}: '${typeName(value)}'`);
  return isInteger(value) ? integer(change(Number(value))) : float(change(Number(value)));
}
