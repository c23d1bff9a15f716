"""Legacy completions: a text that goes on from a prompt.

Sources: API reference, section Completions; the SDK's ``types/completion``; recorded exchanges for its keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..builtin import ABSENT
from ..errors import UsageError
from ..replies import Reply, Turn
from ..request import Request
from ..snapshot import plain
from ..streaming import cut as cut_into
from ..streaming.completions import chunks, fold
from ..tokens import count_prompt, split
from . import JsonObject, logprobs, operation
from .chat_usage import override
from .generation import DEFAULT_TEXT, cut, turn_of
from .narrowing import as_object, is_list, is_object

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["create"]

_MODEL = "gpt-3.5-turbo-instruct"  # where strict checking is off and the request names none


def _events(
    request: Request, account: Backend, body: JsonObject, reply: Reply | None
) -> Iterator[tuple[str | None, Any]]:
    turn = turn_of(reply)
    pieces = cut_into(*turn.pieces) if turn is not None and turn.pieces else None
    for chunk in chunks(body, request.body or {}, pieces=pieces):
        yield None, chunk
    yield None, "[DONE]"


@operation("completions.create", events=_events, fold=fold, generates=True)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """``n`` texts for each prompt.

    The API writes 16 tokens unless told otherwise; here only a limit that the request names shortens what was scripted.
    """
    body: dict[str, Any] = request.body or {}
    given = None
    if reply is not None and reply.kind == "partial":
        given = plain(reply.value.get("choices"))
    if given is None:
        choices, tokens = _written(_text_of(reply), body, account)
    else:
        choices, tokens = _around(given, account)
    prompt = count_prompt(body.get("prompt"), account.count_tokens)
    usage: JsonObject = {"prompt_tokens": prompt, "completion_tokens": tokens, "total_tokens": prompt + tokens}
    if reply is not None:
        told = [reply.usage, plain(reply.value.get("usage")) if reply.kind == "partial" else None]
        for numbers in told:
            if is_object(numbers):
                override(usage, numbers)
    if not usage["completion_tokens"]:
        usage["completion_tokens"] = ABSENT  # recorded
    return {
        "id": account.ids.make("cmpl-"),
        "object": "text_completion",
        "created": int(account.clock.now()),
        "model": body.get("model") or _MODEL,
        "choices": choices,
        "usage": usage,
    }


def _text_of(reply: Reply | None) -> Turn:
    """The turn to write; one that a legacy completion can't write is a mistake of the test's."""
    turn = turn_of(reply)
    if turn is None:
        return Turn(text=DEFAULT_TEXT)
    if turn.text is None or turn.tool_calls or turn.refusal is not None or turn.items:
        raise UsageError(
            f"completions.create writes text and nothing else; {reply!r} is no text.\n"
            '  to do:     script text, fake.completions.create.returns("..."), or let the code under test call '
            "chat.completions.create",
            operation="completions.create",
        )
    return turn


def _written(turn: Turn, body: Mapping[str, Any], account: Backend) -> tuple[list[JsonObject], int]:
    """The choices of a turn, the same for each prompt, and their tokens."""
    choices: list[JsonObject] = []
    total = 0
    for prompt in _prompts(body.get("prompt")):
        for _ in range(body.get("n") or 1):
            text, reason = cut(turn.text or "", body.get("stop"), body.get("max_tokens"), account.count_tokens, split)
            weights = None
            tokens = account.count_tokens(text)
            before = prompt if body.get("echo") and isinstance(prompt, str) else ""
            if body.get("logprobs") is not None:
                pieces = (cut_into(*turn.pieces) if turn.pieces else split)(text)
                tokens = len(pieces)
                weights = logprobs.of_text(pieces, body["logprobs"], split(before))
            choices.append(
                {
                    "text": before + text,
                    "index": len(choices),
                    "logprobs": weights,
                    "finish_reason": turn.finish_reason or reason or "stop",
                }
            )
            total += tokens
    return choices, total


def _prompts(prompt: Any) -> Sequence[Any]:
    """The prompts of a request, each a text or a list of tokens."""
    return prompt if is_list(prompt) and prompt and not isinstance(prompt[0], int) else [prompt]


def _around(given: Any, account: Backend) -> tuple[list[JsonObject], int]:
    """What goes with the choices that a test gives in part, and their tokens."""
    choices: list[JsonObject] = []
    total = 0
    for index, each in enumerate(given if is_list(given) else ()):
        choice = as_object(each)
        text, listed = choice.get("text"), as_object(choice.get("logprobs")).get("tokens")
        if is_list(listed):
            total += len(listed)
        elif isinstance(text, str):
            total += account.count_tokens(text)
        choices.append({"text": "", "index": index, "logprobs": None, "finish_reason": "stop"})
    return choices, total
