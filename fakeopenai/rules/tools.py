"""What the API refuses in the tools of a request: their names, their schemas, and the choice among them.

Chat completions, assistants and runs wrap a function (``tools[0].function.name``), responses don't (``tools[0].name``).
What is found in a list of tools depends on the list alone, and agents send the same one with each request: verdicts are
kept by its frozen form. Texts and ``param`` are the API's, sources as in `fakeopenai.rules`. Imports leaves.
"""

from __future__ import annotations

import functools
import marshal
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ..errors import ApiError
from ..operations.narrowing import as_object, is_object
from .case import Case
from .chat import check_name

__all__ = ["chat_choice", "chat_duplicate", "chat_name", "chat_schema", "choice", "duplicate", "name", "schema"]

Body = Mapping[str, Any]


class _Given(NamedTuple):
    """A tool that has a name, and where it stands in the request."""

    tool: Mapping[str, Any]
    where: str


def _named(tools: Any, functions: Any, *, wrapped: bool) -> Iterator[_Given]:
    for index, tool in enumerate(tools or ()):
        kind = tool.get("type", "function")
        if wrapped and type(tool.get(kind)) is dict:
            yield _Given(tool[kind], f"tools[{index}].{kind}")
        elif not wrapped and kind in ("custom", "function"):
            yield _Given(tool, f"tools[{index}]")
        elif kind == "namespace":
            for inner, member in enumerate(_tools_in(tool)):
                yield _Given(member, f"tools[{index}].tools[{inner}]")
    for index, function in enumerate(functions or ()):
        yield _Given(function, f"functions[{index}]")


def _tools_in(namespace: Mapping[str, Any]) -> list[Any]:
    return namespace.get("tools") or []


# ------------------------------------------------------------------------------------------------ names and schemas


def _check_names(tools: Any, functions: Any, *, wrapped: bool) -> None:
    for tool, where in _named(tools, functions, wrapped=wrapped):
        if "name" in tool:
            check_name(tool["name"], f"{where}.name")


def _check_duplicates(tools: Any, functions: Any, *, wrapped: bool) -> None:
    seen: set[tuple[str, Any]] = set()
    for tool, where in _named(tools, functions, wrapped=wrapped):
        scope = where.rpartition(".tools[")[0]
        if (scope, tool.get("name")) in seen:
            # No source: nobody is known to quote the API's own refusal, only those of other vendors. A model can't
            # tell such tools apart, so an app that sends them is wrong; this is worded as its neighbours are.
            raise ApiError(
                400,
                f"Invalid '{where}.name': duplicate name '{tool.get('name')}'. Expected names of tools to be unique.",
                param=f"{where}.name",
                code="invalid_value",
            )
        seen.add((scope, tool.get("name")))


def _check_schemas(tools: Any, functions: Any, *, wrapped: bool) -> None:
    from ..schema import schema_error

    for tool, where in _named(tools, functions, wrapped=wrapped):
        parameters = tool.get("parameters")
        if is_object(parameters):
            error = schema_error(
                parameters,
                name=tool.get("name") or "",
                context="function",
                param=f"{where}.parameters",
                strict=tool.get("strict") is True,
            )
            if error is not None:
                raise error


_CHECKS = {"tool_name": _check_names, "duplicate_tool": _check_duplicates, "tool_schema": _check_schemas}


@functools.lru_cache(maxsize=256)
def _faults(frozen: bytes, wrapped: bool) -> Mapping[str, ApiError]:
    """What is wrong with some tools, by the name of the rule that refuses it."""
    tools, functions = marshal.loads(frozen)  # noqa: S302 - our own bytes, from this process
    found: dict[str, ApiError] = {}
    for rule, check in _CHECKS.items():
        error = _fault(check, tools, functions, wrapped=wrapped)
        if error is not None:
            found[rule] = error
    return found


def _fault(check: Callable[..., None], tools: Any, functions: Any, *, wrapped: bool) -> ApiError | None:
    try:
        check(tools, functions, wrapped=wrapped)
    except ApiError as error:
        return error
    return None


def _judge(rule: str, case: Case, *, wrapped: bool) -> None:
    faults = case.tools
    if faults is None:
        body = case.body
        faults = case.tools = _faults(marshal.dumps((body.get("tools"), body.get("functions"))), wrapped)
    if rule in faults:
        error = faults[rule]
        raise ApiError(error.status, error.message, type=error.type, param=error.param, code=error.code)


def chat_name(case: Case) -> None:
    """Letters, digits, underscores and dashes, 64 of them. Reported for chat."""
    _judge("tool_name", case, wrapped=True)


def chat_duplicate(case: Case) -> None:
    """No two tools of one name."""
    _judge("duplicate_tool", case, wrapped=True)


def chat_schema(case: Case) -> None:
    """What strict mode does not allow, and what no function's parameters can be. Reported, recorded for responses."""
    _judge("tool_schema", case, wrapped=True)


def name(case: Case) -> None:
    """As `chat_name`. Reported."""
    _judge("tool_name", case, wrapped=False)


def duplicate(case: Case) -> None:
    """As `chat_duplicate`."""
    _judge("duplicate_tool", case, wrapped=False)


def schema(case: Case) -> None:
    """As `chat_schema`. Recorded. Only ``"strict": true`` asks for strict mode; left out, the API tries it silently."""
    _judge("tool_schema", case, wrapped=False)


# ------------------------------------------------------------------------------------------------ the choice


def chat_choice(case: Case) -> None:
    """Choosing among tools needs tools. Reported for each of the three; the last sentence for functions."""
    body = case.body
    for key, needed in (("tool_choice", "tools"), ("parallel_tool_calls", "tools"), ("function_call", "functions")):
        if body.get(key) is not None and not body.get(needed):
            raise ApiError(
                400, f"Invalid value for '{key}': '{key}' is only allowed when '{needed}' are specified.", param=key
            )
    for key, needed in (("tool_choice", "tools"), ("function_call", "functions")):
        wanted = body.get(key)
        if not is_object(wanted) or wanted.get("type") == "allowed_tools":
            continue
        named = as_object(wanted.get("function") or wanted.get("custom")) if key == "tool_choice" else wanted
        offered = {tool.get("name") for tool, _ in _named(body.get("tools"), body.get("functions"), wrapped=True)}
        if named.get("name") not in offered:
            raise ApiError(
                400,
                f"Invalid value for '{key}': no function named '{named.get('name')}' was specified in the '{needed}' "
                "parameter.",
                param=key,
            )


def choice(case: Case) -> None:
    """Choosing among tools needs tools, and ``auto`` and ``none`` are no choice. Measured by others (vLLM #40399)."""
    body = case.body
    wanted: Any = body["tool_choice"]
    offered: list[Any] = body.get("tools") or []
    if wanted == "required" and not offered:
        raise ApiError(400, "Tool choice 'required' must be specified with 'tools' parameter.", param="tool_choice")
    if not is_object(wanted) or body.get("prompt") is not None:
        return
    kind = wanted.get("type")
    if kind in ("custom", "function"):
        found = any(tool.get("name") == wanted.get("name") for tool, _ in _named(offered, None, wrapped=False))
    else:
        found = kind in ("allowed_tools", "mcp") or any(_same_kind(kind, tool.get("type")) for tool in offered)
    if not found:
        raise ApiError(400, f"Tool choice '{kind}' not found in 'tools' parameter.", param="tool_choice")


def _same_kind(wanted: Any, offered: Any) -> bool:
    """Whether two kinds of tools are one, of whatever version: ``web_search`` and ``web_search_preview_2025_03_11``."""
    return str(offered).partition("_preview")[0] == str(wanted).partition("_preview")[0] or offered == wanted
