/**
 * Saves in JATOS. Each row is one line of the result, in order and one request after the other, so that what is there
 * is always the beginning of the session. A request whose answer was lost is sent again: a row may stand there twice,
 * and `twinbean.read` takes it once. At the end the whole session takes the place of the lines.
 */
import { Refused, persistently } from "./persistently.js";

/** @typedef {Record<string, unknown>} Row */
/**
 * @typedef {object} Jatos what is used of jatos.js
 * @property {Record<string, string>} urlQueryParameters of the link that started the study; the page's own has none
 * @property {(ready: () => void) => void} onLoad
 * @property {(data: string) => Promise<unknown>} appendResultData
 * @property {(data: string) => Promise<unknown>} submitResultData
 * @property {() => Promise<unknown>} endStudy
 * @property {(url: string) => Promise<unknown>} endStudyAndRedirect
 */

// JATOS may drop the line break at the end of what is appended (its issue 330).
/** @param {Row[]} rows */
const lines = (rows) => rows.map((row) => `\n${JSON.stringify(row)}\n`).join("");

class JatosHost {
  /** @param {Jatos} jatos */
  constructor(jatos) {
    this.jatos = jatos;
    this.search = `?${new URLSearchParams(jatos.urlQueryParameters)}`;
    this.sent = 0;
    this.sending = Promise.resolve();
  }

  /** @param {Row[]} rows the session's so far */
  keep(rows) {
    this.sending = this.sending.then(() => this.#send(rows));
  }

  /** @param {Row[]} rows */
  async #send(rows) {
    // All that has come together while the last request was under way goes with one.
    const known = rows.length;
    if (this.sent >= known) return;
    const late = lines(rows.slice(this.sent, known));
    await persistently(() => this.jatos.appendResultData(late));
    this.sent = known;
  }

  /** @param {Row[]} rows */
  async finish(rows) {
    await this.sending;
    await persistently(() => this.jatos.submitResultData(lines(rows)));
  }

  /** @param {string | null} url */
  leave(url) {
    return persistently(() => (url === null ? this.jatos.endStudy() : this.jatos.endStudyAndRedirect(url)));
  }
}

/** @returns {Promise<JatosHost>} */
window.twinbeanHost = () => {
  const { jatos } = window;
  if (!jatos) throw new Refused("jatos.js is not there: this page is to be imported into JATOS");
  return new Promise((resolve) => jatos.onLoad(() => resolve(new JatosHost(jatos))));
};
