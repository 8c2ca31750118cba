/** One session's rows on their way to the server in this window: until everything is there, it is withdrawn, or others go on with it. */
import { leave, received, unsent } from "./closing.js";
import { Refused } from "./collector.js";
import { Outbox } from "./outbox.js";
import { show } from "./screens.js";
import { say } from "./words.js";

/** @typedef {import("./collector.js").Collector} Collector */
/** @typedef {import("./collector.js").Reason} Reason */
/** @typedef {import("./foot.js").Foot} Foot */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./store.js").CollectedRecord} CollectedRecord */
/**
 * @typedef {object} Place
 * @property {HTMLElement} stage
 * @property {Foot} foot
 * @property {Collector} collector
 * @property {import("./app.js").CollectorOptions} options
 */

// After so long without the server the participant gets a file; the page goes on trying.
const PATIENCE_MS = 180_000;

/** The task has ended before its end; whoever ended it shows what comes instead. */
export class Abandoned extends Error {}

export class Collection {
  /** @param {Place} place @param {Session} session whose record has what the server gave @param {number} stored how many of its rows the server has */
  constructor({ stage, foot, collector, options }, session, stored) {
    this.stage = stage;
    this.foot = foot;
    this.options = options;
    this.session = session;
    this.record = /** @type {CollectedRecord} */ (session.record);
    /** Whether this window has nothing to do with the session any more. */
    this.over = false;
    const { token, lease } = this.record.collected;
    this.outbox = new Outbox(collector, { session: this.record.session, token, lease }, {
      late: (late) => this.foot.tell(late && !this.over ? say(this.session.saved ? "lateKept" : "lateNotKept") : ""),
      stored: (number) => void (options.lab && session.store?.removeRows(this.record.session, number).catch(() => {})),
      stuck: () => this.#unsent("notSent"),
      halted: (reason) => this.halted(reason),
    });
    this.outbox.fill(session.rows.map((row) => JSON.stringify(row)), { stored });
    session.outbox = this.outbox;
  }

  /** Nothing more is sent, for `reason`. @param {Reason} reason */
  halted(reason) {
    if (this.over) return;
    if (reason === "stale") {
      this.#abandon();
      show(this.stage, { title: say("takenOverTitle"), paragraphs: [say("takenOverText")] });
    } else if (reason === "gone") {
      this.#abandon();
      this.session.store?.forget(this.record.session).catch(() => {});
      erased(this.stage);
    } else {
      this.record.collected.refused = reason;
      this.session.note();
    }
  }

  #abandon() {
    this.over = true;
    this.foot.close();
    this.outbox.stop();
    this.session.abandon(new Abandoned());
  }

  /** Until the server has everything, however long that takes. @param {string[]} paragraphs */
  async conclude(paragraphs) {
    const { collected } = this.record;
    const { lab } = this.options;
    const title = say("thanks");
    collected.finish ??= this.outbox.summary(this.record.outcome ?? "done");
    show(this.stage, { title, paragraphs: [...paragraphs, say("sending")] });
    const late = window.setTimeout(() => this.#unsent("notSent"), PATIENCE_MS);
    try {
      const url = await this.outbox.finish(collected.finish);
      if (this.over) return;
      await this.#complete(url);
      received(this.stage, this.session, { title, paragraphs, lab });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#unsent("refused");
    } finally {
      window.clearTimeout(late);
    }
  }

  /** @param {"notSent" | "refused"} how */
  #unsent(how) {
    if (!this.over) unsent(this.stage, this.session, how);
  }

  /** The server has what there is to have. @param {string | null} url */
  async #complete(url) {
    Object.assign(this.record.collected, { complete: true, url });
    await (this.options.lab ? this.session.store?.forget(this.record.session).catch(() => {}) : this.session.note());
  }

  /** The participant stops here; the server is told, now or at the next visit. */
  async withdraw() {
    const { session, record, outbox } = this;
    this.over = true;
    this.foot.close();
    session.abandon(new Abandoned());
    record.collected.withdrawn = new Date().toISOString();
    await session.note();
    show(this.stage, { title: say("withdrawnTitle"), paragraphs: [say("withdrawing")] });
    if (this.options.withdrawal === "keep") await outbox.emptied().catch(() => {});
    else await session.store?.removeRows(record.session).catch(() => {});
    outbox.stop();
    try {
      await this.#complete(await outbox.withdraw());
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    withdrawn(this.stage, record, this.options.withdrawal);
  }
}

/** What has become of a withdrawal. @param {HTMLElement} stage @param {CollectedRecord} record @param {"keep" | "discard"} policy */
export function withdrawn(stage, { collected, session }, policy) {
  const what = policy === "keep" ? say("withdrawnKeep") : say("withdrawnDiscard");
  const told = collected.complete ? what : say("withdrawalRefused", { session });
  const choices = leave(collected.url);
  show(stage, { title: say("withdrawnTitle"), paragraphs: [told, say(choices.length ? "goBack" : "canClose")], choices });
}

/** The researcher has erased the session. @param {HTMLElement} stage */
export function erased(stage) {
  show(stage, { title: say("erasedTitle"), paragraphs: [say("erasedText")] });
}
