"""What a chat completion costs: the tokens of prompt and answer, and how ``usage`` tells them apart.

Used by `chat` and `completions`; imports leaves only.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, cast

from ..tokens import Counter, count_messages, split
from .model_facts import Facts
from .narrowing import is_list, is_object, objects_in

__all__ = ["Spent", "override", "spent_on", "usage_of"]

_CALL = 3  # what a tool call costs beside its name and its arguments
_SOUND = 3  # tokens of sound for each of its transcript (recorded)
_HEARD = 100  # tokens of a sound in the prompt, as `tokens.count_messages` has it


class Spent:
    """The tokens of an answer.

    Attributes:
        said: of its texts, calls and transcripts.
        sound: of its sound.
        thought: of its reasoning.
        accepted: of a prediction that came true; they are among those ``said``.
        rejected: of a prediction that did not; they are paid for all the same.
    """

    __slots__ = ("accepted", "rejected", "said", "sound", "thought")

    def __init__(self, said: int = 0) -> None:
        self.said = said
        self.sound = self.thought = self.accepted = self.rejected = 0

    def add(self, other: Spent) -> None:
        """Add what another choice cost."""
        for name in Spent.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def spent_on(
    message: Mapping[str, Any], logprobs: Mapping[str, Any] | None, body: Mapping[str, Any], count: Counter
) -> Spent:
    """The tokens of one message; where logprobs list them, it is as many as are listed."""
    spent = Spent()
    for key in ("content", "refusal"):
        text = message.get(key)
        listed = logprobs.get(key) if logprobs else None
        if is_list(listed):
            spent.said += len(listed)
        elif isinstance(text, str):
            spent.said += count(text)
    for call in _calls(message):
        spent.said += _CALL + sum(count(value) for value in call.values() if isinstance(value, str))
    audio = message.get("audio")
    if is_object(audio):
        tokens = count(str(audio.get("transcript") or ""))
        spent.said += tokens
        spent.sound += _SOUND * tokens
    prediction = body.get("prediction")
    if prediction and isinstance(message.get("content"), str):
        _predict(prediction.get("content"), message["content"], spent)
    return spent


def _calls(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Name and arguments of each call in a message, however complete."""
    for call in [*objects_in(message.get("tool_calls")), {"function": message.get("function_call")}]:
        yield from objects_in([call.get("function") or call.get("custom")])


def _predict(prediction: Any, text: str, spent: Spent) -> None:
    """How much of a prediction has come true."""
    if not isinstance(prediction, str):
        prediction = "".join(part.get("text") or "" for part in prediction or ())
    predicted = split(prediction)
    matcher = difflib.SequenceMatcher(None, predicted, split(text), autojunk=False)
    spent.accepted = min(sum(block.size for block in matcher.get_matching_blocks()), spent.said)
    spent.rejected = max(len(predicted) - spent.accepted, 0)


def usage_of(body: Mapping[str, Any], facts: Facts, spent: Spent, count: Counter) -> dict[str, Any]:
    """The ``usage`` of a completion, with the details that its family of models tells."""
    tools = body.get("tools") or body.get("functions")
    prompt = count_messages(body.get("messages") or (), tools, count)
    completion = spent.said + spent.sound + spent.thought + spent.rejected
    usage: dict[str, Any] = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": spent.thought,
            "audio_tokens": spent.sound,
            "accepted_prediction_tokens": spent.accepted,
            "rejected_prediction_tokens": spent.rejected,
        },
    }
    if facts.cache_writes:
        usage["prompt_tokens_details"]["cache_write_tokens"] = 0
    if facts.speaks:
        heard = min(_HEARD * _sounds(body), prompt)
        usage["prompt_tokens_details"].update(audio_tokens=heard, text_tokens=prompt - heard, image_tokens=0)
        usage["completion_tokens_details"]["text_tokens"] = spent.said
    return usage


def _sounds(body: Mapping[str, Any]) -> int:
    """How many sounds there are in the prompt."""
    contents = [objects_in(message.get("content")) for message in body.get("messages") or ()]
    return sum(part.get("type") == "input_audio" for parts in contents for part in parts)


def override(usage: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Lay a test's own numbers over the usage, and keep the rest true to them.

    Totals that are not given follow from the parts, and no detail is more than what it is a detail of.

    Example:
        >>> usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5, "completion_tokens_details": {}}
        >>> override(usage, {"completion_tokens_details": {"reasoning_tokens": 64}})
        >>> usage["completion_tokens"], usage["total_tokens"]
        (66, 69)
    """
    more = 0  # tokens that the details speak of and the total does not know yet
    cached = 0
    for name, value in given.items():
        held = usage.get(name)
        if not (is_object(value) and isinstance(held, dict)):
            usage[name] = value
            continue
        details = cast("dict[str, Any]", held)
        numbers = {key: number for key, number in value.items() if isinstance(number, int)}
        if name == "completion_tokens_details":
            more = sum(numbers[key] - (details.get(key) or 0) for key in _PAID_FOR if key in numbers)
        else:
            cached = max(numbers.values(), default=0)
        details.update(value)
    if "prompt_tokens" not in given:
        usage["prompt_tokens"] = max(usage["prompt_tokens"], cached)
    if "completion_tokens" not in given:
        usage["completion_tokens"] += more
    parts = usage["prompt_tokens"], usage["completion_tokens"]
    if "total_tokens" not in given and all(isinstance(part, int) for part in parts):
        usage["total_tokens"] = sum(parts)


_PAID_FOR = ("reasoning_tokens", "audio_tokens", "rejected_prediction_tokens")  # beside what the answer says
