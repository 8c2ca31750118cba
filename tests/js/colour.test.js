import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { pretend } from "./setup.js";
import { colourText, machineColour } from "../../static/src/colour.js";

const RGBA = {
  white: [255, 255, 255, 255],
  black: [0, 0, 0, 255],
  yellow: [255, 255, 0, 255],
  green: [0, 128, 0, 255],
  "#888": [136, 136, 136, 255],
  transparent: [0, 0, 0, 0],
  inherit: [0, 0, 0, 255],
};
let theme = "white";

beforeEach(() => {
  theme = "white";
  const context = {
    clearRect() {},
    fillRect() {},
    getImageData() {
      return { data: RGBA[this.fillStyle] };
    },
  };
  pretend("CSS", { supports: (_, colour) => colour in RGBA });
  pretend("document", { body: {}, createElement: () => ({ getContext: () => context }) });
  pretend("getComputedStyle", () => ({ backgroundColor: theme }));
});

function coloured(name) {
  const classes = new Set();
  const text = { style: {}, classList: classes };
  colourText(text, name);
  return { ink: text.style.color, plate: classes.has("plate") ? text.style.backgroundColor : null };
}

test("a machine has the definition's colour, and where that is none one of its own", () => {
  assert.equal(machineColour("green", 3), "green");
  const own = ["", "no colour", "inherit"].map((name) => machineColour(name, 1));
  assert.deepEqual(new Set(own), new Set(["#56b4e9"]));
  const palette = Array.from({ length: 8 }, (_, arm) => machineColour("", arm));
  assert.equal(new Set(palette).size, 8);
  assert.equal(machineColour("", 8), palette[0]);
});

test("white, black and what is no colour leave the text as the theme has it", () => {
  for (const name of ["white", "black", "transparent", "", "no colour"]) {
    assert.deepEqual(coloured(name), { ink: undefined, plate: null }, name);
  }
});

// Contrast with white: green 5.14, grey 3.54, yellow 1.07; with black: 4.09, 5.92, 19.56 (WCAG 2.2).
test("a colour that can be read keeps the page's background", () => {
  assert.deepEqual(coloured("green"), { ink: "rgb(0, 128, 0)", plate: null });
});

test("a colour that cannot be read gets a plate on which it can", () => {
  assert.deepEqual(coloured("yellow"), { ink: "rgb(255, 255, 0)", plate: "#000" });
  assert.deepEqual(coloured("#888"), { ink: "rgb(136, 136, 136)", plate: "#000" });
  theme = "black";
  assert.deepEqual(coloured("yellow"), { ink: "rgb(255, 255, 0)", plate: null });
  assert.deepEqual(coloured("green"), { ink: "rgb(0, 128, 0)", plate: "#fff" });
});
