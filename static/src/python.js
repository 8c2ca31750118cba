/**
 * What the functions of a definition call: Python's operators, built-in functions and methods, with Python's meaning.
 *
 * `twinbean.bean.functions.emit` writes `(py) => (sc, val) => py.add(sc, val)`; `py` is the object exported here. The
 * values are those of python-format.js. docs/functions.md lists what is supported; the tests compare every piece with
 * Python on random programs.
 */
import { Dict, Float, format, integer, isNumeric, repr, str, valueError } from "./python-format.js";
import { method, view } from "./python-methods.js";
import { abs, add, chain, compare, div, floordiv, int, mod, mul } from "./python-operators.js";
import { real, round, sub, toFloat, toInteger, truth, unary } from "./python-operators.js";
import { enumerate, extreme, iadd, imul, item, iter, range } from "./python-sequences.js";
import { reversed, setItem, sized, slice, sorted, unpack, zip } from "./python-sequences.js";

/** @typedef {import("./python-format.js").Value} Value */
/** @typedef {import("./python-sequences.js").Elements} Elements */
/** @typedef {import("./python-sequences.js").Key} Key */

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
function toJSON(value) {
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
