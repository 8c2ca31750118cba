/** range, enumerate, zip, reversed. */
import { typeError, valueError } from "./errors.js";
import { index } from "./numbers.js";
import { bounded } from "./operators.js";
import { iter, sized } from "./sequences.js";
import { Dict, typeName } from "./values.js";

/** @typedef {import("./values.js").Value} Value */
/** @typedef {import("./sequences.js").Elements} Elements */

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
