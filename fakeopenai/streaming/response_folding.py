"""Events of the Responses API → the response that they tell of: the way back from what `responses` writes.

The streams may be anybody's: recorded ones, those of other servers, and those made by hand. Imports leaves only.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from . import event as detached

__all__ = ["fold"]

Event = dict[str, Any]
Item = Mapping[str, Any]


def fold(stream: Iterable[Any]) -> dict[str, Any]:
    """The response that a stream tells of, even if the stream was made by hand and leaves most of its events out.

    The last response in it counts, and so does its output if it has any; otherwise the output is put together from the
    items and the deltas. The events may be dicts or models; nothing in the result is shared with them.

    Example:
        >>> deltas = [{"type": "response.output_text.delta", "delta": text} for text in ("Hel", "lo")]
        >>> fold(deltas)["output"][0]["content"]
        [{'type': 'output_text', 'annotations': [], 'logprobs': [], 'text': 'Hello'}]
    """
    response: dict[str, Any] = {}
    items: dict[int, dict[str, Any]] = {}
    for event in map(detached, stream):
        subject, _, step = str(event.get("type")).removeprefix("response.").rpartition(".")
        if step == "error":
            response.update(status="failed", error=_error_of_response(event.get("error") or event))
        elif not subject and step in _STATUSES:  # response.created, response.completed, ...
            response["status"] = _STATUSES[step]
            response.update(event.get("response") or {})
        elif subject == "output_item":
            item: dict[str, Any] = event.get("item") or {}
            items[_index_of(event, items, item.get("type"), item.get("id"), new=step == "added")] = item
        elif subject in _TELLERS:
            kind, teller = _TELLERS[subject]
            index = _index_of(event, items, kind, event.get("item_id"))
            if index not in items:
                items[index] = {"id": event["item_id"]} if "item_id" in event else {}
                items[index].update(copy.deepcopy(_SKELETONS[kind]))
            teller(items[index], subject, step, event)
    if not response.get("output"):
        response["output"] = [_settled(items[index], response.get("status")) for index in sorted(items)]
    return response


_STATUSES = {"created": "in_progress"} | {
    status: status for status in ("queued", "in_progress", "completed", "failed", "incomplete")
}
"""The status of a response that leaves it out, by the event it comes with."""


def _error_of_response(error: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": error.get("code"), "message": error.get("message")}


def _index_of(
    event: Event, items: Mapping[int, Item], kind: str | None, item_id: str | None, *, new: bool = False
) -> int:
    """Which item an event is about: the one it says; else the one of that id; else the last, if it is of that kind."""
    if "output_index" in event:
        return int(event["output_index"])
    last = max(items, default=-1)
    if new:
        return last + 1
    for index, item in items.items():
        if item_id is not None and item.get("id") == item_id:
            return index
    return last if last >= 0 and items[last].get("type") == kind else last + 1


def _settled(item: dict[str, Any], status: str | None) -> dict[str, Any]:
    """An item whose end the stream leaves out is as finished as its response."""
    if status in ("completed", "incomplete") and item.get("status") == "in_progress":
        item["status"] = status
    return item


def _grown(text: str | None, step: str, event: Event, field: str) -> str:
    """A text after one more event about it."""
    if step == "delta":
        return (text or "") + str(event.get("delta", ""))
    return str(event.get(field, text or ""))


def _part_at(parts: list[dict[str, Any]], index: int, kind: str) -> dict[str, Any]:
    """The part at that index; it is made if it isn't there yet."""
    while len(parts) <= index:
        parts.append(copy.deepcopy(_SKELETONS.get(kind, {})))
    return parts[index]


def _tell_content(item: dict[str, Any], subject: str, step: str, event: Event) -> None:
    parts: list[dict[str, Any]] = item.setdefault("content", [])
    index = event.get("content_index", 0)
    if subject == "content_part":
        told: dict[str, Any] = event.get("part") or {}
        part = _part_at(parts, index, told.get("type") or "output_text")
        if part.get("logprobs"):
            told["logprobs"] = part["logprobs"]
        parts[index] = told
    elif subject == "output_text.annotation":
        part = _part_at(parts, index, "output_text")
        part["annotations"] = [*(part.get("annotations") or ()), event.get("annotation")]
    else:
        part = _part_at(parts, index, subject)
        field = "refusal" if subject == "refusal" else "text"
        part[field] = _grown(part.get(field), step, event, field)
        if event.get("logprobs"):
            part["logprobs"] = (
                [*(part.get("logprobs") or ()), *event["logprobs"]] if step == "delta" else event["logprobs"]
            )


def _tell_summary(item: dict[str, Any], subject: str, step: str, event: Event) -> None:
    parts: list[dict[str, Any]] = item.setdefault("summary", [])
    index = event.get("summary_index", 0)
    part = _part_at(parts, index, "summary_text")
    if subject == "reasoning_summary_part":
        parts[index] = event.get("part") or part
    else:
        part["text"] = _grown(part.get("text"), step, event, "text")


def _tell_field(item: dict[str, Any], subject: str, step: str, event: Event) -> None:
    field = _FIELDS[subject]
    holder = cast("dict[str, Any]", item.setdefault("operation", {})) if field == "diff" else item
    holder[field] = _grown(holder.get(field), step, event, field)


def _tell_command(item: dict[str, Any], _subject: str, step: str, event: Event) -> None:
    commands: list[str] = item.setdefault("action", {}).setdefault("commands", [])
    index: int = event.get("command_index", 0)
    commands.extend([""] * (index + 1 - len(commands)))
    commands[index] = _grown(commands[index], step, event, "command")


def _tell_command_output(item: dict[str, Any], _subject: str, step: str, event: Event) -> None:
    outputs: list[dict[str, Any]] = item.setdefault("output", [])
    index = event.get("command_index", 0)
    output = _part_at(outputs, index, "command_output")
    if step == "done":
        outputs[index : index + 1] = cast("list[dict[str, Any]]", event.get("output") or [output])
    else:
        for stream, text in cast("dict[str, str | None]", event.get("delta") or {}).items():
            output[stream] = output.get(stream, "") + (text or "")


_FIELDS = {
    "apply_patch_call_operation_diff": "diff",
    "code_interpreter_call_code": "code",
    "custom_tool_call_input": "input",
    "function_call_arguments": "arguments",
    "mcp_call_arguments": "arguments",
}

_TELLERS: dict[str, tuple[str, Callable[[dict[str, Any], str, str, Event], None]]] = {
    "apply_patch_call_operation_diff": ("apply_patch_call", _tell_field),
    "code_interpreter_call_code": ("code_interpreter_call", _tell_field),
    "content_part": ("message", _tell_content),
    "custom_tool_call_input": ("custom_tool_call", _tell_field),
    "function_call_arguments": ("function_call", _tell_field),
    "mcp_call_arguments": ("mcp_call", _tell_field),
    "output_text": ("message", _tell_content),
    "output_text.annotation": ("message", _tell_content),
    "reasoning_summary_part": ("reasoning", _tell_summary),
    "reasoning_summary_text": ("reasoning", _tell_summary),
    "reasoning_text": ("reasoning", _tell_content),
    "refusal": ("message", _tell_content),
    "shell_call_command": ("shell_call", _tell_command),
    "shell_call_output_content": ("shell_call_output", _tell_command_output),
}
"""By the subject of an event: the kind of item it is about, and who takes the event into account."""

_SKELETONS: dict[str, dict[str, Any]] = {
    "apply_patch_call": {"type": "apply_patch_call", "status": "in_progress", "operation": {}},
    "code_interpreter_call": {"type": "code_interpreter_call", "status": "in_progress", "code": ""},
    "custom_tool_call": {"type": "custom_tool_call", "status": "in_progress", "input": ""},
    "function_call": {"type": "function_call", "status": "in_progress", "arguments": ""},
    "mcp_call": {"type": "mcp_call", "arguments": ""},
    "message": {"type": "message", "status": "in_progress", "content": [], "role": "assistant"},
    "reasoning": {"type": "reasoning", "summary": []},
    "shell_call": {"type": "shell_call", "status": "in_progress", "action": {"commands": []}},
    "shell_call_output": {"type": "shell_call_output", "status": "completed", "output": []},
    "output_text": {"type": "output_text", "annotations": [], "logprobs": [], "text": ""},
    "reasoning_text": {"type": "reasoning_text", "text": ""},
    "refusal": {"type": "refusal", "refusal": ""},
    "summary_text": {"type": "summary_text", "text": ""},
    "command_output": {"outcome": {"type": "exit", "exit_code": 0}, "stderr": "", "stdout": ""},
}
"""What items and their parts are before anything is said in them, for streams that don't begin them."""
