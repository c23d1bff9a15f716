"""The words that tests script replies with: ``tool_call``, ``json_reply``, ``error``, ``chunks``, ``break_after``...

A model's answer is a `Turn`, whatever endpoint it is given through: chat completions, responses, legacy completions and
assistant runs each render the same turn in their own shape (`operations/`). Everything that ``returns()`` accepts is
coerced once (`coercion.coerce`) to one type (`turn.Reply`); both can be imported from here too. Imports leaves only.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import openai
import pydantic
import pydantic_core
from typing_extensions import Never

from .coercion import coerce
from .errors import UsageError, nearest
from .snapshot import plain
from .turn import Break, ErrorReply, Raw, Reply, ToolCall, Turn, Unreachable

__all__ = [
    "Break",
    "ErrorReply",
    "Raw",
    "Reply",
    "ToolCall",
    "Turn",
    "Unreachable",
    "break_after",
    "chunks",
    "coerce",
    "error",
    "json_reply",
    "plain",
    "raw",
    "reasoning",
    "refusal",
    "reply",
    "text",
    "tool_call",
]


def text(content: str, *, latency: float | None = None, usage: Mapping[str, Any] | None = None) -> Turn:
    """The model says ``content``. The same as giving the string itself, with room for latency and usage.

    Example:
        >>> text("Hello").text
        'Hello'
    """
    return Turn(text=_text(content, "text"), latency=latency, usage=usage)


def tool_call(name: str, /, *unnamed: Never, id: str | None = None, input: str | None = None, **arguments: Any) -> Turn:
    """The model calls a tool. Put several into a list for parallel calls.

    No model calls a tool that it wasn't offered. Where a request offers tools and this is none of them, the script is
    refused (``FakeOpenAI(allow_unoffered=True)`` allows it); a request without any tools is taken to leave them
    out for brevity, as tests of what becomes of a call do.

    Args:
        name: the tool's name.
        *unnamed: nothing; arguments have names.
        id: the call's id; one like the API's is made if None.
        input: the free text of a *custom* tool's input; excludes ``arguments``.
        **arguments: the function's arguments, any JSON values. A function whose parameter is called ``id`` or
            ``input`` is called with ``ToolCall(name, arguments=json.dumps({...}))``.

    Example:
        >>> tool_call("get_weather", city="Paris").tool_calls[0].arguments
        '{"city":"Paris"}'
    """
    if unnamed:
        raise UsageError(
            f'tool_call({name!r}) takes the arguments by name, tool_call({name!r}, city="Paris"), or those of a dict '
            f"with tool_call({name!r}, **arguments); got {unnamed[0]!r}."
        )
    _text(name, "tool_call")
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
        content = _dumps(_json(value))
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
    if status not in range(400, 600):
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
    if finish_reason is not None and finish_reason not in _FINISH_REASONS:  # others may be newer than this
        meant = nearest(finish_reason, _FINISH_REASONS)
        if meant is not None:
            raise UsageError(f"reply(finish_reason={finish_reason!r}): did you mean {meant!r}?")
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


_FINISH_REASONS = ("stop", "length", "tool_calls", "content_filter", "function_call")


def _json(value: Any) -> Any:
    """A value as JSON, models and dates within it included."""
    try:
        return pydantic_core.to_jsonable_python(value, by_alias=True)
    except pydantic_core.PydanticSerializationError as error:
        raise UsageError(f"json_reply() takes a model, a dataclass or any JSON value. {error}: {value!r}.") from error


def _text(value: object, builder: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{builder}() takes text; got {type(value).__name__} {value!r}.")
    return value


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
