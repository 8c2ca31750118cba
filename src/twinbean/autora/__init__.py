"""AutoRA's experiment runner: conditions in, what models or people did out (extra "autora").

from autora.state import experiment_runner_on_state
from twinbean.autora import runner

run = experiment_runner_on_state(runner("five_armed_buttons", model="rw", run="loop", samples=8))
"""

from twinbean.autora.running import runner

__all__ = ["runner"]
