import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { LinesDigest, bytesOf, digestOf } from "../../static/src/digest.js";

const TEXTS = ["", "a", "Größe – 大きさ 🎰", "x".repeat(10_000)];

test("a text's digest is that of its bytes in UTF-8", () => {
  for (const text of TEXTS) assert.equal(digestOf(text), createHash("sha256").update(text, "utf8").digest("hex"));
});

test("lines are counted with their line ends, and can be asked for at any time", () => {
  const digest = new LinesDigest();
  const lines = [];
  for (const text of TEXTS) {
    digest.add(text);
    lines.push(`${text}\n`);
    assert.equal(digest.value, createHash("sha256").update(lines.join("")).digest("hex"));
  }
});

test("bytes are counted and not characters", () => {
  for (const text of TEXTS) assert.equal(bytesOf(text), Buffer.byteLength(text));
});
