"""The drawing in docs/architecture.md is that of the imports."""

from __future__ import annotations

import importlib.util
import re

from checkout import ROOT

DOCUMENT = ROOT / "docs" / "architecture.md"


def drawn_from_imports():
    spec = importlib.util.spec_from_file_location("architecture", ROOT / "docs" / "architecture.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_drawing_is_that_of_the_imports():
    assert drawn_from_imports().drawing() in DOCUMENT.read_text(encoding="utf-8"), "run python docs/architecture.py"


def test_arrows_that_follow_from_others_are_left_out():
    reduced = drawn_from_imports().reduced
    assert reduced({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == {"a": {"b"}, "b": {"c"}, "c": set()}


def test_every_room_is_described_and_every_file_that_is_named_is_there():
    text = DOCUMENT.read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "src" / "twinbean").glob("*/__init__.py")}
    assert rooms <= set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    for module in re.findall(r"`([a-z]+\.[a-z_]+)`", text):
        room, name = module.split(".")
        places = [ROOT / "src" / "twinbean" / room / f"{name}.py", ROOT / "static" / "src" / f"{room}.js"]
        assert any(place.exists() for place in places), f"there is no {module}"
