/** Python's format specifications. */
import { floatText, pointed, scaledDigits, shorter, significant } from "./digits.js";
import { typeError, valueError } from "./errors.js";
import { isInteger, isNegative, isNumeric, typeName } from "./values.js";

/** @typedef {import("./values.js").Value} Value */

/**
 * A format specification, taken apart at export; null where nothing was written.
 * @typedef {{fill: string, align: string | null, sign: string | null, zero: boolean, width: number,
 *            group: string | null, precision: number | null, type: string | null}} Spec
 */

/** Python's format(). @param {Value} value @param {Spec} spec @returns {string} */
export function format(value, spec) {
  if (typeof value === "string") {
    if (spec.sign || spec.group || (spec.type ?? "s") !== "s") throw unknownFormat(value, spec);
    const characters = [...value];
    const kept = spec.precision === null ? characters : characters.slice(0, spec.precision);
    return aligned("", kept.join(""), spec, "<");
  }
  if (!isNumeric(value)) {
    throw typeError(`unsupported format string passed to ${typeName(value)}.__format__`);
  }
  const integral = isInteger(value) && (spec.type ?? "d") === "d";
  if (spec.type === "s" || (integral ? spec.precision !== null : spec.type === "d")) throw unknownFormat(value, spec);
  const number = Number(value);
  const sign = isNegative(number) ? "-" : spec.sign === "+" ? "+" : "";
  const text = integral ? String(Math.abs(number)) : formattedFloat(number, spec);
  return aligned(sign, spec.group ? grouped(text) : text, spec, ">");
}

/** @param {number} value @param {Spec} spec @returns {string} without its sign */
function formattedFloat(value, spec) {
  const percent = spec.type === "%";
  const number = percent ? value * 100 : value;
  if (!Number.isFinite(number)) return floatText(number) + (percent ? "%" : "");
  const precision = spec.precision ?? 6;
  if (percent || spec.type === "f") return pointed(scaledDigits(number, precision), precision) + (percent ? "%" : "");
  if (spec.type === null && spec.precision === null) return floatText(number);
  const count = Math.max(precision, 1);
  const { digits, exponent } = significant(number, count);
  const kept = digits.replace(/0+$/, "") || "0";
  if (spec.type === "g") return shorter(kept, exponent, count);
  const text = shorter(kept, exponent, count - 1);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** @param {string} text */
function grouped(text) {
  return text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
}

/** @param {string} sign @param {string} text @param {Spec} spec @param {string} usual alignment if none is written */
function aligned(sign, text, spec, usual) {
  const missing = Math.max(spec.width - [...(sign + text)].length, 0);
  const align = spec.align ?? (spec.zero && usual === ">" ? "=" : usual);
  const left = align === "<" ? 0 : align === "^" ? Math.floor(missing / 2) : missing;
  const [before, after] = [spec.fill.repeat(left), spec.fill.repeat(missing - left)];
  return align === "=" ? sign + before + text : before + sign + text + after;
}

/** @param {Value} value @param {Spec} spec */
function unknownFormat(value, spec) {
  return valueError(`format ${JSON.stringify(spec)} is not one for '${typeName(value)}'`);
}
