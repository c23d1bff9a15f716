"""What a scripted reply can be: the builders that tests write, and their coercion to one internal form.

A model's answer is a `Turn`, whatever endpoint it is given through: chat completions, responses, legacy completions and
assistant runs each render the same turn in their own shape (`operations/`). Everything that `.returns(...)` accepts is
coerced once, by `coerce`, to a `Reply`; nothing downstream looks at the user's object again.

Imports leaves only.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import openai
import pydantic

from .errors import ApiError, UsageError
from .snapshot import plain

__all__ = [
    "Break",
    "Raw",
    "Reply",
    "ToolCall",
    "Turn",
    "break_after",
    "chunks",
    "coerce",
    "error",
    "json_reply",
    "raw",
    "reasoning",
    "refusal",
    "reply",
    "text",
    "tool_call",
]


@dataclasses.dataclass(frozen=True)
class ToolCall:
    """A tool that the model calls.

    Attributes:
        name: the tool's name.
        arguments: JSON text of a function tool's arguments, or the free text of a custom tool's input.
        id: the call's id; made by the account if None.
        kind: ``"function"`` or ``"custom"``.
    """

    name: str
    arguments: str
    id: str | None = None
    kind: Literal["function", "custom"] = "function"


@dataclasses.dataclass(frozen=True)
class Break:
    """The point at which a stream fails: after so many chunks, with this error."""

    after: int
    error: Any


@dataclasses.dataclass(frozen=True)
class Turn:
    """What the model does in one answer, independent of the endpoint that delivers it.

    Attributes:
        text: what it says; None if it says nothing (only calls tools, or refuses).
        tool_calls: the tools it calls, in order.
        refusal: the text of its refusal.
        reasoning: the summary of its reasoning, where the endpoint can show one.
        items: further output items of the Responses API, as JSON objects.
        pieces: how ``text`` is cut into deltas when streamed; None leaves it to the endpoint.
        finish_reason: overrides the one that follows from the content.
        usage: overrides fields of the usage object.
        latency: seconds before the answer comes.
        break_after: where a stream of this turn fails.
    """

    text: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    reasoning: str | None = None
    items: tuple[Mapping[str, Any], ...] = ()
    pieces: tuple[str, ...] | None = None
    finish_reason: str | None = None
    usage: Mapping[str, Any] | None = None
    latency: float | None = None
    break_after: Break | None = None

    def __add__(self, other: Turn) -> Turn:
        """Two parts of one answer put together: texts are joined, tool calls and items listed one after the other."""
        texts = [part for part in (self.text, other.text) if part is not None]
        pieces = None
        if self.pieces or other.pieces:
            pieces = (self.pieces or _whole(self.text)) + (other.pieces or _whole(other.text))
        return Turn(
            text="".join(texts) if texts else None,
            tool_calls=self.tool_calls + other.tool_calls,
            refusal=_either(self.refusal, other.refusal),
            reasoning=_either(self.reasoning, other.reasoning),
            items=self.items + other.items,
            pieces=pieces,
            finish_reason=_either(self.finish_reason, other.finish_reason),
            usage=_either(self.usage, other.usage),
            latency=_either(self.latency, other.latency),
            break_after=_either(self.break_after, other.break_after),
        )


def _whole(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def _either(first: Any, second: Any) -> Any:
    return first if second is None else second


@dataclasses.dataclass(frozen=True)
class Raw:
    """An answer that is returned as it is, however malformed: see `raw`."""

    body: Any
    status: int
    headers: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class ErrorReply:
    """An error answer of the API, or no answer at all: see `error`."""

    status: int
    message: str | None = None
    type: str | None = None
    param: str | None = None
    code: str | None = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    body: Any = None


class Unreachable(Exception):
    """No answer came: the connection failed (``kind="connection"``) or the time ran out (``"timeout"``).

    The inert http client raises httpx's own exception for it, from which the SDK makes its own.
    """

    def __init__(self, kind: str, message: str | None) -> None:
        super().__init__(message or {"timeout": "Request timed out."}.get(kind, "Connection error."))
        self.kind = kind


class Reply:
    """A scripted reply after coercion.

    Attributes:
        kind: ``"turn"`` (a `Turn`), ``"partial"`` (JSON object laid over the default response), ``"raw"`` (a `Raw`),
            ``"error"`` (an `ErrorReply`), ``"raise"`` (an exception instance), ``"connection"`` or ``"timeout"`` (no
            answer), ``"events"`` (an iterable of stream events), ``"call"`` (a function of the request).
        value: the content, as said above.
        latency: seconds before the answer comes, or None.
        usage: fields that override the usage object, or None.
        headers: further response headers.
        break_after: where a stream of this reply fails.
    """

    __slots__ = ("break_after", "headers", "kind", "latency", "source", "usage", "value")

    def __init__(
        self,
        kind: Literal["turn", "partial", "raw", "error", "raise", "connection", "timeout", "events", "call"],
        value: Any,
        *,
        source: Any = None,
        latency: float | None = None,
        usage: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        break_after: Break | None = None,
    ) -> None:
        self.kind = kind
        self.value = value
        self.source = value if source is None else source
        self.latency = latency
        self.usage = usage
        self.headers = headers
        self.break_after = break_after

    def __repr__(self) -> str:
        shown = repr(self.source)
        return shown if len(shown) <= 80 else f"{shown[:77]}..."


# --------------------------------------------------------------------------------------------------- builders


def text(content: str, *, latency: float | None = None, usage: Mapping[str, Any] | None = None) -> Turn:
    """The model says ``content``. The same as giving the string itself, with room for latency and usage.

    Example:
        >>> text("Hello").text
        'Hello'
    """
    return Turn(text=_text(content, "text"), latency=latency, usage=usage)


def tool_call(name: str, /, *, id: str | None = None, input: str | None = None, **arguments: Any) -> Turn:
    """The model calls a tool. Put several into a list for parallel calls.

    Args:
        name: the tool's name.
        id: the call's id; one like the API's is made if None.
        input: the free text of a *custom* tool's input; excludes ``arguments``.
        **arguments: the function's arguments, any JSON values. A function whose parameter is called ``id`` or
            ``input`` is called with ``ToolCall(name, arguments=json.dumps({...}))``.

    Example:
        >>> tool_call("get_weather", city="Paris").tool_calls[0].arguments
        '{"city":"Paris"}'
    """
    if input is not None:
        if arguments:
            raise UsageError(
                f"tool_call({name!r}, input=...) is a custom tool's call, which has no arguments; "
                f"got also {', '.join(arguments)}. Write either input=... or the arguments."
            )
        return Turn(tool_calls=(ToolCall(name, input, id, "custom"),))
    return Turn(tool_calls=(ToolCall(name, _dumps(plain(arguments)), id),))


def json_reply(value: Any, *, latency: float | None = None, usage: Mapping[str, Any] | None = None) -> Turn:
    """The model says ``value`` as JSON text: the reply to ask for a structured output.

    Args:
        value: a pydantic model, a dataclass instance, or any JSON value.
        latency: seconds before the answer comes.
        usage: overrides of the usage object.

    Example:
        >>> json_reply({"answer": 42}).text
        '{"answer":42}'
    """
    if isinstance(value, pydantic.BaseModel):
        content = value.model_dump_json(by_alias=True)
    elif dataclasses.is_dataclass(value):
        content = pydantic.TypeAdapter(type(value)).dump_json(value, by_alias=True).decode()
    else:
        content = _dumps(plain(value))
    return Turn(text=content, latency=latency, usage=usage)


def refusal(content: str = "I'm sorry, but I can't help with that.") -> Turn:
    """The model refuses: the message has ``refusal`` and no content.

    Example:
        >>> refusal("No.").refusal
        'No.'
    """
    return Turn(refusal=_text(content, "refusal"))


def reasoning(content: str) -> Turn:
    """The model thinks first. Shown where the endpoint shows it (a reasoning item's summary in the Responses API).

    Example:
        >>> from fakeopenai.replies import coerce
        >>> coerce([reasoning("Let me see."), "42"]).value.text
        '42'
    """
    return Turn(reasoning=_text(content, "reasoning"))


def chunks(*pieces: str, latency: float | None = None) -> Turn:
    """The model says these pieces; when streamed, each is one delta.

    Example:
        >>> chunks("Hel", "lo").text
        'Hello'
    """
    if not pieces:
        raise UsageError('chunks() needs at least one piece: chunks("Hel", "lo").')
    return Turn(text="".join(_text(piece, "chunks") for piece in pieces), pieces=pieces, latency=latency)


def break_after(n: int, error: Any = None) -> Turn:
    """A stream that fails after ``n`` chunks. Put it into a list with what the model was saying.

    Args:
        n: how many chunks come through.
        error: what then happens: an exception class or instance, a status, or ``error(...)``; by default the
            connection is lost (``openai.APIConnectionError``, as the SDK makes it from a broken stream).

    Example:
        >>> from fakeopenai.replies import coerce
        >>> coerce(["Once upon a time", break_after(2)]).value.break_after.after
        2
    """
    if type(n) is not int or n < 0:
        raise UsageError(f"break_after(n) takes the number of chunks that come through, an integer >= 0; got {n!r}.")
    return Turn(break_after=Break(n, openai.APIConnectionError if error is None else error))


def error(
    status: int,
    message: str | None = None,
    *,
    code: str | None = None,
    type: str | None = None,
    param: str | None = None,
    retry_after: float | None = None,
    headers: Mapping[str, str] | None = None,
) -> ErrorReply:
    """An error answer of the API; the SDK makes its own exception of it and retries it as it would the real one.

    Args:
        status: HTTP status, 400 to 599.
        message: the API's text; by default a usual one for the status.
        code: the API's error code, such as ``"context_length_exceeded"``.
        type: the API's error type; by default the usual one for the status.
        param: the parameter at fault.
        retry_after: seconds, sent as the ``Retry-After`` header.
        headers: further response headers.

    Example:
        >>> error(429, retry_after=2).headers["retry-after"]
        '2'
    """
    if not isinstance(status, int) or not 400 <= status <= 599:
        raise UsageError(f"error(status) takes an HTTP status from 400 to 599; got {status!r}.")
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    if retry_after is not None:
        sent["retry-after"] = f"{retry_after:g}"
    return ErrorReply(status, message, type, param, code, sent)


def raw(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Raw:
    """Exactly this answer, however malformed: real servers do misbehave, and the SDK does not validate.

    Args:
        body: a JSON value, or ``bytes`` or ``str`` for a body that is no JSON.
        status: HTTP status.
        headers: response headers, ``content-type`` among them.

    Example:
        >>> raw({"choices": None}).body
        {'choices': None}
    """
    return Raw(body, status, {name.lower(): value for name, value in (headers or {}).items()})


def reply(
    content: Any,
    *,
    latency: float | None = None,
    usage: Mapping[str, Any] | None = None,
    finish_reason: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Any reply with a latency, a usage, a finish reason or response headers of its own.

    Example:
        >>> reply("Hello", latency=0.2, usage={"completion_tokens": 7}).latency
        0.2
    """
    found = coerce(content)
    value = found.value
    if found.kind == "turn" and finish_reason is not None:
        value = dataclasses.replace(value, finish_reason=finish_reason)
    elif finish_reason is not None:
        raise UsageError(f"finish_reason= belongs to what a model says; {found!r} is no such reply.")
    return Reply(
        found.kind,
        value,
        source=found.source,
        latency=found.latency if latency is None else latency,
        usage=found.usage if usage is None else usage,
        headers={**(found.headers or {}), **(headers or {})},
        break_after=found.break_after,
    )


def _text(value: object, builder: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{builder}() takes text; got {type(value).__name__} {value!r}.")
    return value


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# --------------------------------------------------------------------------------------------------- coercion

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
        return Reply("partial", value)
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
        return _of_sequence(value, where)
    if isinstance(value, type):
        raise UsageError(
            f"{where}: {value.__name__} is a class; give an instance, or json_reply({value.__name__}(...))."
        )
    if isinstance(value, Iterator | AsyncIterable) or inspect.isgenerator(value):
        return Reply("events", value)
    if callable(value):
        return Reply("call", value)
    if isinstance(value, Iterable):
        return Reply("events", value)
    raise UsageError(f"{where}: {type(value).__name__} {value!r} can't be a reply. A reply is {_ACCEPTED}.")


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
        raise UsageError(f"{where}: {status} is no HTTP error status (400 to 599).")
    return Reply("error", ErrorReply(status))


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
        return Reply("events", list(value))
    turn = Turn()
    for index, element in enumerate(value):
        if isinstance(element, Mapping) and "type" in element:
            turn += Turn(items=(element,))
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


def _is_event(value: Any) -> bool:
    """Whether this is an event or chunk of a hand-made stream."""
    if isinstance(value, pydantic.BaseModel):
        return isinstance(value, openai.BaseModel)
    if not isinstance(value, Mapping):
        return False
    kind, named = value.get("object"), value.get("type")
    return kind in {"chat.completion.chunk", "text_completion"} or (
        (isinstance(named, str)
        and named.startswith(("response.", "thread.", "transcript.", "image_")))
        or "event" in value
    )


Function = Callable[[Any], Any]
