/** SweetBean's Symbol: plain shapes. */
import { py } from "../python/index.js";
import { SymbolScreenPlugin } from "../symbol-screen.js";
import { keyed } from "./keyed.js";
import { list, shownText } from "./row.js";

/** @type {import("./index.js").Kind} */
export const symbol = {
  ...keyed,
  plugin: SymbolScreenPlugin,
  parameters: {
    items: (row) => list(row.get("items")).map(py.toJSON),
    canvas: (row) => ({
      width: Number(row.get("canvasWidth")),
      height: Number(row.get("canvasHeight")),
      background: ground(shownText(row.get("background"))),
    }),
    ...keyed.parameters,
  },
};

/** @param {string} named */
const ground = (named) => (named === "" || named === "transparent" ? "black" : named);
