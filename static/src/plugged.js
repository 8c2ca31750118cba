/**
 * Where the scripts of kinds from other packages begin: `twinbean.kind(name, {...})` registers one. It is a script of its own, which
 * only pages with such kinds have, so it takes what it needs from the page's script and imports none of it.
 */
import { screenOf } from "./plugged-screen.js";

const { py, register } = window.twinbean;

/** @typedef {import("./kinds/index.js").Kind} Kind */
/** @typedef {import("./kinds/index.js").Row} Row */
/** @typedef {import("./kinds/index.js").Response} Response */
/**
 * As the page's own kinds, but for what has a default: with `show`, which builds a screen from the plain values of its
 * arguments, there need be no jsPsych plugin and no parameters.
 * @typedef {Partial<Kind> & {show?: import("./plugged-screen.js").Show, peopleOnly?: boolean}} Plugged
 */

/** @param {string} name @param {Plugged} given */
function kind(name, { show, peopleOnly = false, ...given }) {
  const shown = show && { plugin: screenOf(name, show), parameters: { values } };
  const isTrial = given.isTrial ?? false;
  const asks = given.asks ?? (() => true);
  if (!shown && !(given.plugin && given.parameters)) {
    throw new Error(`The kind ${JSON.stringify(name)} has neither show nor a jsPsych plugin with its parameters`);
  }
  register(name, {
    .../** @type {Kind} */ ({ ...shown, ...given }),
    isTrial,
    asks,
    respond(row, response) {
      if (!isTrial && !peopleOnly) record(name, row, response, asks(row));
      given.respond?.(row, response);
    },
  });
}

/**
 * Says in the row whether its response was asked for: data are read without the package that the kind comes from.
 * @param {string} name @param {Row} row @param {Response} response @param {boolean} asked
 */
function record(name, row, response, asked) {
  if (response !== null && typeof response !== "string" && !Number.isSafeInteger(response)) {
    throw new Error(`The kind ${JSON.stringify(name)} responded ${JSON.stringify(response)}, expected text, a whole number or null`);
  }
  row.set("response_asked", asked);
}

/** The arguments as plain JSON. @param {Row} row @returns {Record<string, unknown>} */
function values(row) {
  return Object.fromEntries([...row].map(([name, value]) => [name, py.toJSON(value)]));
}

window.twinbean.kind = kind;
