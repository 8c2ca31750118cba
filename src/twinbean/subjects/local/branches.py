"""Labels of several tokens, exactly: every continuation that must be predicted, in one pass over the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from twinbean.subjects.local.cache import RowCache
from twinbean.subjects.local.labels import LabelTokens
from twinbean.subjects.local.loading import LanguageModel

_MOST_NODES = 256


@dataclass(frozen=True)
class Site:
    """Where a label may stand: a row of the cache, its slots that come before (bool, (slots,)), the next position."""

    row: int
    before: Tensor
    position: int
    labels: LabelTokens


def label_logps(
    language_model: LanguageModel, cache: RowCache, sites: Sequence[Site], first: Tensor
) -> list[tuple[float, ...]]:
    """The log-probability (nats, full vocabulary) of every label at every site: the sum over its tokens.

    `first` (sites, vocabulary) holds the log-probabilities of the first token. Where a label goes on, its tokens are
    fed as a tree: each sees the slots before the site and its own ancestors, so one pass serves all labels and the
    cache is left as it was.
    """
    found: list[dict[tuple[int, ...], Tensor]] = [{(): row} for row in first]
    for chunk in _chunks(sites):
        for i, branch, logps in _feed(language_model, cache, sites, chunk):
            found[i][branch] = logps
    picked = [
        found[i][sequence[:n]][token]
        for i, site in enumerate(sites)
        for sequence in site.labels.sequences
        for n, token in enumerate(sequence)
    ]
    # One transfer from the device, whatever the number of labels.
    values = iter(torch.stack(picked).double().tolist())
    return [tuple(sum(next(values) for _ in sequence) for sequence in site.labels.sequences) for site in sites]


def _chunks(sites: Sequence[Site]) -> Iterator[list[int]]:
    """Indices of the sites whose labels go on, so many at a time that no row is given too long a tree."""
    chunk: list[int] = []
    nodes: dict[int, int] = {}
    for i, site in enumerate(sites):
        size = len(site.labels.branches) - 1
        if not size:
            continue
        if chunk and nodes.get(site.row, 0) + size > _MOST_NODES:
            yield chunk
            chunk, nodes = [], {}
        chunk.append(i)
        nodes[site.row] = nodes.get(site.row, 0) + size
    if chunk:
        yield chunk


def _feed(
    language_model: LanguageModel, cache: RowCache, sites: Sequence[Site], chunk: Sequence[int]
) -> Iterator[tuple[int, tuple[int, ...], Tensor]]:
    """(site, branch, log-probabilities of the token after it) for every branch but the empty one."""
    n_rows, slots = cache.rows, cache.length
    trees: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in range(n_rows)]
    for i in chunk:
        trees[sites[i].row] += [(i, branch) for branch in sites[i].labels.branches[1:]]
    width = max(map(len, trees))
    tokens = torch.zeros(n_rows, width, dtype=torch.long)
    positions = torch.zeros(n_rows, width, dtype=torch.long)
    sees = torch.zeros(n_rows, 1, width, slots + width, dtype=torch.bool, device=language_model.device)
    for row, tree in enumerate(trees):
        at = {node: j for j, node in enumerate(tree)}
        for j, (i, branch) in enumerate(tree):
            tokens[row, j] = branch[-1]
            positions[row, j] = sites[i].position + len(branch) - 1
            sees[row, 0, j, :slots] = sites[i].before
            for n in range(1, len(branch) + 1):
                sees[row, 0, j, slots + at[i, branch[:n]]] = True
    model = language_model.model
    # An additive mask of finite numbers: rows of padding, which see nothing, must not become nan.
    mask = torch.zeros(sees.shape, dtype=model.dtype, device=sees.device)
    logits = model(
        input_ids=tokens.to(sees.device),
        attention_mask=mask.masked_fill_(~sees, torch.finfo(model.dtype).min),
        position_ids=positions.to(sees.device),
        past_key_values=cache,
        use_cache=True,
    ).logits
    for row, tree in enumerate(trees):
        logps = torch.log_softmax(logits[row, : len(tree)].float(), dim=-1)
        for j, (i, branch) in enumerate(tree):
            yield i, branch, logps[j]
