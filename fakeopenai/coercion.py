"""One `Reply` from whatever a test author may write: coerced once, where it is written.

Nothing downstream looks at the user's object again, and changing it later changes no reply. Whether a reply suits the
operation it is scripted for is not seen here but in `fitting`. Imports leaves and `turn`.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import openai
import pydantic

from .errors import ApiError, UsageError
from .snapshot import plain
from .stringify import cut, is_array, is_object
from .turn import ErrorReply, Raw, Replay, Reply, ToolCall, Turn

__all__ = ["coerce", "detached"]

_ACCEPTED = (
    "text, tool_call(...), a list of these, json_reply(...), refusal(...), a dict or model of the response, "
    "an exception, an HTTP status, error(...), a function of the request, or raw(...)"
)


def coerce(value: Any, *, where: str = "reply") -> Reply:
    """One `Reply` from whatever a test author may write.

    Args:
        value: the reply as written.
        where: how to call it in an error, such as ``"chat.completions.create.returns(): reply 2"``.

    Raises:
        UsageError: nothing that can be a reply.
    """
    if isinstance(value, Reply):
        return value
    if isinstance(value, str):
        return Reply("turn", Turn(text=value), source=value)
    if isinstance(value, Turn):
        return _of_turn(value)
    if isinstance(value, ToolCall):
        return Reply("turn", Turn(tool_calls=(value,)), source=value)
    if isinstance(value, Mapping):
        return Reply("partial", detached(value), source=value)
    if isinstance(value, pydantic.BaseModel):
        return _of_model(value, where)
    if isinstance(value, Raw):
        return Reply("raw", value, headers=value.headers)
    if isinstance(value, ErrorReply):
        return Reply("error", value, headers=value.headers)
    if isinstance(value, BaseException) or (isinstance(value, type) and issubclass(value, BaseException)):
        return _of_exception(value, where)
    if isinstance(value, int) and not isinstance(value, bool):
        return _of_status(value, where)
    if isinstance(value, list | tuple):
        return _of_sequence(cast("Sequence[Any]", value), where)
    if isinstance(value, type):
        raise UsageError(
            f"{where}: {value.__name__} is a class; give an instance, or json_reply({value.__name__}(...))."
        )
    if isinstance(value, AsyncIterable):
        return Reply("events", value)  # the backend has it collected, once, by the first asynchronous client that asks
    if isinstance(value, Iterator):
        return Reply("events", Replay(cast("Iterator[Any]", value)), source=cast("Any", value))
    if callable(value):
        return Reply("call", value)
    if isinstance(value, Iterable) and not isinstance(value, bytes | bytearray | memoryview | set | frozenset):
        return Reply("events", value)
    raise UsageError(f"{where}: {_described(value)} can't be a reply. A reply is {_ACCEPTED}.")


def _described(value: Any) -> str:
    return "None" if value is None else f"{type(value).__name__} {cut(repr(value), 60)}"


def detached(value: Any) -> Any:
    """A copy of the dicts and lists of ``value``, so that changing them later changes no reply."""
    if is_object(value):
        return {name: detached(item) for name, item in value.items()}
    return [detached(item) for item in value] if is_array(value) else value


def _of_turn(turn: Turn) -> Reply:
    return Reply("turn", turn, latency=turn.latency, usage=turn.usage, break_after=turn.break_after)


def _of_model(value: pydantic.BaseModel, where: str) -> Reply:
    if not isinstance(value, openai.BaseModel):
        name = type(value).__name__
        raise UsageError(
            f"{where}: {name} is a model of your own, not a response of the API. "
            f"For a model that answers with it as JSON write json_reply({name}(...))."
        )
    return Reply("partial", value.model_dump(mode="json", by_alias=True, exclude_unset=True), source=value)


def _of_status(status: int, where: str) -> Reply:
    if not 400 <= status <= 599:
        raise UsageError(
            f"{where}: {status} is no HTTP error status (400 to 599). A number is a failure; an answer is given as its "
            "text, or a dict or model of the response."
        )
    return Reply("error", ErrorReply(status), source=status)


_STATUS_OF: tuple[tuple[type[openai.APIStatusError], int], ...] = (
    (openai.InternalServerError, 500),  # the one status error class that names no status of its own
)


def _of_exception(value: Any, where: str) -> Reply:
    cls: type[BaseException] = value if isinstance(value, type) else type(value)
    if issubclass(cls, openai.APITimeoutError):
        return Reply("timeout", None, source=value)
    if issubclass(cls, openai.APIConnectionError):
        return Reply("connection", getattr(value, "message", None) if isinstance(value, cls) else None, source=value)
    if isinstance(value, openai.APIStatusError):
        return _of_status_error(value)
    if issubclass(cls, openai.APIStatusError):
        status: Any = getattr(cls, "status_code", None) or dict(_STATUS_OF).get(cls)
        if status is None:
            raise UsageError(f"{where}: {cls.__name__} names no HTTP status; write error(status, ...) instead.")
        return Reply("error", ErrorReply(status), source=value)
    if isinstance(value, ApiError):
        found = ErrorReply(value.status, value.message, value.type, value.param, value.code, value.headers)
        return Reply("error", found, source=value, headers=value.headers)
    if isinstance(value, type):
        try:
            value = value()
        except TypeError as failure:
            raise UsageError(f"{where}: {cls.__name__} can't be made without arguments; give an instance.") from failure
    return Reply("raise", value)


def _of_status_error(value: openai.APIStatusError) -> Reply:
    """The answer from which the SDK makes an equal exception."""
    body = value.body
    if not isinstance(body, Mapping):
        body = {"message": value.message, "type": value.type, "param": value.param, "code": value.code}
    headers = {
        name: text
        for name, text in value.response.headers.items()
        if name not in {"content-length", "content-encoding", "transfer-encoding"}
    }
    found = ErrorReply(value.status_code, value.message, headers=headers, body={"error": plain(body)})
    return Reply("error", found, source=value, headers=headers)


def _of_sequence(value: Sequence[Any], where: str) -> Reply:
    if not value:
        raise UsageError(f"{where}: an empty list says nothing. A reply is {_ACCEPTED}.")
    if all(_is_event(element) for element in value):
        return Reply("events", detached(value), source=value)
    turn = Turn()
    for index, element in enumerate(value):
        if isinstance(element, Mapping) and "type" in element:
            turn += Turn(items=(detached(element),))
            continue
        found = coerce(element, where=f"{where}, element {index}")
        if found.kind != "turn":
            raise UsageError(
                f"{where}, element {index}: a list is one answer of the model (text, tool calls, items); "
                f"{found!r} can't be a part of it. For one reply per call, give them one by one: returns(a, b)."
            )
        turn += found.value
    reply_ = _of_turn(turn)
    reply_.source = value
    return reply_


_EVENTS = ("response.", "thread.", "transcript.", "image_generation.", "image_edit.")
"""What the types of events begin with; those of items, such as ``image_generation_call``, have no dot."""


def _is_event(value: Any) -> bool:
    """Whether this is an event or chunk of a hand-made stream."""
    if isinstance(value, pydantic.BaseModel):
        return isinstance(value, openai.BaseModel)
    if not is_object(value):
        return False
    kind, named = value.get("object"), value.get("type")
    if kind in {"chat.completion.chunk", "text_completion"} or "event" in value:
        return True
    return isinstance(named, str) and named.startswith(_EVENTS)
