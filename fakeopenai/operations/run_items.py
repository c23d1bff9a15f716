"""What a run does besides saying a text and calling functions: scripted output items -> what its steps are made of.

The builders are those of responses (`fakeopenai.items`), which tell the same things: ``code_interpreter_call`` and
``file_search_call`` become calls in steps of their own, a ``message`` one with citations or pictures. Used by
`run_turns`, which keeps what is made here in its plan.

Example:
    >>> from fakeopenai import FakeOpenAI, items
    >>> fake = FakeOpenAI()
    >>> create = fake.beta.threads.runs.create
    >>> _ = create.returns([items.code_interpreter_call("print(6 * 7)", "42"), "It is 42."])
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..errors import UsageError
from ..items import complete_item
from ..replies import ToolCall, Turn
from ..snapshot import plain
from . import JsonObject
from .narrowing import as_object, is_object, objects_in

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["calls_of", "said_in", "text_block", "tools_of"]

_HOSTED: Final[Mapping[str, str]] = {"code_interpreter_call": "code_interpreter", "file_search_call": "file_search"}
_SILENT: Final = "reasoning"  # which runs don't show
_LINK: Final = re.compile(r"sandbox:/[^\s)\]]*[^\s)\].,]")


def tools_of(turn: Turn) -> list[JsonObject]:
    """The tools that an assistant must have to do what a turn says, as far as the turn tells."""
    hosted = dict.fromkeys(_HOSTED[item["type"]] for item in turn.items if item["type"] in _HOSTED)
    called = dict.fromkeys(call.name for call in calls_of(turn))
    return [
        *({"type": kind} for kind in hosted),
        *({"type": "function", "function": {"name": name}} for name in called),
    ]


def calls_of(turn: Turn) -> list[ToolCall]:
    """The functions that a turn calls, whichever way it says so."""
    items = [complete_item(item, lambda _: "") for item in turn.items if item["type"] == "function_call"]
    return [*(ToolCall(item["name"], item["arguments"], item["call_id"] or None) for item in items), *turn.tool_calls]


def said_in(turn: Turn, run: Mapping[str, Any], account: Backend, operation: str) -> list[JsonObject]:
    """What the items of a turn come to, in order: ``{"content": blocks}`` or ``{"call": ..., "failed": ...}`` each.

    Raises:
        UsageError: an item that no run has, or something in one.
    """
    said: list[JsonObject] = []
    for item in turn.items:
        kind = item["type"]
        if kind in _HOSTED:
            said.append(_hosted(item, run, account, operation))
        elif kind == "message":
            said.append(_message(item, account, operation))
        elif kind not in {"function_call", _SILENT}:
            raise _unsayable(operation, f"an item of type {kind!r}")
    if any(call.kind != "function" for call in turn.tool_calls):
        raise _unsayable(operation, "a call of a custom tool")
    return said


def text_block(text: str) -> JsonObject:
    """A text as a block of a message's content."""
    return {"type": "text", "text": {"value": text, "annotations": []}}


def _unsayable(operation: str, what: str) -> UsageError:
    return UsageError(
        f"{operation} can't say {what}: a run says texts, calls functions, runs code and searches files.\n"
        f'  to do:     script fake.{operation} with "text", tool_call(name, ...), refusal(...), or with '
        "message, code_interpreter_call and file_search_call of fakeopenai.items",
        operation=operation,
    )


# ------------------------------------------------------------------------------------------------ hosted tools


def _hosted(item: Mapping[str, Any], run: Mapping[str, Any], account: Backend, operation: str) -> JsonObject:
    """A call of a tool that the API runs itself, as a step has it; its id is one of a call's."""
    make = account.ids.make
    full = complete_item({**item, "id": item.get("id") or make("call_")}, make)
    if full["status"] not in {"completed", "failed"}:
        raise _unsayable(operation, f"that a tool's call is {full['status']!r} in the end")
    kind = _HOSTED[full["type"]]
    if kind == "code_interpreter":
        outputs = [_output(each, operation) for each in objects_in(full["outputs"])]
        told: JsonObject = {"input": full["code"], "outputs": outputs}
    else:
        results = [_result(each) for each in objects_in(full["results"])]
        told = {"ranking_options": _ranking(run), "results": results}
    return {"call": {"id": full["id"], "type": kind, kind: told}, "failed": full["status"] == "failed"}


def _output(given: Mapping[str, Any], operation: str) -> JsonObject:
    """What code has put out: logs, or a picture, which in a run is a file of the account."""
    if given.get("type") != "image":
        return {"type": "logs", "logs": str(given.get("logs", ""))}
    file_id = given.get("file_id") or as_object(given.get("image")).get("file_id")
    if file_id is None:
        raise UsageError(
            f"A picture that code puts out in a run is a file; {dict(given)!r} names none.\n"
            '  to do:     write {"type": "image", "file_id": "file-..."}',
            operation=operation,
        )
    return {"type": "image", "image": {"file_id": file_id}}


def _result(given: Mapping[str, Any]) -> JsonObject:
    """What a search has found. The text in it is shown to those who ask for it only: see `run_steps`."""
    text = given.get("text")
    return {
        "file_id": given.get("file_id", ""),
        "file_name": given.get("filename", given.get("file_name", "")),
        "score": given.get("score", 1.0),
        "attributes": given.get("attributes") or {},
        "content": plain(given.get("content") or ([] if text is None else [{"type": "text", "text": text}])),
    }


def _ranking(run: Mapping[str, Any]) -> JsonObject:
    """How the results of a search were ranked: as the run's tool says, or as usual."""
    asked: Mapping[str, Any] = {}
    for tool in objects_in(run.get("tools")):
        asked = as_object(as_object(tool.get("file_search")).get("ranking_options")) or asked
    return {
        "ranker": asked.get("ranker") or "default_2024_08_21",
        "score_threshold": asked.get("score_threshold") or 0.0,
    }


# ------------------------------------------------------------------------------------------------ messages


def _message(item: Mapping[str, Any], account: Backend, operation: str) -> JsonObject:
    full = complete_item({**item, "id": item.get("id") or account.ids.make("msg_", 24)}, account.ids.make)
    return {"id": full["id"], "content": [_block(part, operation) for part in objects_in(full["content"])]}


def _block(part: Mapping[str, Any], operation: str) -> JsonObject:
    """A part of a message of a response as a block of one in a thread; what is such a block already stays as it is."""
    if part["type"] != "output_text":
        return dict(plain(part))
    value, annotations = _cited(part["text"], objects_in(part["annotations"]), operation)
    return {"type": "text", "text": {"value": value, "annotations": annotations}}


def _cited(text: str, annotations: Sequence[Mapping[str, Any]], operation: str) -> tuple[str, list[JsonObject]]:
    """A text with the marks of its citations in it, and the annotations that say what the marks stand for.

    A citation as responses have it names a place: the mark is put there. One as threads have it names the mark, and is
    looked up in the text.
    """
    new = sorted(filter(_names_place, annotations), key=lambda one: one["index"])
    made: list[JsonObject] = []
    value, end = "", 0
    for number, each in enumerate(new):
        mark = f"\u30104:{number}\u2020{each.get('filename') or 'source'}\u3011"
        value += text[end : each["index"]]
        made.append(_annotation(each, mark, len(value)))
        value, end = value + mark, each["index"]
    value += text[end:]
    links = _links(value)
    others = [each for each in annotations if not _names_place(each)]
    made += [_annotation(each, *_place_of(each, value, links, operation)) for each in others]
    return value, sorted(made, key=lambda one: one["start_index"])


def _names_place(annotation: Mapping[str, Any]) -> bool:
    return annotation.get("type") == "file_citation" and "text" not in annotation


def _links(value: str) -> list[tuple[str, int]]:
    return [(found.group(), found.start()) for found in _LINK.finditer(value)]


def _place_of(
    given: Mapping[str, Any], value: str, links: Sequence[tuple[str, int]], operation: str
) -> tuple[str, int]:
    """The mark of an annotation and where it stands."""
    mark, number = given.get("text"), given.get("index") or 0
    if given.get("type") not in {"file_citation", "file_path"}:
        raise _unsayable(operation, f"an annotation of type {given.get('type')!r}")
    if mark is None and number < len(links):
        return links[number]
    start = given.get("start_index", value.find(mark) if isinstance(mark, str) else -1)
    if mark is None or start < 0:
        raise UsageError(
            f"{operation}: nothing in the text {value!r} is what {dict(given)!r} stands for.\n"
            "  to do:     have the annotation's text in the message: a link such as sandbox:/mnt/data/plot.csv",
            operation=operation,
        )
    return mark, start


def _annotation(given: Mapping[str, Any], mark: str, start: int) -> JsonObject:
    kind: str = given["type"]
    inner = given.get(kind)
    return {
        "type": kind,
        "text": mark,
        "start_index": start,
        "end_index": given.get("end_index", start + len(mark)),
        kind: {"file_id": (inner if is_object(inner) else given).get("file_id", "")},
    }
