"""A finished answer and its request -> the sequence of events by which the API streams it; one module per family.

Here is only what the families share: how text is cut into deltas, the padding that chunks carry, and how fragments are
put together again. What a model says is not made here, and nothing is sent: operations call these generators, and the
ways (direct, sdk, wire) deliver what they yield.

Imports leaves only.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar, cast

from fakeopenai.errors import UsageError
from fakeopenai.snapshot import plain
from fakeopenai.tokens import split

__all__ = ["Obfuscate", "Pieces", "cut", "event", "gather", "interleave", "obfuscator", "spans"]

_T = TypeVar("_T")

Pieces: TypeAlias = Callable[[str], Sequence[str]]
"""Cuts a text into the deltas by which it is streamed."""

Obfuscate: TypeAlias = Callable[[int], str]
"""Makes the padding of a chunk: that many random characters."""


def cut(*parts: str) -> Pieces:
    """Pieces as a script gave them, for the text that they make up or its beginning; other text is cut like tokens.

    Example:
        >>> cut("Hel", "lo")("Hell")
        ['Hel', 'l']
    """
    whole = "".join(parts)

    def pieces(text: str) -> list[str]:
        if text == whole:
            return list(parts)
        if not whole.startswith(text):
            return split(text)
        found: list[str] = []
        left = text
        for part in parts:  # a limit or a stop sequence has ended the text early
            if left:
                found.append(left[: len(part)])
                left = left[len(part) :]
        return found

    return pieces


_PADDING = "v1Kq8ZtB0xNcE5rYdS2mWgJ7fUhQ4aLpR9oTkX3iVyDlM6bGsHzFjAuOnPwCeI" * 3


def obfuscator(seed: str) -> Obfuscate:
    """Padding that looks random and is the same in every run, for a stream with that id."""
    at = zlib.crc32(seed.encode(errors="replace"))

    def obfuscate(length: int) -> str:
        nonlocal at
        at = (at + 23) % 124
        return _PADDING[at : at + length]

    return obfuscate


def spans(text: str, tokens: Sequence[bytes], pieces: Pieces) -> list[tuple[str, slice]]:
    """Cut ``text`` where its tokens end: each piece, and which tokens it is.

    A piece is mostly one token; several, where a character is made of several. Tokens that don't spell the text (a
    script made them up) are dealt out to the pieces in order.
    """
    found: list[tuple[str, slice]] = []
    start = at = 0
    held = b""
    for stop, token in enumerate(tokens, 1):
        held += token
        try:
            piece = held.decode()
        except UnicodeDecodeError:
            continue
        if not text.startswith(piece, at):
            break
        found.append((piece, slice(start, stop)))
        start, at, held = stop, at + len(piece), b""
    if start == len(tokens) and at == len(text):
        return found
    parts = pieces(text) or [""]
    last = len(parts) - 1
    return [(part, slice(i, i + 1 if i < last else None)) for i, part in enumerate(parts)]


def interleave(told: Sequence[Iterator[_T]], first: int = 1) -> Iterator[_T]:
    """Several choices at once: the ``first`` steps of each, then a step of each in turn."""
    if len(told) == 1:
        yield from told[0]
        return
    left, burst = list(told), first
    while left:
        for choice in left.copy():
            for _ in range(burst):
                step = next(choice, None)
                if step is None:
                    left.remove(choice)
                    break
                yield step
        burst = 1


def event(element: Any) -> dict[str, Any]:
    """One event of a stream as JSON of its own: it may be a dict or a model."""
    found = plain(element)
    if isinstance(found, dict):
        return cast("dict[str, Any]", found)
    raise UsageError(f"{element!r} is no event of a stream; expected a dict or a chunk model.")


_ONCE = frozenset({"finish_reason", "id", "role", "type"})


def gather(whole: dict[str, Any], fragment: dict[str, Any]) -> None:
    """Add a fragment, which it takes over, to the whole: texts and lists are continued, anything else is replaced.

    Nulls change nothing, and what may come twice without being continued (ids, roles, types) is taken once.
    """
    for key, value in fragment.items():
        held = whole.get(key)
        if held is None:
            whole[key] = value
        elif value is None or key in _ONCE:
            continue
        elif isinstance(held, dict) and isinstance(value, dict):
            gather(cast("dict[str, Any]", held), cast("dict[str, Any]", value))
        elif (isinstance(held, str) and isinstance(value, str)) or (isinstance(held, list) and isinstance(value, list)):
            whole[key] += value
        else:
            whole[key] = value
