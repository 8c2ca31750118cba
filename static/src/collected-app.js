/** What a participant meets where a server collects the rows: it gives the session, has every row, and gives the way back. */
import { App } from "./app.js";
import { leave, received } from "./closing.js";
import { Abandoned, Collection, erased, withdrawn } from "./collection.js";
import { Collector, Refused } from "./collector.js";
import { Game } from "./engine.js";
import { Foot, askToStop } from "./foot.js";
import { drain } from "./leftovers.js";
import { consentTo, isTest, opened, request } from "./opening.js";
import { ask, show } from "./screens.js";
import { Session } from "./session.js";
import { Takeover } from "./takeover.js";
import { played } from "./variants.js";
import { say } from "./words.js";

/** @typedef {import("./app.js").CollectorOptions} CollectorOptions */
/** @typedef {import("./app.js").Options} Options */
/** @typedef {import("./collector.js").Opened} Opened */
/** @typedef {import("./collector.js").Reason} Reason */
/** @typedef {import("./collector.js").Request} Request */
/** @typedef {import("./store.js").Collected} Collected */
/** @typedef {import("./store.js").CollectedRecord} CollectedRecord */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {{participant: string, anonymous: boolean, consented: string | null}} Who */

export class CollectedApp extends App {
  /** @param {HTMLElement} stage @param {ConstructorParameters<typeof App>[1]} definition @param {Window["twinbeanFunctions"]} functions @param {Options & {collector: CollectorOptions}} options */
  constructor(stage, definition, functions, options) {
    super(stage, definition, functions, options);
    this.collecting = options.collector;
    this.collector = new Collector(new URL(options.collector.address, location.href).href);
    this.test = isTest(location.search);
    this.takeover = new Takeover(() => this.collection?.halted("stale"));
    /** @type {Foot | null} */
    this.foot = null;
    /** @type {Collection | null} The session that there is to withdraw from. */
    this.collection = null;
    /** This participant's last session. @type {CollectedRecord | null} */
    this.earlier = null;
    /** Aborts when the participant stops before there is a session to withdraw from. */
    this.leaving = new AbortController();
    /** Takes back what a later visit would ask the server for. */
    this.unask = async () => {};
    // A link that lets somebody go on from here is no id: no row says it.
    const { signature = "", ...others } = this.who.others;
    this.signature = signature;
    this.who = { ...this.who, others };
    Object.assign(this.device, { webdriver: navigator.webdriver });
  }

  /** @override */
  async visit() {
    this.foot = new Foot(/** @type {HTMLElement} */ (this.stage.parentElement), () => this.#askToWithdraw());
    await super.visit();
  }

  /** @override @returns {Promise<Session | null>} */
  async session() {
    const { address } = this.collector;
    const { lab } = this.collecting;
    const { store, found } = await this.kept(async (opened) => ({
      records: await opened.collected(address),
      pending: lab ? null : await opened.pending(address),
    }));
    if (!store) return this.begin(null);
    const { records, pending } = found;
    // Of a session that the server does not know, only the end is left: the file.
    const counts = (/** @type {CollectedRecord} */ { finished, collected }) => finished !== null || collected.refused !== "token";
    const earlier = lab ? undefined : records.filter((record) => this.isMine(record) && counts(record)).pop();
    this.#drain(store, records.filter((record) => record !== earlier));
    if (earlier) return this.#comeBack(store, earlier);
    if (pending && this.isMine(pending.who)) return this.#open(store, pending.who, pending.request);
    return this.begin(store);
  }

  /** @param {Store} store @param {CollectedRecord[]} records */
  #drain(store, records) {
    return drain(this.collector, store, records, this.collecting.lab).catch(() => {}); // they stay, for the next visit
  }

  /** A participant who has been here before. @param {Store} store @param {CollectedRecord} record @returns {Promise<Session | null>} */
  async #comeBack(store, record) {
    const { collected, participant, anonymous, consented, finished } = record;
    const { incompleteSession, completedSession } = this.options;
    if (collected.withdrawn) {
      this.foot?.close();
      if (!collected.complete) {
        show(this.stage, { title: say("withdrawnTitle"), paragraphs: [say("withdrawing")] });
        await this.#drain(store, [record]);
      }
      withdrawn(this.stage, record, this.collecting.withdrawal);
      return null;
    }
    if (finished && !collected.complete) {
      const rows = await store.rows(record.session);
      const session = new Session(record, this.#gameOf(collected.variant), store, rows);
      await this.#collect(session, 0).conclude([]);
      return null;
    }
    this.earlier = record;
    if ((finished ? completedSession : incompleteSession) === "restart" || !this.counts(record)) {
      if (!finished) this.#drain(store, [record]);
      return this.begin(store);
    }
    return this.#open(store, { participant, anonymous, consented }, this.#request(collected.consent));
  }

  /** @override @param {Store | null} store */
  async begin(store) {
    this.#count("opened");
    return super.begin(store);
  }

  /** @override @param {string[]} notices */
  welcome(notices) {
    return super.welcome(notices.length ? [say("notKeptCollected")] : []);
  }

  /** @override */
  decline() {
    this.foot?.close();
    super.decline();
    this.#count("declined").then((url) => url !== null && super.decline(leave(url)));
  }

  /** @param {"opened" | "declined"} event @returns {Promise<string | null>} */
  async #count(event) {
    return this.test ? null : this.collector.visit(event).catch(() => null);
  }

  /** @override @param {Store | null} store @param {string | null} consented */
  async enter(store, consented) {
    const { consent } = this.options;
    const { participant, anonymous } = this.who;
    const asked = this.#request(consent && consented ? consentTo(consent, consented) : null);
    return this.#open(store, { participant, anonymous, consented }, asked);
  }

  /** @param {Request["consent"]} consent @returns {Request} */
  #request(consent) {
    const { participant, anonymous, others } = this.who;
    const named = Object.entries({ ...(anonymous ? {} : { participant }), ...others, signature: this.signature });
    const ids = Object.fromEntries(named.filter(([, value]) => value !== ""));
    const token = this.earlier?.collected.token ?? null;
    return request({ page: this.options.page, ids, anonymous, test: this.test, consent, token });
  }

  /**
   * The session that the server gives, or null where it gives none to be played. @param {Store | null} store
   * @param {Who} who @param {Request} asked @returns {Promise<Session | null>}
   */
  async #open(store, who, asked) {
    const { address } = this.collector;
    Object.assign(this.who, who); // also where it is an earlier visit that asks
    // In a laboratory the next visit is somebody else's.
    this.unask = async () => store?.answered(address).catch(() => {});
    if (store && !this.collecting.lab) await store.ask({ address, request: asked, who }).catch(() => {});
    try {
      const reply = await opened(this.stage, this.collector, asked, this.leaving.signal);
      const session = reply && (await this.#receive(store, who, asked, reply));
      await this.unask();
      return session;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await this.unask();
      return this.#left ? null : this.#forgotten(store, error.reason);
    }
  }

  /** The server does not know the token, or has erased what was under it. @param {Store | null} store @param {Reason} reason */
  async #forgotten(store, reason) {
    const { earlier } = this;
    this.earlier = null;
    if (reason === "gone") {
      if (earlier) await store?.forget(earlier.session);
      this.foot?.close();
      erased(this.stage);
      return null;
    }
    if (earlier && store) await store.keep({ ...earlier, collected: { ...earlier.collected, refused: reason } });
    return this.begin(store);
  }

  /** @param {Store | null} store @param {Who} who @param {Request} asked @param {Opened} reply @returns {Promise<Session | null>} */
  async #receive(store, who, asked, reply) {
    const { status } = reply;
    if (status === "begun" || status === "resumed") return this.#given(store, who, asked, reply);
    if (this.#left) return null;
    switch (status) {
      case "completed":
        return this.#completed(store, reply);
      case "blocked":
        return this.#turnedAway(say("blockedTitle"), say("alreadyStartedText"));
      case "full":
        return this.#turnedAway(say("fullTitle"), say("fullText"));
      case "paused":
        return this.#turnedAway(say("closedTitle"), say("closedText"), [{ text: say("tryAgain"), press: () => location.reload() }]);
    }
  }

  /** @param {string} title @param {string} text @param {import("./screens.js").Choice[]} [choices] */
  #turnedAway(title, text, choices = []) {
    this.foot?.close();
    show(this.stage, { title, paragraphs: [text], choices });
    return null;
  }

  /** @param {Store | null} store @param {Opened} reply */
  async #completed(store, reply) {
    const record = this.earlier;
    if (!record) return this.#turnedAway(say("completedTitle"), say("received"), leave(reply.url ?? null));
    const { token, lease } = record.collected;
    Object.assign(record.collected, { complete: true, url: reply.url ?? null, token: reply.token ?? token, lease: reply.lease ?? lease });
    const rows = (await store?.rows(record.session)) ?? [];
    const session = new Session(record, this.#gameOf(record.collected.variant), store, rows);
    this.#collect(session, rows.length);
    await session.note();
    received(this.stage, session, { title: say("completedTitle"), paragraphs: [], lab: this.collecting.lab });
    return null;
  }

  /** A session that begins or goes on. @param {Store | null} store @param {Who} who @param {Request} asked @param {Opened} reply */
  async #given(store, who, asked, reply) {
    const { session: id = "", token = "", lease = "", variant = null, stored = 0, rows: sent = [] } = reply;
    this.takeover.take(id);
    const known = this.earlier?.session === id ? this.earlier : null;
    /** @type {Collected} */
    const collected = {
      address: this.collector.address,
      variant: variant ?? known?.collected.variant ?? null,
      consent: asked.consent,
      token,
      lease,
      finish: null,
      complete: false,
      url: null,
      withdrawn: null,
      sent: 0,
      refused: null,
    };
    const game = this.#gameOf(collected.variant);
    if (!known) {
      const given = { session: id, started: asked.started, collected };
      const session = await Session.begin({ ...this.who, ...who }, this.options.page, game, store, given);
      for (const row of sent) await session.take(row);
      const collection = this.#collect(session, stored);
      if (this.#left) return this.#withdraw(collection);
      return sent.length ? this.#resume(collection) : session;
    }
    const session = new Session({ ...known, collected }, game, store, (await store?.rows(id)) ?? []);
    for (const row of sent.slice(session.rows.length)) await session.take(row);
    if (stored > session.rows.length) throw new Error(`The server has ${stored} rows of this session, and this browser ${session.rows.length}`);
    await session.note();
    const collection = this.#collect(session, stored);
    return this.#left ? this.#withdraw(collection) : this.#resume(collection);
  }

  get #left() {
    return this.leaving.signal.aborted;
  }

  /** Whoever stopped while the session was being opened is withdrawn from it. @param {Collection} collection @returns {Promise<null>} */
  async #withdraw(collection) {
    await collection.withdraw();
    return null;
  }

  /** @param {Collection} collection */
  async #resume(collection) {
    await ask(this.stage, say("resumeTitle"), [say("resumeText")], say("resume"));
    const { record, game, store, rows } = collection.session;
    collection.session = await Session.goOn(record, game, store, rows);
    collection.session.outbox = collection.outbox;
    return collection.session;
  }

  /** @param {import("./variants.js").Variant | null} variant */
  #gameOf(variant) {
    return variant ? new Game(played(this.definition, variant), this.functions) : this.game(0);
  }

  /** Gives a session its outbox. @param {Session} session @param {number} stored how many of its rows the server has */
  #collect(session, stored) {
    const { stage, collector, collecting: options } = this;
    const foot = /** @type {Foot} */ (this.foot);
    return (this.collection = new Collection({ stage, foot, collector, options }, session, stored));
  }

  /** @override @param {Session} session */
  async play(session) {
    try {
      await super.play(session);
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
    }
  }

  /** @override @param {Session} _session @param {string} _title @param {string[]} paragraphs */
  end(_session, _title, paragraphs) {
    return this.collection?.conclude(paragraphs);
  }

  async #askToWithdraw() {
    const policy = this.collecting.withdrawal === "keep" ? "withdrawKeep" : "withdrawDiscard";
    const { yes, ms } = await askToStop(say(policy));
    const { collection } = this; // the session may have been opened behind the dialog
    collection?.session.interruptions?.asked(ms);
    if (!yes) return;
    if (collection) return collection.over ? undefined : collection.withdraw();
    this.leaving.abort();
    this.decline();
    await this.unask();
  }
}
