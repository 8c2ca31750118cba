/**
 * The rows of one session on their way to the server. Nothing waits for it: rows are handed over when they are recorded, and
 * sent until the server says that it has them.
 */
import { Refused } from "./collector.js";
import { LinesDigest, bytesOf } from "./digest.js";
import { Patience } from "./patience.js";

/** @typedef {import("./collector.js").Access} Access */
/** @typedef {import("./collector.js").Collector} Collector */
/** @typedef {import("./collector.js").Reason} Reason */
/** @typedef {import("./collector.js").Summary} Summary */
/** @typedef {"waiting" | "sending" | "stored" | "large" | "gone"} State of a row; "large" is one that was refused alone, "gone" one that has left the device */

// A request that outlives its page may have 64 KiB in all browsers, with all others of the page. Half of it leaves room for headers.
const KEPT_ALIVE = 32_000;
const LARGEST_BATCH = 128_000;
// A row that is not stored after so long is late, and the participant is told.
const LATE_MS = 8000;

export class Outbox {
  /**
   * @param {Collector} collector @param {Access} access
   * @param {object} [told]
   * @param {(late: boolean) => void} [told.late] whether rows have been waiting for long
   * @param {(stored: number) => void} [told.stored] rows from 0 to below it are stored
   * @param {() => void} [told.stuck] at the end, only rows are left that the server has refused for their size
   * @param {(reason: Reason) => void} [told.halted] nothing more is sent
   */
  constructor(collector, access, { late = () => {}, stored = () => {}, stuck = () => {}, halted = () => {} } = {}) {
    this.collector = collector;
    this.access = access;
    this.told = { late, stored, stuck, halted };
    /** @type {{line: string, size: number, state: State}[]} */
    this.rows = [];
    this.digest = new LinesDigest();
    this.patience = new Patience();
    /** How many bytes a batch may have now. */
    this.most = LARGEST_BATCH;
    this.inFlight = 0;
    this.waiting = false;
    /** @type {Reason | null} why nothing more is sent */
    this.halted = null;
    /** @type {(() => void)[]} */
    this.watchers = [];
    /** @type {number | null} */
    this.timer = null;
  }

  /**
   * Takes rows that an earlier visit left. @param {string[]} lines @param {{first?: number, stored?: number}} [numbers] of the first of them,
   * those before it having left the device; and how many are stored
   */
  fill(lines, { first = 0, stored = 0 } = {}) {
    for (let number = 0; number < first; number++) this.rows.push({ line: "", size: 0, state: "gone" });
    for (const line of lines) this.#take(line, this.rows.length < stored ? "stored" : "waiting");
    this.#send();
  }

  /** Takes a row that has just been recorded, as the JSON that is kept of it. @param {string} line */
  add(line) {
    this.#take(line, "waiting");
    this.#send();
  }

  /** What the end of the session says of its rows. @param {string} outcome @returns {Summary} */
  summary(outcome) {
    return { n: this.rows.length, digest: this.digest.value, outcome };
  }

  /** Whether every row that can be sent has been. */
  get empty() {
    return this.rows.every(({ state }) => state !== "waiting" && state !== "sending");
  }

  /** Until every row that can be sent has been. Throws what halted the outbox. */
  async emptied() {
    while (!this.empty) {
      if (this.halted) throw new Refused(this.halted);
      await new Promise((resolve) => this.watchers.push(() => resolve(undefined)));
    }
    if (this.halted) throw new Refused(this.halted);
  }

  /**
   * Ends the session on the server, however long that takes, and gives the address to leave for.
   * Throws Refused where trying again is of no use.
   * @param {Summary} summary @returns {Promise<string | null>}
   */
  async finish(summary) {
    const rounds = new Patience();
    for (;;) {
      await this.emptied();
      const reply = await this.#insist(() => this.collector.finish(this.access, summary));
      if (reply.complete) return reply.url ?? null;
      const missing = reply.missing.filter((number) => number in this.rows).map((number) => this.rows[number]);
      // The server has other rows than these, or misses some that are here no longer: there is nothing to be sent.
      if (!missing.length || missing.some(({ state }) => state === "gone")) {
        this.#halt("conflict");
        continue;
      }
      if (missing.every(({ state }) => state === "large")) this.told.stuck();
      await rounds.wait();
      for (const row of missing) row.state = "waiting";
      this.#send();
    }
  }

  /** Tells the server that the participant withdraws; what has not been sent by then is not. @returns {Promise<string | null>} */
  async withdraw() {
    try {
      const reply = await this.#insist(() => this.collector.withdraw(this.access));
      return reply.complete ? (reply.url ?? null) : null;
    } catch (error) {
      if (refused(error).reason !== "gone") throw error;
      return null; // it was heard, and its answer was not
    }
  }

  /** Sends no more rows, of which nobody needs to be told. */
  stop() {
    this.halted = "gone";
    this.#watchTime();
    this.#notice();
  }

  /** @param {string} line @param {State} state */
  #take(line, state) {
    this.rows.push({ line, size: bytesOf(line) + 1, state });
    this.digest.add(line);
  }

  #send() {
    while (!this.halted && !this.waiting) {
      const batch = this.#next();
      if (!batch) break;
      const keepalive = this.inFlight + batch.size <= KEPT_ALIVE;
      // What the browser would not let outlive the page goes alone, so that a slow line carries one thing at a time.
      if (!keepalive && this.inFlight > 0) break;
      this.#post(batch, keepalive);
    }
    this.#watchTime();
  }

  /** The first rows that wait, one after the other, as many as a batch may have. */
  #next() {
    const first = this.rows.findIndex(({ state }) => state === "waiting");
    if (first < 0) return null;
    let [end, size] = [first, 0];
    while (end < this.rows.length && this.rows[end].state === "waiting") {
      if (end > first && size + this.rows[end].size > this.most) break;
      size += this.rows[end++].size;
    }
    return { first, end, size };
  }

  /** @param {{first: number, end: number, size: number}} batch @param {boolean} keepalive */
  async #post({ first, end, size }, keepalive) {
    const rows = this.rows.slice(first, end);
    for (const row of rows) row.state = "sending";
    this.inFlight += size;
    const lines = rows.map(({ line }) => line);
    try {
      const stored = await this.collector.rows(this.access, first, lines, keepalive);
      for (const row of rows) row.state = "stored";
      this.patience.reset();
      this.most = Math.min(this.most * 2, LARGEST_BATCH);
      this.#onTime();
      this.#advance(stored);
    } catch (error) {
      const { reason, after } = refused(error);
      for (const row of rows) if (row.state === "sending") row.state = "waiting";
      this.inFlight -= size;
      await this.#retry(reason, after, rows, size);
      return;
    }
    this.inFlight -= size;
    this.#send();
    this.#notice();
  }

  /** @param {Reason} reason @param {number | null} after @param {{state: State}[]} rows @param {number} size */
  async #retry(reason, after, rows, size) {
    if (reason !== "later" && reason !== "large") {
      this.#halt(reason);
      return;
    }
    // A slow line, and a proxy that hangs up on what is too large for it, look alike: smaller batches help with both.
    this.most = Math.max(Math.floor(Math.min(this.most, size) / 2), 1);
    if (reason === "large") {
      if (rows.length === 1) rows[0].state = "large";
      this.#send();
      this.#notice();
      return;
    }
    if (this.waiting) return;
    this.waiting = true;
    this.#watchTime();
    await this.patience.wait(after);
    this.waiting = false;
    this.#send();
  }

  /** @param {number} stored */
  #advance(stored) {
    for (const row of this.rows.slice(0, stored)) row.state = "stored";
    this.told.stored(Math.min(stored, this.rows.length));
  }

  /**
   * Tries until the server answers. @template T @param {() => Promise<T>} request @returns {Promise<T>}
   */
  async #insist(request) {
    for (;;) {
      try {
        const reply = await request();
        this.patience.reset();
        return reply;
      } catch (error) {
        const { reason, after } = refused(error);
        if (reason !== "later" && reason !== "large") {
          this.#halt(reason);
          throw error;
        }
        await this.patience.wait(after);
      }
    }
  }

  /** @param {Reason} reason */
  #halt(reason) {
    if (this.halted) return;
    this.halted = reason;
    this.#watchTime();
    this.#notice();
    this.told.halted(reason);
  }

  #notice() {
    for (const watcher of this.watchers.splice(0)) watcher();
  }

  /** Says when rows have waited for long. */
  #watchTime() {
    if (this.empty) this.#onTime();
    else if (this.timer === null) this.timer = window.setTimeout(() => this.told.late(true), LATE_MS);
  }

  #onTime() {
    if (this.timer === null) return;
    window.clearTimeout(this.timer);
    this.timer = null;
    this.told.late(false);
  }
}

/** @param {unknown} error @returns {Refused} */
function refused(error) {
  if (error instanceof Refused) return error;
  throw error;
}
