"""Language models behind an OpenAI-compatible HTTP endpoint."""

from twinbean.subjects.endpoint.calls import Calls, read_calls
from twinbean.subjects.endpoint.client import Client, RetryPolicy
from twinbean.subjects.endpoint.dry_run import DryRun
from twinbean.subjects.endpoint.endpoint import Endpoint, resolve
from twinbean.subjects.endpoint.opening import open_api, open_scorer

__all__ = ["Calls", "Client", "DryRun", "Endpoint", "RetryPolicy", "open_api", "open_scorer", "read_calls", "resolve"]
