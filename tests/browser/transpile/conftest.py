"""A page that can import the run-time of transpiled functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

RUNTIME = Path(__file__).parents[3] / "static" / "src" / "python"


@pytest.fixture
def runtime(page: Any) -> Any:
    """A page that can import the run-time."""
    page.route("http://runtime/*", lambda route: route.fulfill(**_served(route.request.url)))
    page.goto("http://runtime/")
    return page


def _served(url: str) -> dict[str, str]:
    name = url.rpartition("/")[2]
    if not name:
        return {"body": "<!doctype html><title>run-time</title>", "content_type": "text/html"}
    return {"body": (RUNTIME / name).read_text("utf-8"), "content_type": "text/javascript"}
