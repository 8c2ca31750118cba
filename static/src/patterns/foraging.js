/** SweetBean's Foraging: targets among distractors, to be found by pointing at them. */

const { Lifetime, announce, built, element, fileOf, imageOf, inputOf, now, py, since } = window.twinbean;
const { ParameterType } = jsPsychModule;

/** @typedef {Map<string, import("../python/values.js").Value>} Row */
/** @typedef {{kind: "target" | "distractor", index: number, given: Record<string, any>}} Item */
/** @typedef {{x: number, y: number}} Place in hundredths of the arena */
/** @typedef {{mode: string, columns: number | null, rows: number | null, radius: number, jitter: boolean, size: number, inset: number, gap: number, seed: number | null}} Layout */
/** @typedef {{kind: string, index: number, t: number}} Click */

const SHAPES = new Set(["circle", "square", "triangle"]);
const COLOURS = ["#66ff66", "#ff6666", "#6699ff", "#ffcc33"];

class ForagingPlugin {
  static info = {
    name: "foraging-arena",
    version: "0.3.0",
    parameters: {
      items: { type: ParameterType.COMPLEX, array: true },
      layout: { type: ParameterType.OBJECT },
      looks: { type: ParameterType.OBJECT },
      duration: { type: ParameterType.FLOAT, default: null },
      ends: { type: ParameterType.STRING },
    },
    data: { response: { type: ParameterType.OBJECT }, rt: { type: ParameterType.FLOAT }, input: { type: ParameterType.STRING } },
  };

  /** @param {import("jspsych").JsPsych} jsPsych */
  constructor(jsPsych) {
    this.jsPsych = jsPsych;
  }

  /** @param {HTMLElement} display @param {{items: Item[], layout: Layout, looks: {background: string, color: string, box: number, star: string | null}, duration: number | null, ends: "found" | "click" | "time"}} trial */
  trial(display, { items, layout, looks, duration, ends }) {
    const arena = element("div", { class: "arena" });
    arena.style.background = looks.background;
    arena.style.color = looks.color;
    const draw = drawsOf(layout.seed);
    const places = placed(items, layout, looks.box, draw);
    /** @type {Click[]} */
    const clicks = [];
    const found = new Set();
    const wanted = items.filter(({ kind }) => kind === "target").length;
    let painted = now();
    /** @type {string | null} */
    let input = null;
    const lifetime = new Lifetime(display);

    const end = () => {
      if (lifetime.over) return;
      lifetime.end();
      const rt = clicks.length ? clicks[clicks.length - 1].t : null;
      this.jsPsych.finishTrial({ response: { clicks }, rt, input });
    };
    items.forEach((item, i) => {
      const button = tokenOf(item, looks, draw);
      button.style.left = `${places[i].x}%`;
      button.style.top = `${places[i].y}%`;
      button.addEventListener("click", (event) => {
        if (lifetime.over || found.has(item)) return;
        input = inputOf(event);
        clicks.push({ kind: item.kind, index: item.index, t: since(painted) });
        if (item.kind === "target") {
          found.add(item);
          button.classList.add("found");
          button.disabled = true;
          if (looks.star) button.style.color = looks.star;
        } else {
          button.classList.remove("wrong");
          void button.offsetWidth; // begins the movement anew
          button.classList.add("wrong");
        }
        if (ends === "click" || (ends === "found" && found.size === wanted)) end();
      });
      arena.append(button);
    });
    display.append(element("div", { class: "screen" }, arena));
    announce("");
    lifetime.painted(() => {
      painted = now();
      if (duration !== null) lifetime.after(duration, end);
    });
  }
}

/** @param {Item} item @param {{color: string, box: number}} looks @param {() => number} draw */
function tokenOf({ given, kind, index }, { box }, draw) {
  const button = element("button", { type: "button", class: "item", "data-kind": kind, "data-index": String(index) });
  button.style.width = button.style.height = `${box}%`;
  const colour = given.color ?? COLOURS[Math.floor(draw() * COLOURS.length)];
  const turned = given.rotationDeg ?? 0;
  if (turned) button.style.rotate = `${turned}deg`;
  if (SHAPES.has(given.shape)) {
    const shape = element("span", { class: "shape", "data-shape": given.shape });
    shape.style.background = colour;
    button.append(shape);
    button.setAttribute("aria-label", given.shape);
    return button;
  }
  if (given.src !== undefined) {
    const image = imageOf(given.src);
    image.alt = "";
    button.append(image);
    button.setAttribute("aria-label", String(index + 1));
    return button;
  }
  button.style.color = colour;
  button.append(given.html === undefined ? String(given.text) : built(given.html));
  return button;
}

/** Where the items stand, in hundredths of the arena. @param {Item[]} items @param {Layout} layout @param {number} box @param {() => number} draw @returns {Place[]} */
function placed(items, layout, box, draw) {
  const scale = 100 / layout.size;
  const order = shuffled(items.length, draw);
  /** @type {Place[]} */
  const taken = [];
  /** @type {Place[]} */
  const places = new Array(items.length);
  const columns = layout.columns ?? Math.ceil(Math.sqrt(items.length));
  const rows = layout.rows ?? Math.ceil(items.length / columns);
  /** @param {number} column @param {number} row */
  const cell = (column, row) => ({ x: ((column + 0.5) / columns) * 100, y: ((row + 0.5) / rows) * 100 });
  /** @param {number} degrees @param {number} radius in hundredths of the window's shorter side */
  const around = (degrees, radius) => {
    const angle = (degrees * Math.PI) / 180;
    return { x: 50 + radius * scale * Math.cos(angle), y: 50 - radius * scale * Math.sin(angle) };
  };
  /** A place of its own as far from the others as is asked for, or as far as there is room. */
  const anywhere = () => {
    const edge = layout.inset * scale + box / 2;
    let best = { x: 50, y: 50 };
    let room = -1;
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const at = { x: edge + draw() * (100 - 2 * edge), y: edge + draw() * (100 - 2 * edge) };
      const near = Math.min(Infinity, ...taken.map((other) => Math.hypot(other.x - at.x, other.y - at.y)));
      if (near >= box + layout.gap * scale) return at;
      if (near > room) [best, room] = [at, near];
    }
    return best;
  };
  order.forEach((item, slot) => {
    const { pos } = items[item].given;
    const at = pos ? own(pos) : free(slot);
    taken.push(at);
    places[item] = at;
  });
  return places;

  /** @param {Record<string, any>} pos @returns {Place} */
  function own(pos) {
    if (pos.mode === "grid") return cell(pos.col, pos.row);
    if (pos.mode === "circle") return around(pos.angle_deg, pos.radius_vmin);
    return { x: 50 + pos.x_vmin * scale, y: 50 + pos.y_vmin * scale };
  }

  /** @param {number} slot @returns {Place} */
  function free(slot) {
    const jitter = layout.jitter ? draw() - 0.5 : 0;
    if (layout.mode === "circle") return around(((slot + jitter * 0.3) / items.length) * 360, layout.radius);
    if (layout.mode !== "grid") return anywhere();
    const { x, y } = cell(slot % columns, Math.floor(slot / columns));
    return { x: x + (jitter * 20) / columns, y };
  }
}

/** Numbers from 0 to 1: with a seed the same ones at every visit (mulberry32). @param {number | null} seed */
function drawsOf(seed) {
  if (seed === null) return Math.random;
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** @param {number} count @param {() => number} draw */
function shuffled(count, draw) {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor(draw() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** @param {Row} row @param {string} name @returns {any} */
const plain = (row, name) => py.toJSON(row.get(name) ?? null);
/** @param {string} length such as "12vmin" */
const share = (length) => parseFloat(length);

export const foraging = {
  plugin: ForagingPlugin,
  parameters: {
    items: (/** @type {Row} */ row, /** @type {import("../engine.js").Definition} */ definition) =>
      ["target", "distractor"].flatMap((kind) =>
        plain(row, `${kind}s`).map((/** @type {Record<string, any>} */ given, /** @type {number} */ index) => {
          const src = given.src === undefined ? {} : { src: fileOf(definition, given.src) };
          return { kind, index, given: { ...given, ...src } };
        }),
      ),
    layout: (/** @type {Row} */ row) => ({
      mode: plain(row, "position_mode"),
      columns: plain(row, "grid_cols"),
      rows: plain(row, "grid_rows"),
      radius: plain(row, "ring_radius_vmin"),
      jitter: plain(row, "randomize_positions"),
      size: plain(row, "arena_size_vmin"),
      inset: plain(row, "placement_inset_vmin"),
      gap: plain(row, "min_gap_vmin"),
      seed: plain(row, "seed"),
    }),
    looks: (/** @type {Row} */ row) => ({
      background: plain(row, "background"),
      color: plain(row, "color"),
      box: (share(plain(row, "token_box_size")) / plain(row, "arena_size_vmin")) * 100,
      star: plain(row, "show_star_feedback") ? plain(row, "star_color") : null,
    }),
    duration: (/** @type {Row} */ row) => plain(row, "duration"),
    ends: (/** @type {Row} */ row) =>
      plain(row, "response_ends_trial") ? "click" : plain(row, "end_when_found") ? "found" : "time",
  },
  asks: () => true,
  respond: (/** @type {Row} */ row, /** @type {{clicks: Click[]} | null} */ response) => {
    const clicks = response?.clicks ?? [];
    row.set("response", py.decode({ clicks }));
    const targets = new Set(clicks.filter(({ kind }) => kind === "target").map(({ index }) => index));
    row.set("n_found", targets.size);
    row.set("all_found", targets.size === plain(row, "targets").length);
  },
};
