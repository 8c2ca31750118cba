/** Plain shapes, drawn as SVG on a plate that is black unless the definition says otherwise, as SweetBean's page is. */

/** @typedef {Record<string, any>} Item */

const SVG = "http://www.w3.org/2000/svg";
// What is not said of a shape, in px; a model reads the same (twinbean.definitions.kinds.symbol).
/** @type {Record<string, Item>} */
const SIZES = {
  circle: { radius: 40 },
  ring: { innerRadius: 30, outerRadius: 40 },
  rectangle: { width: 80, height: 80 },
  triangle: { side: 80 },
  cross: { armLen: 40, armWidth: 8 },
};

/** @param {Item[]} items @param {{width: number, height: number, background: string}} canvas */
export function drawn(items, { width, height, background }) {
  const picture = svg("svg", { viewBox: `${-width / 2} ${-height / 2} ${width} ${height}`, role: "img", class: "symbols" });
  picture.setAttribute("aria-label", items.map(({ color, shape }) => `${color} ${shape}`).join(", "));
  const plate = svg("rect", { x: -width / 2, y: -height / 2, width, height, class: "ground" });
  plate.style.fill = background;
  const inFront = [...items].sort((one, other) => (one.z ?? 0) - (other.z ?? 0));
  picture.append(plate, ...inFront.map(shapeOf));
  return picture;
}

/** @param {Item} given */
function shapeOf(given) {
  const sizes = SIZES[given.shape];
  if (!sizes) throw new Error(`There is no shape ${JSON.stringify(given.shape)}`);
  const item = { x: 0, y: 0, rotation: 0, ...sizes, ...given };
  const shape = draw(item);
  shape.dataset.shape = given.shape;
  shape.setAttribute("transform", `translate(${item.x} ${item.y}) rotate(${item.rotation})`);
  shape.style.setProperty(given.shape === "ring" ? "stroke" : "fill", given.color);
  return shape;
}

/** @param {Item} item */
function draw(item) {
  if (item.shape === "circle") return svg("circle", { r: item.radius });
  if (item.shape === "ring") {
    const width = item.outerRadius - item.innerRadius;
    return svg("circle", { r: item.innerRadius + width / 2, "stroke-width": width, fill: "none" });
  }
  if (item.shape === "rectangle") {
    return svg("rect", { x: -item.width / 2, y: -item.height / 2, width: item.width, height: item.height });
  }
  if (item.shape === "triangle") {
    const height = (item.side * Math.sqrt(3)) / 2;
    return svg("polygon", { points: `0,${(-2 * height) / 3} ${item.side / 2},${height / 3} ${-item.side / 2},${height / 3}` });
  }
  const [long, half] = [item.armLen, item.armWidth / 2];
  return svg("path", { d: `M${-long} ${-half}H${long}V${half}H${-long}ZM${-half} ${-long}H${half}V${long}H${-half}Z` });
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function svg(name, attributes) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
