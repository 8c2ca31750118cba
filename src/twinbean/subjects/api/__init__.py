"""Language models behind an OpenAI-compatible HTTP endpoint."""

from twinbean.subjects.api.calls import Calls, read_calls
from twinbean.subjects.api.client import Client, Patience
from twinbean.subjects.api.endpoint import Endpoint, resolve
from twinbean.subjects.api.opening import open_api, open_scorer
from twinbean.subjects.api.rehearsal import Rehearsal

__all__ = ["Calls", "Client", "Endpoint", "Patience", "Rehearsal", "open_api", "open_scorer", "read_calls", "resolve"]
