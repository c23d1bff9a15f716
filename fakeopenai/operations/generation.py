"""What all generating operations share: the default turn, and how a limit or a stop sequence ends a text.

Used by `chat`, `completions`, `responses` and `assistants` (runs).
"""

from __future__ import annotations

import bisect
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..replies import Reply, ToolCall, Turn

__all__ = ["DEFAULT_TEXT", "Tool", "cut", "default_turn", "turn_of"]

DEFAULT_TEXT = "This is a default reply. Script your own with returns(...)."
"""What the model says when nothing is scripted: it must never look like something that a model made up."""


class Tool:
    """A tool that a request offers, in whichever shape its endpoint has."""

    __slots__ = ("kind", "name", "parameters")

    def __init__(self, name: str, parameters: Mapping[str, Any] | None, kind: str = "function") -> None:
        self.name = name
        self.parameters = parameters
        self.kind = kind


def default_turn(tools: Sequence[Tool], choice: Any, schema: Mapping[str, Any] | None, *, json_object: bool) -> Turn:
    """The turn that is taken unscripted: a fixed text, except where the request itself demands a shape.

    Args:
        tools: the tools offered.
        choice: ``"none"``, ``"auto"``, ``"required"``, or the name of the one tool that has to be called.
        schema: JSON schema that the text has to fit, or None.
        json_object: whether the text has to be a JSON object.
    """
    if tools and choice not in {None, "none", "auto"}:
        for tool in tools:
            if choice in {"required", tool.name}:
                return Turn(tool_calls=(_call(tool),))
    if schema is not None:
        from ..schema import value_for

        return Turn(text=json.dumps(value_for(schema), ensure_ascii=False, separators=(",", ":")))
    return Turn(text="{}" if json_object else DEFAULT_TEXT)


def _call(tool: Tool) -> ToolCall:
    if tool.kind == "custom":
        return ToolCall(tool.name, "", kind="custom")
    from ..schema import value_for

    value: Any = value_for(tool.parameters) if tool.parameters else {}
    return ToolCall(tool.name, json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def turn_of(reply: Reply | None) -> Turn | None:
    """The scripted turn, if the reply is one."""
    return reply.value if reply is not None and reply.kind == "turn" else None


def cut(
    text: str, stop: Any, limit: int | None, count: Callable[[str], int], split: Callable[[str], list[str]]
) -> tuple[str, str | None]:
    """A text as it comes out with stop sequences and a limit of tokens.

    Returns:
        The text, and ``"length"`` if the limit has ended it, else None.
    """
    for sequence in [stop] if isinstance(stop, str) else stop or ():
        if sequence:
            text = text.partition(sequence)[0]
    if limit is None or count(text) <= limit:
        return text, None
    pieces = split(text)
    kept = bisect.bisect_right(range(1, len(pieces) + 1), limit, key=lambda size: count("".join(pieces[:size])))
    return "".join(pieces[:kept]), "length"
