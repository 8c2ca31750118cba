import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, test } from "node:test";

import { pretend } from "./setup.js";
import { Game } from "../../static/src/engine.js";
import { Media } from "../../static/src/media.js";
import { Session } from "../../static/src/session.js";

const ADDRESS = `data:image/png;base64,${"iVBORw0KGgo".repeat(9)}==`;
const HASH = createHash("sha256").update(ADDRESS).digest("hex");
const MEDIA = { [HASH]: ADDRESS };

beforeEach(() => {
  pretend("addEventListener", () => {});
  pretend("document", new EventTarget());
});

const definition = {
  ...{ format: 2, task: "t", title: "", language: "en", fingerprint: "", seed: 0, parameters: {}, variant: 0 },
  media: MEDIA,
  shared: { seen: `media:${HASH}` },
  blocks: [
    {
      timeline: [{ said: [`a media:${HASH} b`] }],
      stimuli: [
        {
          kind: "Text",
          arguments: { text: { $call: [0, [{ $timeline: "said" }, { $shared: "seen" }]] }, choices: [], duration: 5 },
          effects: [{ shared: "length", value: { $call: [1, [{ $data: ["text", 0] }]] } }],
        },
      ],
    },
  ],
};
const FUNCTIONS = [(py) => (said, seen) => py.add(py.item(said, 0), seen), (py) => (text) => py.len(text)];

test("addresses are put in and taken out again, wherever they stand, and nothing else is", () => {
  const media = new Media(MEDIA);
  const plain = { a: [`x "${ADDRESS}" ${ADDRESS})`], b: ADDRESS, c: [1, null, true, "media:", ADDRESS.slice(0, -3)] };
  const referring = { ...plain, a: [`x "media:${HASH}" media:${HASH})`], b: `media:${HASH}` };
  assert.deepEqual(media.taken(plain), referring);
  assert.deepEqual(media.put(referring), plain);
  const unknown = [`media:${"0".repeat(64)}`, `media:${HASH.slice(1)}`, `${ADDRESS.slice(0, -2)}x`];
  assert.deepEqual(media.put(unknown), unknown);
  assert.deepEqual(media.taken(unknown), unknown);
});

test("without media everything is left as it is", () => {
  const node = [`media:${HASH}`, ADDRESS];
  assert.equal(new Media().put(node), node);
  assert.equal(new Media().taken(node), node);
});

test("functions see the address, and the row refers to it", () => {
  const game = new Game(definition, FUNCTIONS);
  assert.equal(game.screen().row.get("text"), `a ${ADDRESS} b${ADDRESS}`);
  const row = game.finish(null);
  assert.equal(row.bean_text, `a media:${HASH} bmedia:${HASH}`);
  assert.equal(row.bean_length, 4 + 2 * ADDRESS.length);
});

test("a session whose rows were kept with the addresses themselves is gone on with", async () => {
  const row = { ...new Game(definition, FUNCTIONS).finish(null), response: null };
  for (const text of [row.bean_text, `a ${ADDRESS} b${ADDRESS}`]) {
    const record = { session: "s", resumed: [] };
    const kept = [{ ...row, bean_text: text }];
    const session = await Session.goOn(record, new Game(definition, FUNCTIONS), null, kept);
    assert.equal(session.game.over, true);
  }
  const another = [{ ...row, bean_text: `a ${ADDRESS} b` }];
  await assert.rejects(Session.goOn({ resumed: [] }, new Game(definition, FUNCTIONS), null, another), /another bean_text/);
});
