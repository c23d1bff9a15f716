"""A finished response of the Responses API → the events it is streamed as (`events`).

The sequences, the keys of each event and the look of an item that has only begun are those of recorded streams; where
the SDK's types or the OpenAPI description say otherwise, the recordings win:

- ``function_call_arguments.done`` carries no ``name``;
- a patch is streamed as ``apply_patch_call_operation_diff.delta`` and ``.done``, which the SDK has no types for;
- a failure is announced by an ``error`` event with a nested ``error`` (the SDK raises `openai.APIError` on it), then
  ``response.failed``;
- refusals and background responses are not obfuscated.

Not here: the way back (`response_folding`), how text is cut into tokens (`fakeopenai.tokens`), ids, usage, latency, and
the ``event:`` lines of the wire. Imports leaves only; operations that answer with a response import it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from fakeopenai.tokens import split

from . import Obfuscate, Pieces, obfuscator, spans

__all__ = ["events"]

Event = dict[str, Any]
Item = Mapping[str, Any]
Place = dict[str, Any]
"""Where in the response an event belongs: ``item_id``, ``output_index``, and ``content_index`` or ``summary_index``."""


def events(
    response: Mapping[str, Any],
    body: Mapping[str, Any],
    *,
    pieces: Pieces | None = None,
    obfuscate: Obfuscate | None = None,
    start: int = 0,
) -> Iterator[Event]:
    """The events of one response, lazily, numbered from 0.

    The events share what they don't change with ``response``, which therefore has to stay as it is meanwhile.

    Args:
        response: the response as JSON, complete, with its ``status`` and ``output``. One that is still ``queued`` or
            ``in_progress``, or was ``cancelled``, has no last event: the stream just ends.
        body: what was asked for: the body of ``responses.create``, or the query of a streaming ``responses.retrieve``.
        pieces: cuts a text into the deltas it is streamed in, by default into tokens. A text with logprobs is cut where
            their tokens end.
        obfuscate: makes that many characters of padding; by default the same in every run, for a response of that id.
        start: the number of the first event wanted; earlier ones are left out (``starting_after=n`` means ``n + 1``).

    Example:
        >>> text = {"type": "output_text", "annotations": [], "logprobs": [], "text": "Hi"}
        >>> item = {"id": "msg_1", "type": "message", "status": "completed", "content": [text], "role": "assistant"}
        >>> response = {"id": "resp_1", "status": "completed", "output": [item]}
        >>> [event["type"] for event in events(response, {}, pieces=list)][3:7]
        ['response.content_part.added', 'response.output_text.delta', 'response.output_text.delta', \
'response.output_text.done']
    """
    numbered = _numbered(_Writer(response, body, pieces, obfuscate).events())
    return itertools.islice(numbered, start, None) if start > 0 else numbered


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    code = error.get("code")
    return {
        "type": error.get("type") or _ERROR_TYPES.get(code or "server_error", "invalid_request_error"),
        "code": code,
        "message": error.get("message"),
        "param": error.get("param"),
    }


_ERROR_TYPES = {
    "insufficient_quota": "insufficient_quota",
    "rate_limit_exceeded": "tokens",
    "server_error": "server_error",
    "vector_store_timeout": "server_error",
}


def _numbered(plain: Iterator[Event]) -> Iterator[Event]:
    for number, event in enumerate(plain):
        event["sequence_number"] = number
        yield event


# ---------------------------------------------------------------------------------------------------------- obfuscation

_BLOCK = 16
"""Deltas are padded to a multiple of this many characters, so that the size of a packet doesn't give them away."""


def _wants_obfuscation(response: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """``stream_options.include_obfuscation`` of a create, ``include_obfuscation`` of a retrieve, or the default."""
    asked = (body.get("stream_options") or body).get("include_obfuscation")
    return not response.get("background") if asked is None else bool(asked)


# ------------------------------------------------------------------------------------------------ before it is finished


def _opening_response(response: Mapping[str, Any], body: Mapping[str, Any], status: str) -> dict[str, Any]:
    """The response as the first events show it: nothing said, nothing counted, nothing decided."""
    opening: dict[str, Any] = {**response, "status": status, "output": []}
    for key in ("completed_at", "error", "incomplete_details", "moderation", "usage"):
        if key in opening:
            opening[key] = None
    if opening.get("service_tier") == "default":  # which of them "auto" came to mean is known at the end only
        opening["service_tier"] = body.get("service_tier") or "auto"
    return opening


def _opening_item(item: Item) -> dict[str, Any]:
    """The item as ``output_item.added`` shows it."""
    kind = item.get("type")
    if kind in _BARE:
        return {**{key: item[key] for key in ("id", "type") if key in item}, "status": "in_progress"}
    opening = dict(item)
    if "status" in item and kind not in _SETTLED:
        opening["status"] = "in_progress"
    blank = _BLANKS.get(kind or "")
    if blank is not None:
        opening.update((key, value) for key, value in blank(item).items() if key in item)
    return opening


_BARE = frozenset({"image_generation_call", "web_search_call"})
"""Items that begin with nothing but an id and a status."""

_SETTLED = frozenset({"program_output", "shell_call_output"})
"""Items whose status never changes."""

_BLANKS: dict[str, Callable[[Item], dict[str, Any]]] = {
    "apply_patch_call": lambda item: {"operation": _without_diff(item.get("operation") or {})},
    "code_interpreter_call": lambda _: {"code": "", "outputs": []},
    "custom_tool_call": lambda _: {"input": ""},
    "file_search_call": lambda _: {"queries": [], "results": None},
    "function_call": lambda _: {"arguments": ""},
    "local_shell_call": lambda _: {"action": {"type": "exec", "command": [], "env": {}}},
    "mcp_call": lambda _: {"arguments": "", "error": None, "output": None},
    "mcp_list_tools": lambda _: {"error": None, "tools": []},
    "message": lambda _: {"content": []},
    "program": lambda _: {"code": ""},
    "program_output": lambda _: {"result": ""},
    "reasoning": lambda _: {"content": [], "summary": []},
    "shell_call": lambda _: {"action": {"commands": [], "max_output_length": None, "timeout_ms": None}},
    "shell_call_output": lambda _: {"output": []},
    "tool_search_call": lambda _: {"arguments": {}},
}
"""What a kind of item still lacks when it begins, under the keys that it has."""


def _without_diff(operation: Mapping[str, Any]) -> dict[str, Any]:
    return {**operation, "diff": ""} if "diff" in operation else dict(operation)


# ---------------------------------------------------------------------------------------------------- response → events


_ENDINGS = frozenset({"completed", "failed", "incomplete"})


class _Writer:
    """Writes the events of one response; each method those of one part of it, without their numbers."""

    __slots__ = ("_body", "_pad", "_pieces", "_response")

    def __init__(
        self,
        response: Mapping[str, Any],
        body: Mapping[str, Any],
        pieces: Pieces | None,
        obfuscate: Obfuscate | None,
    ) -> None:
        self._response = response
        self._body = body
        self._pieces = pieces or split
        self._pad = obfuscate or obfuscator(str(response.get("id"))) if _wants_obfuscation(response, body) else None

    def events(self) -> Iterator[Event]:
        response = self._response
        status = response.get("status") or "completed"
        background = bool(response.get("background"))
        yield self._stage("created", "queued" if background else "in_progress")
        if background:
            yield self._stage("queued", "queued")
        if status == "queued":
            return
        yield self._stage("in_progress", "in_progress")
        for output_index, item in enumerate(response.get("output") or ()):
            yield {"type": "response.output_item.added", "item": _opening_item(item), "output_index": output_index}
            body = self.bodies.get(item.get("type") or "")
            if body is not None:
                yield from body(self, item, {"item_id": item.get("id"), "output_index": output_index})
            yield {"type": "response.output_item.done", "item": item, "output_index": output_index}
        if status == "failed" and response.get("error") is not None:
            yield {"type": "error", "error": _error(response["error"])}
        if status in _ENDINGS:
            yield {"type": f"response.{status}", "response": response}

    def _stage(self, name: str, status: str) -> Event:
        return {"type": f"response.{name}", "response": _opening_response(self._response, self._body, status)}

    # -- text, however it is called

    def _cut(self, text: str) -> Sequence[str]:
        """The pieces of a text; the arguments of a call without arguments come in one."""
        return [text] if text == "{}" else self._pieces(text)

    def _field(self, name: str, field: str, text: str, place: Place, *, whole: bool = False) -> Iterator[Event]:
        """``name.delta`` for each piece of a text, then ``name.done`` with all of it as ``field``."""
        pad = self._pad
        kind = f"response.{name}.delta"
        for piece in [text] if text and whole else self._cut(text):
            told = {"type": kind, "delta": piece, **place}
            if pad is not None:
                told["obfuscation"] = pad(-len(piece) % _BLOCK)
            yield told
        yield {"type": f"response.{name}.done", field: text, **place}

    def _message(self, item: Item, place: Place) -> Iterator[Event]:
        for content_index, part in enumerate(item.get("content") or ()):
            yield from self._part(part, {"content_index": content_index, **place})

    def _part(self, part: Item, place: Place) -> Iterator[Event]:
        """One part of the content of a message or of reasoning."""
        kind = part.get("type")
        opening = dict(part)
        closing = dict(part)
        if kind == "output_text":
            opening.update(annotations=[], logprobs=[], text="")
            closing["logprobs"] = []  # the API sends them with the deltas and with the text, not with the part
        elif kind == "refusal":
            opening["refusal"] = ""
        elif kind == "reasoning_text":
            opening["text"] = ""
        yield {"type": "response.content_part.added", **place, "part": opening}
        if kind == "output_text":
            yield from self._output_text(part, place)
        elif kind == "refusal":
            text = part.get("refusal") or ""
            for piece in self._cut(text):
                yield {"type": "response.refusal.delta", "delta": piece, **place}
            yield {"type": "response.refusal.done", **place, "refusal": text}
        elif kind == "reasoning_text":
            yield from self._field("reasoning_text", "text", part.get("text") or "", place)
        yield {"type": "response.content_part.done", **place, "part": closing}

    def _output_text(self, part: Item, place: Place) -> Iterator[Event]:
        text: str = part.get("text") or ""
        logprobs: list[Any] = part.get("logprobs") or []
        shares: Iterator[list[Any]] | None = None
        if logprobs:
            found = [one for one in spans(text, [_spelling(one) for one in logprobs], self._cut) if one[0]]
            pieces: Sequence[str] = [piece for piece, _ in found]
            shares = iter([logprobs[tokens] for _, tokens in found])
        else:
            pieces = self._cut(text)
        citations = _citations(part.get("annotations") or (), len(text))
        waiting = next(citations, None)
        written = 0
        pad = self._pad
        for piece in pieces:
            share = next(shares) if shares else []
            told: Event = {"type": "response.output_text.delta", "delta": piece, "logprobs": share, **place}
            if pad is not None:
                told["obfuscation"] = pad(-len(piece) % _BLOCK)
            yield told
            if waiting is not None:
                written += len(piece)
                while waiting is not None and waiting[0] <= written:
                    yield {**waiting[1], **place}
                    waiting = next(citations, None)
        while waiting is not None:
            yield {**waiting[1], **place}
            waiting = next(citations, None)
        yield {"type": "response.output_text.done", "logprobs": logprobs, **place, "text": text}

    def _reasoning(self, item: Item, place: Place) -> Iterator[Event]:
        yield from self._message(item, place)
        for summary_index, part in enumerate(item.get("summary") or ()):
            here = {**place, "summary_index": summary_index}
            yield {"type": "response.reasoning_summary_part.added", "part": {**part, "text": ""}, **here}
            yield from self._field("reasoning_summary_text", "text", part.get("text") or "", here)
            yield {"type": "response.reasoning_summary_part.done", "part": part, **here}

    # -- calls whose arguments are streamed

    def _function_call(self, item: Item, place: Place) -> Iterator[Event]:
        return self._field("function_call_arguments", "arguments", item.get("arguments") or "", place)

    def _custom_tool_call(self, item: Item, place: Place) -> Iterator[Event]:
        return self._field("custom_tool_call_input", "input", item.get("input") or "", place)

    def _apply_patch_call(self, item: Item, place: Place) -> Iterator[Event]:
        operation: Mapping[str, Any] = item.get("operation") or {}
        if "diff" in operation:
            yield from self._field("apply_patch_call_operation_diff", "diff", operation["diff"] or "", place)

    def _shell_call(self, item: Item, place: Place) -> Iterator[Event]:
        action: Mapping[str, Any] = item.get("action") or {}
        for command_index, command in enumerate(action.get("commands") or ()):
            here = {"command_index": command_index, "output_index": place["output_index"]}  # and, indeed, no item_id
            yield {"type": "response.shell_call_command.added", "command": "", **here}
            yield from self._field("shell_call_command", "command", command, here)

    def _shell_call_output(self, item: Item, place: Place) -> Iterator[Event]:
        for command_index, output in enumerate(item.get("output") or ()):
            here = {"command_index": command_index, **place}
            delta = {name: output[name] for name in ("stdout", "stderr") if output.get(name)}
            if delta:
                yield {"type": "response.shell_call_output_content.delta", "delta": delta, **here}
            yield {"type": "response.shell_call_output_content.done", "output": [output], **here}

    # -- tools that the API runs itself

    def _search(self, item: Item, place: Place) -> Iterator[Event]:
        kind = item["type"]
        yield {"type": f"response.{kind}.in_progress", **place}
        yield {"type": f"response.{kind}.searching", **place}
        if item.get("status") == "completed":
            yield {"type": f"response.{kind}.completed", **place}

    def _code_interpreter_call(self, item: Item, place: Place) -> Iterator[Event]:
        yield {"type": "response.code_interpreter_call.in_progress", **place}
        yield from self._field("code_interpreter_call_code", "code", item.get("code") or "", place)
        yield {"type": "response.code_interpreter_call.interpreting", **place}
        if item.get("status") == "completed":
            yield {"type": "response.code_interpreter_call.completed", **place}

    def _image_generation_call(self, item: Item, place: Place) -> Iterator[Event]:
        yield {"type": "response.image_generation_call.in_progress", **place}
        yield {"type": "response.image_generation_call.generating", **place}
        if item.get("result"):
            looks = {key: item[key] for key in ("background", "output_format", "quality", "size") if item.get(key)}
            for number in range(self._partial_images()):
                yield {
                    "type": "response.image_generation_call.partial_image",
                    "partial_image_b64": item["result"],
                    "partial_image_index": number,
                    **looks,
                    **place,
                }
        if item.get("status") == "completed":
            yield {"type": "response.image_generation_call.completed", **place}

    def _partial_images(self) -> int:
        """How many previews of a picture were asked for."""
        for tool in self._body.get("tools") or self._response.get("tools") or ():
            if tool.get("type") == "image_generation":
                return tool.get("partial_images") or 0
        return 0

    def _mcp_call(self, item: Item, place: Place) -> Iterator[Event]:
        yield {"type": "response.mcp_call.in_progress", **place}
        yield from self._field("mcp_call_arguments", "arguments", item.get("arguments") or "", place, whole=True)
        if item.get("error") is not None or item.get("status") == "failed":
            yield {"type": "response.mcp_call.failed", **place}
        elif item.get("status") in ("completed", None):  # it used to have none
            yield {"type": "response.mcp_call.completed", **place}

    def _mcp_list_tools(self, item: Item, place: Place) -> Iterator[Event]:
        yield {"type": "response.mcp_list_tools.in_progress", **place}
        ending = "completed" if item.get("error") is None else "failed"
        yield {"type": f"response.mcp_list_tools.{ending}", **place}

    bodies: ClassVar[dict[str, Callable[[_Writer, Item, Place], Iterator[Event]]]] = {
        "apply_patch_call": _apply_patch_call,
        "code_interpreter_call": _code_interpreter_call,
        "custom_tool_call": _custom_tool_call,
        "file_search_call": _search,
        "function_call": _function_call,
        "image_generation_call": _image_generation_call,
        "mcp_call": _mcp_call,
        "mcp_list_tools": _mcp_list_tools,
        "message": _message,
        "reasoning": _reasoning,
        "shell_call": _shell_call,
        "shell_call_output": _shell_call_output,
        "web_search_call": _search,
    }
    """What comes between ``output_item.added`` and ``.done``: nothing for other kinds, such as those of a newer API."""


def _spelling(logprob: Mapping[str, Any]) -> bytes:
    """The bytes of a token; several tokens may make up one character."""
    spelling = logprob.get("bytes")
    return bytes(spelling) if spelling is not None else str(logprob.get("token") or "").encode()


def _citations(annotations: Iterable[Any], length: int) -> Iterator[tuple[int, Event]]:
    """An event for each annotation, in their order, and how much of the text has to be written before it."""
    for number, annotation in enumerate(annotations):
        place = annotation.get("end_index")
        if place is None and annotation.get("type") == "file_citation":
            place = annotation.get("index")
        yield (
            place if isinstance(place, int) and place > 0 else length,
            {
                "type": "response.output_text.annotation.added",
                "annotation": annotation,
                "annotation_index": number,
            },
        )
