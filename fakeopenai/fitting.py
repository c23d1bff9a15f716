"""Whether a reply suits the operation that it is scripted for: seen at the line that scripts it, not at the call.

`fit` coerces and checks what a test registers; `suit` is the part of it that a reply function's result needs as well
(what that leaves out, the assembly of the answer checks a moment later). Imported by the backend.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import openai

from .assemble import complete
from .coercion import coerce, detached
from .errors import UsageError
from .model_shapes import ModelShape, shape_of
from .operation import Operation, installed
from .operations import behaviour_of
from .stringify import is_array
from .turn import Reply

__all__ = ["fit", "suit", "type_name"]


def fit(operation: Operation, value: Any, where: str) -> Reply:
    """The reply meant by ``value``, if the operation can answer with it.

    Args:
        operation: the operation that it is scripted for.
        value: the reply as written.
        where: what the test wrote, for messages.

    Raises:
        UsageError: no reply at all, or one of a kind that this operation can't give.
        UnknownField: a partial response with a field that the response doesn't have.
    """
    reply = suit(operation, value, where)
    if reply.kind == "partial" and operation.path and installed(operation):
        shape = shape_of(operation.page_type or operation.response_type)
        # Which member of a union it is may follow from the request only.
        if isinstance(shape, ModelShape):
            complete(shape.type, reply.value, operation=operation.name)
    return reply


def suit(operation: Operation, value: Any, where: str) -> Reply:
    """The reply meant by ``value``, of a kind that the operation can give; the fields of a partial are not checked."""
    form = _form(operation)
    if form != "json" and isinstance(value, bytes | bytearray | str):
        return Reply("content", value.encode() if isinstance(value, str) else bytes(value), source=value)
    if operation.page and is_array(value) and all(map(_is_object, value)):
        return Reply("partial", {"data": detached(value)}, source=value)
    if form == "nothing" and value is None:
        return Reply("partial", {}, source=value)
    if isinstance(value, bytes | bytearray) and operation.path:
        raise UsageError(
            f"{where}: bytes can't be a reply: {operation.name} answers JSON ({type_name(operation)}). "
            f"Give {_wanted(operation)}.",
            operation=operation.name,
        )
    if is_array(value) and operation.path and not operation.stream and not behaviour_of(operation).speaks:
        raise UsageError(
            f"{where}: a list can't be a reply: {operation.name} answers one {type_name(operation)}. "
            f"Give {_wanted(operation)}; for one reply per call, give them one by one: returns(a, b).",
            operation=operation.name,
        )
    reply = coerce(value, where=where)
    if reply.kind == "turn" and operation.path and not behaviour_of(operation).speaks:
        raise UsageError(
            f"{where}: {operation.name} can't be answered with {reply!r}: no model speaks there. "
            f"Give {_wanted(operation)}.",
            operation=operation.name,
        )
    if reply.kind == "events" and operation.path and not operation.stream:
        raise UsageError(
            f"{where}: {operation.name} can't be answered with events: it does not stream. Give {_wanted(operation)}.",
            operation=operation.name,
        )
    return reply


def type_name(operation: Operation) -> str:
    """What an operation answers, in a word."""
    name = " or ".join(part.rpartition(".")[2] for part in operation.cast_to.split(" | "))
    return f"{operation.page} of {name}" if operation.page else name


def _form(operation: Operation) -> str:
    """What an operation answers: ``"json"``, ``"content"`` (bytes), ``"text"`` or ``"nothing"``."""
    if operation.cast_to.endswith("BinaryResponseContent") or operation.cast_to == "bytes":
        return "content"
    return {"str": "text", "None": "nothing"}.get(operation.cast_to, "json")


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping | openai.BaseModel)


def _wanted(operation: Operation) -> str:
    """What can be given instead."""
    form = _form(operation)
    if form in {"content", "text"}:
        return "bytes or text, an error, or raw(...)"
    if form == "nothing":
        return "None, an error, or raw(...)"
    if operation.page:
        item = operation.cast_to.rpartition(".")[2]
        return f"a list of its objects (dicts or {item} models), an error, or raw(...)"
    said = "text, tool_call(...), " if behaviour_of(operation).speaks else ""
    return f"{said}a dict or model of its response ({type_name(operation)}), an error, or raw(...)"
