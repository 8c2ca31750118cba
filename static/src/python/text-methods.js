/** The methods of text. */
import { pageLimit, valueError } from "./errors.js";
import { iter } from "./sequences.js";
import { BLANKS, text } from "./text.js";

/** @typedef {import("./values.js").Value} Value */

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

/** @type {Record<string, (self: string, ...rest: Value[]) => Value>} */
export const textMethods = {
  count: (self, part) => (text(part) === "" ? [...self].length + 1 : self.split(text(part)).length - 1),
  endswith: (self, part) => self.endsWith(text(part)),
  find: (self, part) => find(self, text(part)),
  index: (self, part) => {
    const found = find(self, text(part));
    if (found < 0) throw valueError("substring not found");
    return found;
  },
  join: (self, parts) => [...iter(parts)].map(text).join(self),
  lower: (self) => cased(self).toLowerCase(),
  lstrip: (self, characters = null) => strip(self, characters, true, false),
  replace: (self, old, by) => {
    if (text(old) !== "") return self.split(text(old)).join(text(by));
    return text(by) + [...self].map((character) => character + text(by)).join("");
  },
  rstrip: (self, characters = null) => strip(self, characters, false, true),
  split: (self, separator = null) => split(self, separator),
  startswith: (self, part) => self.startsWith(text(part)),
  strip: (self, characters = null) => strip(self, characters, true, true),
  upper: (self) => cased(self).toUpperCase(),
};
