/** What stands in a row, as plugins take it. */
import { py } from "../python/index.js";

/** @typedef {import("../python/values.js").Value} Value */

/** @param {Value | undefined} value @returns {Value[]} the list, empty for None */
export function list(value) {
  return Array.isArray(value) ? value : [];
}

/** None shows nothing. @param {Value | undefined} value */
export function shownText(value) {
  return value === null || value === undefined ? "" : py.str(value);
}

/** @param {Value | undefined} value */
export function milliseconds(value) {
  return value === null || value === undefined ? null : Number(value);
}
