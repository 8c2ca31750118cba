/**
 * Python's values in JavaScript, and the text that Python gives them.
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

/** @typedef {Value[]} List */
/** @typedef {null | boolean | number | string | Float | Dict | List} Value */
/** @typedef {boolean | number | Float} Numeric */

/** An exception under the name that Python gives it; `PageLimit` where Python has an answer that a page cannot give. */
export class PythonError extends Error {
  /** @param {string} name @param {string} message */
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

/** @param {string} message */
export const typeError = (message) => new PythonError("TypeError", message);
/** @param {string} message */
export const valueError = (message) => new PythonError("ValueError", message);
/** @param {string} message */
export const pageLimit = (message) => new PythonError("PageLimit", message);

/** The characters that str.strip() and str.split() take for blank. */
export const BLANKS =
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
  "\u2028\u2029\u202f\u205f\u3000";

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

/**
 * |value| times 10^places, rounded half to even from the exact binary value, as its decimal digits.
 * @param {number} value finite
 * @param {number} places
 */
export function scaledDigits(value, places) {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const biased = (bits.getUint16(0) >> 4) & 0x7ff;
  const fraction = bits.getBigUint64(0) & 0xfffffffffffffn;
  const exponent = Math.max(biased, 1) - 1075;
  let above = (biased ? fraction | 0x10000000000000n : fraction) << BigInt(Math.max(exponent, 0));
  let below = 1n << BigInt(Math.max(-exponent, 0));
  if (places >= 0) above *= 10n ** BigInt(places);
  else below *= 10n ** BigInt(-places);
  const whole = above / below;
  const twice = 2n * (above % below);
  return String(twice > below || (twice === below && whole % 2n === 1n) ? whole + 1n : whole);
}

/** Digits with a decimal point before the last `places`. @param {string} digits @param {number} places */
function pointed(digits, places) {
  if (places <= 0) return digits + "0".repeat(-places);
  const padded = digits.padStart(places + 1, "0");
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

/** @param {string} digits the first before the point @param {number} exponent */
function scientific(digits, exponent) {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** |value| to `count` significant digits. @param {number} value finite @param {number} count */
function significant(value, count) {
  if (value === 0) return { digits: "0".repeat(count), exponent: 0 };
  let exponent = Number(value.toExponential().split("e")[1]);
  let digits = scaledDigits(value, count - 1 - exponent);
  if (digits.length < count) digits = scaledDigits(value, count - 1 - --exponent); // 1e23 is 9.99...e22
  else if (digits.length > count) digits = scaledDigits(value, count - 1 - ++exponent); // 9.99 was rounded up to 10
  return { digits, exponent };
}

/** @param {string} digits @param {number} exponent @param {number} limit exponents from here on are written out */
function shorter(digits, exponent, limit) {
  if (exponent < -4 || exponent >= limit) return scientific(digits, exponent);
  return pointed(digits, digits.length - 1 - exponent);
}

/** Python's repr of |value|. @param {number} value */
function floatText(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : "inf";
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e"); // the shortest digits, as in Python
  const text = shorter(mantissa.replace(".", ""), Number(exponent), 16);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

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

/**
 * A format specification, taken apart at export; null where nothing was written.
 * @typedef {{fill: string, align: string | null, sign: string | null, zero: boolean, width: number,
 *            group: string | null, precision: number | null, type: string | null}} Spec
 */

/** Python's format(). @param {Value} value @param {Spec} spec @returns {string} */
export function format(value, spec) {
  if (typeof value === "string") {
    if (spec.sign || spec.group || spec.align === "=" || (spec.type ?? "s") !== "s") throw unknownFormat(value, spec);
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
  const sign = isNegative(number) ? "-" : spec.sign === "+" || spec.sign === " " ? spec.sign : "";
  const text = integral ? String(Math.abs(number)) : formattedFloat(number, spec);
  return aligned(sign, spec.group ? grouped(text, spec.group) : text, spec, ">");
}

/** @param {number} value @param {Spec} spec @returns {string} without its sign */
function formattedFloat(value, spec) {
  const percent = spec.type === "%";
  const number = percent ? value * 100 : value;
  if (!Number.isFinite(number)) return floatText(number) + (percent ? "%" : "");
  const precision = spec.precision ?? 6;
  if (percent || spec.type === "f") return pointed(scaledDigits(number, precision), precision) + (percent ? "%" : "");
  if (spec.type === "e") {
    const { digits, exponent } = significant(number, precision + 1);
    return scientific(digits, exponent);
  }
  if (spec.type === null && spec.precision === null) return floatText(number);
  const count = Math.max(precision, 1);
  const { digits, exponent } = significant(number, count);
  const kept = digits.replace(/0+$/, "") || "0";
  if (spec.type === "g") return shorter(kept, exponent, count);
  const text = shorter(kept, exponent, count - 1);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** @param {string} text @param {string} mark */
function grouped(text, mark) {
  return text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, mark));
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
