/** A choice among options that are described at every trial, such as lotteries. */
import { OptionScreenPlugin } from "../option-screen.js";
import { describedOptions, paidBy } from "../options.js";
import { checkScore } from "../payoffs.js";
import { py } from "../python/index.js";
import { Dict } from "../python/values.js";
import { bandit, numbers } from "./bandit.js";
import { list } from "./row.js";

const { labels, positions, feedback, duration, time_after_response } = bandit.parameters;

/** @type {import("./index.js").Kind} */
export const options = {
  plugin: OptionScreenPlugin,
  parameters: {
    texts: (row) => list(row.get("options")).map((option) => (option instanceof Dict ? py.str(option.get("text") ?? null) : "")),
    bandits: (row) => list(row.get("options")).map((option) => ({ value: py.toJSON(paidBy(option)) })),
    payoffs: (row) => list(row.get("options")).map((option) => py.str(paidBy(option))),
    ...{ labels, positions, feedback, duration, time_after_response },
  },
  timed: bandit.timed,
  isTrial: true,
  asks: () => true,
  begin: (row, definition) => {
    const described = describedOptions(row.get("options"));
    if (row.get("feedback") !== "none" && paidBy(described[0]) === null) throw new Error("The options have no value to be shown");
    const count = described.length;
    const given = list(row.get("labels")).map(py.str);
    const drawn = definition.labels ?? [];
    const known = given.length ? given : drawn.length ? drawn : numbers(count).map((option) => String(option + 1));
    row.set("options", described);
    row.set("labels", known.slice(0, count));
    row.set("positions", definition.positions?.length === count ? [...definition.positions] : numbers(count));
  },
  respond: (row, response) => {
    row.set("value", response === null ? 0 : paidBy(list(row.get("options"))[Number(response)]));
    row.set("missed", response === null);
  },
  end: checkScore,
};
