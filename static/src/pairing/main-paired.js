/** Where a participant's page begins beside whom a model plays. */
import { whenRegistered } from "../toolkit.js";
import { PairedApp } from "./paired-app.js";

/** @param {string} id */
const json = (id) => JSON.parse(/** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "");

const stage = /** @type {HTMLElement} */ (document.getElementById("twinbean"));
window.twinbeanBegin(() => {
  whenRegistered(() => {
    new PairedApp(stage, json("definition"), window.twinbeanFunctions, json("options")).start();
  });
});
