"""How the models that come with Twinbean are opened: what each kind imports is imported here, when it is asked for."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from twinbean._extras import how_to_install
from twinbean._files import read_text
from twinbean.errors import SubjectError
from twinbean.subjects.base import Scorer, Subject
from twinbean.subjects.registry import SubjectOptions, refuse_unknown

_OF_LOCAL = ("free", "dtype", "device", "four_bit", "revision", "engine", "adapter_dtype")
_OF_ENDPOINT = tuple(field.name for field in fields(SubjectOptions) if field.name not in (*_OF_LOCAL, "more"))


def local(
    model: str,
    *,
    temperature: float = 1.0,
    free: bool = False,
    dtype: str | None = None,
    device: str | None = None,
    four_bit: bool | None = None,
    revision: str | None = None,
    engine: str | None = None,
    adapter_dtype: str | None = None,
) -> Subject:
    """A model whose weights are on this machine."""
    try:
        from twinbean.subjects.local import open_local
    except ModuleNotFoundError as error:
        raise _needed(model, error) from None
    return open_local(
        model,
        temperature=temperature,
        free=free,
        dtype=dtype,
        device=device,
        four_bit=four_bit,
        revision=revision,
        engine=engine,
        adapter_dtype=adapter_dtype,
    )


def local_scorer(
    model: str,
    *,
    dtype: str | None = None,
    device: str | None = None,
    four_bit: bool | None = None,
    revision: str | None = None,
    engine: str | None = None,
    adapter_dtype: str | None = None,
) -> Scorer:
    """The same, to score transcripts with."""
    try:
        from twinbean.subjects.local import open_scorer
    except ModuleNotFoundError as error:
        raise _needed(model, error) from None
    return open_scorer(
        model,
        dtype=dtype,
        device=device,
        four_bit=four_bit,
        revision=revision,
        engine=engine,
        adapter_dtype=adapter_dtype,
    )


def endpoint(model: str, *, calls_file: Path | None = None, **options: Any) -> Subject:
    """A model behind an HTTP endpoint; `options` are those of `SubjectOptions` that such a model has."""
    from twinbean.subjects.endpoint import open_api

    refuse_unknown(model, options, _OF_ENDPOINT)
    return open_api(model, SubjectOptions(calls_file=calls_file, **options))


def endpoint_scorer(model: str, *, calls_file: Path | None = None, **options: Any) -> Scorer:
    """The same, to score transcripts with: by plain completions with log-probabilities."""
    from twinbean.subjects.endpoint import open_scorer

    refuse_unknown(model, options, _OF_ENDPOINT)
    return open_scorer(model, SubjectOptions(calls_file=calls_file, **options))


def script(model: str) -> Subject:
    """The answers in the file after `script:`."""
    from twinbean.subjects.scripted import Scripted

    path = Path(model.removeprefix("script:"))
    if not path.is_file():
        raise SubjectError(f"the script {path} does not exist")
    return Scripted(read_text(path).split())


def _needed(model: str, error: ModuleNotFoundError) -> SubjectError:
    return SubjectError(f"{model} needs {error.name}: {how_to_install('local')}")
