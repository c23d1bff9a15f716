"""Log probabilities of a text that was scripted: one entry for each of its tokens, as the API lays them out.

The numbers are made up, small and the same in every run: the scripted token is always the likeliest. Used by `chat` and
`completions`; imports nothing of ours.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

__all__ = ["of_chat", "of_text"]

_OTHERS = (
    *(" the", ".", ",", " and", " a", " to", "\n", " of", " is", "!", " in", " I", " that", " for", "The", " it"),
    *(" with", ":", " on", "-", "?"),
)


def _weight(token: str) -> float:
    """The log probability of a token that was said."""
    return -(zlib.crc32(token.encode("utf-8", "surrogatepass")) % 10_000) / 1e5


def _alternatives(token: str, count: int) -> list[tuple[str, float]]:
    """The likeliest tokens in that place, itself first."""
    weight = _weight(token)
    others = [other for other in _OTHERS if other != token][: max(count - 1, 0)]
    return [(token, weight), *((other, weight - 2.5 - rank) for rank, other in enumerate(others))][:count]


def _bytes(token: str) -> list[int]:
    return list(token.encode("utf-8", "surrogatepass"))


def of_chat(tokens: Sequence[str], top: int) -> list[dict[str, Any]]:
    """The logprobs of tokens in a chat completion, with that many alternatives each.

    Example:
        >>> of_chat(["Hi"], 0)[0]["bytes"]
        [72, 105]
    """
    return [
        {
            "token": token,
            "logprob": _weight(token),
            "bytes": _bytes(token),
            "top_logprobs": [
                {"token": other, "logprob": weight, "bytes": _bytes(other)}
                for other, weight in _alternatives(token, top)
            ],
        }
        for token in tokens
    ]


def of_text(tokens: Sequence[str], top: int, prompt: Sequence[str] = ()) -> dict[str, Any]:
    """The logprobs of a legacy completion, in parallel lists.

    Args:
        tokens: what the model wrote.
        top: how many alternatives each has.
        prompt: the tokens of an echoed prompt, which come first; the first of them has no weight.

    Example:
        >>> of_text(["Hi", "!"], 0)["text_offset"]
        [0, 2]
    """
    whole = [*prompt, *tokens]
    offsets: list[int] = []
    at = 0
    for token in whole:
        offsets.append(at)
        at += len(token)
    weights = [_weight(token) for token in whole]
    alternatives = [dict(_alternatives(token, top)) for token in whole]
    if prompt:
        # The API says null; the SDK's type has no place for that, and clients that validate would refuse the answer.
        weights[0], alternatives[0] = 0.0, {}
    return {
        "tokens": whole,
        "token_logprobs": weights,
        "top_logprobs": alternatives if top else None,
        "text_offset": offsets,
    }
