"""Short texts for error messages and listings: a value, a request's parameters, an answer, a number of calls.

Everything is cut to fit a line, and credentials are masked. How two values differ is laid out in `diff`. Imports
nothing of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

__all__ = [
    "answer_line",
    "cut",
    "is_array",
    "is_object",
    "is_secret",
    "masked",
    "masked_header",
    "params_line",
    "short",
    "times",
]

_SECRET = re.compile(
    r"(?:^|[-_])(?:authorization|api[-_]?key|subscription[-_]key|cookie|credentials?|password|secret|token)$",
    re.IGNORECASE,
)
_MASK = "***"


def is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value stands for a JSON object."""
    return isinstance(value, Mapping)


def is_array(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether a value stands for a JSON array."""
    return isinstance(value, list | tuple)


def times(count: int) -> str:
    """How often something was called, in words: ``"once"``, ``"twice"``, ``"3 times"``."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def cut(text: str, limit: int) -> str:
    """The text, its end replaced by an ellipsis if it is longer than the limit."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def _one_line(text: str) -> str:
    return text.replace("\n", "\\n").replace("\r", "\\r")


def is_secret(name: str) -> bool:
    """Whether a header or parameter of that name holds a credential."""
    return _SECRET.search(name) is not None


def masked_header(name: str, value: str) -> str:
    """A header's value; of a credential only the scheme is left: ``"Bearer ***"``."""
    if not is_secret(name):
        return value
    scheme, _, rest = value.partition(" ")
    return f"{scheme} {_MASK}" if rest and scheme.isalpha() else _MASK


def masked(value: Any, name: str = "") -> Any:
    """A JSON value with the credentials in it masked, at whatever depth."""
    if is_object(value):
        return {key: masked(item, str(key)) for key, item in value.items()}
    if is_array(value):
        return [masked(item) for item in value]
    return _MASK if isinstance(value, str) and is_secret(name) else value


def short(value: Any, limit: int = 60) -> str:
    """A value in a few words: long texts are cut, a list shows its length and what its last element says."""
    if isinstance(value, str):
        return repr(cut(value, limit))
    if isinstance(value, bytes | bytearray):
        return f"<{len(value):,} bytes>"
    if is_array(value) and value:
        said = _headline(value[-1])
        return f"[{len(value)}: {short(said, limit)}]" if said else f"[{len(value)}]"
    shown = repr(masked(value))
    if is_object(value) and len(shown) > limit:
        return f"{{{cut(', '.join(map(str, value)), limit)}}}"
    return cut(shown, limit)


def params_line(params: Mapping[str, Any], limit: int = 120) -> str:
    """Parameters in one line, the model first: ``model='gpt-5' messages=[3: 'What is the weath…']``."""
    shown: list[str] = []
    room = limit
    for name in sorted(params, key=lambda name: name != "model"):
        value = _MASK if is_secret(name) and isinstance(params[name], str) else short(params[name], 30)
        part = f"{name}={value}"
        room -= len(part) + 1
        if room < 0 and shown:
            shown.append("…")
            break
        shown.append(part)
    return _one_line(" ".join(shown))


def answer_line(body: Any, limit: int = 40) -> str:
    """What an answer says in a few words: the model's text or tool calls, else the object's id, or how many."""
    if not is_object(body):
        return short(body, limit)
    said = _said(body, limit)
    if said:
        return _one_line(cut(", ".join(said), 3 * limit))
    kind = _one_line(cut(str(body.get("object") or ""), limit))
    if is_array(body.get("data")):
        return f"{kind or 'list'} of {len(body['data'])}"
    name = _one_line(cut(str(body.get("id") or ""), 2 * limit)) or kind or "an object"
    if body.get("deleted"):
        return f"{name} deleted"
    status = body.get("status")
    return f"{name} ({_one_line(cut(status, limit))})" if isinstance(status, str) else name


def _said(answer: Mapping[str, Any], limit: int) -> list[str]:
    """What a model said: one text for each choice, output item or tool call."""
    said: list[str] = []
    for choice in _objects(answer.get("choices")):
        message = choice.get("message")
        said += _message(message if is_object(message) else {"content": choice.get("text")}, limit)
    for item in _objects(answer.get("output")):
        said += [_tool_call(item, limit)] if "arguments" in item or "input" in item else _message(item, limit)
    if not said and isinstance(answer.get("text"), str):
        said.append(short(answer["text"], limit))
    return said


def _message(message: Mapping[str, Any], limit: int) -> list[str]:
    text = message.get("content") or message.get("refusal")
    said = [short(text, limit)] if isinstance(text, str) else []
    said += [short(part[key], limit) for part in _objects(text) for key in ("text", "refusal") if part.get(key)]
    for call in _objects(message.get("tool_calls")):
        said += [_tool_call(call[kind], limit) for kind in ("function", "custom") if is_object(call.get(kind))]
    return said


def _tool_call(call: Mapping[str, Any], limit: int) -> str:
    return f"{call.get('name') or call.get('type')}({cut(str(call.get('arguments', call.get('input', ''))), limit)})"


def _objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; none, if it is no list."""
    return [item for item in value if is_object(item)] if is_array(value) else []


def _headline(value: Any) -> str:
    """The text that stands for an element of a list: what a message says, what a tool is called."""
    if isinstance(value, str):
        return value
    if is_array(value) and value:
        return _headline(value[-1])
    if is_object(value):
        keys = ("content", "text", "output", "name", "function", "type", "role")
        return next(filter(None, (_headline(value.get(key)) for key in keys)), "")
    return ""
