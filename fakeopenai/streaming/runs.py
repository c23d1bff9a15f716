"""Runs of assistants as streams: what a run has passed through, and what it has made, -> its events.

The order of events and what is in each was read off recorded streams. Nothing is stored and no text is made here:
operations on runs call `events` once the run has come as far as it comes in this stream.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from fakeopenai.tokens import split

from . import Pieces

__all__ = ["Made", "events"]

_Json: TypeAlias = dict[str, Any]
_Event: TypeAlias = "tuple[str, Any]"

_NO_FILES: _Json = {"code_interpreter": {"file_ids": []}}


class Made(NamedTuple):
    """What a run has made in one step.

    Attributes:
        step: the run step as it is now.
        message: the message, if it is the step that created one.
    """

    step: Mapping[str, Any]
    message: Mapping[str, Any] | None


def events(
    passed: Sequence[Mapping[str, Any]],
    made: Sequence[Made],
    *,
    thread: Mapping[str, Any] | None = None,
    begins: bool = True,
    creates: bool = False,
    settled: Sequence[Mapping[str, Any]] = (),
    pieces: Pieces = split,
) -> Iterator[_Event]:
    """The events of one stream, ``(name, data)`` each.

    Args:
        passed: the run in each status that it has passed through, the one it is left in last.
        made: what it has made on its way, in order.
        thread: the thread, if it is known.
        begins: whether the run was created by this request.
        creates: whether the thread was, too.
        settled: the steps that got their tools' outputs by this request.
        pieces: cuts a text into deltas.
    """
    resources = (thread or {}).get("tool_resources") or _NO_FILES
    runs: list[_Json] = [{**run, "tool_resources": resources} for run in passed]
    expires = passed[0].get("expires_at")
    if creates and thread is not None:
        yield "thread.created", {**thread, "tool_resources": resources}
    if begins:
        yield "thread.run.created", runs[0]
    for step in settled:
        yield "thread.run.step.completed", {**step, "expires_at": expires}
    for run in runs[:-1]:
        yield f"thread.run.{run['status']}", run
    for each in made:
        yield from _step({**each.step, "expires_at": expires}, each.message, pieces)
    yield f"thread.run.{runs[-1]['status']}", runs[-1]
    yield "done", "[DONE]"


def _step(step: _Json, message: Mapping[str, Any] | None, pieces: Pieces) -> Iterator[_Event]:
    details: Mapping[str, Any] = step["step_details"]
    calls: Sequence[Mapping[str, Any]] = details.get("tool_calls") or ()
    empty: Mapping[str, Any] = {**details, "tool_calls": []} if "tool_calls" in details else details
    began: _Json = {**step, "status": "in_progress", "completed_at": None, "usage": None, "step_details": empty}
    yield "thread.run.step.created", began
    yield "thread.run.step.in_progress", began
    for index, call in enumerate(calls):
        for delta in _call(index, call):
            told = {"step_details": {"type": "tool_calls", "tool_calls": [delta]}}
            yield "thread.run.step.delta", {"id": step["id"], "object": "thread.run.step.delta", "delta": told}
    if message is not None:
        yield from _message(message, step, pieces)
    if step["status"] != "in_progress":
        yield f"thread.run.step.{step['status']}", step


def _call(index: int, call: Mapping[str, Any]) -> Iterator[_Json]:
    """A call of a tool: its id first; then a function's arguments, or code and what it has put out."""
    kind: str = call["type"]
    told: Mapping[str, Any] = call[kind]
    head = {"index": index, "id": call["id"], "type": kind}
    more = {"index": index, "type": kind}
    if kind == "function":
        yield {**head, kind: {"name": told["name"], "arguments": "", "output": None}}
        for piece in split(told["arguments"]):
            yield {**more, kind: {"arguments": piece}}
    elif kind == "code_interpreter":
        yield {**head, kind: {"input": "", "outputs": []}}
        for piece in split(told["input"]):
            yield {**more, kind: {"input": piece}}
        for place, output in enumerate(told["outputs"]):
            yield {**more, kind: {"outputs": [{"index": place, **output}]}}
    else:
        yield {**head, kind: {**told, "results": []}}


def _message(message: Mapping[str, Any], step: Mapping[str, Any], pieces: Pieces) -> Iterator[_Event]:
    """A message; in streams it bears its status, which is not there when it is read."""
    incomplete: Any = message.get("incomplete_details")
    began: _Json = {
        **{name: message[name] for name in ("id", "object", "created_at", "assistant_id", "thread_id", "run_id")},
        "status": "in_progress",
        "incomplete_details": None,
        "incomplete_at": None,
        "completed_at": None,
        "role": message["role"],
        "content": [],
        "attachments": message["attachments"],
        "metadata": message["metadata"],
    }
    yield "thread.message.created", began
    yield "thread.message.in_progress", began
    for index, block in enumerate(message["content"]):
        for delta in _deltas(block, pieces):
            told = {"content": [{"index": index, "type": block["type"], **delta}]}
            yield "thread.message.delta", {"id": message["id"], "object": "thread.message.delta", "delta": told}
    ended = {**began, "content": message["content"]}
    if incomplete:
        at = {"incomplete_details": incomplete, "incomplete_at": message["created_at"]}
        yield "thread.message.incomplete", {**ended, "status": "incomplete", **at}
    else:
        yield "thread.message.completed", {**ended, "status": "completed", "completed_at": step["completed_at"]}


def _deltas(block: Mapping[str, Any], pieces: Pieces) -> Iterator[_Json]:
    if block["type"] != "text":
        yield {name: value for name, value in block.items() if name != "type"}
        return
    for number, told in enumerate(_texts(block["text"], pieces)):
        yield {"text": told if number else {"annotations": [], **told}}


def _texts(text: Mapping[str, Any], pieces: Pieces) -> Iterator[_Json]:
    """A text in pieces; the mark of a citation is one, and brings what it stands for."""
    value: str = text["value"]
    at = 0
    for index, mark in enumerate(text["annotations"]):
        for piece in pieces(value[at : mark["start_index"]]):
            yield {"value": piece}
        at = max(at, mark["end_index"])
        yield {"value": value[mark["start_index"] : at], "annotations": [{"index": index, **_as_told(mark)}]}
    for piece in pieces(value[at:]) or ([] if at else [""]):
        yield {"value": piece}


def _as_told(annotation: Mapping[str, Any]) -> _Json:
    """An annotation in a delta, where a citation has room for a quote."""
    if annotation["type"] != "file_citation":
        return dict(annotation)
    return {**annotation, "file_citation": {**annotation["file_citation"], "quote": ""}}
