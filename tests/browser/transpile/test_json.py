"""Between the page's JSON and Python's values."""

from __future__ import annotations

import json
import math
from typing import Any

from functions_on_page import node


def test_values_arrive_as_the_page_format_writes_them(runtime: Any) -> None:
    nodes = [
        '{"$float": 3}',
        '{"$float": -0.0}',
        '{"$float": "nan"}',
        '{"$float": "-inf"}',
        '{"b": 1, "a": {"$float": 2}}',
        '{"$dict": [["$x", 1], ["2", null], ["1", true]]}',
        "[1, 0.5, []]",
    ]
    texts = runtime.evaluate(
        """async (nodes) => {
          const { py } = await import("http://runtime/index.js");
          return nodes.map((node) => py.str(py.decode(JSON.parse(node))));
        }""",
        nodes,
    )
    values = [3.0, -0.0, math.nan, -math.inf, {"b": 1, "a": 2.0}, {"$x": 1, "2": None, "1": True}, [1, 0.5, []]]
    assert texts == [str(value) for value in values]


def test_records_are_plain_json(runtime: Any) -> None:
    values = [3.0, {"a": [1.0, None, "x"]}, {1: True, None: 2.5, 1.5: [], "__proto__": 0}]
    written = runtime.evaluate(
        """async (nodes) => {
          const { py } = await import("http://runtime/index.js");
          return JSON.stringify(JSON.parse(nodes).map((node) => py.toJSON(py.decode(node))));
        }""",
        json.dumps([node(value) for value in values]),
    )
    assert json.loads(written) == json.loads(json.dumps(values))


def test_a_timeline_entry_is_resolved_by_the_caller_and_refused_without_one(runtime: Any) -> None:
    found = runtime.evaluate(
        """async () => {
          const { py } = await import("http://runtime/index.js");
          const nodes = [{ $timeline: "x" }, { $float: 1 }];
          let refused = "";
          try { py.decode(nodes); } catch (error) { refused = error.message; }
          return [py.str(py.decode(nodes, (kind, name) => kind + name)), refused];
        }"""
    )
    assert found == ["['$timelinex', 1.0]", "$timeline stands for nothing here"]
