"""Labels of several tokens, exactly: every continuation that must be predicted, in one pass over the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from twinbean.subjects.local.cache import RowCache
from twinbean.subjects.local.labels import LabelTokens
from twinbean.subjects.local.language_model import LanguageModel

_MOST_NODES = 1024


@dataclass(frozen=True)
class Site:
    """Where a label may stand: a row of the cache, the next position, and what gives the slots before it.

    `before()` is a bool tensor (slots,); it is made only where a label goes on after its first token.
    """

    row: int
    before: Callable[[], Tensor]
    position: int
    labels: LabelTokens


def first_tokens(places: Sequence[int], labels: Sequence[LabelTokens]) -> tuple[list[int], list[int]]:
    """The place of every label in turn, and the token with which it begins."""
    found = [(i, sequence[0]) for i, one in zip(places, labels, strict=True) for sequence in one.sequences]
    return [i for i, _ in found], [token for _, token in found]


def label_logps(
    language_model: LanguageModel,
    cache: RowCache | None,
    sites: Sequence[Site],
    logits: Tensor,
    *,
    firsts: Sequence[Tensor] | None = None,
) -> list[tuple[float, ...]]:
    """The log-probability (nats, full vocabulary) of every label at every site: the sum over its tokens.

    `logits` (sites, vocabulary) are those of the first token; with `firsts`, which are `first_tokens` on their device,
    those of whatever places it names. Where a label goes on, its tokens are fed as a tree: each sees the slots before
    the site and its own ancestors, so one pass serves all labels and the cache is left as it was. Where no label goes
    on, no cache is needed.
    """
    if firsts is None:
        firsts = _on(logits.device, *first_tokens(range(len(sites)), [site.labels for site in sites]))
    values = iter(_picked(logits, firsts))
    sums = [[next(values) for _ in site.labels.sequences] for site in sites]
    for chunk in _chunks(sites):
        assert cache is not None, "labels of several tokens need the cache of what comes before them"
        for i, label, logp in _go_on(language_model, cache, sites, chunk):
            sums[i][label] += logp
    return [tuple(one) for one in sums]


def _on(device: torch.device, *numbers: Sequence[int]) -> Sequence[Tensor]:
    """Lists of the same length, in one transfer."""
    return torch.tensor(numbers).to(device).unbind()


def _picked(logits: Tensor, numbers: Sequence[Tensor]) -> list[float]:
    """Log-probabilities: `numbers` are the tokens, behind one tensor of indices a leading dimension of `logits`."""
    *where, ids = numbers
    norm = torch.logsumexp(logits.float(), dim=-1)[tuple(where)]
    chosen = logits[(*where, ids)].float()
    picked: list[float] = (chosen - norm).double().tolist()
    return picked


def _chunks(sites: Sequence[Site]) -> Iterator[list[int]]:
    """Indices of the sites whose labels go on, few enough at a time that a pass stays small."""
    widest = _MOST_NODES // len({site.row for site in sites})
    chunk: list[int] = []
    nodes: dict[int, int] = {}
    for i, site in enumerate(sites):
        size = len(site.labels.branches) - 1
        if not size:
            continue
        if nodes.get(site.row, 0) and nodes[site.row] + size > widest:
            yield chunk
            chunk, nodes = [], {}
        chunk.append(i)
        nodes[site.row] = nodes.get(site.row, 0) + size
    if chunk:
        yield chunk


def _go_on(
    language_model: LanguageModel, cache: RowCache, sites: Sequence[Site], chunk: Sequence[int]
) -> Iterator[tuple[int, int, float]]:
    """(site, label, log-probability) for every token of a label but the first."""
    slots = cache.length
    trees: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in range(cache.rows)]
    for i in chunk:
        trees[sites[i].row] += [(i, branch) for branch in sites[i].labels.branches[1:]]
    width = max(map(len, trees))
    at = {node: j for tree in trees for j, node in enumerate(tree)}
    tokens = torch.zeros(len(trees), width, dtype=torch.long)
    positions = torch.zeros(len(trees), width, dtype=torch.long)
    sees = torch.zeros(len(trees), 1, width, slots + width, dtype=torch.bool, device=language_model.device)
    before = {i: sites[i].before() for i in chunk}
    for (i, branch), j in at.items():
        row = sites[i].row
        tokens[row, j] = branch[-1]
        positions[row, j] = sites[i].position + len(branch) - 1
        sees[row, 0, j, :slots] = before[i]
        sees[row, 0, j, [slots + at[i, branch[:n]] for n in range(1, len(branch) + 1)]] = True
    model = language_model.model
    # An additive mask of finite numbers: padding, which sees nothing, must not become nan.
    mask = torch.zeros(sees.shape, dtype=model.dtype, device=sees.device)
    logits = language_model.logits(
        input_ids=tokens.to(sees.device),
        attention_mask=mask.masked_fill_(~sees, torch.finfo(model.dtype).min),
        position_ids=positions.to(sees.device),
        past_key_values=cache,
        use_cache=True,
    )
    wanted = [
        (i, label, sites[i].row, at[i, sequence[:n]], sequence[n])
        for i in chunk
        for label, sequence in enumerate(sites[i].labels.sequences)
        for n in range(1, len(sequence))
    ]
    found, labels, rows, nodes, following = zip(*wanted, strict=True)
    yield from zip(found, labels, _picked(logits, _on(logits.device, rows, nodes, following)), strict=True)
