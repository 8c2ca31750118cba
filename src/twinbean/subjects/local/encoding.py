"""Text to token ids, by one rule on every path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from twinbean.sessions.transcripts import Transcript

# A cut stands after every opened response and before every closed one, so that the text before a label, the label and
# the text after it are encoded separately, whatever a tokenizer would have merged (`>>,` and `>>.` are single tokens).
_CUT = re.compile(r"(?<=<<)|(?=>>)")


@dataclass(frozen=True, eq=False)
class Encoder:
    """A tokenizer (of transformers) behind the rule: pieces are encoded alone, the begin-of-text token comes once."""

    tokenizer: Any

    def start(self) -> list[int]:
        """The tokens every text begins with: begin-of-text where this tokenizer puts one, else none."""
        return _start(self.tokenizer)

    def prompt(self, text: str, *, cuts: Iterable[int] = ()) -> list[int]:
        """The tokens of a whole text, begin-of-text once, whether or not the text spells it out."""
        tokens, start = self.encode(text, cuts=cuts), self.start()
        return tokens if start and tokens[:1] == start else start + tokens

    def encode(self, text: str, *, start: int = 0, cuts: Iterable[int] = ()) -> list[int]:
        """The tokens of `text[start:]`, without begin-of-text. `start` is itself a cut; so are `cuts` (characters)."""
        return [token for piece in self.pieces(text, start=start, cuts=cuts) for token in piece[1]]

    def pieces(self, text: str, *, start: int = 0, cuts: Iterable[int] = ()) -> list[tuple[int, list[int]]]:
        """Each piece of `text[start:]` as (its first character's position in `text`, its tokens)."""
        bounds = {start, len(text), *(cut for cut in cuts if start < cut < len(text))}
        bounds.update(match.start() for match in _CUT.finditer(text, start))
        places = sorted(bounds)
        texts = [text[a:b] for a, b in pairwise(places)]
        if not texts:
            return []
        tokens = self.tokenizer(texts, add_special_tokens=False, return_attention_mask=False)["input_ids"]
        return list(zip(places, tokens, strict=False))

    def whole_prompt(self, text: str) -> list[int]:
        """The tokens of a text encoded in one go, begin-of-text once: what a pipeline would feed."""
        tokens, start = list(self.tokenizer(text, add_special_tokens=False)["input_ids"]), self.start()
        return tokens if start and tokens[:1] == start else start + tokens

    def decode(self, token: int) -> str:
        """The text of one token."""
        return str(self.tokenizer.decode([token], clean_up_tokenization_spaces=False))

    def alone(self, text: str) -> tuple[int, ...]:
        """The tokens of a label or a marker."""
        return _alone(self.tokenizer, text)


def encoded_otherwise(encoder: Encoder, transcripts: Iterable[Transcript]) -> int:
    """How many transcripts would have other tokens if encoded in one go: markers merge with what follows them."""

    def cuts(transcript: Transcript) -> list[int]:
        return [at for span in transcript.spans for at in (span.start, span.end)]

    return sum(encoder.prompt(one.text, cuts=cuts(one)) != encoder.whole_prompt(one.text) for one in transcripts)


@lru_cache(maxsize=16)
def _start(tokenizer: Any) -> list[int]:
    bos = tokenizer.bos_token_id
    return [bos] if bos is not None and list(tokenizer("a")["input_ids"])[:1] == [bos] else []


@lru_cache(maxsize=4096)
def _alone(tokenizer: Any, text: str) -> tuple[int, ...]:
    return tuple(tokenizer(text, add_special_tokens=False)["input_ids"])
