/** Where a participant's page begins whose rows a server collects. */
import { CollectedApp } from "./collected-app.js";
import { whenRegistered } from "./toolkit.js";

/** @param {string} id */
const json = (id) => JSON.parse(/** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "");

const stage = /** @type {HTMLElement} */ (document.getElementById("twinbean"));
window.twinbeanBegin(() => {
  whenRegistered(() => {
    new CollectedApp(stage, json("definition"), window.twinbeanFunctions, json("options")).start();
  });
});
