import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { chosenVariant, withVariant } from "../../static/src/variants.js";

const stimuli = [{ kind: "Bandit" }];
const plain = { variant: 0, labels: ["X"], blocks: [{ timeline: ["a"], stimuli }, { timeline: ["b"], stimuli }] };
const variants = [
  { variant: 3, timelines: [["c"], ["d"]], labels: ["Q", "P"], positions: [1, 0] },
  { variant: 5, timelines: [["e"]], labels: ["R", "S"] },
];

test("a definition without variants is played as it is", () => {
  assert.equal(chosenVariant(plain), 0);
  assert.deepEqual(withVariant(plain, 0), plain);
  assert.deepEqual(withVariant({ ...plain, variants: [] }, 0), plain);
});

test("a variant brings its own timelines, labels, places and number", () => {
  const played = withVariant({ ...plain, variants }, 0);
  assert.deepEqual(played, {
    variant: 3,
    labels: ["Q", "P"],
    positions: [1, 0],
    picked: 0,
    blocks: [{ timeline: ["c"], stimuli }, { timeline: ["d"], stimuli }],
  });
});

test("a block for which a variant has no timeline keeps its own", () => {
  const played = withVariant({ ...plain, variants }, 1);
  assert.deepEqual(played.blocks.map(({ timeline }) => timeline), [["e"], ["b"]]);
});

test("every variant can be chosen", () => {
  const draws = [0, 1, 2, 4_294_967_295];
  const random = mock.method(crypto, "getRandomValues", () => [draws.shift()]);
  const chosen = Array.from({ length: 4 }, () => chosenVariant({ ...plain, variants }));
  random.mock.restore();
  assert.deepEqual(chosen, [0, 1, 0, 1]);
});

test("a variant that is not there is named", () => {
  assert.throws(() => withVariant({ ...plain, variants }, 4), /The definition has no variant at 4/);
});

test("a variant of another condition brings its blocks, loops and shared variables along", () => {
  const blocks = [{ timeline: [], stimuli: [{ kind: "Text", arguments: {}, effects: [] }] }];
  const own = { variant: 3, timelines: [[{ a: 1 }]], blocks, loops: [{ first: 0, last: 0, until: true, most: 2 }], shared: { score: 5 } };
  const played = withVariant({ ...plain, variants: [own] }, 0);
  assert.deepEqual(played.blocks, [{ ...blocks[0], timeline: [{ a: 1 }] }]);
  assert.deepEqual([played.loops, played.shared, played.variant], [own.loops, own.shared, 3]);
});
