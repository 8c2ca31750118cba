/** Where a participant's page begins. */
import { App } from "./app.js";

/** @param {string} id */
const json = (id) => JSON.parse(/** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "");

const stage = /** @type {HTMLElement} */ (document.getElementById("twinbean"));
new App(stage, json("definition"), window.twinbeanFunctions, json("options")).start();
