/**
 * What the functions of a definition call: Python's operators, built-in functions and methods, with Python's meaning.
 *
 * `twinbean.transpile` writes `(py) => (sc, val) => py.add(sc, val)`; `py` is the object exported here. The values are
 * those of values.js. docs/functions.md lists what is supported; the tests compare every piece with Python on random
 * programs.
 */
import { iadd, imul, setItem } from "./changes.js";
import { all, any, extreme, sorted, sum } from "./collectors.js";
import { chain, compare, truth } from "./comparison.js";
import { format } from "./format.js";
import { enumerate, range, reversed, zip } from "./iterators.js";
import { decode, toJSON } from "./json.js";
import { method, view } from "./methods.js";
import { abs, int, real, round, toFloat, toInteger } from "./numbers.js";
import { add, div, floordiv, mod, mul, pow, sub, unary } from "./operators.js";
import { item, iter, sized, slice, unpack } from "./sequences.js";
import { repr, str } from "./text.js";
import { Dict, Float } from "./values.js";

/** @typedef {import("./values.js").Value} Value */
/** @typedef {import("./sequences.js").Elements} Elements */
/** @typedef {import("./collectors.js").Key} Key */

export const py = {
  add, sub, mul, div, floordiv, mod, pow,
  neg: (/** @type {Value} */ value) => unary("unary -", value, (x) => -x),
  pos: (/** @type {Value} */ value) => unary("unary +", value, (x) => x),
  and: (/** @type {Value} */ a, /** @type {() => Value} */ b) => (truth(a) ? b() : a),
  or: (/** @type {Value} */ a, /** @type {() => Value} */ b) => (truth(a) ? a : b()),
  truth, compare, chain,
  item, slice, setItem, iadd, imul, unpack, iter, method, view,
  list: (/** @type {Elements} */ elements) => [...elements],
  dict: (/** @type {Iterable<[Value, Value]>} */ items) => new Dict(items),
  len: (/** @type {Value} */ value) => (value instanceof Dict ? value.size : sized(value).length),
  abs, round, int, float: toFloat, range, enumerate, zip, reversed, sorted, sum, any, all,
  min: (/** @type {Value | Elements} */ value, /** @type {Key} */ key, /** @type {Value} */ otherwise) =>
    extreme("<", value, key, otherwise),
  max: (/** @type {Value | Elements} */ value, /** @type {Key} */ key, /** @type {Value} */ otherwise) =>
    extreme(">", value, key, otherwise),
  floor: (/** @type {Value} */ value) => toInteger(value, Math.floor),
  ceil: (/** @type {Value} */ value) => toInteger(value, Math.ceil),
  trunc: (/** @type {Value} */ value) => toInteger(value, Math.trunc),
  sqrt: (/** @type {Value} */ value) => real(value, Math.sqrt),
  fabs: (/** @type {Value} */ value) => real(value, Math.abs),
  nan: new Float(NaN),
  str, repr, format, decode, toJSON,
};
