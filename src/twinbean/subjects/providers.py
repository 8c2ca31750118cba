"""The endpoints that have a prefix of their own: where they are, whose key they take, and what they do not do.

What is said here is from their documentation; docs/api-models.md says which were tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

_NO_LOGPROBS = frozenset({"logprobs"})
# A list of what may be answered is vLLM's own field.
_NO_CHOICE = frozenset({"choice"})
_TAGS_ALONE = frozenset({"logprobs", "choice", "structured"})


@dataclass(frozen=True, kw_only=True)
class Provider:
    """`key` is the environment variable; a `local` server needs none, and may be at another address. `ignores` are the
    readings that it would let pass without doing them. `effort` is how a request says how much a model should think."""

    about: str
    base_url: str
    key: str
    local: bool = False
    ignores: frozenset[str] = frozenset()
    completions: bool = False
    # OpenAI's newer models take no max_tokens; elsewhere that name is understood by more.
    newer_limit: bool = False
    effort: Literal["reasoning_effort", "reasoning", None] = None
    highest_temperature: float = 2.0

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc


ANY_KEY = "TWINBEAN_API_KEY"
PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider(
        about="OpenAI",
        base_url="https://api.openai.com/v1",
        key="OPENAI_API_KEY",
        ignores=_NO_CHOICE,
        completions=True,
        newer_limit=True,
        effort="reasoning_effort",
    ),
    "openrouter": Provider(
        about="OpenRouter",
        base_url="https://openrouter.ai/api/v1",
        key="OPENROUTER_API_KEY",
        completions=True,
        effort="reasoning",
    ),
    "gemini": Provider(
        about="Google's Gemini, by its OpenAI-compatible endpoint",
        base_url="https://generativelanguage.googleapis.com/v1beta/openai",
        key="GEMINI_API_KEY",
        ignores=_NO_LOGPROBS | _NO_CHOICE,
        effort="reasoning_effort",
    ),
    "huggingface": Provider(
        about="Hugging Face's router to providers of open models",
        base_url="https://router.huggingface.co/v1",
        key="HF_TOKEN",
        ignores=_NO_CHOICE,
    ),
    "together": Provider(
        about="Together AI",
        base_url="https://api.together.xyz/v1",
        key="TOGETHER_API_KEY",
        ignores=_NO_CHOICE,
        completions=True,
    ),
    "deepseek": Provider(
        about="DeepSeek",
        base_url="https://api.deepseek.com/v1",
        key="DEEPSEEK_API_KEY",
        # It takes JSON, but no schema of it.
        ignores=_NO_CHOICE | {"structured"},
    ),
    "mistral": Provider(
        about="Mistral",
        base_url="https://api.mistral.ai/v1",
        key="MISTRAL_API_KEY",
        ignores=_NO_LOGPROBS | _NO_CHOICE,
        highest_temperature=1.5,
    ),
    "groq": Provider(
        about="Groq",
        base_url="https://api.groq.com/openai/v1",
        key="GROQ_API_KEY",
        ignores=_NO_LOGPROBS | _NO_CHOICE,
        effort="reasoning_effort",
    ),
    "vllm": Provider(
        about="a vLLM server on this computer, or at --base-url",
        base_url="http://127.0.0.1:8000/v1",
        key=ANY_KEY,
        local=True,
        completions=True,
    ),
    "llama-cpp": Provider(
        about="a llama.cpp server on this computer, or at --base-url",
        base_url="http://127.0.0.1:8080/v1",
        key=ANY_KEY,
        local=True,
        ignores=_NO_CHOICE,
        completions=True,
    ),
    "ollama": Provider(
        about="an Ollama server on this computer, or at --base-url",
        base_url="http://127.0.0.1:11434/v1",
        key=ANY_KEY,
        local=True,
        ignores=_NO_LOGPROBS | _NO_CHOICE,
    ),
    "lmstudio": Provider(
        about="LM Studio's server on this computer, or at --base-url",
        base_url="http://127.0.0.1:1234/v1",
        key=ANY_KEY,
        local=True,
        ignores=_NO_LOGPROBS | _NO_CHOICE,
    ),
    "anthropic": Provider(
        about="Anthropic, by its own library (extra anthropic); it gives no log-probabilities",
        base_url="https://api.anthropic.com",
        key="ANTHROPIC_API_KEY",
        ignores=_TAGS_ALONE,
        highest_temperature=1.0,
    ),
}
# Prefixes of all models behind an endpoint.
PREFIXES = ("api", *PROVIDERS)
