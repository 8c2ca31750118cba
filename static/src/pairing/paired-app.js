/** A collected session at whose end, once every answer has arrived, it is shown what a model did on the same payoffs. */
import { CollectedApp } from "../collected-app.js";
import { Beside } from "./beside.js";
import { WORDS } from "./words.js";

/** @typedef {import("../session.js").Session} Session */

export class PairedApp extends CollectedApp {
  /** @param {HTMLElement} stage @param {ConstructorParameters<typeof CollectedApp>[1]} definition @param {Window["twinbeanFunctions"]} functions @param {ConstructorParameters<typeof CollectedApp>[3]} options */
  constructor(stage, definition, functions, options) {
    super(stage, definition, functions, { ...options, words: /** @type {any} */ ({ ...WORDS, ...options.words }) });
    this.isBeside = false;
  }

  /** @override */
  async visit() {
    await super.visit();
    this.#compare(); // who comes back after the end
  }

  /** @override @param {Session} session @param {string} title @param {string[]} paragraphs */
  end(session, title, paragraphs) {
    const concluded = super.end(session, title, paragraphs);
    concluded?.then(() => this.#compare(), () => {});
    return concluded;
  }

  #compare() {
    const { collection, collector, stage } = this;
    if (this.isBeside || !collection || collection.over || !collection.record.collected.complete) return;
    this.isBeside = true;
    new Beside(stage, collection, collector.address).begin();
  }
}
