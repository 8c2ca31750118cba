import assert from "node:assert/strict";
import { test } from "node:test";

import { bestOf } from "../../static/src/translation.js";

const offered = ["en", "pt-BR", "pt-PT", "zh-Hant"].map((language) => ({ language }));

for (const [wished, found] of [
  [["pt-PT", "en"], "pt-PT"],
  [["pt"], "pt-BR"],
  [["PT-pt"], "pt-PT"],
  [["fr-FR", "en-GB", "pt"], "en"],
  [["zh"], "zh-Hant"],
  [["fr"], undefined],
  [[], undefined],
  [["e"], undefined],
]) {
  test(`a visitor who reads ${wished.join(", ") || "nothing"} gets ${found}`, () => {
    assert.equal(bestOf(offered, wished)?.language, found);
  });
}
