/** The slot machines on the choice screen: built, laid out to fill the window, and made to show what they paid. */
import { machineColour } from "./colour.js";
import { element } from "./dom.js";
import { shrink } from "./fitting.js";
import { keyShown } from "./keys.js";
import { listed } from "./language.js";
import { say } from "./words.js";

/**
 * @typedef {object} Arms
 * @property {{color?: unknown, value: unknown}[]} bandits
 * @property {string[]} labels
 * @property {number[]} offered
 * @property {number[]} positions positions[arm] is the arm's place, in reading order from 0
 * @property {string[]} keys the key of each arm, "" for none
 */

// A machine is this wide and high, with its margin and without its sign, in units of its own font size.
const WIDTH = 11;
const HEIGHT = 10;
const LARGEST = 34;
// The sign is as low as lets its label be read: this many units, and at least this many pixels a letter.
const SIGNS = [2.5, 3.5, 5, 7, 10, 14];
const LEGIBLE = 12;

export class Machines {
  /** @param {HTMLElement} display @param {Arms} arms @param {(arm: number, event: Event) => void} press */
  constructor(display, arms, press) {
    /** @type {HTMLButtonElement[]} */
    this.buttons = arms.bandits.map((bandit, arm) => machine(arms, arm, String(bandit.color ?? "")));
    for (const arm of arms.offered) this.buttons[arm].addEventListener("click", (event) => press(arm, event));
    const offer = listed(arms.offered.map((arm) => arms.labels[arm]), say("or"));
    this.room = element("div", { class: "machines", role: "group", "aria-label": say("choose", { labels: offer }) });
    const places = arms.positions.map((place, arm) => ({ place, arm })).sort((a, b) => a.place - b.place);
    this.room.append(...places.map(({ arm }) => this.buttons[arm]));
    this.notice = element("p", { class: "notice" });
    display.append(element("div", { class: "screen choice" }, this.room, this.notice));
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.room);
    this.fit();
  }

  /** As large as there is room for, with signs as high as the labels need, all labels in one size. */
  fit() {
    const labels = this.#texts(".sign");
    const sizeWith = (/** @type {number} */ sign) => {
      this.#layOut(sign);
      return Math.min(...labels.map((text) => shrink(text, LEGIBLE)));
    };
    let best = { sign: 0, size: 0 };
    for (const sign of SIGNS) {
      const size = sizeWith(sign);
      if (size > best.size) best = { sign, size };
      if (size >= LEGIBLE) break;
    }
    if (this.sign !== best.sign) sizeWith(best.sign);
    // None is to catch the eye more than another.
    for (const text of labels) text.style.fontSize = `${best.size}px`;
    for (const text of this.#texts(".payoff")) shrink(text, LEGIBLE);
  }

  /** What a screen reader says when the machines appear. */
  get spoken() {
    return /** @type {string} */ (this.room.getAttribute("aria-label"));
  }

  /** The number of columns that lets the machines be largest. @param {number} sign the height of their signs */
  #layOut(sign) {
    const { clientWidth, clientHeight } = this.room;
    const count = this.buttons.length;
    const sizes = this.buttons.map((_, i) => {
      const columns = i + 1;
      return Math.min(clientWidth / columns / WIDTH, clientHeight / Math.ceil(count / columns) / (HEIGHT + sign));
    });
    const best = Math.max(...sizes);
    // A little less, or rounding could push the last machine of a row into the next.
    this.room.style.fontSize = `${Math.min(best * 0.99, LARGEST)}px`;
    this.room.style.setProperty("--columns", String(sizes.indexOf(best) + 1));
    this.room.style.setProperty("--sign", String(sign));
    this.sign = sign;
  }

  /** @param {string} place @returns {HTMLElement[]} */
  #texts(place) {
    return [...this.room.querySelectorAll(`${place} .fitted`)].map((text) => /** @type {HTMLElement} */ (text));
  }

  /** The machine is set going; no other can be pressed any more. @param {number} arm @param {number} ms */
  pull(arm, ms) {
    for (const button of this.buttons) button.setAttribute("aria-disabled", "true");
    this.room.style.setProperty("--spin", `${ms}ms`);
    this.room.classList.add("pulled");
    this.buttons[arm].classList.add("chosen");
  }

  /** What an arm paid, or would have paid. @param {number} arm @param {string} payoff */
  reveal(arm, payoff) {
    const button = this.buttons[arm];
    button.classList.add("revealed");
    button.removeAttribute("aria-label"); // from now on its name is what it shows
    const text = fitted(payoff);
    button.querySelector(".payoff")?.replaceChildren(text);
    shrink(text, LEGIBLE);
  }

  /** @param {string} text */
  miss(text) {
    for (const button of this.buttons) button.setAttribute("aria-disabled", "true");
    this.room.classList.add("pulled");
    this.notice.textContent = text;
  }

  close() {
    this.observer.disconnect();
  }
}

/** @param {Arms} arms @param {number} arm @param {string} colour */
function machine(arms, arm, colour) {
  const label = arms.labels[arm];
  const key = keyShown(label, arms.keys[arm]);
  const made = element(
    "button",
    {
      type: "button",
      class: "machine",
      "data-arm": String(arm),
      // Who speaks to the browser says what they see, so the name starts with it (WCAG 2.5.3).
      "aria-label": say("machine", { label: key ? `${label} ${key}` : label }),
      disabled: !arms.offered.includes(arm),
    },
    element("span", { class: "sign" }, fitted(label)),
    element(
      "span",
      { class: "window" },
      ...[0, 1, 2].map(() => element("span", { class: "reel" })),
      element("span", { class: "payoff" }),
    ),
    element("span", { class: "tray" }),
    element("span", { class: "lever" }),
  );
  made.style.setProperty("--machine", machineColour(colour, arm));
  if (key) made.append(element("kbd", {}, key));
  return made;
}

/** A text that gets smaller where it is too long. @param {string} text */
function fitted(text) {
  return element("span", { class: "fitted" }, text);
}
