"""Why a value does not fit a schema, in one line, and how values and schemas are shown in it."""

from __future__ import annotations

import json
from typing import Any

from .basics import ARRAY, OBJECT

__all__ = ["Failure", "described", "enumeration", "shown"]

_SHOWN = 80
"""Length to which values are cut in messages."""


class Failure:
    """Why a value does not fit. The path is collected from the inside out, so that a value that fits costs nothing."""

    __slots__ = ("expected", "found", "path")

    def __init__(self, expected: str, found: str) -> None:
        self.expected = expected
        self.found = found
        self.path: list[str | int] = []

    def under(self, key: str | int) -> Failure:
        """The same failure, seen from the container that holds the value under ``key``."""
        self.path.append(key)
        return self

    def __str__(self) -> str:
        steps = (
            f".{key}" if isinstance(key, str) and key.isidentifier() else f"[{json.dumps(key, ensure_ascii=False)}]"
            for key in reversed(self.path)
        )
        return f"${''.join(steps)}: expected {self.expected}, found {self.found}"


def shown(value: Any) -> str:
    """A value as JSON, cut where it would be too much for a message."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def enumeration(values: Any, joined: str = " or ") -> str:
    """Values in a row, the first few of many."""
    texts = [shown(value) for value in values]
    if len(texts) > 8:
        return ", ".join((*texts[:8], "..."))
    return ", ".join(texts[:-1]) + joined + texts[-1] if len(texts) > 1 else "".join(texts)


def described(schema: Any) -> str:
    """A schema in a word or two, for the list of a union's alternatives."""
    if type(schema) is not OBJECT:
        return "anything" if schema else "nothing"
    rules: dict[str, Any] = schema
    if "const" in rules:
        return shown(rules["const"])
    if type(rules.get("enum")) is ARRAY:
        return enumeration(rules["enum"])
    kinds: Any = rules.get("type")
    if isinstance(kinds, str):
        return kinds
    if type(kinds) is ARRAY:
        return " or ".join(map(str, kinds))
    ref: Any = rules.get("$ref")
    return ref.rpartition("/")[2] if isinstance(ref, str) else "something else"
