"""SmolLM2 behind the OpenAI protocol: real log-probabilities over HTTP, on any CPU."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from twinbean.testing.responders import BadRequest, Body

if TYPE_CHECKING:
    from twinbean.subjects.local import LanguageModel


class SmolLM2:
    """Completions with `echo` and `logprobs`, and chat with `logprobs` and `top_logprobs`; one request at a time.

    Takes the most likely token each time, whatever the temperature.
    """

    def __init__(self, language_model: LanguageModel | None = None) -> None:
        from twinbean.subjects.local import load

        self._language_model = language_model or load("smollm2", dtype="float32", device="cpu")
        self.model = self._language_model.name
        self._lock = threading.Lock()

    def chat(self, body: Body) -> list[dict[str, Any]]:
        tokenizer = self._language_model.encoder.tokenizer
        text = tokenizer.apply_chat_template(body["messages"], tokenize=False, add_generation_prompt=True)
        ids = self._ids(text)
        output, steps = self._continue(ids, self._logps(ids), int(body.get("max_tokens") or 64), body.get("stop"))
        n_top = int(body.get("top_logprobs") or 0) if body.get("logprobs") else 0
        listed = [
            {
                "token": step["token"],
                "logprob": step["logp"],
                "top_logprobs": [{"token": token, "logprob": logp} for token, logp in _top(step, n_top).items()],
            }
            for step in steps
        ]
        return [
            {
                "index": 0,
                "message": {"role": "assistant", "content": output},
                "logprobs": {"content": listed} if body.get("logprobs") else None,
                "finish_reason": "stop",
            }
        ]

    def complete(self, body: Body) -> list[dict[str, Any]]:
        prompts = body["prompt"] if isinstance(body["prompt"], list) else [body["prompt"]]
        return [self._completion(index, prompt, body) for index, prompt in enumerate(prompts)]

    def _completion(self, index: int, prompt: str, body: Body) -> dict[str, Any]:
        ids = self._ids(prompt)
        logps = self._logps(ids)
        output, steps = self._continue(ids, logps, int(body.get("max_tokens") or 16), body.get("stop"))
        if body.get("echo"):
            steps = self._echoed(ids, logps) + steps
        choice: dict[str, Any] = {"index": index, "text": prompt * bool(body.get("echo")) + output, "logprobs": None}
        n_top = body.get("logprobs")
        if n_top is not None:
            choice["logprobs"] = {
                "tokens": [step["token"] for step in steps],
                "token_logprobs": [step["logp"] for step in steps],
                "top_logprobs": [_top(step, int(n_top)) for step in steps],
            }
        return choice | {"finish_reason": "length"}

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._language_model.encoder.whole_prompt(text)
        if not 0 < len(ids) < self._language_model.context:
            raise BadRequest(f"the prompt has {len(ids)} tokens, the context is {self._language_model.context}")
        return ids

    def _logps(self, ids: list[int]) -> Any:
        """The log-probabilities of every token of the vocabulary after each of `ids`."""
        import torch

        with self._lock, torch.inference_mode():
            logits = self._language_model.model(torch.tensor([ids])).logits[0]
            return torch.log_softmax(logits.float(), dim=-1)

    def _continue(self, ids: list[int], logps: Any, n: int, stop: Any) -> tuple[str, list[dict[str, Any]]]:
        """Up to `n` more tokens, as text and step by step; `logps` are those of `ids`."""
        tokenizer = self._language_model.encoder.tokenizer
        steps: list[dict[str, Any]] = []
        output = ""
        ids = list(ids)
        while len(steps) < n:
            logps = logps if not steps else self._logps(ids)
            token = int(logps[-1].argmax())
            if token == tokenizer.eos_token_id:
                break
            steps.append(self._step(token, logps[-1]))
            ids.append(token)
            output += steps[-1]["token"]
            found = [output.index(end) for end in stop or [] if end in output]
            if found:
                output = output[: min(found)]
                break
        return output, steps

    def _echoed(self, ids: list[int], logps: Any) -> list[dict[str, Any]]:
        first = {"token": self._language_model.encoder.decode(ids[0]), "logp": None, "logps": None}
        return [first, *(self._step(token, logps[place]) for place, token in enumerate(ids[1:]))]

    def _step(self, token: int, logps: Any) -> dict[str, Any]:
        decode = self._language_model.encoder.decode
        return {"token": decode(token), "logp": float(logps[token]), "logps": logps, "decode": decode}


def _top(step: dict[str, Any], n: int) -> dict[str, float]:
    if step["logps"] is None or n < 1:
        return {}
    values, ids = step["logps"].topk(n)
    return {step["decode"](int(token)): float(logp) for token, logp in zip(ids, values, strict=True)}
