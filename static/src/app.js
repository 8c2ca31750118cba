/** What a participant meets, in order: welcome, consent, the task, the end; or what an earlier visit left to do. */
import { describeDevice, refreshRate } from "./device.js";
import { element } from "./dom.js";
import { Game } from "./engine.js";
import { exclusively } from "./lock.js";
import { identify } from "./participant.js";
import { download, fileName } from "./saving.js";
import { ask, show } from "./screens.js";
import { Session } from "./session.js";
import { Store } from "./store.js";
import { chosenVariant, withVariant } from "./variants.js";
import { say, useWords } from "./words.js";

/** @typedef {import("./engine.js").Definition} Definition */
/**
 * @typedef {object} Options see `twinbean.page.PageOptions`
 * @property {Partial<import("./words.js").Words>} words
 * @property {string | null} consent
 * @property {string | null} completionUrl
 * @property {boolean} progress
 * @property {"resume" | "restart" | "block"} incompleteSession
 * @property {"restart" | "block"} completedSession
 * @property {number | null} maxAge milliseconds after which an unfinished session does not count
 * @property {Record<string, string>} ids
 * @property {string} twinbean the version
 * @property {string} page the digest of definition and functions
 */

export class App {
  /** @param {HTMLElement} stage @param {Definition} definition @param {Window["twinbeanFunctions"]} functions @param {Options} options */
  constructor(stage, definition, functions, options) {
    this.stage = stage;
    this.definition = definition;
    this.functions = functions;
    this.options = options;
    this.who = identify(options.ids, location.search);
    this.device = describeDevice();
    useWords(options.words);
    refreshRate().then((rate) => Object.assign(this.device, { refresh_rate: rate }));
  }

  async start() {
    await exclusively(
      `twinbean:${this.options.page}`,
      () => this.#visit(),
      () => show(this.stage, { title: say("secondTabTitle"), paragraphs: [say("secondTabText")] }),
    );
  }

  async #visit() {
    /** @type {Session | null} */
    let session = null;
    try {
      const store = await Store.open().catch(() => null);
      session = await this.#session(store);
      if (session) await this.#play(session);
    } catch (error) {
      show(this.stage, {
        title: say("failedTitle"),
        paragraphs: [say("failedText", { message: String(error) })],
        choices: session ? [this.#downloadOf(session)] : [],
      });
      throw error;
    }
  }

  /** @param {Session} session */
  #downloadOf({ record, rows }) {
    const name = fileName(this.definition.task, record.participant);
    return { text: say("download"), press: () => download(name, rows) };
  }

  /** The session to play, or null where there is none to be played. @param {Store | null} store */
  async #session(store) {
    const earlier = await this.#earlier(store);
    const { incompleteSession, completedSession } = this.options;
    if (store && earlier?.finished && completedSession === "block") {
      const session = new Session(earlier, this.#game(earlier.variant), store, await store.rows(earlier.session));
      this.#end(session, say("completedTitle"), []);
      return null;
    }
    if (store && earlier && !earlier.finished && incompleteSession === "block") {
      show(this.stage, { title: say("blockedTitle"), paragraphs: [say("blockedText")] });
      return null;
    }
    if (store && earlier && !earlier.finished && incompleteSession === "resume") {
      await ask(this.stage, say("resumeTitle"), [say("resumeText")], say("resume"));
      return Session.resume(earlier, this.#game(earlier.variant), store);
    }
    return this.#begin(store);
  }

  /** This participant's last session of this very game. @param {Store | null} store */
  async #earlier(store) {
    const { maxAge, page } = this.options;
    const oldest = maxAge === null ? "" : new Date(Date.now() - maxAge).toISOString();
    const kept = store ? await store.sessions(page) : [];
    const mine = kept.filter(({ participant, anonymous, started, finished }) => {
      return (this.who.anonymous ? anonymous : participant === this.who.participant) && (finished || started >= oldest);
    });
    return mine.pop();
  }

  /** @param {Store | null} store */
  async #begin(store) {
    const { consent } = this.options;
    await ask(this.stage, say("welcome"), [document.title], say("start"));
    let consented = null;
    if (consent) {
      await ask(this.stage, say("consent"), consent.split(/\n\s*\n/), say("agree"));
      consented = new Date().toISOString();
    }
    return Session.begin({ ...this.who, consented }, this.options.page, this.#game(chosenVariant(this.definition)), store);
  }

  /** @param {number} variant */
  #game(variant) {
    return new Game(withVariant(this.definition, variant), this.functions);
  }

  /** @param {Session} session */
  async #play(session) {
    const { format, task, fingerprint, seed, variant, parameters, timing } = session.game.definition;
    const { twinbean, page, progress } = this.options;
    const properties = { format, task, fingerprint, seed, variant, parameters, ...(timing && { timing }), twinbean, page, ...this.who.others };
    const bar = element("progress", { max: String(session.game.steps.length), "aria-label": say("progress") });
    if (progress) this.stage.before(bar);
    await session.play(this.stage, properties, this.device, (done) => (bar.value = done));
    bar.remove();
    this.#end(session, say("thanks"), this.#score(session));
  }

  /** The score, where the task keeps one. @param {Session} session */
  #score(session) {
    const score = session.game.shared.get("score") ?? null;
    const number = Number(score);
    if (score === null || !Number.isFinite(number)) return [];
    // 0.1 + 0.2 is shown as 0.3; the record has every digit.
    return [say("score", { score: Number(number.toFixed(6)) })];
  }

  /** @param {Session} session @param {string} title @param {string[]} paragraphs */
  #end(session, title, paragraphs) {
    const { record } = session;
    const { completionUrl } = this.options;
    const kept = record.removed ? "removed" : session.saved ? "saved" : "notSaved";
    const choices = completionUrl ? [{ text: say("finish"), press: () => location.assign(completionUrl) }] : [];
    if (!record.removed) {
      choices.push(this.#downloadOf(session));
      if (session.saved) choices.push({ text: say("remove"), press: () => this.#remove(session, title, paragraphs) });
    }
    const looks = ["primary", "secondary", "quiet"];
    show(this.stage, {
      title,
      paragraphs: [...paragraphs, say(kept)],
      choices: choices.map((choice, i) => ({ ...choice, look: looks[i] })),
    });
  }

  /** @param {Session} session @param {string} title @param {string[]} paragraphs */
  #remove(session, title, paragraphs) {
    const back = () => this.#end(session, title, paragraphs);
    show(this.stage, {
      title: say("removeTitle"),
      paragraphs: [say("removeText")],
      choices: [
        { text: say("remove"), press: () => session.remove().then(back) },
        { text: say("back"), look: "secondary", press: back },
      ],
    });
  }
}
