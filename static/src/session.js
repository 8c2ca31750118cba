/** One participant's pass through the game: recorded row by row, and gone on with after an interruption. */
import { Game } from "./engine.js";
import { Interruptions } from "./interruptions.js";
import { Observation } from "./observation.js";
import { randomId } from "./participant.js";
import { run } from "./running.js";

/** @typedef {import("./outbox.js").Outbox} Outbox */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").SessionRecord} SessionRecord */
/** @typedef {Record<string, unknown>} Row */

export class Session {
  /**
   * @param {SessionRecord} record
   * @param {Game} game
   * @param {Store | null} store null where the browser keeps nothing
   * @param {Row[]} rows
   */
  constructor(record, game, store, rows = []) {
    this.record = record;
    this.game = game;
    this.store = store;
    this.rows = rows;
    this.saved = store !== null;
    /** What takes the rows to a server, where one collects them. @type {Outbox | null} */
    this.outbox = null;
    this.abandoned = new AbortController();
    /** @type {Interruptions | null} */
    this.interruptions = null;
  }

  /**
   * A session that begins. @param {import("./participant.js").Identity & {consented: string | null}} who @param {string} page @param {Game} game
   * @param {Store | null} store @param {{session?: string, started?: string, collected?: import("./store.js").Collected}} [given] by the server that collects it
   */
  static async begin(who, page, game, store, given = {}) {
    const record = {
      session: randomId(),
      page,
      participant: who.participant,
      anonymous: who.anonymous,
      variant: game.definition.picked ?? 0,
      started: new Date().toISOString(),
      consented: who.consented,
      finished: null,
      resumed: [],
      removed: false,
      ...given,
    };
    const session = new Session(record, game, store);
    await session.#save((kept) => kept.keep(record));
    return session;
  }

  /**
   * A session that is gone on with: the kept responses are played again, and must give the kept rows.
   * @param {SessionRecord} record @param {Game} game @param {Store} store
   */
  static async resume(record, game, store) {
    return Session.goOn(record, game, store, await store.rows(record.session));
  }

  /** The same from rows that are at hand. @param {SessionRecord} record @param {Game} game @param {Store | null} store @param {Row[]} rows */
  static async goOn(record, game, store, rows) {
    rows.forEach((row, number) => {
      game.screen();
      const again = game.finish(/** @type {import("./kinds/index.js").Response} */ (row.response));
      for (const [name, value] of Object.entries(again)) {
        // Rows that an earlier version kept have pictures in them.
        if (JSON.stringify(game.media.taken(row[name])) !== JSON.stringify(value)) throw new Error(`Row ${number} was kept with another ${name}`);
      }
    });
    record.resumed.push(new Date().toISOString());
    const session = new Session(record, game, store, rows);
    await session.#save((kept) => kept.keep(record));
    return session;
  }

  /**
   * Plays what is left.
   * @param {HTMLElement} stage @param {Row} properties what every row says @param {Row} sitting what the first row of each sitting says as well
   * @param {(done: number) => void} progress
   */
  async play(stage, properties, sitting, progress) {
    const interruptions = (this.interruptions = new Interruptions());
    const observation = this.outbox && new Observation(/** @type {Row} */ (sitting.device));
    const { record } = this;
    /** @type {Row} */
    let opening = record.resumed.length
      ? { ...sitting, resumed_at: record.resumed[record.resumed.length - 1] }
      : { ...sitting, started: record.started, consented: record.consented };
    progress(this.game.position);
    try {
      await run(stage, this.game, {
        properties: { ...properties, session: record.session, participant: record.participant, resumed: record.resumed.length },
        recorded: async (row) => {
          const ending = this.game.over ? { finished: new Date().toISOString() } : {};
          Object.assign(row, { interruptions: interruptions.take(), ...observation?.take(), ...opening, ...ending });
          opening = {};
          // The device's refresh rate may come later: a row that was kept and sent must not change.
          const line = JSON.stringify(row);
          const said = JSON.parse(line);
          this.rows.push(said);
          const from = performance.now();
          await this.#save((kept) => kept.append(record.session, this.rows.length - 1, said));
          observation?.written(performance.now() - from);
          this.outbox?.add(line);
          progress(this.game.position);
        },
        shown: () => observation?.shown(),
        signal: this.abandoned.signal,
      });
    } finally {
      interruptions.stop();
      observation?.stop();
      this.interruptions = null;
    }
    record.finished = new Date().toISOString();
    record.outcome = this.game.outcome;
    if (record.collected && this.outbox) record.collected.finish = this.outbox.summary(this.game.outcome);
    await this.#save((kept) => kept.keep(record));
  }

  async remove() {
    this.record.removed = true;
    await this.store?.removeRows(this.record.session);
    await this.store?.keep(this.record);
  }

  /** Takes the screen away and records nothing more: `play` throws `reason`. @param {unknown} reason */
  abandon(reason) {
    this.abandoned.abort(reason);
  }

  /** A row from elsewhere that is kept here, too. @param {Row} row */
  async take(row) {
    this.rows.push(row);
    await this.#save((kept) => kept.append(this.record.session, this.rows.length - 1, row));
  }

  /** Keeps what has changed in the record. */
  async note() {
    await this.#save((kept) => kept.keep(this.record));
  }

  /**
   * What cannot be kept in the browser stays in this window, and the participant is told at the end. After one failure
   * nothing more is written: rows with a gap between them could not be gone on with.
   * @param {(store: Store) => Promise<void>} write
   */
  async #save(write) {
    if (!this.store || !this.saved) return;
    try {
      await write(this.store);
    } catch (error) {
      if (error instanceof DOMException && error.name === "ConstraintError") throw error;
      this.saved = false;
    }
  }
}
