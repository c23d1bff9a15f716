"""One type for everything that can be scripted: `Reply`, and what stands in it; above all a model's `Turn`.

What tests write to make one is in `replies`; what else they may write, and how it becomes a `Reply`, in `coercion`.
Each shows itself in messages as it is written in a test. Imports leaves only.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .stringify import cut, is_object

if TYPE_CHECKING:
    import openai

    from .request import Request

    ReplyLike: TypeAlias = (
        str
        | bytes
        | int
        | Mapping[str, Any]
        | openai.BaseModel
        | BaseException
        | type[BaseException]
        | Iterable[Any]
        | AsyncIterable[Any]
        | Callable[[Request], Any]
        | "ErrorReply | Raw | Reply | ToolCall | Turn"
        | None
    )
    """What a test may write for a reply. Not all suits every operation; what does not is refused at once."""

__all__ = ["Break", "ErrorReply", "Kind", "Raw", "Replay", "Reply", "ToolCall", "Turn", "Unreachable"]


Kind: TypeAlias = Literal[
    "turn", "partial", "content", "raw", "error", "raise", "connection", "timeout", "events", "call"
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

    def __repr__(self) -> str:
        """As it is written: ``tool_call('get_weather', city='Paris')``."""
        shown = [repr(self.name)] if self.id is None else [repr(self.name), f"id={self.id!r}"]
        if self.kind == "custom":
            return f"tool_call({', '.join(shown)}, input={self.arguments!r})"
        try:
            arguments: Any = json.loads(self.arguments)
        except ValueError:
            arguments = None
        if not is_object(arguments) or not all(map(str.isidentifier, arguments)):
            return f"ToolCall({', '.join(shown)}, arguments={self.arguments!r})"
        return f"tool_call({', '.join([*shown, *(f'{name}={value!r}' for name, value in arguments.items())])})"


@dataclasses.dataclass(frozen=True)
class Break:
    """The point at which a stream fails: after so many chunks, with this error."""

    after: int
    error: Any

    def __repr__(self) -> str:
        return f"break_after({self.after}, {_shown(self.error)})"


@dataclasses.dataclass(frozen=True)
class Turn:
    """What the model does in one answer, independent of the endpoint that delivers it.

    Attributes:
        text: what it says; None if it says nothing (only calls tools, or refuses).
        tool_calls: the tools it calls, in order.
        refusal: the text of its refusal.
        reasoning: the summary of its reasoning, where the endpoint can show one.
        items: further output items of the Responses API, as JSON objects; runs of assistants have some of them, too.
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

    def __repr__(self) -> str:
        """As it is written: ``'Hello'``, ``tool_call(...)``, a list of several parts."""
        parts: list[str] = [] if self.reasoning is None else [f"reasoning({self.reasoning!r})"]
        if self.pieces:
            parts.append(f"chunks({', '.join(map(repr, self.pieces))})")
        elif self.text is not None:
            parts.append(repr(self.text))
        parts += map(repr, (*self.tool_calls, *self.items))
        if self.refusal is not None:
            parts.append(f"refusal({self.refusal!r})")
        if self.break_after is not None:
            parts.append(repr(self.break_after))
        shown = parts[0] if len(parts) == 1 else f"[{', '.join(parts)}]"
        options = [f"{name}={getattr(self, name)!r}" for name in _OPTIONS if getattr(self, name) is not None]
        return f"reply({', '.join([shown, *options])})" if options else shown


_OPTIONS = ("latency", "usage", "finish_reason")


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

    def __repr__(self) -> str:
        return f"raw({self.body!r})" if self.status == 200 else f"raw({self.body!r}, status={self.status})"


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

    def __repr__(self) -> str:
        fields = {"message": self.message, "code": self.code, "type": self.type, "param": self.param}
        shown = [str(self.status), *(f"{name}={value!r}" for name, value in fields.items() if value is not None)]
        return f"error({', '.join(shown)})"


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
            ``"content"`` (the bytes of a file, of sound, of a text), ``"error"`` (an `ErrorReply`), ``"raise"`` (an
            exception instance), ``"connection"`` or ``"timeout"`` (no answer), ``"events"`` (an iterable of stream
            events), ``"call"`` (a function of the request).
        value: the content, as said above.
        latency: seconds before the answer comes, or None.
        usage: fields that override the usage object, or None.
        headers: further response headers.
        break_after: where a stream of this reply fails.
    """

    __slots__ = ("break_after", "headers", "kind", "latency", "source", "usage", "value")

    def __init__(
        self,
        kind: Kind,
        value: Any,
        *,
        source: Any = None,
        latency: float | None = None,
        usage: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        break_after: Break | None = None,
    ) -> None:
        self.kind: Kind = kind
        self.value = value
        self.source = value if source is None else source
        self.latency = latency
        self.usage = usage
        self.headers = headers
        self.break_after = break_after

    def __deepcopy__(self, memo: dict[int, Any]) -> Reply:
        """The same one: what it holds is detached already, and may be something that can't be copied."""
        return self

    def __repr__(self) -> str:
        return cut(_shown(self.source), 80)


def _shown(value: Any) -> str:
    """A reply as it is written: a class or a function by its name."""
    if isinstance(value, type) or inspect.isroutine(value):
        return value.__name__
    return repr(value)


class Replay:
    """The events of a one-pass iterable, such as a generator, kept as they come, so that each call gets all of them."""

    __slots__ = ("_kept", "_source")

    def __init__(self, source: Iterable[Any]) -> None:
        self._source = iter(source)
        self._kept: list[Any] = []

    def __iter__(self) -> Iterator[Any]:
        position = 0
        while True:
            if position == len(self._kept):
                try:
                    self._kept.append(next(self._source))
                except StopIteration:
                    return
            yield self._kept[position]
            position += 1
