/**
 * Options of a choice that are no arms: told anew at every trial, with attributes, and perhaps paying something. The
 * replay does the same (twinbean.definitions.options).
 */
import { number } from "./payoffs.js";
import { py } from "./python/index.js";
import { Dict } from "./python/values.js";

/** @typedef {import("./python/values.js").Value} Value */

/** Options with their text, what they pay as numbers. @param {Value | undefined} found */
export function describedOptions(found) {
  if (!Array.isArray(found) || found.length < 2) throw refused("The options are", found, "a list of two or more");
  const options = found.map((given) => {
    if (!(given instanceof Dict) || typeof given.get("text") !== "string" || !String(given.get("text")).trim()) {
      throw refused("An option is", given, "'text' and 'attributes'");
    }
    const value = given.get("value") ?? null;
    if (value !== null && number(value) === null) throw refused("An option pays", value, "a number");
    const option = new Dict(given.items());
    option.set("value", number(value));
    option.set("attributes", checked(given.get("attributes") ?? null));
    return option;
  });
  const without = options.filter((option) => option.get("value") === null).length;
  if (without && without < options.length) throw refused("Of the options some pay nothing:", found, "a value for each, or for none");
  return options;
}

/** What is recorded of options that the screen itself describes. @param {Value} attributes @param {Value} values @param {number} count */
export function plainOptions(attributes, values, count) {
  for (const given of [attributes, values]) {
    if (given !== null && (!Array.isArray(given) || given.length !== count)) throw refused("Of the options is given", given, `one for each of ${count}`);
  }
  const each = /** @type {Value[]} */ (attributes ?? Array.from({ length: count }, () => new Dict())).map(checked);
  const paid = /** @type {Value[]} */ (values ?? Array(count).fill(null)).map(number);
  // What is not a number for each is a name, and pays nothing.
  const pays = !paid.includes(null);
  return each.map((own, i) => new Dict([["value", pays ? paid[i] : null], ["attributes", own]]));
}

/** What an option pays; null where it pays nothing. @param {Value | undefined} option @returns {Value} */
export function paidBy(option) {
  return option instanceof Dict ? option.get("value") ?? null : null;
}

/** Names with numbers. @param {Value} found */
function checked(found) {
  if (found === null) return new Dict();
  const isNumber = (/** @type {Value} */ value) => typeof value !== "boolean" && number(value) !== null;
  if (!(found instanceof Dict) || ![...found.items()].every(([, value]) => isNumber(value))) {
    throw refused("The attributes of an option are", found, "names with numbers");
  }
  return new Dict(found.items());
}

/** @param {string} what @param {Value | undefined} found @param {string} expected */
function refused(what, found, expected) {
  return new Error(`${what} ${py.repr(found ?? null)}, expected ${expected}`);
}
