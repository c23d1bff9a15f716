"""A responder that plays the model by the request alone: it calls the tools that are offered, then it answers.

What it says means nothing, but it keeps to the request's contract: `tool_choice`, `parallel_tool_calls`, the schemas of
tools and of structured output. So a framework's own loops run, and end, with nothing scripted::

    fake = FakeOpenAI(replies=autopilot())

Works for chat completions, responses, legacy completions and runs, through the one view of a request that scripts have
(`fakeopenai.view`). Imports leaves and that view. The module has another name than its function, or importing the one
would hide the other.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .errors import UnsatisfiableSchema, UsageError
from .operations.narrowing import as_object, is_object, objects_in
from .request import Request
from .schema import value_for
from .turn import ToolCall, Turn
from .view import OfferedTool

__all__ = ["autopilot"]

DEFAULT_TEXT = "Done."


def autopilot(
    *,
    calls: int | Mapping[str, int] = 1,
    text: str | Callable[[Request], str] = DEFAULT_TEXT,
    seed: int | str | None = None,
) -> Callable[[Request], Turn]:
    """A responder for ``FakeOpenAI(replies=autopilot())``: calls each offered tool, then answers.

    Args:
        calls: how often each tool is called in answer to one message of the user; or for each tool by name, those that
            are not named once. With 0 it calls only what ``tool_choice`` demands.
        text: what it answers in the end where no structure is asked for; or a function of the request.
        seed: makes values vary, the same in each run; None for plain values, the same for each call.

    Raises:
        UsageError: an argument of the wrong kind.

    Example:
        >>> from fakeopenai import FakeOpenAI
        >>> fake = FakeOpenAI(replies=autopilot(text="It is sunny."))
        >>> schema = {"type": "object", "properties": {"city": {"type": "string"}}}
        >>> tools = [{"type": "function", "name": "get_weather", "parameters": schema}]
        >>> call = fake.responses.create(model="gpt-5", input="Weather?", tools=tools).output[0]
        >>> call.name, call.arguments
        ('get_weather', '{"city":"city"}')
        >>> output = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
        >>> fake.responses.create(model="gpt-5", input=[call, output], tools=tools).output_text
        'It is sunny.'
    """
    named: Any = calls
    amounts = named.values() if is_object(named) else [named]
    if not all(type(amount) is int and amount >= 0 for amount in amounts):
        raise UsageError(
            "autopilot(calls=...) takes how often each tool is called: a number, or a dict of numbers by tool; "
            f"got {calls!r}."
        )
    said: Any = text
    if not isinstance(said, str) and not callable(said):
        raise UsageError(f"autopilot(text=...) takes a text or a function of the request; got {said!r}.")
    return _Autopilot(calls, text, seed)


class _Autopilot:
    """The responder; see `autopilot`. Keeps nothing between requests: what was called is in each request's history."""

    def __init__(
        self, calls: int | Mapping[str, int], text: str | Callable[[Request], str], seed: int | str | None
    ) -> None:
        self._calls = calls
        self._text = text
        self._seed = seed

    def __call__(self, request: Request) -> Turn:
        body = as_object(request.body)
        tools, mode, forced = _choice(body, [tool for tool in request.tools if tool.kind in ("custom", "function")])
        if mode != "none" and tools:
            chosen = list(self._due(request, tools, forced=forced))
            if not chosen and mode == "required":
                chosen = tools[:1]
            if chosen:
                if body.get("parallel_tool_calls") is False or _is_legacy(body):
                    chosen = chosen[:1]
                return Turn(tool_calls=tuple(self._call(tool, request, place) for place, tool in enumerate(chosen)))
        schema = _schema(body)
        if schema is not None:
            return Turn(text=_compact(self._value(schema, request, 0, "the structured output")))
        if _wants_json(body):
            return Turn(text="{}")
        return Turn(text=self._text if isinstance(self._text, str) else self._text(request))

    def _due(self, request: Request, tools: list[OfferedTool], *, forced: str | None) -> Iterator[OfferedTool]:
        """The tools that are still to be called in answer to what the user said last, each once."""
        if forced is not None:
            yield from (tool for tool in tools if tool.name == forced)
            return
        made = _made(request)
        for tool in tools:
            calls: Any = self._calls
            wanted = calls.get(tool.name, 1) if is_object(calls) else calls
            if made.get(tool.name, 0) < wanted:
                yield tool

    def _call(self, tool: OfferedTool, request: Request, place: int) -> ToolCall:
        if tool.kind == "custom":
            return ToolCall(tool.name, "input", kind="custom")
        value: Any = {}
        if tool.parameters:
            value = self._value(tool.parameters, request, place, f"the tool {tool.name!r}")
        return ToolCall(tool.name, _compact(value))

    def _value(self, schema: Mapping[str, Any], request: Request, place: int, what: str) -> Any:
        seed = None
        if self._seed is not None:  # the same in each run, and another for each turn of a conversation
            seed = random.Random(f"{self._seed}/{len(request.messages)}/{place}")
        try:
            return value_for(schema, seed=seed)
        except UnsatisfiableSchema as error:
            raise UnsatisfiableSchema(
                f"autopilot() found no value for {what} of {request.operation.name}: {error}\n"
                "  to do:     mend the schema, or script this turn",
                path=error.path,
                reason=error.reason,
                operation=request.operation.name,
            ) from error

    def __repr__(self) -> str:
        return "autopilot()"


def _made(request: Request) -> dict[str, int]:
    """How often each tool has been called since the user last spoke; results count where calls were not sent along."""
    called: dict[str, int] = {}
    answered: dict[str, int] = {}
    nameless = 0
    for message in request.messages:
        if message.role == "user":
            called.clear()
            answered.clear()
            nameless = 0
        elif message.role == "assistant":
            for call in message.tool_calls:
                called[call.name] = called.get(call.name, 0) + 1
        elif message.role == "tool" and not called:
            if not message.tool_calls:
                nameless += 1
            for call in message.tool_calls:  # a legacy result names its function
                answered[call.name] = answered.get(call.name, 0) + 1
    if called:
        return called
    # Results of calls that nobody knows: any of the tools may have been meant, so all have.
    return {tool.name: max(nameless, answered.get(tool.name, 0)) for tool in request.tools}


# ------------------------------------------------------------------------------------------------ what is demanded


def _choice(body: Mapping[str, Any], tools: list[OfferedTool]) -> tuple[list[OfferedTool], str, str | None]:
    """The tools that may be called, the mode, and the name of the one that has to be."""
    given: Any = body.get("tool_choice") or body.get("function_call") or "auto"
    if not is_object(given):
        return tools, str(given), None
    if given.get("type") == "allowed_tools":
        allowed = as_object(given.get("allowed_tools")) or given
        names = {_name(tool) for tool in objects_in(allowed.get("tools"))}
        return [tool for tool in tools if tool.name in names], str(allowed.get("mode", "auto")), None
    name = _name(given)
    if name is None:  # a tool that the API runs itself
        return tools, "auto", None
    return [tool for tool in tools if tool.name == name], "required", name


def _name(given: Mapping[str, Any]) -> str | None:
    inner = as_object(given.get("function") or given.get("custom")) or given
    return inner.get("name")


def _is_legacy(body: Mapping[str, Any]) -> bool:
    return bool(body.get("functions")) and not body.get("tools")


def _schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The JSON schema that the text has to fit, wherever the endpoint has it."""
    form = _format(body)
    if form.get("type") != "json_schema":
        return None
    schema: Any = (as_object(form.get("json_schema")) or form).get("schema")
    return schema if is_object(schema) else {}


def _wants_json(body: Mapping[str, Any]) -> bool:
    return _format(body).get("type") == "json_object"


def _format(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_object(body.get("response_format")) or as_object(as_object(body.get("text")).get("format"))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
