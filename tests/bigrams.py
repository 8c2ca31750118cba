"""A server that completes and echoes. Behind it is a table of bigrams, so that every log-probability is known."""

from __future__ import annotations

import math
import random
import re

from twinbean.subjects.endpoint.probe import SENTENCE
from twinbean.testing.responders import BadRequest, most_likely

LABELS = ("blue", "green", "red")


def tokens_of(text):
    return re.findall(r"<<|>>| ?\w+| ?[^\w\s<>]|\s|.", text)


VOCABULARY = sorted({*tokens_of(SENTENCE), *LABELS, *"12FJ", ">>", "<<"})


def logps(before):
    """Of every token of the vocabulary after `before`."""
    scores = {token: random.Random(f"{before}|{token}").gauss(0, 3) for token in VOCABULARY}
    norm = math.log(math.fsum(map(math.exp, scores.values())))
    return {token: one - norm for token, one in scores.items()}


class Bigrams:
    model = "script"

    def __init__(self, *, shift=0, one_at_a_time=None):
        self.shift = shift
        self.one_at_a_time = one_at_a_time

    def chat(self, body):
        raise BadRequest("completions only")

    def complete(self, body):
        if isinstance(body["prompt"], str):
            return [self.completion(0, body["prompt"], body)]
        if self.one_at_a_time is not None:
            return self.one_at_a_time(body)
        return [self.completion(index, prompt, body) for index, prompt in enumerate(body["prompt"])]

    def completion(self, index, prompt, body):
        tokens = tokens_of(prompt) or [""]
        following = logps(tokens[-1])
        said = max(following, key=following.get)
        # With a shift each token is found in the distribution after a neighbour, not after the token before it.
        places = [logps(tokens[min(max(i - 1 + self.shift, 0), len(tokens) - 1)]) for i in range(1, len(tokens))]
        steps = [(tokens[0], None, None)]
        for token, place in zip(tokens[1:], places, strict=True):
            logp = place.get(token, -12.0)
            steps.append((token, logp, most_likely(place, body["logprobs"]) | {token: logp}))
        new = (said, following[said], most_likely(following, body["logprobs"]))
        steps = [*steps, new] if body.get("echo") else [new]
        return {
            "index": index,
            "text": prompt * bool(body.get("echo")) + said,
            "logprobs": {
                "tokens": [step[0] for step in steps],
                "token_logprobs": [step[1] for step in steps],
                "top_logprobs": [step[2] for step in steps],
            },
            "finish_reason": "length",
        }
