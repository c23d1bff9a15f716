"""What the model says in a response: a scripted turn, or part of a response, made into complete output items.

Used by `responses`. The items themselves are built and completed by `fakeopenai.items`; what is shared with chat
(default turns, limits of length) is in `generation`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from ..errors import UsageError
from ..items import complete_output
from ..replies import ToolCall, Turn
from ..snapshot import plain
from ..streaming import cut as cut_into
from ..tokens import split
from .generation import DEFAULT_TEXT, Tool, cut, default_turn
from .model_facts import Facts
from .narrowing import as_object

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["DEFAULT_SUMMARY", "PLAIN", "Said", "default", "of_partial", "of_turn", "override"]

JSON = dict[str, Any]

PLAIN: Final = Turn(text=DEFAULT_TEXT)

DEFAULT_SUMMARY: Final = "This is a default summary. Script your own with reasoning(...)."
"""What a reasoning item says that was asked for, and that nobody has scripted."""


@dataclasses.dataclass
class Said:
    """What came out of a turn.

    Attributes:
        output: the output items, complete.
        tokens: what they cost, reasoning included.
        thought: what the reasoning in them cost.
        reason: why the answer is incomplete; None if it isn't.
        given: what a test gave of each item, to be checked against the SDK's types; None if all were made here.
    """

    output: list[JSON]
    tokens: int
    thought: int = 0
    reason: str | None = None
    given: list[JSON] | None = None


# ------------------------------------------------------------------------------------------------ a turn


def of_turn(turn: Turn, body: Mapping[str, Any], account: Backend, facts: Facts) -> Said:
    """The output of a turn: reasoning first, then items, what is said, and the calls."""
    made: list[JSON] = []
    include: Sequence[str] = body.get("include") or ()
    summary = _summary(turn, body, facts)
    if summary is not None:
        made.append(_reasoning(summary, include))
    told = [_as_included(plain(item), include) for item in turn.items]
    made.extend(item for item in told if item.get("type") != "compaction")
    text, reason = turn.text, _REASONS.get(turn.finish_reason or "")
    limit = body.get("max_output_tokens")
    if text is not None and limit is not None:
        text, length = cut(text, None, limit, account.count_tokens, split)
        reason = reason or (_REASONS["length"] if length else None)
    content = _content(text, turn, body)
    if content:
        said: JSON = {"type": "message", "content": content}
        if facts.phases:
            said["phase"] = "commentary" if turn.tool_calls else "final_answer"
        made.append(said)
    made.extend(_call(call) for call in turn.tool_calls)
    made.extend(item for item in told if item.get("type") == "compaction")  # which the API puts last
    if not made:
        made.append({"type": "message", "content": [{"text": ""}]})
    output = complete_output(made, account.ids.make)
    if reason is not None and output[-1].get("status") == "completed":
        output[-1]["status"] = "incomplete"
    tokens, thought = spent_on(output, account)
    return Said(output, tokens, thought, reason, given=_given(made, output) if told else None)


def _given(made: Sequence[JSON], output: Sequence[JSON]) -> list[JSON]:
    """Of each item the keys that were given, in the form that they have in the complete one."""
    return [{key: full.get(key) for key in ("type", *one)} for one, full in zip(made, output, strict=True)]


_REASONS: Final[Mapping[str, str]] = {
    "content_filter": "content_filter",
    "length": "max_output_tokens",
    "max_output_tokens": "max_output_tokens",
}
"""Why an answer is incomplete, by the finish reason that says so."""


def _summary(turn: Turn, body: Mapping[str, Any], facts: Facts) -> str | None:
    """The summary of the reasoning: as scripted, or the default one if a summary was asked for."""
    if turn.reasoning is not None:
        return turn.reasoning
    asked: Mapping[str, Any] = body.get("reasoning") or {}
    wanted = facts.reasons and (asked.get("summary") or asked.get("generate_summary"))
    if not wanted or (asked.get("effort") or facts.effort) == "none":
        return None
    return None if any(item.get("type") == "reasoning" for item in turn.items) else DEFAULT_SUMMARY


def _reasoning(summary: str, include: Sequence[str]) -> JSON:
    item: JSON = {"type": "reasoning", "content": [], "summary": [summary] if summary else []}
    if "reasoning.encrypted_content" in include:
        item["encrypted_content"] = opaque(summary)
    return item


def opaque(text: str) -> str:
    """Something that looks like the API's encrypted texts, another one for each text."""
    import base64
    import hashlib

    return "gAAAAAB" + base64.urlsafe_b64encode(hashlib.sha512(text.encode(errors="replace")).digest()).decode()


def _as_included(item: JSON, include: Sequence[str]) -> JSON:
    """An item without what the API sends only to those who ask for it."""
    made = dict(item)
    kind = made.get("type")
    if kind == "code_interpreter_call" and "code_interpreter_call.outputs" not in include:
        made["outputs"] = None
    elif kind == "file_search_call" and "file_search_call.results" not in include:
        made["results"] = None
    elif kind == "web_search_call" and isinstance(made.get("action"), dict):
        if "web_search_call.action.sources" not in include:
            made["action"] = {key: value for key, value in made["action"].items() if key != "sources"}
    elif kind == "reasoning" and "reasoning.encrypted_content" in include:
        made["encrypted_content"] = made.get("encrypted_content") or opaque(str(made.get("summary")))
    return made


def _content(text: str | None, turn: Turn, body: Mapping[str, Any]) -> list[JSON]:
    """The parts of the message; none if the turn says nothing."""
    content: list[JSON] = []
    if text is not None and (text or not turn.tool_calls):
        part: JSON = {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
        if "message.output_text.logprobs" in (body.get("include") or ()) or body.get("top_logprobs"):
            from . import logprobs

            pieces = cut_into(*turn.pieces) if turn.pieces else split
            part["logprobs"] = logprobs.of_chat(pieces(text), body.get("top_logprobs") or 0)
        content.append(part)
    if turn.refusal is not None:
        content.append({"type": "refusal", "refusal": turn.refusal})
    return content


def _call(call: ToolCall) -> JSON:
    made: JSON = {"call_id": call.id, "name": call.name}
    if call.kind == "custom":
        return {"type": "custom_tool_call", "input": call.arguments, **made}
    return {"type": "function_call", "arguments": call.arguments, **made}


# ------------------------------------------------------------------------------------------------ a partial response


def of_partial(partial: Mapping[str, Any], account: Backend, operation: str) -> Said:
    """The output of a response that a test gives in part, each item completed."""
    told: Any = plain(partial.get("output"))
    if not isinstance(told, list) or not all(isinstance(item, dict) for item in cast("list[Any]", told)):
        raise UsageError(
            f"{operation}: output must be a list of items, not {told!r}. Write them with fakeopenai.items, "
            'as dicts with a "type", or give what the model says as a text.',
            operation=operation,
        )
    given = cast("list[JSON]", told)
    output = complete_output(given, account.ids.make)
    tokens, thought = spent_on(output, account)
    return Said(output, tokens, thought, given=_given(given, output))


def spent_on(output: Sequence[Mapping[str, Any]], account: Backend) -> tuple[int, int]:
    """The tokens of output items, and those among them that were only thought."""
    count = account.count_tokens
    tokens = thought = 0
    for item in output:
        kind = item.get("type")
        if kind == "message":
            for part in item.get("content") or ():
                tokens += len(part.get("logprobs") or ()) or count(part.get("text") or part.get("refusal") or "")
        elif kind == "reasoning":
            texts = [*(item.get("summary") or ()), *(item.get("content") or ())]
            thought += sum(count(part.get("text") or "") for part in texts)
        else:
            tokens += _CALL + sum(count(value) for key in _WRITTEN if isinstance(value := item.get(key), str))
    return tokens + thought, thought


_CALL: Final = 3
"""What a call costs beside its texts."""

_WRITTEN: Final = ("arguments", "code", "input", "name")
"""The fields of calls that the model has written."""


# ------------------------------------------------------------------------------------------------ unscripted


def default(body: Mapping[str, Any]) -> Turn:
    """The turn that is taken unscripted."""
    tools = [_tool(tool) for tool in body.get("tools") or () if tool.get("type", "function") in _CALLABLE]
    choice: Any = body.get("tool_choice")
    if isinstance(choice, Mapping):
        choice, tools = _chosen(cast("Mapping[str, Any]", choice), tools)
    form = as_object(as_object(body.get("text")).get("format"))
    schema = form.get("schema") if form.get("type") == "json_schema" else None
    return default_turn(tools, choice, schema, json_object=form.get("type") == "json_object")


_CALLABLE: Final = frozenset({"custom", "function"})


def _tool(tool: Mapping[str, Any]) -> Tool:
    kind: str = tool.get("type", "function")
    inner: Mapping[str, Any] = tool.get("function") or tool
    return Tool(inner.get("name") or "", inner.get("parameters"), kind)


def _chosen(choice: Mapping[str, Any], tools: list[Tool]) -> tuple[str, list[Tool]]:
    """What a structured ``tool_choice`` comes to: a mode or the name of a tool, and the tools that are left."""
    if choice.get("type") == "allowed_tools":
        names = {tool.get("name") for tool in choice.get("tools") or ()}
        return choice.get("mode") or "auto", [tool for tool in tools if tool.name in names]
    return choice.get("name") or "auto", tools


# ------------------------------------------------------------------------------------------------ usage


_SYNONYMS: Final[Mapping[str, str]] = {
    "completion_tokens": "output_tokens",
    "completion_tokens_details": "output_tokens_details",
    "prompt_tokens": "input_tokens",
    "prompt_tokens_details": "input_tokens_details",
}
"""How chat calls what usage has here: one script serves both."""


def override(usage: JSON, given: Mapping[str, Any]) -> None:
    """Lay a test's own numbers over the usage; totals that are not given follow from the parts.

    Example:
        >>> usage = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5, "output_tokens_details": {}}
        >>> override(usage, {"completion_tokens": 7})
        >>> usage["total_tokens"]
        10
    """
    told = {_SYNONYMS.get(name, name): value for name, value in given.items()}
    for name, value in told.items():
        held = usage.get(name)
        if isinstance(value, Mapping) and isinstance(held, dict):
            cast("JSON", held).update(cast("Mapping[str, Any]", value))
        else:
            usage[name] = value
    for side, details in (("input_tokens", "input_tokens_details"), ("output_tokens", "output_tokens_details")):
        numbers = [number for number in as_object(usage.get(details)).values() if isinstance(number, int)]
        if side not in told and numbers:
            usage[side] = max(usage[side], *numbers)
    parts = usage["input_tokens"], usage["output_tokens"]
    if "total_tokens" not in told and all(isinstance(part, int) for part in parts):
        usage["total_tokens"] = sum(parts)
