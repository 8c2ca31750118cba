import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { pretend } from "./setup.js";
import { download, fileName } from "../../static/src/saving.js";

test("a file is named after task and participant, without what a file name cannot hold", () => {
  assert.equal(fileName("two armed", "p/1"), "two_armed_p_1.json");
  assert.equal(fileName("Glücksspiel", "..\\..\\x: y"), "Glücksspiel_.._.._x_y.json");
});

test("the file has the rows as JSON, and its address is given back a minute later", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const files = [];
  const pressed = [];
  const link = { click: () => pressed.push([link.href, link.download]) };
  pretend("document", { createElement: () => link });
  mock.method(URL, "createObjectURL", (file) => `blob:${files.push(file)}`);
  const revoked = mock.method(URL, "revokeObjectURL", () => {});
  download("name.json", [{ a: 1 }, { b: "é" }]);
  assert.deepEqual(pressed, [["blob:1", "name.json"]]);
  assert.equal(files[0].type, "application/json");
  assert.deepEqual(JSON.parse(await files[0].text()), [{ a: 1 }, { b: "é" }]);
  mock.timers.tick(59_999);
  assert.equal(revoked.mock.callCount(), 0);
  mock.timers.tick(1);
  assert.deepEqual(revoked.mock.calls[0].arguments, ["blob:1"]);
  mock.timers.reset();
});
