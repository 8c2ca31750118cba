"""Language models behind an OpenAI-compatible HTTP endpoint."""

from twinbean.subjects.endpoint.calls import Calls, read_calls
from twinbean.subjects.endpoint.client import Client, Patience
from twinbean.subjects.endpoint.dry_run import Rehearsal
from twinbean.subjects.endpoint.endpoint import Endpoint, resolve
from twinbean.subjects.endpoint.opening import open_api, open_scorer

__all__ = ["Calls", "Client", "Endpoint", "Patience", "Rehearsal", "open_api", "open_scorer", "read_calls", "resolve"]
