"""The run-time of transpiled functions in Node.js; tests/browser/transpile has it in a browser."""

from __future__ import annotations

import pytest

from node_runtime import Node


@pytest.fixture
def runtime() -> Node:
    return Node()
