/** Where a participant's page begins. */
import { App } from "./app.js";
import { show } from "./screens.js";
import { whenRegistered } from "./toolkit.js";
import { say, useWords } from "./words.js";

/** @param {string} id */
const json = (id) => JSON.parse(/** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "");

const stage = /** @type {HTMLElement} */ (document.getElementById("twinbean"));
const options = json("options");

async function start() {
  const host = window.twinbeanHost ? await window.twinbeanHost(options.host) : null;
  await new App(stage, json("definition"), window.twinbeanFunctions, options, host).start();
}

window.twinbeanBegin(() => {
  whenRegistered(() => {
    start().catch((error) => {
      if (!stage.hasChildNodes()) {
        useWords(options.words);
        show(stage, { title: say("failedTitle"), paragraphs: [say("failedText", { message: String(error) })] });
      }
      throw error;
    });
  });
});
