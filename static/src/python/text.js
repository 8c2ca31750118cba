/** Python's repr and str. */
import { pageLimit, typeError } from "./errors.js";
import { floatText } from "./digits.js";
import { isInteger, isNegative, isNumeric, typeName } from "./values.js";

/** @typedef {import("./values.js").Value} Value */

/** The characters that str.strip() and str.split() take for blank. */
export const BLANKS =
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
  "\u2028\u2029\u202f\u205f\u3000";

// Assigned without a gap since Unicode 14: whether these are printable is the same in every Python and browser.
const SETTLED = new RegExp(
  "^[\\0-\\u0377\\u03a3-\\u052f\\u2000-\\u2064\\u20a0-\\u20c0\\u2100-\\u218b\\u2190-\\u2426\\u2460-\\u2b73" +
    "\\u3000-\\u303f\\u3041-\\u3096\\u3099-\\u30ff\\u3220-\\ua48c\\uac00-\\ud7a3\\ufe00-\\ufe0f" +
    "\\u{1f300}-\\u{1f6d7}\\u{1f900}-\\u{1fa53}\\u{20000}-\\u{2a6df}]*$",
  "u",
);

/** @param {string} text */
function stringRepr(text) {
  if (!SETTLED.test(text)) {
    throw pageLimit(`Python versions differ in how they print ${JSON.stringify(text)} inside a list`);
  }
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\'"\p{C}\p{Z}]/gu, (character) => {
    if (character === "\\" || character === quote) return `\\${character}`;
    if (character === " " || character === "'" || character === '"') return character;
    const short = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
    if (short) return short;
    const code = /** @type {number} */ (character.codePointAt(0)).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
  return quote + body + quote;
}

/** @param {Value} value @returns {string} */
export function repr(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return stringRepr(value);
  if (isNumeric(value)) {
    const number = Number(value);
    return isInteger(value) ? String(number) : (isNegative(number) ? "-" : "") + floatText(number);
  }
  if (Array.isArray(value)) return `[${value.map((item) => repr(item)).join(", ")}]`;
  const items = [...value.items()].map(([key, item]) => `${repr(key)}: ${repr(item)}`);
  return `{${items.join(", ")}}`;
}

/** Python's str(). @param {Value} value */
export const str = (value) => (typeof value === "string" ? value : repr(value));

/** @param {Value} value */
export function text(value) {
  if (typeof value !== "string") throw typeError(`text is needed, not '${typeName(value)}'`);
  return value;
}
