/** Lists, dicts and texts: their items, and going through them. */
import { Dict, Float, PythonError, pageLimit, repr, typeError, typeName, valueError } from "./python-format.js";
import { add, bounded, compare, index, mul } from "./python-operators.js";

/** @typedef {import("./python-format.js").List} List */
/** @typedef {import("./python-format.js").Value} Value */
/** @typedef {Iterable<Value>} Elements what a for statement can go through */

/** What `for` goes through; a list may grow under way. @param {Value | Elements} value @returns {Elements} */
export function iter(value) {
  if (value instanceof Dict) return keys(value);
  if (value === null || (typeof value !== "string" && typeof value !== "object") || value instanceof Float) {
    throw typeError(`'${typeName(value)}' object is not iterable`);
  }
  return value;
}

/** @param {Dict} dict @returns {Generator<Value, void>} */
export function* keys(dict) {
  for (const [key] of dict.items()) yield key;
}

/** @param {Dict} dict @returns {Generator<Value, void>} */
export function* values(dict) {
  for (const [, value] of dict.items()) yield value;
}

/** @param {Value} value @returns {Value[]} the items of a list, the characters of a text, the keys of a dict */
export function sized(value) {
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
export function position(items, at) {
  const i = index(at);
  if (i < -items.length || i >= items.length) throw new PythonError("IndexError", `index ${i} out of range`);
  return i < 0 ? i + items.length : i;
}

/** @param {Value} container @param {Value} key @returns {Value} */
export function item(container, key) {
  if (container instanceof Dict) {
    const found = container.get(key);
    if (found === undefined) throw new PythonError("KeyError", repr(key));
    return found;
  }
  const items = sequence(container);
  return items[position(items, key)];
}

/** @param {Value} value @param {Value} start @param {Value} stop @param {Value} step @returns {Value} */
export function slice(value, start, stop, step) {
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

/**
 * A value that is put into a container. Lists that hold themselves are never made, so everything here comes to an end.
 * @param {List | Dict} container @param {Value} value
 */
export function adopted(container, value) {
  if (holds(value, container)) throw pageLimit(`a ${typeName(container)} cannot hold itself on a page`);
  return value;
}

/** @param {Value} value @param {Value} sought @returns {boolean} */
function holds(value, sought) {
  if (value === sought) return true;
  const parts = Array.isArray(value) ? value : value instanceof Dict ? values(value) : [];
  return [...parts].some((part) => holds(part, sought));
}

/** `container[key] = value`, in Python's order. @param {Value} value @param {Value} container @param {Value} key */
export function setItem(value, container, key) {
  if (container instanceof Dict) container.set(key, adopted(container, value));
  else if (Array.isArray(container)) container[position(container, key)] = adopted(container, value);
  else throw typeError(`'${typeName(container)}' object does not support item assignment`);
}

/** `a += b`, which changes a list in place. @param {Value} a @param {Value} b @returns {Value} */
export function iadd(a, b) {
  if (!Array.isArray(a)) return add(a, b);
  const items = [...iter(b)]; // of `a` itself, what it holds by now
  for (const element of items) a.push(adopted(a, element));
  return a;
}

/** `a *= b`, which changes a list in place. @param {Value} a @param {Value} b @returns {Value} */
export function imul(a, b) {
  const product = mul(a, b);
  if (!Array.isArray(a) || !Array.isArray(product)) return product;
  a.length = 0;
  for (const element of product) a.push(element);
  return a;
}

/**
 * The values of `a, (b, c) = value`.
 * @param {Value} value @param {any} shape 0 for a name, an array for names in parentheses @returns {any} of that shape
 */
export function unpack(value, shape) {
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
export function range(a, b = null, step = 1) {
  const [start, stop, stride] = [b === null ? 0 : index(a), b === null ? index(a) : index(b), index(step)];
  if (stride === 0) throw valueError("range() arg 3 must not be zero");
  const length = bounded(Math.max(Math.ceil((stop - start) / stride), 0));
  return Array.from({ length }, (_, i) => start + i * stride);
}

/** @param {Value | Elements} value @param {Value} [start] @returns {Elements} */
export function enumerate(value, start = 0) {
  const [elements, first] = [iter(value), index(start)];
  return (function* () {
    let count = first;
    for (const element of elements) yield [count++, element];
  })();
}

/** @param {(Value | Elements)[]} several @returns {Elements} */
export function zip(...several) {
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
export function reversed(value) {
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
export function sorted(value, key = null, backwards = false) {
  const rows = [...iter(value)].map((element) => ({ element, by: key ? key(element) : element }));
  if (rows.length > 1 && rows.some((row) => holdsNaN(row.by))) throw pageLimit("nan has no place in a sorted list");
  const down = index(backwards) ? -1 : 1;
  rows.sort((a, b) => (compare(a.by, "<", b.by) ? -down : compare(b.by, "<", a.by) ? down : 0));
  return rows.map((row) => row.element);
}

/**
 * The first of the smallest or largest elements.
 * @param {"<" | ">"} operator @param {Value | Elements} value @param {Key} key @param {Value} [otherwise]
 */
export function extreme(operator, value, key, otherwise) {
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
