/**
 * Saves through DataPipe: one file a session, when it ends. Its name holds the session's random id, so a file that is
 * already there is this very one, whose answer was lost.
 */
import { fileName } from "../saving.js";
import { Refused, persistently } from "./persistently.js";

/** @typedef {Record<string, unknown>} Row */

const STORED = 201;
const QUEUED = 202;
const BUSY = [408, 425, 429];

class DataPipeHost {
  /** @param {{experiment: string, address: string}} options */
  constructor({ experiment, address }) {
    this.experiment = experiment;
    this.address = address;
    this.search = location.search;
  }

  // What DataPipe stores cannot be added to.
  keep() {}

  /** @param {Row[]} rows */
  async finish(rows) {
    const { task, session } = rows[0];
    const body = JSON.stringify({
      experimentID: this.experiment,
      filename: fileName(String(task), String(session)),
      data: JSON.stringify(rows),
    });
    await persistently(() => this.#post(body));
  }

  /** @param {string} body */
  async #post(body) {
    const headers = { "Content-Type": "application/json", Accept: "*/*" };
    const reply = await fetch(this.address, { method: "POST", headers, body });
    if (reply.status === STORED || reply.status === QUEUED) return;
    const text = await reply.text();
    if (reply.status === 400 && text.includes("OSF_FILE_EXISTS")) return;
    const message = `DataPipe answered ${reply.status}: ${text.slice(0, 200)}`;
    const forGood = reply.status >= 400 && reply.status < 500 && !BUSY.includes(reply.status);
    throw forGood ? new Refused(message) : new Error(message);
  }

  /** @param {string | null} url */
  async leave(url) {
    if (url !== null) location.assign(url);
  }
}

/** @param {any} options @returns {Promise<DataPipeHost>} */
window.twinbeanHost = async (options) => new DataPipeHost(options);
