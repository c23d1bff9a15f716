"""How a response echoes the tools offered: each kind with its defaults filled in, schemas of functions made strict.

Recorded echoes show what stands there when nobody says anything. Used by `response_echo`; imports leaves only.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, cast

from ..schema import strict_problem
from .narrowing import is_list, is_object, objects_in

__all__ = ["echoed", "offered_in"]

JSON = dict[str, Any]

REDACTED: Final = "<redacted>"


def echoed(tools: Sequence[Mapping[str, Any]], loaded: Iterable[tuple[Mapping[str, Any], bool]] = ()) -> list[JSON]:
    """The tools as a response shows them.

    Args:
        tools: the tools offered.
        loaded: the tools that the input brings along (see `offered_in`).

    Example:
        >>> echoed([{"type": "tool_search"}])
        [{'description': None, 'parameters': None, 'type': 'tool_search'}]
    """
    found = [_echo(tool) for tool in tools]
    searches = any(tool["type"] == "tool_search" for tool in found)
    for tool, searched in loaded:
        name = tool.get("name")
        found = [other for other in found if other.get("name") != name]
        # As recorded: what was added stands among the other tools, but only where the model can search for tools.
        found.append(_namespace_of(tool) if searched or not searches else _echo(tool))
    found.sort(key=lambda tool: _LAST.get(tool["type"], 0))
    return found


_LAST: Final = {"tool_search": 1, "namespace": 2}
"""What the API lists behind all other tools."""


def offered_in(items: Iterable[Any]) -> list[tuple[Mapping[str, Any], bool]]:
    """The functions that input items bring along, each with whether it was a search that has found it.

    The others are those that a developer has added.
    """
    found: dict[str, tuple[Mapping[str, Any], bool]] = {}
    for item in items:
        if is_object(item) and item.get("type") in _BRINGERS:
            for tool in objects_in(item.get("tools")):
                found[tool.get("name") or ""] = tool, item["type"] == "tool_search_output"
    return list(found.values())


_BRINGERS: Final = frozenset({"additional_tools", "tool_search_output"})


def _namespace_of(tool: Mapping[str, Any]) -> JSON:
    """A tool that was loaded, in the namespace of its own that the API puts it into."""
    if tool.get("type") == "namespace":
        return _echo(tool)
    inner = _echo({key: value for key, value in tool.items() if key != "defer_loading"})
    return {"description": tool.get("description"), "name": tool.get("name"), "tools": [inner], "type": "namespace"}


def _echo(tool: Mapping[str, Any]) -> JSON:
    """One tool; of a kind that is not known here, as it was given."""
    if tool.get("type", "function") == "function" and isinstance(tool.get("function"), Mapping):
        tool = {"type": "function", **tool["function"]}  # the shape of chat completions, which the API takes as well
    kind = tool.get("type", "function")
    make = _MAKERS.get(kind)
    if make is not None:
        return make(tool)
    return {**copy.deepcopy(_DEFAULTS.get(kind, {})), **tool}


# ------------------------------------------------------------------------------------------------ functions


def _function(tool: Mapping[str, Any]) -> JSON:
    parameters: Any = tool.get("parameters")
    strict: Any = tool.get("strict", _UNSAID)
    if strict is _UNSAID:
        parameters, strict = _normalised(parameters)
    made: JSON = {"type": "function"}
    if tool.get("defer_loading"):
        made["defer_loading"] = True
    return {
        **made,
        "description": tool.get("description"),
        "name": tool.get("name"),
        "output_schema": tool.get("output_schema"),
        "parameters": parameters,
        "strict": bool(strict),
    }


_UNSAID: Any = object()


def _normalised(parameters: Any) -> tuple[Any, bool]:
    """Parameters as the API makes them strict if nobody says whether they are; as they were, where that can't be."""
    if not is_object(parameters):
        return parameters, True
    made = _strict(parameters)
    if strict_problem(made, name="parameters", context="function") is not None:
        return dict(parameters), False
    return made, True


def _strict(schema: Any) -> Any:
    """A schema with every object closed and every property required."""
    if is_list(schema):
        return [_strict(element) for element in schema]
    if not is_object(schema):
        return schema
    made: JSON = {}
    for key, value in schema.items():
        if key in _MAPS and is_object(value):
            made[key] = {name: _strict(inner) for name, inner in value.items()}
        else:
            made[key] = _strict(value) if key in _SUBSCHEMAS else value
    properties = schema.get("properties")
    if is_object(properties):
        made.setdefault("additionalProperties", False)
        required = [name for name in cast("list[str]", schema.get("required") or []) if name in properties]
        made["required"] = [
            *required,
            *(name for name in properties if name not in required),
        ]
    return made


_MAPS: Final = frozenset({"properties", "$defs", "definitions"})
_SUBSCHEMAS: Final = frozenset({"items", "anyOf", "allOf", "oneOf", "prefixItems"})


def _custom(tool: Mapping[str, Any]) -> JSON:
    return {"description": None, "format": {"type": "text"}, **tool}


def _namespace(tool: Mapping[str, Any]) -> JSON:
    return {"description": None, **tool, "tools": [_echo(inner) for inner in tool.get("tools") or ()]}


# ------------------------------------------------------------------------------------------------ hosted tools


def _web_search(tool: Mapping[str, Any]) -> JSON:
    made = {**copy.deepcopy(_DEFAULTS["web_search"]), **tool}
    made.pop("external_web_access", None)
    if "preview" in made["type"]:
        del made["return_token_budget"]
    if made["user_location"] is not _PLACE:
        made["user_location"] = {**_NOWHERE, **(made["user_location"] or _PLACE)}
    return made


def _mcp(tool: Mapping[str, Any]) -> JSON:
    made = {**copy.deepcopy(_DEFAULTS["mcp"]), **tool}
    if "authorization" in tool:
        made["authorization"] = REDACTED
    if tool.get("headers"):
        made["headers"] = dict.fromkeys(tool["headers"], REDACTED)
    approval = made["require_approval"]
    if is_object(approval):
        made["require_approval"] = {
            side: {"read_only": None, **approval[side]} if approval.get(side) else None for side in ("always", "never")
        }
    return made


_NOWHERE: Final = {"type": "approximate", "city": None, "country": None, "region": None, "timezone": None}
_PLACE: Final = {**_NOWHERE, "country": "US"}

_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "code_interpreter": {"container": {"type": "auto"}},
    "file_search": {
        "filters": None,
        "max_num_results": 20,
        "ranking_options": {"ranker": "auto", "score_threshold": 0.0},
    },
    "image_generation": {
        "background": "auto",
        "moderation": "auto",
        "n": 1,
        "output_compression": 100,
        "output_format": "png",
        "quality": "auto",
        "size": "auto",
    },
    "mcp": {
        "allowed_tools": None,
        "headers": None,
        "require_approval": "always",
        "server_description": None,
        "server_url": None,
    },
    "tool_search": {"description": None, "parameters": None},
    "web_search": {
        "return_token_budget": "default",
        "search_content_types": ["text"],
        "search_context_size": "medium",
        "user_location": _PLACE,
    },
}
"""What the API fills in, by kind of tool."""

_MAKERS: Final[Mapping[str, Callable[[Mapping[str, Any]], JSON]]] = {
    "custom": _custom,
    "function": _function,
    "mcp": _mcp,
    "namespace": _namespace,
    "web_search": _web_search,
    "web_search_2025_08_26": _web_search,
    "web_search_preview": _web_search,
    "web_search_preview_2025_03_11": _web_search,
}
