/**
 * A definition may carry variants, drawn when it was exported: other payoffs, labels and places on the screen. The page
 * picks one for each session and records its number; nothing is drawn here.
 */

/** @typedef {import("./engine.js").Definition} Definition */
/** @typedef {Pick<Definition, "variant"> & Partial<Pick<Definition, "labels" | "positions">> & {timelines?: Definition["blocks"][0]["timeline"][]}} Variant */

/** The number of the variant that a new session gets, each with the same chance. @param {Definition} definition */
export function chosenVariant({ variant, variants = [] }) {
  if (!variants.length) return variant;
  return variants[crypto.getRandomValues(new Uint32Array(1))[0] % variants.length].variant;
}

/**
 * The definition as one variant plays it. @param {Definition} definition @param {number} number
 * @returns {Definition}
 */
export function withVariant(definition, number) {
  const { variants = [], ...common } = definition;
  if (!variants.length) return common;
  const found = variants.find(({ variant }) => variant === number);
  if (!found) throw new Error(`The definition has no variant ${number}`);
  const { timelines, ...own } = found;
  const blocks = common.blocks.map((block, i) => ({ ...block, timeline: timelines?.[i] ?? block.timeline }));
  return { ...common, ...own, blocks };
}
