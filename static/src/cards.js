/** Options as cards to press, each with its label, its words and, once it was chosen, what it paid. */
import { element } from "./dom.js";
import { keyShown } from "./keys.js";
import { say } from "./words.js";

export class Cards {
  /**
   * @param {HTMLElement} display @param {import("./machines.js").Arms} arms
   * @param {string[]} texts what is said of each option @param {boolean} shown whether what they pay will be
   * @param {(arm: number, event: Event) => void} press
   */
  constructor(display, arms, texts, shown, press) {
    /** @type {HTMLButtonElement[]} */
    this.buttons = texts.map((text, arm) => card(arms, arm, text, shown));
    for (const [arm, button] of this.buttons.entries()) button.addEventListener("click", (event) => press(arm, event));
    const places = arms.positions.map((place, arm) => ({ place, arm })).sort((a, b) => a.place - b.place);
    const ordered = places.map(({ arm }) => this.buttons[arm]);
    this.room = element("div", { class: "choices", role: "group", "aria-label": say("answers") }, ...ordered);
    this.notice = element("p", { class: "notice" });
    display.append(element("div", { class: "screen choice cards" }, element("div", { class: "body" }, this.room), this.notice));
  }

  /** What a screen reader says when the cards appear. */
  get spoken() {
    return [...this.room.children].map((card) => [...card.children].map(({ textContent }) => textContent).filter(Boolean).join(": ")).join("; ");
  }

  /** No other can be pressed any more. @param {number} arm */
  pull(arm) {
    for (const [other, button] of this.buttons.entries()) {
      button.setAttribute("aria-disabled", "true");
      button.classList.toggle("chosen", other === arm);
    }
    this.buttons[arm].setAttribute("aria-pressed", "true");
  }

  /** What an option paid, or would have paid. @param {number} arm @param {string} payoff */
  reveal(arm, payoff) {
    this.buttons[arm].classList.add("revealed");
    const paid = this.buttons[arm].querySelector(".paid");
    if (paid) paid.textContent = payoff;
  }

  /** @param {string} text */
  miss(text) {
    for (const button of this.buttons) button.setAttribute("aria-disabled", "true");
    this.notice.textContent = text;
  }

  close() {}
}

/** @param {import("./machines.js").Arms} arms @param {number} arm @param {string} text @param {boolean} shown */
function card(arms, arm, text, shown) {
  const key = keyShown(arms.labels[arm], arms.keys[arm]);
  return element(
    "button",
    { type: "button", class: "option card", "data-arm": String(arm) },
    element("span", { class: "name" }, arms.labels[arm]),
    element("span", { class: "telling" }, text),
    ...(key ? [element("kbd", {}, key)] : []),
    // Room for it, so that nothing moves when it is shown.
    ...(shown ? [element("span", { class: "paid" })] : []),
  );
}
