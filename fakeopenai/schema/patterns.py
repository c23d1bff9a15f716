"""A text that a regular expression matches: best effort, over Python's own parse of the expression.

What can't be written down directly (look-around, word boundaries) is left out; what was written is verified, and if it
doesn't match, written again otherwise. Imports nothing of ours.
"""

from __future__ import annotations

import functools
import importlib
import random
import re
import string
import sys
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["compiled", "text", "varied"]

# The parser has no public name; its private one moved in Python 3.11.
_parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

_ALPHABET = string.ascii_lowercase + string.ascii_uppercase + string.digits + "-_ .,:;/+*#@!?%&=~|'\"()[]{}<>$^\\`"
_CATEGORIES: dict[str, Callable[[str], bool]] = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_WORD": lambda char: char.isalnum() or char == "_",
}
_USUAL = 3
"""How often something is repeated that may be repeated any number of times: "abc" rather than "" or "a"."""


@functools.lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The compiled pattern, or None if it is none in Python's dialect."""
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


@functools.lru_cache(maxsize=256)
def _parsed(pattern: str) -> Any:
    return _parser.parse(pattern)


@functools.lru_cache(maxsize=256)
def text(pattern: str, low: int, high: int | None) -> str | None:
    """The plainest text of that length that ``pattern`` matches, or None if none was found."""
    return next(_fitting(pattern, low, high, None), None)


def varied(pattern: str, low: int, high: int | None, source: random.Random) -> str | None:
    """Some text of that length that ``pattern`` matches, or None if none was found."""
    return next(_fitting(pattern, low, high, source), None)


def _fitting(pattern: str, low: int, high: int | None, source: random.Random | None) -> Iterator[str]:
    known = compiled(pattern)
    if known is not None:
        for written in _attempts(pattern, low, high, source):
            if low <= len(written) and (high is None or len(written) <= high) and known.search(written):
                yield written


def _attempts(pattern: str, low: int, high: int | None, source: random.Random | None) -> Iterator[str]:
    """Texts that may match, likely ones first: they differ in how often things are repeated."""
    if source is None:
        top = low + 24 if high is None else min(high, low + 24)
        for usual in dict.fromkeys((_USUAL, 0, 1, *range(low, top + 1))):
            yield _Writer(pattern, usual, None).text()
        source = random.Random(0)
    for _ in range(200):
        yield _Writer(pattern, source.randint(0, max(_USUAL, low)), source).text()


class _Writer:
    """Writes one text; it counts what it has written, so that ``[A-Z]{3}-[0-9]{4}`` reads ``ABC-1234``."""

    __slots__ = ("_digits", "_groups", "_letters", "_pattern", "_source", "_usual")

    def __init__(self, pattern: str, usual: int, source: random.Random | None) -> None:
        self._pattern = pattern
        self._usual = usual
        self._source = source
        self._groups: dict[int, str] = {}
        self._digits = 0
        self._letters = 0

    def text(self) -> str:
        return self._sequence(_parsed(self._pattern))

    def _sequence(self, items: Any) -> str:
        return "".join(self._item(str(code), argument) for code, argument in items)

    def _item(self, code: str, argument: Any) -> str:
        if code == "LITERAL":
            return chr(argument)
        if code in {"ANY", "NOT_LITERAL", "IN"}:
            return self._char(_accepts(code, argument), argument if code == "IN" else ())
        if code in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            low, high, items = argument
            return "".join(self._sequence(items) for _ in range(self._times(low, int(high))))
        if code == "SUBPATTERN":
            group, _, _, items = argument
            written = self._sequence(items)
            if group is not None:
                self._groups[group] = written
            return written
        if code == "ATOMIC_GROUP":
            return self._sequence(argument)
        if code == "BRANCH":
            branches = argument[1]
            return self._sequence(self._source.choice(branches) if self._source else branches[0])
        if code == "GROUPREF":
            return self._groups.get(argument, "")
        if code == "GROUPREF_EXISTS":
            group, taken, otherwise = argument
            return self._sequence(taken if group in self._groups else otherwise or ())
        return ""  # anchors and look-around: nothing to write

    def _times(self, low: int, high: int) -> int:
        if self._source is not None:
            return self._source.randint(low, min(high, max(low, self._usual)))
        # What may be left out is left out; what may be repeated is there.
        return low if high == 1 else max(low, min(high, self._usual))

    def _char(self, accepts: Callable[[str], bool], members: Any) -> str:
        chars = [char for char in _ALPHABET if accepts(char)]
        if not chars:  # nothing usual: the first character of a range, wherever that is
            chars = [chr(argument[0]) for code, argument in members if str(code) == "RANGE"]
            chars += [chr(argument) for code, argument in members if str(code) == "LITERAL"]
            chars = [char for char in (*chars, "\t", "\n", "é", "—") if accepts(char)] or [""]
        if self._source is not None:
            plain = [char for char in chars if char.isalnum()]
            return self._source.choice(plain if plain and self._source.random() < 0.9 else chars)
        if chars[0].isdecimal():
            self._digits += 1
            return chars[min(self._digits, 9) % len(chars)] if len(chars) > 1 else chars[0]
        letters = [char for char in chars if char.isalpha() and char.islower() == chars[0].islower()] or chars[:1]
        self._letters += 1
        return letters[(self._letters - 1) % len(letters)]


def _accepts(code: str, argument: Any) -> Callable[[str], bool]:
    """Whether a character belongs to a character class, as the parser describes it."""
    if code == "ANY":
        return lambda char: char != "\n"
    if code == "NOT_LITERAL":
        return lambda char: ord(char) != argument
    negated = bool(argument) and str(argument[0][0]) == "NEGATE"
    members = argument[1:] if negated else argument
    return lambda char: any(_belongs(char, str(kind), member) for kind, member in members) is not negated


def _belongs(char: str, kind: str, member: Any) -> bool:
    if kind == "LITERAL":
        return bool(ord(char) == member)
    if kind == "RANGE":
        return bool(member[0] <= ord(char) <= member[1])
    category = str(member)
    if "_NOT_" in category:
        return not _CATEGORIES[category.replace("_NOT_", "_")](char)
    return _CATEGORIES[category](char)
