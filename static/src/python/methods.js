/** The methods of values. */
import { pageLimit, PythonError } from "./errors.js";
import { listMethods } from "./list-methods.js";
import { keys, values } from "./sequences.js";
import { textMethods } from "./text-methods.js";
import { Dict, typeName } from "./values.js";

/** @typedef {import("./values.js").Value} Value */
/** @typedef {import("./sequences.js").Elements} Elements */

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
  const known = kind === "str" ? textMethods : kind === "list" ? listMethods : kind === "dict" ? dictMethods : {};
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
