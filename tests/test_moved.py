"""What 0.1.0 documented under other names is still found there, and says where it is now."""

from __future__ import annotations

import subprocess
import sys

import pytest

from twinbean._moved import MOVED

DOCUMENTED = [
    ("twinbean.bean.stimuli", "SlotMachines"),
    ("twinbean.data", "until_response"),
    ("twinbean.fitting", "fitted"),
    ("twinbean.fitting", "fit"),
    ("twinbean.models", "MODELS"),
    ("twinbean.records", "Session"),
    ("twinbean.records.psych101", "read_transcripts"),
    ("twinbean.schedules", "Bernoulli"),
    ("twinbean.scored", "score_texts"),
]


def test_every_name_of_then_is_tried():
    assert {module for module, _ in DOCUMENTED} == MOVED.keys() - {"twinbean.bean"}


@pytest.mark.parametrize(("module", "name"), DOCUMENTED)
def test_a_module_is_found_by_its_name_of_then(module, name):
    # A process of its own: this one has imported it, and takes warnings for errors.
    program = f"from {module} import {name}"
    ran = subprocess.run([sys.executable, "-W", "always", "-c", program], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert f"DeprecationWarning: {module} is now {' and '.join(MOVED[module])}" in ran.stderr


def test_what_never_was_is_not_found():
    program = "import twinbean.bean.nothing"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "No module named 'twinbean.bean.nothing'" in ran.stderr
