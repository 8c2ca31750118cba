/** One participant's pass through the game: recorded row by row, and gone on with after an interruption. */
import { Game } from "./engine.js";
import { Interruptions } from "./interruptions.js";
import { randomId } from "./participant.js";
import { run } from "./running.js";

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
  }

  /**
   * A session that begins. @param {import("./participant.js").Identity & {consented: string | null}} who @param {string} page @param {Game} game
   * @param {Store | null} store
   */
  static async begin(who, page, game, store) {
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
    const rows = await store.rows(record.session);
    rows.forEach((row, number) => {
      game.screen();
      const again = game.finish(/** @type {number | string | null} */ (row.response));
      for (const [name, value] of Object.entries(again)) {
        if (JSON.stringify(row[name]) !== JSON.stringify(value)) throw new Error(`Row ${number} was kept with another ${name}`);
      }
    });
    record.resumed.push(new Date().toISOString());
    const session = new Session(record, game, store, rows);
    await session.#save((kept) => kept.keep(record));
    return session;
  }

  /**
   * Plays what is left.
   * @param {HTMLElement} stage @param {Row} properties what every row says @param {Row} device @param {(done: number) => void} progress
   */
  async play(stage, properties, device, progress) {
    const interruptions = new Interruptions();
    const { record } = this;
    /** @type {Row} What the first row of this sitting says as well. */
    let opening = record.resumed.length
      ? { device, resumed_at: record.resumed[record.resumed.length - 1] }
      : { device, started: record.started, consented: record.consented };
    progress(this.game.position);
    try {
      await run(stage, this.game, {
        properties: { ...properties, session: record.session, participant: record.participant, resumed: record.resumed.length },
        recorded: async (row) => {
          // The device's refresh rate may come later: a row that was kept and sent must not change.
          Object.assign(row, { interruptions: interruptions.take(), ...structuredClone(opening) });
          opening = {};
          this.rows.push(row);
          await this.#save((kept) => kept.append(record.session, this.rows.length - 1, row));
          progress(this.game.position);
        },
      });
    } finally {
      interruptions.stop();
    }
    record.finished = new Date().toISOString();
    await this.#save((kept) => kept.keep(record));
  }

  async remove() {
    this.record.removed = true;
    await this.store?.removeRows(this.record.session);
    await this.store?.keep(this.record);
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
