"""Shorter ways to the same yes: most requests are judged by a part of what they hold.

Each takes the function that judges whole requests, and gives one that answers the same. What is not plainly in order
is left to the function given. Used by `params`; imports nothing of ours.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable
from typing import Any

__all__ = ["glancing", "remembering"]

_SAYING = ("user", "assistant", "system", "developer")


def glancing(judge: Callable[[dict[str, Any]], bool]) -> Callable[[dict[str, Any]], bool]:
    """``judge`` for chat messages, most of which have a role and a text: to see that takes a third of the time."""

    def accepts(params: dict[str, Any]) -> bool:
        said: Any = params.get("messages")
        if said.__class__ is list and said:
            for message in said:
                if message.__class__ is not dict or len(message) != 2:
                    break
                role, content = message.get("role"), message.get("content")
                if role.__class__ is not str or role not in _SAYING or content.__class__ is not str:
                    break
            else:
                model = params.get("model")
                if len(params) == 2 and model and model.__class__ is str:
                    return True
                return judge({**params, "messages": said[:1]})
        return judge(params)

    return accepts


_MOST_TOOLS, _LONGEST_TOOLS = 256, 1 << 16
"""How many lists of tools an operation remembers, and of how many bytes each."""


def remembering(judge: Callable[[dict[str, Any]], bool]) -> Callable[[dict[str, Any]], bool]:
    """``judge`` for requests with tools, which agents send again with each: what was accepted is known by its bytes.

    They say all that there is to judge, down to the types, and are made anew each time: nobody can change what they
    stand for. To make and find them takes a tenth of the time that judging the tools takes.
    """
    accepted: set[bytes] = set()

    def accepts(params: dict[str, Any]) -> bool:
        tools: Any = params.get("tools")
        if tools.__class__ is not list or not tools:
            return judge(params)
        try:
            frozen = marshal.dumps(tools)
        except ValueError:  # no JSON: an object, or something that holds itself
            return judge(params)
        if frozen in accepted:
            others = params.copy()
            del others["tools"]
            return judge(others)
        taken = judge(params)
        if taken and len(frozen) < _LONGEST_TOOLS:
            if len(accepted) >= _MOST_TOOLS:
                accepted.clear()
            accepted.add(frozen)
        return taken

    return accepts
