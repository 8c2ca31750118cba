"""Llama 3's tokenizer, made of the file of ranks that its authors publish in a wheel; or a small one in its place."""

from __future__ import annotations

import subprocess
import tempfile
import zipfile
from base64 import b64decode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twinbean.subjects.local import wheels

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

REQUIREMENT = "llama-models==0.3.0"
WHEEL_SHA256 = "7f77f78ff13fca09f70d76a376aff6414cd901623fb9d57e69c2f8367a73032f"
MEMBER = "llama_models/llama3/tokenizer.model"
N_IDS = 128_256
BEGIN, END = "<|begin_of_text|>", "<|end_of_text|>"
_NAMED = (
    BEGIN, END, "<|reserved_special_token_0|>", "<|reserved_special_token_1|>", "<|finetune_right_pad_id|>",
    "<|step_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
)  # fmt: skip
# How a text is cut before its pieces are merged.
_PIECES = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Of the small one, which like the real one merges markers with their neighbours.
_SMALL = (
    "<<",
    ">>",
    ">>,",
    ">>.",
    " <<",
    " You",
    " press",
    "You",
    "points",
    " points",
    " and",
    " get",
    "blue",
    " blue",
)


def llama3_tokenizer() -> PreTrainedTokenizerFast:
    """Llama 3's own, fetched once; a small BPE over the same number of ids where it cannot be had."""
    folder = wheels.cache_folder() / f"llama3-tokenizer-{WHEEL_SHA256[:12]}"
    if not folder.is_dir():
        try:
            _write(folder)
        except (OSError, subprocess.SubprocessError):
            return small_tokenizer()
    from transformers import PreTrainedTokenizerFast

    found: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
    return found


def _write(folder: Path) -> None:
    """Fetch the ranks and save the tokenizer they make; the folder appears whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="llama3-") as work:
        wheel = wheels.download_by_pip(REQUIREMENT, WHEEL_SHA256, Path(work))
        wheels.verify(wheel, WHEEL_SHA256, f"the wheel of {REQUIREMENT}")
        with zipfile.ZipFile(wheel) as packed:
            lines = packed.read(MEMBER).splitlines()
        ranks = {b64decode(token): int(rank) for token, rank in (line.split() for line in lines)}
        _tokenizer(ranks, n_reserved=N_IDS - len(ranks) - len(_NAMED) + 2).save_pretrained(Path(work) / "whole")
        try:
            (Path(work) / "whole").rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
            # Another process was faster.


def small_tokenizer(words: Sequence[str] = ()) -> PreTrainedTokenizerFast:
    """One of a few hundred ids; `words` are whole tokens, alone and behind a blank."""
    tokens = [bytes([byte]) for byte in range(256)]
    for word in (*_SMALL, *words, *(f" {word}" for word in words)):
        tokens += [word[:n].encode() for n in range(2, len(word) + 1)]
    return _tokenizer({token: rank for rank, token in enumerate(dict.fromkeys(tokens))})


def _tokenizer(ranks: Mapping[bytes, int], *, n_reserved: int = 2) -> PreTrainedTokenizerFast:
    """Special tokens stand behind the others: those that have names, and reserved ones up to number `n_reserved`."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    letters = _letters()
    spelled = {token: "".join(letters[byte] for byte in token) for token in ranks}
    merges = [(spelled[a], spelled[b]) for a, b in _merges(ranks)]
    vocabulary = {spelled[token]: rank for token, rank in ranks.items()}
    # Whole words of the vocabulary are taken as they are, also where no merges lead to them.
    whole = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, ignore_merges=True))
    whole.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), behavior="isolated", invert=False),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    whole.decoder = decoders.ByteLevel()
    names = [*_NAMED, *(f"<|reserved_special_token_{number}|>" for number in range(2, n_reserved))]
    whole.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names])
    begin = whole.token_to_id(BEGIN)
    whole.post_processor = processors.TemplateProcessing(single=f"{BEGIN} $A", special_tokens=[(BEGIN, begin)])
    made: PreTrainedTokenizerFast = PreTrainedTokenizerFast(tokenizer_object=whole, bos_token=BEGIN, eos_token=END)
    return made


def _merges(ranks: Mapping[bytes, int]) -> Sequence[tuple[bytes, bytes]]:
    """Every pair of tokens that makes a third, in the order in which a byte pair encoding would merge them."""
    found = []
    for token, rank in ranks.items():
        halves = [(token[:n], token[n:]) for n in range(1, len(token))]
        pairs = [(ranks[a], ranks[b], a, b) for a, b in halves if a in ranks and b in ranks]
        found += [(rank, *pair) for pair in sorted(pairs)]
    return [(a, b) for *_, a, b in sorted(found, key=lambda one: one[:3])]


def _letters() -> Mapping[int, str]:
    """The printable letter by which a byte level encoding writes each byte (Radford et al., 2019)."""
    shown = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {byte: chr(256 + n) for n, byte in enumerate(hidden)}
