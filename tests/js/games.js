/** A two-armed bandit with a running score, as docs/page-format.md says, and what plays it without a browser. */
import { Game } from "../../static/src/engine.js";

const FUNCTIONS = [(py) => (score, value) => py.add(score, value), (py) => (score) => py.add("Score: ", py.str(score))];

export function definition(trials = 2) {
  const update = { $call: [0, [{ $shared: "score" }, { $data: ["value", 0] }]] };
  const bandits = [{ $timeline: "left" }, { $timeline: "right" }];
  const text = { $call: [1, [{ $shared: "score" }]] };
  return {
    format: 1,
    task: "two armed",
    title: "",
    language: "en",
    fingerprint: "",
    seed: 0,
    parameters: {},
    variant: 0,
    shared: { score: 0 },
    blocks: [
      {
        timeline: Array.from({ length: trials }, (_, trial) => ({
          left: { color: "red", value: 10 - trial },
          right: { color: "blue", value: trial },
        })),
        stimuli: [
          {
            kind: "Bandit",
            arguments: { bandits, duration: null, time_after_response: 700 },
            effects: [{ shared: "score", value: update }],
          },
          { kind: "Text", arguments: { text, color: "", duration: 500, choices: [] }, effects: [] },
        ],
      },
    ],
  };
}

export const game = (trials) => new Game(definition(trials), FUNCTIONS);

/** A jsPsych that shows nothing and gives each trial the next response; `shown` has each trial's parameters. */
export class PretendedJsPsych {
  constructor(responses) {
    this.responses = responses;
    this.properties = {};
    this.shown = [];
    this.data = { addProperties: (properties) => Object.assign(this.properties, properties) };
  }

  async run(trials) {
    for (const node of trials) {
      if (node.timeline) {
        if (node.conditional_function()) await this.run(node.timeline);
        continue;
      }
      const { type, on_load, on_finish, ...parameters } = node;
      const evaluated = Object.entries(parameters).map(([name, value]) => [name, typeof value === "function" ? value() : value]);
      this.shown.push({ plugin: type.info.name, ...Object.fromEntries(evaluated) });
      on_load?.();
      await on_finish({ ...this.properties, response: this.responses.shift() ?? null });
    }
  }
}
