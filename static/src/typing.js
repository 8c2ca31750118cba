/** How the fields of text of a screen were filled in: how many characters were typed, and how many pasted. */

const FIELDS = 'input[type="text"], textarea';
const PASTED = ["insertFromPaste", "insertFromPasteAsQuotation", "insertFromDrop", "insertFromYank"];

export class Typing {
  constructor() {
    /** Null where the screen has no field of text. @type {{typed: number, pasted: number} | null} */
    this.counts = null;
    /** How long the text of a field was before. @type {WeakMap<EventTarget, number>} */
    this.lengths = new WeakMap();
    this.heard = (/** @type {Event} */ event) => this.#count(event);
    window.addEventListener("input", this.heard, true);
  }

  /** A screen has been built. */
  shown() {
    if (document.querySelector(FIELDS)) this.counts = { typed: 0, pasted: 0 };
  }

  /** What is known of the screen that ends now: nothing where it had no field of text. */
  take() {
    const { counts } = this;
    this.counts = null;
    return counts;
  }

  stop() {
    window.removeEventListener("input", this.heard, true);
  }

  /** @param {Event} event */
  #count(event) {
    const field = event.target;
    if (!this.counts || !(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) || !field.matches(FIELDS)) return;
    const before = this.lengths.get(field) ?? 0;
    this.lengths.set(field, field.value.length);
    // A script can say that there was input, and not of which type. What an undo brings back was counted once.
    if (!event.isTrusted || !(event instanceof InputEvent) || !event.inputType.startsWith("insert")) return;
    // While a word is composed, each event has all of it so far: its growth is what was typed.
    const composed = event.inputType === "insertCompositionText";
    const added = (!composed && event.data?.length) || Math.max(field.value.length - before, 0);
    this.counts[PASTED.includes(event.inputType) ? "pasted" : "typed"] += added;
  }
}
