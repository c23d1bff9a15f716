"""What the API always sends in an item: ids, states, and the parts of each kind, from whatever short form was given.

Lives here, too: how the ids of each kind begin (`PREFIXES`). Which items a response has is not decided here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ..errors import UsageError

__all__ = ["JSON", "PREFIXES", "complete_item", "complete_output", "filled"]

JSON = dict[str, Any]

PREFIXES: Final[Mapping[str, str]] = {
    "additional_tools": "at_",
    "apply_patch_call": "apc_",
    "apply_patch_call_output": "apco_",
    "code_interpreter_call": "ci_",
    "compaction": "cmp_",
    "computer_call": "cu_",
    "computer_call_output": "cuo_",
    "custom_tool_call": "ctc_",
    "custom_tool_call_output": "ctco_",
    "file_search_call": "fs_",
    "function_call": "fc_",
    "function_call_output": "fc_",
    "image_generation_call": "ig_",
    "local_shell_call": "lsh_",
    "local_shell_call_output": "lsho_",
    "mcp_approval_request": "mcpr_",
    "mcp_approval_response": "mcpa_",
    "mcp_call": "mcp_",
    "mcp_list_tools": "mcpl_",
    "message": "msg_",
    "program": "cm_",
    "program_output": "cmo_",
    "reasoning": "rs_",
    "shell_call": "sh_",
    "shell_call_output": "sho_",
    "tool_search_call": "tsc_",
    "tool_search_output": "tso_",
    "web_search_call": "ws_",
}
"""How the ids of each kind of item begin, as recorded. No recording shows ``additional_tools``,
``mcp_approval_response`` and the outputs of apply_patch, computer, custom and local_shell calls: theirs are made up
after the pattern of the others.
"""

_OTHER_PREFIX: Final = "item_"


def complete_item(item: Mapping[str, Any], new_id: Callable[[str], str]) -> JSON:
    """The item with all that the API sends; a new object, even where nothing was missing.

    Short forms that the builders accept are accepted here, too: a text as content, arguments as an object, and so on.

    Args:
        item: an item, complete or not; one without a ``type`` is a message. An id of None counts as missing.
        new_id: makes an id that begins with what it is given, such as ``"msg_"``.

    Example:
        >>> complete_item({"content": "Hi"}, lambda prefix: f"{prefix}1")
        {'id': 'msg_1', 'type': 'message', 'status': 'completed', 'content': [{'type': 'output_text', \
'annotations': [], 'logprobs': [], 'text': 'Hi'}], 'role': 'assistant'}
    """
    full = dict(item)
    kind = full.setdefault("type", "message")
    if full.get("id") is None:
        full["id"] = new_id(PREFIXES.get(kind, _OTHER_PREFIX))
    if full.get("call_id") is None and (kind in _CALLED or full.get("execution") == "client"):
        full["call_id"] = new_id("call_")
    if kind == "code_interpreter_call" and full.get("container_id") is None:
        full["container_id"] = new_id("cntr_")
    if kind in _OPAQUE:
        full.setdefault(_OPAQUE[kind], _opaque(full["id"]))
    return filled(full)


def complete_output(items: Iterable[Mapping[str, Any]], new_id: Callable[[str], str]) -> list[JSON]:
    """The items of one response, each completed, with what they share: ids of answered calls, the container of code.

    Example:
        >>> from fakeopenai.items import shell_call, shell_call_output
        >>> numbers = iter("1234")
        >>> shell, output = complete_output([shell_call("ls"), shell_call_output("a.txt")], lambda _: next(numbers))
        >>> output["call_id"] == shell["call_id"]
        True
    """
    completed: list[JSON] = []
    unanswered: dict[str, list[str]] = {}
    container: str | None = None
    for given in items:
        full = dict(given)
        kind = full.get("type", "message")
        waiting = unanswered.get(kind)
        if waiting and full.get("call_id") is None:
            full["call_id"] = waiting.pop(0)
        if kind == "code_interpreter_call" and full.get("container_id") is None and container is not None:
            full["container_id"] = container
        full = complete_item(full, new_id)
        container = full.get("container_id", container)
        if kind in _ANSWERS and full.get("call_id") is not None:
            unanswered.setdefault(_ANSWERS[kind], []).append(full["call_id"])
        completed.append(full)
    return completed


_CALLED: Final = frozenset(
    {
        "apply_patch_call",
        "apply_patch_call_output",
        "computer_call",
        "computer_call_output",
        "custom_tool_call",
        "custom_tool_call_output",
        "function_call",
        "function_call_output",
        "local_shell_call",
        "local_shell_call_output",
        "program",
        "program_output",
        "shell_call",
        "shell_call_output",
    }
)
"""Kinds that always have a ``call_id``. The ids of tool searches are null, unless the client has to do the search."""

_ANSWERS: Final[Mapping[str, str]] = {
    "program": "program_output",
    "shell_call": "shell_call_output",
    "tool_search_call": "tool_search_output",
}
"""What follows a call in the same response, under the same ``call_id``."""

_OPAQUE: Final[Mapping[str, str]] = {"compaction": "encrypted_content", "program": "fingerprint"}


def _opaque(seed: str) -> str:
    """Something that looks like the API's encrypted texts; another one for each seed."""
    return "gAAAAAB" + base64.urlsafe_b64encode(seed.encode() * 2).decode().rstrip("=") + "=="


def filled(given: JSON) -> JSON:
    """What the API always sends for that kind of item, in its order; no ids. Lists and objects that it sees are new."""
    kind = given["type"]
    full = {**_ALWAYS.get(kind, {}), **given}
    if kind in _WITH_STATUS and full.get("status") is None:
        full["status"] = "failed" if kind == "mcp_call" and full["error"] is not None else "completed"
    shape = _SHAPES.get(kind)
    if shape is not None:
        shape(full)
    return _ordered(full)


def _ordered(value: Mapping[str, Any]) -> JSON:
    """The API's order of keys: id, type and status, then the alphabet."""
    return {key: value[key] for key in (*(key for key in _FIRST if key in value), *sorted(value.keys() - _FIRST))}


_FIRST: Final = dict.fromkeys(("id", "type", "status")).keys()

_WITH_STATUS: Final = frozenset(PREFIXES) - {
    "additional_tools",
    "compaction",
    "local_shell_call_output",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_list_tools",
    "program",
    "reasoning",
}

_ALWAYS: Final[Mapping[str, Mapping[str, Any]]] = {
    "additional_tools": {"role": "developer"},
    "code_interpreter_call": {"code": "", "outputs": None},
    "custom_tool_call": {"input": ""},
    "file_search_call": {"results": None},
    "image_generation_call": {
        "action": "generate",
        "background": "opaque",
        "output_format": "png",
        "quality": "high",
        "revised_prompt": None,
        "size": "1024x1024",
    },
    "mcp_call": {"approval_request_id": None, "error": None, "output": None},
    "message": {"role": "assistant"},
    "program": {"code": ""},
    "program_output": {"result": ""},
    "shell_call": {"environment": None},
    "shell_call_output": {"max_output_length": None},
    "tool_search_call": {"call_id": None, "execution": "server"},
    "tool_search_output": {"call_id": None, "execution": "server"},
}
"""What the API sends for a kind of item if nothing else is known; lists and objects are filled in by `_SHAPES`."""

_PICTURE: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
"""A PNG of one pixel."""


def _list(value: Any, element: Callable[[Any], Any] = lambda element: element) -> list[Any]:
    """A list of whatever was given: nothing, a text, an object, or several of these."""
    elements: list[Any] = [value] if isinstance(value, str | Mapping) else list(value or ())
    for one in elements:
        if not isinstance(one, str | Mapping):
            raise UsageError(f"Expected texts and JSON objects in an output item, found {one!r}.")
    return [element(one) for one in elements]


def _text_as(kind: str, field: str) -> Callable[[Any], Any]:
    """A maker of parts, each from a text or from an object that may lack its type."""
    return lambda part: _ordered({"type": kind, **({field: part} if isinstance(part, str) else part)})


def _json_text(arguments: Any) -> str:
    """Arguments as a model writes them."""
    if isinstance(arguments, str):
        return arguments
    return json.dumps(arguments or {}, ensure_ascii=False, separators=(",", ":"), default=str)


def _shape_arguments(full: JSON) -> None:
    full["arguments"] = _json_text(full.get("arguments"))


def _shape_message(full: JSON) -> None:
    full["content"] = _list(full.get("content"), _content_part)


def _content_part(part: Any) -> JSON:
    if isinstance(part, str):
        part = {"text": part}
    kind = part.get("type") or ("refusal" if "refusal" in part else "output_text")
    if kind != "output_text":
        return {"type": kind, **part}
    text = part.get("text") or ""
    annotations = _list(part.get("annotations"), lambda annotation: _placed(annotation, len(text)))
    return _ordered(
        {**part, "type": kind, "annotations": annotations, "logprobs": _list(part.get("logprobs")), "text": text}
    )


def _placed(annotation: Mapping[str, Any], length: int) -> JSON:
    """An annotation with its place: the whole text, or its end."""
    place: JSON = {}
    if annotation.get("type") == "url_citation":
        place = {"end_index": length, "start_index": 0}
    elif annotation.get("type") == "file_citation":
        place = {"index": length}
    return _ordered({**place, **annotation})


def _shape_reasoning(full: JSON) -> None:
    if "content" in full:  # which the API has sent only since June 2026
        full["content"] = _list(full["content"], _text_as("reasoning_text", "text"))
    full["summary"] = _list(full.get("summary"), _text_as("summary_text", "text"))


def _shape_web_search_call(full: JSON) -> None:
    action: JSON = dict(full.get("action") or {})
    action.setdefault("type", "find_in_page" if "pattern" in action else "open_page" if "url" in action else "search")
    if action["type"] == "search":
        if action.get("queries"):
            action.setdefault("query", action["queries"][0])
        elif action.get("query") is not None:
            action["queries"] = [action["query"]]
        if action.get("sources") is not None:
            action["sources"] = _list(action["sources"], _text_as("url", "url"))
    full["action"] = _ordered(action)


def _shape_file_search_call(full: JSON) -> None:
    full["queries"] = _list(full.get("queries"))
    if full["results"] is not None:
        full["results"] = [{"attributes": {}, **result} for result in full["results"]]


def _shape_code_interpreter_call(full: JSON) -> None:
    if full["outputs"] is not None:
        full["outputs"] = _list(full["outputs"], _text_as("logs", "logs"))


def _shape_image_generation_call(full: JSON) -> None:
    result = full.setdefault("result", _PICTURE if full["status"] == "completed" else None)
    if isinstance(result, bytes):
        full["result"] = base64.b64encode(result).decode()


def _shape_mcp_call(full: JSON) -> None:
    _shape_arguments(full)
    if isinstance(full["error"], str):
        content = [{"type": "text", "text": full["error"]}]
        full["error"] = {"type": "mcp_tool_execution_error", "content": content}


def _shape_mcp_list_tools(full: JSON) -> None:
    full["tools"] = _list(full.get("tools"), _mcp_tool)


def _mcp_tool(tool: Any) -> JSON:
    return {
        "annotations": {"read_only": False},
        "description": None,
        "input_schema": {"type": "object", "properties": {}},
        **({"name": tool} if isinstance(tool, str) else tool),
    }


def _shape_computer_call(full: JSON) -> None:
    def action(given: Any) -> JSON:
        return {"type": given} if isinstance(given, str) else dict(given)

    if full.get("actions") is not None:
        full["actions"] = _list(full["actions"], action)
    else:
        full["action"] = action(full.get("action") or "screenshot")
    full["pending_safety_checks"] = _list(full.get("pending_safety_checks"))


def _shape_local_shell_call(full: JSON) -> None:
    full["action"] = {"type": "exec", "command": [], "env": {}, **(full.get("action") or {})}


def _shape_shell_call(full: JSON) -> None:
    action: JSON = {"max_output_length": None, "timeout_ms": None, **(full.get("action") or {})}
    full["action"] = _ordered({**action, "commands": _list(action.get("commands"))})


def _shape_shell_call_output(full: JSON) -> None:
    def chunk(given: Any) -> JSON:
        given = {"stdout": given} if isinstance(given, str) else given
        return {"outcome": {"type": "exit", "exit_code": 0}, "stderr": "", "stdout": "", **given}

    full["output"] = _list(full.get("output"), chunk)


def _shape_apply_patch_call(full: JSON) -> None:
    full["operation"] = _ordered(full.get("operation") or {})


def _shape_tool_search_call(full: JSON) -> None:
    full["arguments"] = dict(full.get("arguments") or {})


def _shape_tools(full: JSON) -> None:
    full["tools"] = _list(full.get("tools"))


_SHAPES: Final[Mapping[str, Callable[[JSON], None]]] = {
    "additional_tools": _shape_tools,
    "apply_patch_call": _shape_apply_patch_call,
    "code_interpreter_call": _shape_code_interpreter_call,
    "computer_call": _shape_computer_call,
    "file_search_call": _shape_file_search_call,
    "function_call": _shape_arguments,
    "image_generation_call": _shape_image_generation_call,
    "local_shell_call": _shape_local_shell_call,
    "mcp_approval_request": _shape_arguments,
    "mcp_call": _shape_mcp_call,
    "mcp_list_tools": _shape_mcp_list_tools,
    "message": _shape_message,
    "reasoning": _shape_reasoning,
    "shell_call": _shape_shell_call,
    "shell_call_output": _shape_shell_call_output,
    "tool_search_call": _shape_tool_search_call,
    "tool_search_output": _shape_tools,
    "web_search_call": _shape_web_search_call,
}
"""What makes the parts of an item as the API has them, from whatever short form they were given in."""
