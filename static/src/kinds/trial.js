/** SweetBean's screens whose response is a choice: a trial, as a choice among machines is. */
import { wordsOf } from "../markup.js";
import { paidBy, plainOptions } from "../options.js";
import { checkScore } from "../payoffs.js";
import { py } from "../python/index.js";
import { htmlChoice } from "./html-choice.js";
import { html } from "./html.js";
import { endsByItself, keysOf } from "./keyed.js";
import { image, video } from "./media.js";
import { list } from "./row.js";
import { rsvp } from "./rsvp.js";
import { symbol } from "./symbol.js";
import { text } from "./text.js";

/** @typedef {import("./index.js").Kind} Kind */
/** @typedef {import("./index.js").Row} Row */
/** @typedef {import("./index.js").Response} Response */

/** What a model says where not responding is one of its options. */
const NOTHING = "nothing";

/**
 * @param {Kind} kind @param {(row: Row) => string[]} labelsOf what a model calls the options
 * @param {(row: Row, response: Response) => void} respond
 * @returns {Kind}
 */
const trial = (kind, labelsOf, respond) => ({
  ...kind,
  isTrial: true,
  begin: (row, definition) => {
    kind.begin?.(row, definition);
    const labels = labelsOf(row);
    if (labels.length < 2) throw new Error("There is nothing to choose from");
    row.set("labels", labels);
    row.set("options", plainOptions(row.get("attributes") ?? null, row.get("values") ?? null, labels.length));
  },
  respond: (row, response) => {
    kind.respond?.(row, response);
    respond(row, response);
  },
  end: checkScore,
});

/** @param {Row} row */
const keyNames = (row) => {
  const names = keysOf(row).map((key) => (key === " " ? "SPACE" : key.toUpperCase()));
  // Not pressing is an option where time ends a screen with one key.
  return names.length === 1 && endsByItself(row) ? [...names, NOTHING] : names;
};

/** @param {Kind} kind */
const byKey = (kind) =>
  trial(kind, keyNames, (row, response) => {
    const labels = list(row.get("labels"));
    const name = response === null ? NOTHING : response === " " ? "SPACE" : String(response);
    const chosen = labels.indexOf(name);
    row.set("value", chosen < 0 ? 0 : paidBy(list(row.get("options"))[chosen]));
    row.set("missed", chosen < 0);
  });

export const textTrial = byKey(text);
export const htmlTrial = byKey(html);
export const symbolTrial = byKey(symbol);
export const rsvpTrial = byKey(rsvp);
export const imageTrial = byKey(image);
export const videoTrial = byKey(video);
export const htmlChoiceTrial = trial(
  htmlChoice,
  (row) => list(row.get("html_array")).map((option) => wordsOf(py.str(option))),
  (row, response) => void row.set("missed", response === null),
);
