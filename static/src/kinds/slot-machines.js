/** Twinbean's SlotMachines: a Bandit whose labels are drawn for each participant where the definition gives none. */
import { bandit, offer } from "./bandit.js";

/** @type {import("./index.js").Kind} */
export const slotMachines = {
  ...bandit,
  begin: (row, definition) => offer(row, definition, definition.labels ?? []),
};
