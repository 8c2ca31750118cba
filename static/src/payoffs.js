/**
 * What counts as a payoff or a score: finite numbers, and True and False as 1 and 0. Anything else could be played but
 * not be read again, so the task ends at it. The replay does the same (twinbean.definitions.payoffs).
 */
import { PythonError } from "./python/errors.js";
import { repr } from "./python/text.js";
import { Dict, isNumeric } from "./python/values.js";
import { say } from "./words.js";

/** @typedef {import("./python/values.js").Value} Value */

/** Under this name a row has the running score. */
const SCORE = "score";

/** @param {Value | undefined} value @returns {Value} its number; null where it is none */
export function number(value) {
  if (typeof value === "boolean") return Number(value);
  return value !== undefined && isNumeric(value) && Number.isFinite(Number(value)) ? value : null;
}

/** The arms of a trial, what they pay as numbers. @param {Value | undefined} bandits */
export function playedBandits(bandits) {
  if (!Array.isArray(bandits) || !bandits.length) throw refused("noBandits", { value: shown(bandits) });
  return bandits.map(numbered);
}

/** An arm whose payoff, and mean payoff where it has one, are numbers. @param {Value} bandit @param {number} arm */
function numbered(bandit, arm) {
  if (!(bandit instanceof Dict) || !bandit.has("value")) throw refused("noBandit", { arm, value: shown(bandit) });
  const copy = new Dict(bandit.items());
  for (const name of ["value", "expected"]) {
    const found = bandit.get(name);
    if (name === "expected" && (found ?? null) === null) continue;
    const known = number(found);
    if (known === null) throw refused("noPayoff", { arm, value: shown(found) });
    copy.set(name, known);
  }
  return copy;
}

/** The running score that a trial's effects left must be a number, or None before there is one. @param {Map<string, Value>} row */
export function checkScore(row) {
  const score = row.get(SCORE) ?? null;
  if (score !== null && number(score) === null) throw refused("noScore", { value: shown(score) });
}

/** What a bandit that was numbered pays. @param {Value} bandit @returns {Value} */
export function payoff(bandit) {
  return /** @type {Value} */ (/** @type {Dict} */ (bandit).get("value"));
}

/** @param {"noBandits" | "noBandit" | "noPayoff" | "noScore"} sentence @param {Record<string, string | number>} values */
function refused(sentence, values) {
  return new PythonError("TypeError", say(sentence, values));
}

/** A value as its author writes it, cut where it is long. @param {Value | undefined} value */
function shown(value) {
  const text = repr(value ?? null);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
