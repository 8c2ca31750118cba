/** What all screens have in common that a key ends, or time, or whichever comes first. */
import { py } from "../python/index.js";
import { list, milliseconds } from "./row.js";

/** @typedef {import("./index.js").Row} Row */

export const keyed = {
  parameters: {
    /** @param {Row} row */
    choices: (row) => keysOf(row),
    /** @param {Row} row */
    duration: (row) => milliseconds(row.get("duration")),
  },
  isTrial: false,
  /** @param {Row} row */
  asks: (row) => keysOf(row).length > 0,
  /** @param {Row} row @param {import("./index.js").Response} response */
  respond: (row, response) => {
    row.set("correct", correct(row, response));
  },
};

/** @param {Row} row @returns {string[]} */
export function keysOf(row) {
  const choices = row.get("choices") ?? null;
  if (choices !== null && !Array.isArray(choices)) throw new Error(`choices is ${py.repr(choices)}, expected a list of keys`);
  return list(choices).map(py.str);
}

/** Whether time ends the screen, the end of a video, or the last of a stream's items. @param {Row} row */
export function endsByItself(row) {
  const ended = py.truth(row.get("trial_ends_after_video") ?? false) || row.has("stimulus_duration");
  return ended || milliseconds(row.get("duration")) !== null;
}

/** @param {Row} row @param {import("./index.js").Response} response */
function correct(row, response) {
  const key = row.get("correct_key") ?? null;
  // Not pressing is an option where time ends a screen with one key, and the right one where no key is.
  const optional = keysOf(row).length === 1 && endsByItself(row);
  if (optional && key !== "") return response === (key === null ? null : py.str(key).toUpperCase());
  return response === null || !py.truth(key) ? null : response === py.str(key).toUpperCase();
}
