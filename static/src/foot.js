/** The line under every screen of a study that is collected: what is late, and the way out. */
import { TaskClock, clock } from "./clock.js";
import { button, element } from "./dom.js";
import { say } from "./words.js";

export class Foot {
  /** @param {HTMLElement} above @param {() => void} withdraw */
  constructor(above, withdraw) {
    this.line = element("p", { role: "status" });
    this.way = button(say("withdraw"), withdraw, "quiet");
    this.bar = element("footer", { class: "foot" }, this.line, this.way);
    above.after(this.bar);
  }

  /** What participants are told about answers on their way, "" for nothing. @param {string} text */
  tell(text) {
    if (this.line.textContent !== text) this.line.textContent = text;
  }

  /** Nothing is left to be withdrawn from. */
  close() {
    this.tell("");
    this.way.hidden = true;
  }
}

/**
 * Asks whether to stop, while the task waits. @param {string} policy what happens to the answers
 * @returns {Promise<{yes: boolean, ms: number}>} and how long the participant thought about it
 */
export function askToStop(policy) {
  const from = performance.now();
  const task = clock instanceof TaskClock ? clock : null;
  task?.pause();
  return new Promise((resolve) => {
    let yes = false;
    const text = element("p", { id: "stop-text" }, policy);
    const title = element("h2", { id: "stop" }, say("withdrawTitle"));
    const notice = element("dialog", { class: "notice-box", "aria-labelledby": "stop", "aria-describedby": "stop-text" }, title, text);
    const back = button(say("back"), () => notice.close());
    const stop = button(say("withdraw"), () => {
      yes = true;
      notice.close();
    }, "secondary");
    notice.append(element("div", { class: "keys" }, back, stop));
    notice.addEventListener("close", () => {
      notice.remove();
      task?.resume();
      resolve({ yes, ms: performance.now() - from });
    });
    document.body.append(notice);
    notice.showModal();
  });
}
