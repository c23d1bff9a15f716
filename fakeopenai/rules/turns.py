"""What a model can't do, asked of it by a script: call tools that it wasn't offered, or tell events out of order.

These are mistakes of whoever wrote the test, so they are ours to report, not the API's. They are on where requests are
checked, and can be switched off by name in the same way: ``strict={"unoffered_tool"}``, or ``allow_unoffered=True``.
Imports leaves, and the view of a request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from .. import view
from ..errors import UsageError
from ..operations.narrowing import as_object, is_list, is_object
from ..request import Request
from ..turn import ToolCall, Turn

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["NAMES", "check_events", "check_turn"]

NAMES: Final = ("event_order", "tool_arguments", "unoffered_tool")
"""What can be switched off here."""

_OPEN: Final = frozenset({"tool_search"})
"""Kinds of tools by which a model comes to others that the request doesn't name."""


def check_turn(request: Request, turn: Turn, account: Backend) -> None:
    """Refuse a turn whose calls no model could make in answer to this request.

    A request that offers no tools at all passes: tests leave them out where they are about what becomes of a call.

    Raises:
        UsageError: says which tools are offered, or what is wrong with the arguments.
    """
    off = account.rules_off
    if ("unoffered_tool" in off and "tool_arguments" in off) or not _is_told_all(request, account):
        return
    offered = view.tools(request)
    if not offered or any(tool.kind in _OPEN for tool in offered):
        return
    for call in turn.tool_calls:
        tool = next((tool for tool in offered if tool.name == call.name and tool.kind == call.kind), None)
        if tool is None:
            if "unoffered_tool" not in off:
                raise _unoffered(request, call, offered)
        elif tool.strict and tool.parameters is not None and "tool_arguments" not in off:
            _check_arguments(request, call, tool.parameters)


def _is_told_all(request: Request, account: Backend) -> bool:
    """Whether a request tells by itself, or by what the account knows, which tools there are."""
    body = as_object(request.body)
    if body.get("prompt") is not None:  # a prompt that is stored elsewhere brings its tools
        return False
    assistant = body.get("assistant_id")
    return assistant is None or bool(body.get("tools")) or assistant in account.state.collection("beta.assistants")


def _unoffered(request: Request, call: ToolCall, offered: Sequence[view.OfferedTool]) -> UsageError:
    name = request.operation.name
    listed = ", ".join(
        repr(tool.name) if tool.kind == "function" else f"{tool.name!r} ({tool.kind})" for tool in offered
    )
    return UsageError(
        f"{name} is scripted to call {call.name!r}, which is no tool that the request offers; no model could.\n"
        f"  scripted:  {call!r}\n"
        f"  offered:   {listed}\n"
        "  to do:     script a tool that is offered, or allow it: FakeOpenAI(allow_unoffered=True).",
        operation=name,
    )


def _check_arguments(request: Request, call: ToolCall, schema: Mapping[str, Any]) -> None:
    from ..schema import problem

    try:
        arguments: Any = json.loads(call.arguments)
    except ValueError as error:
        wrong: str | None = f"no JSON ({error})"
    else:
        wrong = problem(arguments, schema)
    if wrong is not None:
        name = request.operation.name
        raise UsageError(
            f"{name} is scripted to call {call.name!r} with arguments that its schema doesn't allow; in strict mode no "
            "model could.\n"
            f"  scripted:  {call!r}\n"
            f"  problem:   {wrong}\n"
            '  to do:     script arguments that fit, or allow it: FakeOpenAI(strict={"tool_arguments"}).',
            operation=name,
        )


# ------------------------------------------------------------------------------------------------ events

_LAST: Final = frozenset({"response.completed", "response.failed", "response.incomplete", "error"})


def check_events(request: Request, events: Any, account: Backend) -> None:
    """Refuse a hand-made list of events of a response that no stream could have in this order.

    Only lists are looked at, of events that are JSON; others are told as they come.

    Raises:
        UsageError: says which event is at the wrong place.
    """
    name = request.operation.name.removeprefix("beta.")
    if "event_order" in account.rules_off or not name.startswith("responses.") or not is_list(events):
        return
    wrong = _disorder([event for event in _each(events) if is_object(event)])
    if wrong is not None:
        raise UsageError(
            f"{request.operation.name} is scripted with events in an order that no stream has: {wrong}.\n"
            '  to do:     put them in order, or allow it: FakeOpenAI(strict={"event_order"}).',
            operation=request.operation.name,
        )


def _each(events: Iterable[Any]) -> Iterable[Any]:
    for event in events:
        yield event.to_dict(mode="json") if hasattr(event, "to_dict") else event


def _disorder(events: Sequence[Mapping[str, Any]]) -> str | None:
    """What is wrong with the order of some events, or None."""
    number: Any = None
    added: set[Any] = set()
    ended: str | None = None
    for index, event in enumerate(events):
        kind = str(event.get("type"))
        if ended is not None:
            return f"event {index}, {kind!r}, comes after {ended!r}, which is the last"
        following = event.get("sequence_number")
        if following is not None:
            if number is not None and following <= number:
                return f"event {index}, {kind!r}, has the sequence_number {following} after {number}"
            number = following
        output = event.get("output_index")
        if kind == "response.output_item.added":
            added.add(output)
        elif output is not None and output not in added and kind != "response.output_item.done":
            return f"event {index}, {kind!r}, is about output {output}, which no 'response.output_item.added' began"
        if kind in _LAST:
            ended = kind
    return None
