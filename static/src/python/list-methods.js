/** The methods of lists. */
import { adopted, iadd } from "./changes.js";
import { same } from "./comparison.js";
import { valueError } from "./errors.js";
import { index } from "./numbers.js";
import { position } from "./sequences.js";
import { repr } from "./text.js";

/** @typedef {import("./values.js").Value} Value */

/** @type {Record<string, (self: Value[], ...rest: Value[]) => Value>} */
export const listMethods = {
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
