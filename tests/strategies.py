"""Arguments for any operation, made from the parameter types of the installed SDK.

`arguments` is a hypothesis strategy; `plainest` gives the least that a call can be made with. Both walk the types in
the same way and differ only in who chooses (`Source`).
"""

from __future__ import annotations

import functools
import io
import os
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Union, get_args, get_origin

import typing_extensions
from hypothesis import strategies as st

from fakeopenai.operation import Operation, installed, operations

__all__ = ["NAMES", "Drawn", "Plainest", "arguments", "method_of", "plainest"]

NAMES = sorted(name for name, operation in operations().items() if installed(operation))
"""Names of the operations that the installed SDK has."""

_DEEP = 3
"""From this depth on, nothing optional is given and lists are short."""

_WORDS = ["abc", "Hello, world!", "x" * 40, "Grüße, 世界", "a_name", "https://example.com/a.png"]
_PATH_VALUES = ["abc_123", "file-abc", "id.with:marks", "with space"]
_MODELS = ["gpt-5", "gpt-4o-mini", "gpt-3.5-turbo-instruct", "text-embedding-3-small", "whisper-1", "gpt-image-1"]


class Source:
    """Makes the choices of which a value consists."""

    def choose(self, options: Sequence[Any]) -> Any:
        """One of these."""
        raise NotImplementedError

    def given(self, depth: int) -> bool:
        """Whether something optional is there."""
        raise NotImplementedError

    def count(self, depth: int) -> int:
        """How many items a list has."""
        raise NotImplementedError

    def number(self) -> int:
        """A whole number."""
        raise NotImplementedError

    def fraction(self) -> float:
        """Any finite number."""
        raise NotImplementedError

    def text(self) -> str:
        """Any text but none, which an older SDK leaves out of queries and forms."""
        raise NotImplementedError


class Plainest(Source):
    """Always the first and the least."""

    @typing_extensions.override
    def choose(self, options: Sequence[Any]) -> Any:
        return options[0]

    @typing_extensions.override
    def given(self, depth: int) -> bool:
        return False

    @typing_extensions.override
    def count(self, depth: int) -> int:
        return 1 if depth <= _DEEP + 2 else 0

    @typing_extensions.override
    def number(self) -> int:
        return 1

    @typing_extensions.override
    def fraction(self) -> float:
        return 1.0

    @typing_extensions.override
    def text(self) -> str:
        return "abc"


class Drawn(Source):
    """As hypothesis draws it."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    @typing_extensions.override
    def choose(self, options: Sequence[Any]) -> Any:
        return options[0] if len(options) == 1 else self._draw(st.sampled_from(options))

    @typing_extensions.override
    def given(self, depth: int) -> bool:
        return depth < _DEEP and bool(self._draw(st.integers(0, 3)) == 0)

    @typing_extensions.override
    def count(self, depth: int) -> int:
        return int(self._draw(st.integers(0, 2))) if depth <= _DEEP else int(depth <= _DEEP + 2)

    @typing_extensions.override
    def number(self) -> int:
        return int(self._draw(st.integers(-2, 300)))

    @typing_extensions.override
    def fraction(self) -> float:
        return float(self._draw(st.floats(-2, 300, allow_nan=False, width=32)))

    @typing_extensions.override
    def text(self) -> str:
        return str(self._draw(st.one_of(st.sampled_from(_WORDS), st.text(min_size=1, max_size=8))))


@st.composite
def arguments(draw: Any, operation: Operation) -> dict[str, Any]:
    """Keyword arguments for the method of an operation; the API need not like them."""
    return _arguments(Drawn(draw), operation)


def plainest(operation: Operation) -> dict[str, Any]:
    """The least that the method can be called with."""
    return _arguments(Plainest(), operation)


def method_of(client: Any, name: str) -> Any:
    """The method of a client that a dotted name means."""
    return functools.reduce(getattr, name.split("."), client)


def _arguments(source: Source, operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {}
    kinds = [kind for kind in operation.params_types if typing_extensions.is_typeddict(kind)]
    if kinds:
        fields = _record(source, source.choose(kinds), 0)
        found.update((name, value) for name, value in fields.items() if name in operation.arguments)
    # An older SDK puts them into the path as they are, so that with a slash it would be another path.
    found.update((name, source.choose(_PATH_VALUES)) for name in operation.path_params)
    return found


def _is_required(hint: Any) -> bool:
    origin: Any = get_origin(hint)
    return origin is typing_extensions.Required


@functools.cache
def _fields(kind: Any) -> tuple[Mapping[str, Any], frozenset[str]]:
    hints = typing_extensions.get_type_hints(kind, include_extras=True)
    required = frozenset(name for name, hint in hints.items() if _is_required(hint) or name in kind.__required_keys__)
    return hints, required


def _record(source: Source, kind: Any, depth: int) -> dict[str, Any]:
    hints, required = _fields(kind)
    found: dict[str, Any] = {}
    for name, hint in hints.items():
        if name in required or source.given(depth):
            found[name] = source.choose(_MODELS) if name == "model" and depth == 0 else _value(source, hint, depth + 1)
    return found


def _value(source: Source, kind: Any, depth: int) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {typing_extensions.Required, typing_extensions.NotRequired, typing.Annotated}:
        return _value(source, inner[0], depth)
    if origin in {Union, types.UnionType}:
        return _one_of(source, inner, depth)
    if origin in {Literal, typing_extensions.Literal}:
        return source.choose(inner)
    if origin in {dict, Mapping}:
        return {source.text(): _value(source, inner[1], depth + 1) for _ in range(source.count(depth))}
    if origin is tuple:
        return tuple(_value(source, each, depth + 1) for each in inner if each is not Ellipsis)
    if origin is not None:  # list, Iterable, Sequence
        return [_value(source, inner[0], depth + 1) for _ in range(source.count(depth))]
    if typing_extensions.is_typeddict(kind):
        return _record(source, kind, depth)
    return _scalar(source, kind)


def _one_of(source: Source, members: Sequence[Any], depth: int) -> Any:
    if any(get_origin(member) is typing.IO or get_origin(member) is os.PathLike for member in members):
        return source.choose([("a.txt", b"abc\n"), b"\x00\xff bytes", ("b.png", b"", "image/png"), io.BytesIO(b"read")])
    if depth > _DEEP:  # end soon
        members = [member for member in members if not _is_deep(member)] or members
    return _value(source, source.choose(members), depth)


def _is_deep(kind: Any) -> bool:
    return typing_extensions.is_typeddict(kind) or get_origin(kind) not in {None, Literal}


def _scalar(source: Source, kind: Any) -> Any:
    simple: dict[Any, Callable[[], Any]] = {
        str: source.text,
        int: source.number,
        float: source.fraction,
        bool: lambda: source.choose([True, False]),
        bytes: lambda: b"abc",
        type(None): lambda: None,
        object: lambda: source.choose(["abc", 1, None, {"a": [1, "b"]}, True]),
        Any: lambda: source.choose(["abc", 1, None, {"a": [1, "b"]}, True]),
    }
    made = simple.get(kind)
    if made is None:
        raise NotImplementedError(f"no value is known for {kind!r}")
    return made()
