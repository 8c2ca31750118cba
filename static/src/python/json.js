/** Between the page's JSON (docs/page-format.md, "Values") and Python's values. */
import { valueError } from "./errors.js";
import { toFloat } from "./numbers.js";
import { repr } from "./text.js";
import { Dict, integer, isNumeric } from "./values.js";

/** @typedef {import("./values.js").Value} Value */

/**
 * The value that a node of the page's JSON stands for.
 * @param {unknown} node
 * @param {(kind: string, payload: unknown) => Value} resolve what `{"$timeline": ...}` and the like stand for
 * @returns {Value}
 */
export function decode(node, resolve = unresolved) {
  if (node === null || typeof node === "boolean" || typeof node === "string") return node;
  if (typeof node === "number") return Number.isInteger(node) ? integer(node) : node;
  if (Array.isArray(node)) return node.map((element) => decode(element, resolve));
  const entries = Object.entries(/** @type {object} */ (node));
  const [kind, payload] = entries.length === 1 ? entries[0] : ["", null];
  if (kind === "$float") return toFloat(/** @type {string | number} */ (payload));
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
export function toJSON(value) {
  if (Array.isArray(value)) return value.map(toJSON);
  if (value instanceof Dict) {
    return Object.fromEntries([...value.items()].map(([key, item]) => [jsonKey(key), toJSON(item)]));
  }
  if (!isNumeric(value) || typeof value === "boolean") return value;
  return Number.isFinite(Number(value)) ? Number(value) : { $float: repr(value) };
}

/** @param {Value} key */
function jsonKey(key) {
  return typeof key === "string" ? key : isNumeric(key) && typeof key !== "boolean" ? repr(key) : String(key);
}
