/** SweetBean's RandomObjectKinematogram and RandomDotPatterns: many small objects, which move or stand still. */
import { canvasOf } from "./canvas.js";

const { KEY_DATA, KEY_PARAMETERS, KeyScreen, element, keyed, now, py } = window.twinbean;
const { ParameterType } = jsPsychModule;

/**
 * What is shown in one field: how many objects, of which so many in a hundred move in `direction` and point in `orientation`,
 * in degrees from the right, against the clock; the others move and point anywhere.
 * @typedef {{count: number, shape: number, color: string, left: number, top: number, direction: number, orientation: number, moving: number, pointing: number, speed: number}} Field
 */
/** @typedef {{x: number, y: number, moves: number, points: number}} Thing */
/** @typedef {Map<string, import("../python/values.js").Value>} Row */

// In pixels, the first three as of the plugin that SweetBean's page uses: a field's size, an object's, and what is free around
// fields and between two of them.
const [WIDTH, HEIGHT, SIZE, EDGE, BETWEEN] = [600, 400, 12, 20, 120];

class RandomObjectsPlugin extends KeyScreen {
  static info = {
    name: "random-objects",
    version: "0.3.0",
    parameters: {
      fields: { type: ParameterType.COMPLEX, array: true },
      background: { type: ParameterType.STRING },
      ...KEY_PARAMETERS,
    },
    data: KEY_DATA,
  };

  /** @override @param {{fields: Field[], background: string}} trial @returns {import("../key-screen.js").Content} */
  content({ fields, background }) {
    const placed = fields.map(({ left, top }) => ({ x: left, y: top }));
    const width = Math.max(...placed.map(({ x }) => x)) + WIDTH / 2 + EDGE;
    const height = Math.max(...placed.map(({ y }) => y)) + HEIGHT / 2 + EDGE;
    const { canvas, context } = canvasOf(width, height);
    const things = fields.map(scattered);
    let before = now();
    const draw = () => {
      const passed = (now() - before) / 1000;
      before += passed * 1000;
      context.fillStyle = background;
      context.fillRect(0, 0, width, height);
      fields.forEach((field, i) => drawField(context, field, things[i], passed));
    };
    /** @param {import("../key-screen.js").Standing} screen */
    const shown = ({ lifetime }) => {
      draw();
      const moves = fields.some(({ speed }) => speed > 0);
      const frame = () => {
        if (lifetime.over) return;
        draw();
        requestAnimationFrame(frame);
      };
      if (moves) requestAnimationFrame(frame);
    };
    return { node: element("div", { class: "picture" }, canvas), spoken: "", placed: shown };
  }
}

/** @param {Field} field @returns {Thing[]} */
function scattered({ count, direction, orientation, moving, pointing }) {
  const [movers, pointers] = [shuffled(count), shuffled(count)];
  return movers.map((mover, i) => ({
    x: Math.random() * WIDTH,
    y: Math.random() * HEIGHT,
    moves: mover < (count * moving) / 100 ? direction : Math.random() * 360,
    points: pointers[i] < (count * pointing) / 100 ? orientation : Math.random() * 360,
  }));
}

/** @param {number} count the numbers below it, in any order */
function shuffled(count) {
  const numbers = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [numbers[i], numbers[j]] = [numbers[j], numbers[i]];
  }
  return numbers;
}

/** @param {CanvasRenderingContext2D} context @param {Field} field @param {Thing[]} things @param {number} seconds since the last time */
function drawField(context, { left, top, shape, color, speed }, things, seconds) {
  context.fillStyle = color;
  const far = (speed / 100) * WIDTH * seconds;
  for (const thing of things) {
    const angle = (thing.moves * Math.PI) / 180;
    thing.x = wrapped(thing.x + far * Math.cos(angle), WIDTH);
    thing.y = wrapped(thing.y - far * Math.sin(angle), HEIGHT);
    context.save();
    context.translate(left - WIDTH / 2 + thing.x, top - HEIGHT / 2 + thing.y);
    context.rotate((-thing.points * Math.PI) / 180);
    context.beginPath();
    OUTLINES[shape](context);
    context.fill();
    context.restore();
  }
}

/** @param {number} at @param {number} length */
const wrapped = (at, length) => ((at % length) + length) % length;

/** By the number of `stimulus_type`; those that have a direction point to the right. @type {((context: CanvasRenderingContext2D) => void)[]} */
const OUTLINES = [
  (context) => {
    context.moveTo(SIZE / 2, 0);
    context.lineTo(-SIZE / 2, SIZE / 3);
    context.lineTo(-SIZE / 2, -SIZE / 3);
  },
  (context) => context.arc(0, 0, SIZE / 2, 0, 2 * Math.PI),
  (context) => context.rect(-SIZE / 2, -SIZE / 2, SIZE, SIZE),
];

/** @param {Row} row @returns {Field[]} */
function fieldsOf(row) {
  const count = Number(row.get("number_of_apertures"));
  /** @param {string} name @param {number} i */
  const of = (name, i) => {
    const given = row.get(name) ?? null;
    return Array.isArray(given) ? given[i] : given;
  };
  const together = Array.isArray(row.get("aperture_position_left")) && Array.isArray(row.get("aperture_position_top"));
  return Array.from({ length: count }, (_, i) => ({
    count: Number(of("number_of_oobs", i)),
    shape: Number(of("stimulus_type", i)),
    color: py.str(of("oob_color", i) ?? null),
    // Several fields without places of their own stand side by side.
    left: EDGE + WIDTH / 2 + (together ? (Number(of("aperture_position_left", i)) / 100) * 2 * WIDTH : i * (WIDTH + BETWEEN)),
    top: EDGE + HEIGHT / 2 + (together ? (Number(of("aperture_position_top", i)) / 100) * 2 * HEIGHT : 0),
    direction: Number(of("coherent_movement_direction", i)),
    orientation: Number(of("coherent_orientation", i)),
    moving: Number(of("coherence_movement", i)),
    pointing: Number(of("coherence_orientation", i)),
    speed: Number(of("movement_speed", i)),
  }));
}

export const randomObjects = {
  ...keyed,
  plugin: RandomObjectsPlugin,
  parameters: {
    fields: fieldsOf,
    background: (/** @type {Row} */ row) => py.str(row.get("background_color") ?? null),
    ...keyed.parameters,
  },
};
