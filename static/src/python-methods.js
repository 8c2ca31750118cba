/** The methods of text, lists and dicts. */
import { BLANKS, Dict, PythonError, pageLimit, repr, typeError, typeName, valueError } from "./python-format.js";
import { bounded, index, same, text } from "./python-operators.js";
import { adopted, iadd, iter, keys, position, values } from "./python-sequences.js";

/** @typedef {import("./python-format.js").Value} Value */
/** @typedef {import("./python-sequences.js").Elements} Elements */

/** @param {string} value @param {Value} characters null for blanks @param {boolean} left @param {boolean} right */
function strip(value, characters, left, right) {
  const taken = characters === null ? BLANKS : [...text(characters)];
  const kept = [...value];
  while (left && kept.length && taken.includes(kept[0])) kept.shift();
  while (right && kept.length && taken.includes(kept[kept.length - 1])) kept.pop();
  return kept.join("");
}

// Letters whose small and capital forms are settled, and characters that have none; U+03A3 depends on its neighbours.
const CASED = new RegExp(
  "^[\\0-\\u017f\\u0386\\u0388-\\u038a\\u038c\\u038e-\\u03a1\\u03a4-\\u03ce\\u0400-\\u045f" +
    "\\u2000-\\u2064\\u20a0-\\u20c0\\u2190-\\u2426\\u2500-\\u2b73\\u3000-\\u303f\\u3041-\\u3096\\u3099-\\u30ff\\u4e00-\\u9ffc\\uac00-\\ud7a3" +
    "\\ufe00-\\ufe0f\\u{1f300}-\\u{1f6d7}\\u{1f900}-\\u{1fa53}]*$",
  "u",
);

/** @param {string} value */
function cased(value) {
  if (!CASED.test(value)) throw pageLimit(`the case of ${JSON.stringify(value)} depends on the Unicode version`);
  return value;
}

/** @param {string} value @param {Value} separator @returns {string[]} */
function split(value, separator) {
  if (separator === null) {
    const words = [""];
    for (const character of value) {
      if (!BLANKS.includes(character)) words[words.length - 1] += character;
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

/**
 * @param {string} value @param {Value} width @param {Value} fill
 * @param {(missing: number, width: number) => number} left how much of what is missing goes before
 */
function padded(value, width, fill, left) {
  const size = index(width);
  const missing = bounded(Math.max(size - [...value].length, 0));
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
    return sign + "0".repeat(bounded(Math.max(index(width) - [...self].length, 0))) + rest;
  },
};

/** @type {Record<string, (self: Value[], ...rest: Value[]) => Value>} */
const listMethods = {
  append: (self, value) => {
    self.push(adopted(self, value));
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
    self.splice(index(at), 0, adopted(self, value));
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

/** A method of a value, looked up before its arguments are evaluated. @param {Value} self @param {string} name */
export function method(self, name) {
  const kind = typeName(self);
  const known = kind === "str" ? stringMethods : kind === "list" ? listMethods : kind === "dict" ? dictMethods : {};
  if (!Object.hasOwn(known, name)) throw noAttribute(self, name);
  const called = /** @type {(self: Value, ...given: Value[]) => Value} */ (known[name]);
  return (/** @type {Value[]} */ ...given) => called(self, ...given);
}

/** @param {Value} self @param {string} name */
function noAttribute(self, name) {
  return new PythonError("AttributeError", `'${typeName(self)}' object has no attribute '${name}'`);
}

/**
 * `.keys()`, `.values()` and `.items()`, which are gone through.
 * @param {Value} self @param {string} name @returns {Elements}
 */
export function view(self, name) {
  if (!(self instanceof Dict)) throw noAttribute(self, name);
  return name === "keys" ? keys(self) : name === "values" ? values(self) : self.items();
}
