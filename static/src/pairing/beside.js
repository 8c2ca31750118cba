/** Under the last screen: how far the model is, and then both courses. It goes where that screen gives way to another end. */
import { button, element } from "../dom.js";
import { asked } from "./asking.js";
import { Comparison } from "./comparison.js";
import { say } from "./words.js";

/** @typedef {import("../collection.js").Collection} Collection */

// So often and so many times, which is ten minutes; then the participant says whether to look again.
const PAUSE_MS = 1500;
const MOST = 400;

export class Beside {
  /** @param {HTMLElement} stage @param {Collection} collection @param {string} address */
  constructor(stage, collection, address) {
    this.collection = collection;
    this.address = address;
    this.room = /** @type {HTMLElement} */ (stage.parentElement);
    this.title = element("h2", { id: "pair-title" }, say("pairTitle"));
    this.said = element("p", { role: "status" });
    this.rest = element("div");
    this.box = element("section", { class: "pair", "aria-labelledby": "pair-title" }, this.title, this.said, this.rest);
    // Withdrawn from, erased or gone on with elsewhere: the screen that says so stands alone.
    this.watch = new MutationObserver(() => collection.over && this.close());
    this.watch.observe(stage, { childList: true });
  }

  async begin() {
    for (let tries = 0; tries < MOST; tries += 1) {
      const told = await asked(this.address, this.collection.record);
      if (this.collection.over || told?.state === "none") return this.close();
      this.#open();
      switch (told?.state) {
        case "ready": {
          const comparison = new Comparison(told.model, told.courses);
          this.rest.replaceChildren(comparison.box);
          this.said.textContent = comparison.summary;
          return;
        }
        case "failed":
          this.rest.replaceChildren();
          this.said.textContent = say("pairFailed");
          return;
        case "waiting":
          this.#wait(told.before ? "pairWaiting" : "pairPlaying", null);
          break;
        case "playing":
          this.#wait("pairPlaying", told);
      }
      await new Promise((resolve) => window.setTimeout(resolve, PAUSE_MS));
    }
    this.said.textContent = say("pairLate");
    this.rest.replaceChildren(button(say("pairAgain"), () => this.begin(), "secondary"));
  }

  #open() {
    if (this.box.isConnected) return;
    this.room.classList.add("paired");
    this.room.append(this.box);
  }

  /** @param {"pairWaiting" | "pairPlaying"} what @param {{done: number, of: number} | null} far */
  #wait(what, far) {
    // Screen readers hear of what is new alone.
    if (this.said.textContent !== say(what)) this.said.textContent = say(what);
    const bar = far && element("progress", { max: String(far.of), value: String(far.done), "aria-label": say("pairProgress") });
    this.rest.replaceChildren(...(bar ? [bar] : []));
  }

  close() {
    this.watch.disconnect();
    this.room.classList.remove("paired");
    this.box.remove();
  }
}
