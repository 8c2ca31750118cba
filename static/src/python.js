/**
 * What the functions of a definition call: Python's operators, built-in functions and methods, with Python's meaning.
 *
 * `twinbean.bean.functions.emit` writes `(py) => (sc, val) => py.add(sc, val)`; `py` is the object exported here. The
 * values are those of python-format.js. docs/functions.md lists what is supported; the tests compare every piece with
 * Python on random programs.
 */
import { Dict, Float, PythonError, float, format, integer, isInteger, isNegative, isNumeric } from "./python-format.js";
import { repr, scaledDigits, str, typeName } from "./python-format.js";

/** @typedef {import("./python-format.js").Value} Value */
/** @typedef {import("./python-format.js").Numeric} Numeric */
/** @typedef {"==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in"} Comparison */
/** @typedef {Iterable<Value>} Elements what a for statement can go through */

/** @param {string} message */
const typeError = (message) => new PythonError("TypeError", message);
/** @param {string} message */
const valueError = (message) => new PythonError("ValueError", message);
/** @param {string} message */
const pageLimit = (message) => new PythonError("PageLimit", message);

// ---- numbers

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
function add(a, b) {
  if (typeof a === "string" && typeof b === "string") return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  return arithmetic("+", a, b, (x, y) => x + y, (x, y) => x + y);
}

/** @param {Value} a @param {Value} b */
const sub = (a, b) => arithmetic("-", a, b, (x, y) => x - y, (x, y) => x - y);

/** @param {Value} a @param {Value} b @returns {Value} */
function mul(a, b) {
  const [sequence, times] = isNumeric(a) ? [b, a] : [a, b];
  if (isInteger(times) && typeof sequence === "string") return sequence.repeat(Math.max(Number(times), 0));
  if (isInteger(times) && Array.isArray(sequence)) {
    return Array.from({ length: Math.max(Number(times), 0) }, () => sequence).flat();
  }
  return arithmetic("*", a, b, (x, y) => x * y, (x, y) => x * y);
}

/** @param {number} divisor */
function nonzero(divisor) {
  if (divisor === 0) throw new PythonError("ZeroDivisionError", "division by zero");
  return divisor;
}

/** @param {Value} a @param {Value} b */
function div(a, b) {
  arithmetic("/", a, b, () => 0, () => 0);
  return float(Number(a) / nonzero(Number(b)));
}

/** The remainder has the sign of the divisor. @param {number} x @param {number} y */
function remainder(x, y) {
  const rest = x % nonzero(y);
  if (rest === 0) return isNegative(y) ? -0 : 0;
  return rest < 0 === y < 0 ? rest : rest + y;
}

/** Two floats, as CPython's float_divmod does it. @param {number} x @param {number} y */
function flooredQuotient(x, y) {
  const rest = x % nonzero(y);
  const quotient = (x - rest) / y - (rest !== 0 && rest < 0 !== y < 0 ? 1 : 0);
  if (quotient === 0) return isNegative(x / y) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

/** @param {Value} a @param {Value} b */
const floordiv = (a, b) => arithmetic("//", a, b, (x, y) => (x - remainder(x, y)) / y, flooredQuotient);

/** @param {Value} a @param {Value} b */
function mod(a, b) {
  if (typeof a === "string") throw pageLimit("text % value is not carried to the page; write an f-string");
  return arithmetic("%", a, b, remainder, remainder);
}

/** @param {string} symbol @param {Value} value @param {(x: number) => number} change */
function unary(symbol, value, change) {
  if (!isNumeric(value)) throw typeError(`bad operand type for ${symbol}: '${typeName(value)}'`);
  return isInteger(value) ? integer(change(Number(value))) : float(change(Number(value)));
}

/**
 * The int of a float, by `direction`: Math.floor, Math.ceil, Math.trunc or half to even.
 * @param {Value} value @param {(x: number) => number} direction
 */
function toInteger(value, direction) {
  if (!isNumeric(value)) throw typeError(`a number is needed, not '${typeName(value)}'`);
  const number = Number(value);
  if (Number.isNaN(number)) throw valueError("cannot convert float NaN to integer");
  if (!Number.isFinite(number)) throw new PythonError("OverflowError", "cannot convert float infinity to integer");
  return integer(direction(number));
}

/** @param {number} x */
const halfToEven = (x) => Number(scaledDigits(x, 0)) * (x < 0 ? -1 : 1);

/** @param {Value} value @param {Value} [places] */
function round(value, places = null) {
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
function index(value) {
  if (!isInteger(value)) throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  return Number(value);
}

/** @param {string} text */
function trimmedNumber(text) {
  const trimmed = strip(text, null, true, true);
  if (/[^\0-\x7f]/.test(trimmed)) throw pageLimit(`only the digits 0 to 9 are read on a page, not ${JSON.stringify(text)}`);
  // Text that is plain ASCII is trimmed by C's isspace, other text by Unicode's.
  return /[^\0-\x7f]/.test(text) ? trimmed : text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
}

/** @param {Value} value @returns {number} */
function int(value) {
  if (typeof value !== "string") return toInteger(value, Math.trunc);
  const text = trimmedNumber(value);
  if (!/^[+-]?\d+(_\d+)*$/.test(text)) throw valueError(`invalid literal for int() with base 10: ${repr(value)}`);
  return integer(Number(text.replaceAll("_", "")));
}

/** @param {Value} value */
function toFloat(value) {
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
function abs(value) {
  return unary("abs()", value, Math.abs);
}

/** @param {Value} value @param {(x: number) => number} exact a function that IEEE 754 rounds correctly */
function real(value, exact) {
  if (!isNumeric(value)) throw typeError(`must be real number, not ${typeName(value)}`);
  const result = exact(Number(value));
  if (Number.isNaN(result) && !Number.isNaN(Number(value))) throw valueError("math domain error");
  return float(result);
}

// ---- comparisons and truth

/** @param {Value} value */
function truth(value) {
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
const same = (a, b) => a === b || equal(a, b);

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
function compare(a, operator, b) {
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
function chain(first, ...rest) {
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

// ---- lists, dicts and text

/** @param {Value} value */
function text(value) {
  if (typeof value !== "string") throw typeError(`text is needed, not '${typeName(value)}'`);
  return value;
}

/** What `for` goes through; a list may still grow under way, as in Python. @param {Value | Elements} value @returns {Elements} */
function iter(value) {
  if (value instanceof Dict) return keys(value);
  if (value === null || (typeof value !== "string" && typeof value !== "object") || value instanceof Float) {
    throw typeError(`'${typeName(value)}' object is not iterable`);
  }
  return value;
}

/** @param {Dict} dict @returns {Generator<Value, void>} */
function* keys(dict) {
  for (const [key] of dict.items()) yield key;
}

/** @param {Dict} dict @returns {Generator<Value, void>} */
function* values(dict) {
  for (const [, value] of dict.items()) yield value;
}

/** @param {Value} value @returns {Value[]} the items of a list, the characters of a text, the keys of a dict */
function sized(value) {
  if (Array.isArray(value)) return value;
  if (typeof value === "string" || value instanceof Dict) return [...iter(value)];
  throw typeError(`object of type '${typeName(value)}' has no len()`);
}

/** @param {Value} value @returns {Value[] | string[]} */
function sequence(value) {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [...value];
  throw typeError(`'${typeName(value)}' object is not subscriptable`);
}

/** @param {Value[] | string[]} items @param {Value} at */
function position(items, at) {
  const i = index(at);
  if (i < -items.length || i >= items.length) throw new PythonError("IndexError", `index ${i} out of range`);
  return i < 0 ? i + items.length : i;
}

/** @param {Value} container @param {Value} key @returns {Value} */
function item(container, key) {
  if (container instanceof Dict) {
    const found = container.get(key);
    if (found === undefined) throw new PythonError("KeyError", repr(key));
    return found;
  }
  const items = sequence(container);
  return items[position(items, key)];
}

/** @param {Value} value @param {Value} start @param {Value} stop @param {Value} step @returns {Value} */
function slice(value, start, stop, step) {
  if (value instanceof Dict) throw pageLimit("Python versions differ in what a slice of a dict raises");
  const items = sequence(value);
  const stride = step === null ? 1 : index(step);
  if (stride === 0) throw valueError("slice step cannot be zero");
  const [lowest, highest] = stride > 0 ? [0, items.length] : [-1, items.length - 1];
  const bound = (/** @type {Value} */ at, /** @type {number} */ otherwise) => {
    if (at === null) return otherwise;
    const i = index(at);
    return Math.min(Math.max(i < 0 ? i + items.length : i, lowest), highest);
  };
  const first = bound(start, stride > 0 ? lowest : highest);
  const last = bound(stop, stride > 0 ? highest : lowest);
  const taken = [];
  for (let i = first; stride > 0 ? i < last : i > last; i += stride) taken.push(items[i]);
  return typeof value === "string" ? taken.join("") : taken;
}

/** `container[key] = value`, in Python's order of evaluation. @param {Value} value @param {Value} container @param {Value} key */
function setItem(value, container, key) {
  if (container instanceof Dict) container.set(key, value);
  else if (Array.isArray(container)) container[position(container, key)] = value;
  else throw typeError(`'${typeName(container)}' object does not support item assignment`);
}

/** `a += b`, which changes a list in place. @param {Value} a @param {Value} b @returns {Value} */
function iadd(a, b) {
  if (!Array.isArray(a)) return add(a, b);
  a.push(...[...iter(b)]);
  return a;
}

/** `a *= b`, which changes a list in place. @param {Value} a @param {Value} b @returns {Value} */
function imul(a, b) {
  const product = mul(a, b);
  if (!Array.isArray(a) || !Array.isArray(product)) return product;
  a.splice(0, a.length, ...product);
  return a;
}

/** Values for `a, (b, c) = value`, as arrays of that shape. @param {Value} value @param {any} shape 0 for a name @returns {any} */
function unpack(value, shape) {
  if (shape === 0) return value;
  const items = [];
  for (const element of iter(value)) {
    if (items.length === shape.length) throw valueError(`too many values to unpack (expected ${shape.length})`);
    items.push(element);
  }
  if (items.length === shape.length) return items.map((element, i) => unpack(element, shape[i]));
  throw valueError(`not enough values to unpack (expected ${shape.length}, got ${items.length})`);
}

/** @param {Value} a @param {Value} b @param {Value} step */
function range(a, b = null, step = 1) {
  const [start, stop, stride] = [b === null ? 0 : index(a), b === null ? index(a) : index(b), index(step)];
  if (stride === 0) throw valueError("range() arg 3 must not be zero");
  return Array.from({ length: Math.max(Math.ceil((stop - start) / stride), 0) }, (_, i) => start + i * stride);
}

/** @param {Value | Elements} value @param {Value} [start] @returns {Elements} */
function enumerate(value, start = 0) {
  const [elements, first] = [iter(value), index(start)];
  return (function* () {
    let count = first;
    for (const element of elements) yield [count++, element];
  })();
}

/** @param {(Value | Elements)[]} several @returns {Elements} */
function zip(...several) {
  const sources = several.map((value) => iter(value)[Symbol.iterator]());
  return (function* () {
    while (sources.length) {
      const row = [];
      for (const source of sources) {
        const next = source.next();
        if (next.done) return;
        row.push(next.value);
      }
      yield row;
    }
  })();
}

/** @param {Value} value @returns {Elements} */
function reversed(value) {
  if (!Array.isArray(value) && typeof value !== "string" && !(value instanceof Dict)) {
    throw typeError(`'${typeName(value)}' object is not reversible`);
  }
  const items = sized(value);
  return (function* () {
    for (let i = items.length - 1; i >= 0; i--) if (i < items.length) yield items[i];
  })();
}

/** @param {Value} value @returns {boolean} */
function holdsNaN(value) {
  if (Array.isArray(value)) return value.some(holdsNaN);
  return value instanceof Float && Number.isNaN(value.value);
}

/** @typedef {((value: Value) => Value) | null} Key */

/** @param {Value | Elements} value @param {Key} key @param {Value} backwards @returns {Value[]} */
function sorted(value, key = null, backwards = false) {
  const rows = [...iter(value)].map((element) => ({ element, by: key ? key(element) : element }));
  if (rows.length > 1 && rows.some((row) => holdsNaN(row.by))) throw pageLimit("the place of nan in a sorted list is undefined");
  const down = index(backwards) ? -1 : 1;
  rows.sort((a, b) => (compare(a.by, "<", b.by) ? -down : compare(b.by, "<", a.by) ? down : 0));
  return rows.map((row) => row.element);
}

/** The first extreme element. @param {"<" | ">"} operator @param {Value | Elements} value @param {Key} key @param {Value} [otherwise] */
function extreme(operator, value, key, otherwise) {
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

// ---- methods

/** @param {string} value @param {Value} characters null for blanks @param {boolean} left @param {boolean} right */
function strip(value, characters, left, right) {
  const blanks = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a";
  const taken = new Set(characters === null ? `${blanks}\u2028\u2029\u202f\u205f\u3000` : text(characters));
  const kept = [...value];
  while (left && kept.length && taken.has(kept[0])) kept.shift();
  while (right && kept.length && taken.has(kept[kept.length - 1])) kept.pop();
  return kept.join("");
}

// Letters whose small and capital forms no Unicode version has changed or will change (U+03A3 depends on its neighbours).
const CASED = new RegExp(
  "^[\\0-\\u017f\\u0386\\u0388-\\u038a\\u038c\\u038e-\\u03a1\\u03a4-\\u03ce\\u0400-\\u045f\\u2000-\\u2064\\u20a0-\\u20c0" +
    "\\u2190-\\u2426\\u2500-\\u2b73\\u3000-\\u303f\\u3041-\\u3096\\u3099-\\u30ff\\u4e00-\\u9ffc\\uac00-\\ud7a3" +
    "\\ufe00-\\ufe0f\\u{1f300}-\\u{1f6d7}\\u{1f900}-\\u{1fa53}]*$",
  "u",
);

/** @param {string} value */
function cased(value) {
  if (!CASED.test(value)) throw pageLimit(`small and capital letters of ${JSON.stringify(value)} differ between Unicode versions`);
  return value;
}

/** @param {string} value @param {Value} separator @returns {string[]} */
function split(value, separator) {
  if (separator === null) {
    const words = [""];
    for (const character of value) {
      if (strip(character, null, true, true)) words[words.length - 1] += character;
      else if (words[words.length - 1]) words.push("");
    }
    return words[words.length - 1] ? words : words.slice(0, -1);
  }
  if (text(separator) === "") throw valueError("empty separator");
  return value.split(/** @type {string} */ (separator));
}

/** @param {string} value @param {string} part @returns {number} in code points, -1 where there is none */
function find(value, part) {
  const units = value.indexOf(part);
  return units < 0 ? -1 : [...value.slice(0, units)].length;
}

/** @param {string} value @param {Value} width @param {Value} fill @param {(missing: number, width: number) => number} left */
function padded(value, width, fill, left) {
  const size = index(width);
  const missing = Math.max(size - [...value].length, 0);
  if ([...text(fill)].length !== 1) throw typeError("The fill character must be exactly one character long");
  const before = left(missing, size);
  return text(fill).repeat(before) + value + text(fill).repeat(missing - before);
}

/** @type {Record<string, (self: string, ...rest: Value[]) => Value>} */
const stringMethods = {
  center: (self, width, fill = " ") =>
    padded(self, width, fill, (missing, size) => Math.floor(missing / 2) + (missing & size & 1)),
  count: (self, part) => (text(part) === "" ? [...self].length + 1 : self.split(text(part)).length - 1),
  endswith: (self, part) => self.endsWith(text(part)),
  find: (self, part) => find(self, text(part)),
  index: (self, part) => {
    const found = find(self, text(part));
    if (found < 0) throw valueError("substring not found");
    return found;
  },
  join: (self, parts) => [...iter(parts)].map(text).join(self),
  ljust: (self, width, fill = " ") => padded(self, width, fill, () => 0),
  lower: (self) => cased(self).toLowerCase(),
  lstrip: (self, characters = null) => strip(self, characters, true, false),
  replace: (self, old, by) => {
    if (text(old) !== "") return self.split(text(old)).join(text(by));
    return text(by) + [...self].map((character) => character + text(by)).join("");
  },
  rjust: (self, width, fill = " ") => padded(self, width, fill, (missing) => missing),
  rstrip: (self, characters = null) => strip(self, characters, false, true),
  split: (self, separator = null) => split(self, separator),
  startswith: (self, part) => self.startsWith(text(part)),
  strip: (self, characters = null) => strip(self, characters, true, true),
  upper: (self) => cased(self).toUpperCase(),
  zfill: (self, width) => {
    const [, sign, rest] = /** @type {RegExpExecArray} */ (/^([+-]?)(.*)$/s.exec(self));
    return sign + "0".repeat(Math.max(index(width) - [...self].length, 0)) + rest;
  },
};

/** @type {Record<string, (self: Value[], ...rest: Value[]) => Value>} */
const listMethods = {
  append: (self, value) => {
    self.push(value);
    return null;
  },
  copy: (self) => [...self],
  count: (self, value) => self.filter((element) => same(element, value)).length,
  extend: (self, more) => {
    iadd(self, more);
    return null;
  },
  index: (self, value) => {
    const found = self.findIndex((element) => same(element, value));
    if (found < 0) throw valueError(`${repr(value)} is not in list`);
    return found;
  },
  insert: (self, at, value) => {
    self.splice(index(at), 0, value);
    return null;
  },
  pop: (self, at = -1) => self.splice(position(self, at), 1)[0],
};

/** @type {Record<string, (self: Dict, ...rest: Value[]) => Value>} */
const dictMethods = {
  copy: (self) => new Dict(self.items()),
  get: (self, key, otherwise = null) => {
    const found = self.get(key);
    return found === undefined ? otherwise : found;
  },
  pop: () => {
    throw pageLimit("only a list can pop on a page");
  },
};

/** @param {Value} self @param {string} name @param {...Value} given */
function method(self, name, ...given) {
  const known = typeof self === "string" ? stringMethods : Array.isArray(self) ? listMethods : self instanceof Dict ? dictMethods : {};
  if (!Object.hasOwn(known, name)) throw new PythonError("AttributeError", `'${typeName(self)}' object has no attribute '${name}'`);
  return /** @type {(self: Value, ...given: Value[]) => Value} */ (known[name])(self, ...given);
}

/** `.keys()`, `.values()` and `.items()`, which are gone through. @param {Value} self @param {string} name @returns {Elements} */
function view(self, name) {
  if (!(self instanceof Dict)) throw new PythonError("AttributeError", `'${typeName(self)}' object has no attribute '${name}'`);
  return name === "keys" ? keys(self) : name === "values" ? values(self) : self.items();
}

// ---- between the page's JSON and Python's values

/**
 * The value that a node of the page's JSON stands for (docs/page-format.md, "Values").
 * @param {unknown} node
 * @param {(kind: string, payload: unknown) => Value} resolve what `{"$timeline": ...}` and the like stand for
 * @returns {Value}
 */
function decode(node, resolve = unresolved) {
  if (node === null || typeof node === "boolean" || typeof node === "string") return node;
  if (typeof node === "number") return Number.isInteger(node) ? integer(node) : node;
  if (Array.isArray(node)) return node.map((element) => decode(element, resolve));
  const entries = Object.entries(/** @type {object} */ (node));
  const [kind, payload] = entries.length === 1 ? entries[0] : ["", null];
  if (kind === "$float") return float(Number(/** @type {string} */ (payload).toString().replace("inf", "Infinity")));
  if (kind !== "$dict" && kind.startsWith("$")) return resolve(kind, payload);
  const items = kind === "$dict" ? /** @type {[unknown, unknown][]} */ (payload) : entries;
  return new Dict(items.map(([key, value]) => [decode(key, resolve), decode(value, resolve)]));
}

/** @param {string} kind @returns {Value} */
function unresolved(kind) {
  throw valueError(`${kind} stands for nothing here`);
}

/**
 * Plain JSON data for the record. Keys become text as in Python's json.dumps; nan and infinities, which JSON lacks,
 * are written `{"$float": "nan"}`.
 * @param {Value} value @returns {unknown}
 */
function toJSON(value) {
  if (Array.isArray(value)) return value.map(toJSON);
  if (value instanceof Dict) return Object.fromEntries([...value.items()].map(([key, item]) => [jsonKey(key), toJSON(item)]));
  if (!isNumeric(value) || typeof value === "boolean") return value;
  return Number.isFinite(Number(value)) ? Number(value) : { $float: repr(value) };
}

/** @param {Value} key */
function jsonKey(key) {
  return typeof key === "string" ? key : isNumeric(key) && typeof key !== "boolean" ? repr(key) : String(key);
}

export const py = {
  add, sub, mul, div, floordiv, mod,
  neg: (/** @type {Value} */ value) => unary("unary -", value, (x) => -x),
  pos: (/** @type {Value} */ value) => unary("unary +", value, (x) => x),
  and: (/** @type {Value} */ a, /** @type {() => Value} */ b) => (truth(a) ? b() : a),
  or: (/** @type {Value} */ a, /** @type {() => Value} */ b) => (truth(a) ? a : b()),
  truth, compare, chain,
  item, slice, setItem, iadd, imul, unpack, iter, method, view,
  list: (/** @type {Elements} */ elements) => [...elements],
  dict: (/** @type {Iterable<[Value, Value]>} */ items) => new Dict(items),
  len: (/** @type {Value} */ value) => (value instanceof Dict ? value.size : sized(value).length),
  abs, round, int, float: toFloat, range, enumerate, zip, reversed, sorted,
  min: (/** @type {Value | Elements} */ value, /** @type {Key} */ key, /** @type {Value} */ otherwise) =>
    extreme("<", value, key, otherwise),
  max: (/** @type {Value | Elements} */ value, /** @type {Key} */ key, /** @type {Value} */ otherwise) =>
    extreme(">", value, key, otherwise),
  any: (/** @type {Elements} */ elements) => {
    for (const element of elements) if (truth(element)) return true;
    return false;
  },
  all: (/** @type {Elements} */ elements) => {
    for (const element of elements) if (!truth(element)) return false;
    return true;
  },
  floor: (/** @type {Value} */ value) => toInteger(value, Math.floor),
  ceil: (/** @type {Value} */ value) => toInteger(value, Math.ceil),
  trunc: (/** @type {Value} */ value) => toInteger(value, Math.trunc),
  sqrt: (/** @type {Value} */ value) => real(value, Math.sqrt),
  fabs: (/** @type {Value} */ value) => real(value, Math.abs),
  nan: new Float(NaN),
  str, repr, format, decode, toJSON,
};
