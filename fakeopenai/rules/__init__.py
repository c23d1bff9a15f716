"""What the API refuses beyond types and limits: one table of rules, run on each request of a strict account.

A rule reads a whole request (is each tool message the answer to a call? does the schema keep to what strict mode
allows?), where `params` judges one parameter at a time. Each raises the API's own error; the text stands where the
check is, with its source. Rules are looked at in the order of the table, which is the API's as far as it was measured.

They can be switched off together (``strict=False``) or one by one (``strict={"json_word"}``, names that are off).
What must pass, since the API takes it and libraries send it: tools without ``strict``, history without ids, arguments
in the history that don't fit a tool's schema, ``tool_choice="required"`` after a tool was called, models of any name.

Sources are named as in `messages`: "recorded", "measured" or "reported"; "described" is the API's reference.

The checks themselves are in this package by area; `turns` checks what a script has the model do. Imported by `backend`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ..errors import UsageError, nearest
from ..request import Request
from ..snapshot import plain as json_of
from . import chat, media, models, responses, tools
from .case import Case

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["RULES", "Rule", "check", "switched_off"]

Check = Callable[[Case], None]


class Rule(NamedTuple):
    """One thing that the API refuses.

    Attributes:
        name: what to put into ``strict={...}`` to switch it off.
        operation: the operation that it belongs to.
        about: the parameters that it reads; without all of them there is nothing to check.
        check: raises the API's error.
    """

    name: str
    operation: str
    about: tuple[str, ...]
    check: Check


_CHAT, _RESPONSES = "chat.completions.create", "responses.create"
_SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty")

RULES: tuple[Rule, ...] = (
    Rule("message_name", _CHAT, ("messages",), chat.message_name),
    Rule("tool_message", _CHAT, ("messages",), chat.tool_message),
    Rule("unanswered_tool_call", _CHAT, ("messages",), chat.unanswered_tool_call),
    Rule("tool_name", _CHAT, ("tools", "functions"), tools.chat_name),
    Rule("duplicate_tool", _CHAT, ("tools", "functions"), tools.chat_duplicate),
    Rule("tool_schema", _CHAT, ("tools", "functions"), tools.chat_schema),
    Rule("tool_choice", _CHAT, ("tool_choice", "function_call", "parallel_tool_calls"), tools.chat_choice),
    Rule("response_format", _CHAT, ("response_format",), chat.response_format),
    Rule("json_word", _CHAT, ("response_format",), chat.json_word),
    Rule("top_logprobs", _CHAT, ("top_logprobs",), chat.top_logprobs),
    Rule("token_limits", _CHAT, ("max_completion_tokens",), chat.token_limits),
    Rule("stream_options", _CHAT, ("stream_options",), chat.stream_options),
    Rule("stored_metadata", _CHAT, ("metadata",), chat.stored_metadata),
    Rule(
        "model_parameters",
        _CHAT,
        (*_SAMPLING, "max_tokens", "stop", "logit_bias", "logprobs", "top_logprobs", "reasoning_effort"),
        models.chat_parameters,
    ),
    Rule("input_item_id", _RESPONSES, ("input",), responses.item_id),
    Rule("duplicate_item", _RESPONSES, ("input",), responses.duplicate_item),
    Rule("tool_name", _RESPONSES, ("tools",), tools.name),
    Rule("duplicate_tool", _RESPONSES, ("tools",), tools.duplicate),
    Rule("tool_schema", _RESPONSES, ("tools",), tools.schema),
    Rule("text_format", _RESPONSES, ("text",), responses.text_format),
    Rule("empty_input", _RESPONSES, ("input",), responses.empty_input),
    Rule("one_history", _RESPONSES, ("conversation",), responses.one_history),
    Rule("tool_choice", _RESPONSES, ("tool_choice",), tools.choice),
    Rule("json_word", _RESPONSES, ("text",), responses.json_word),
    Rule("tool_output", _RESPONSES, ("input", "conversation"), responses.tool_output),
    Rule(
        "unanswered_tool_call",
        _RESPONSES,
        ("input", "previous_response_id", "conversation"),
        responses.unanswered_tool_call,
    ),
    Rule("reasoning_item", _RESPONSES, ("input",), responses.reasoning_item),
    Rule("known_item", _RESPONSES, ("input",), responses.known_item),
    Rule(
        "model_parameters",
        _RESPONSES,
        (*_SAMPLING, "top_logprobs", "include", "reasoning"),
        models.response_parameters,
    ),
    Rule("stream_options", "completions.create", ("stream_options",), chat.stream_options),
    Rule("best_of", "completions.create", ("n", "best_of"), chat.best_of),
    Rule("model_parameters", "embeddings.create", ("dimensions",), models.embedding_parameters),
    Rule("model_parameters", "images.generate", ("model", "n", "prompt", "size"), media.image_parameters),
    Rule("model_parameters", "images.edit", ("model", "n", "prompt", "size"), media.image_parameters),
    Rule("tool_name", "beta.assistants.create", ("tools",), tools.chat_name),
    Rule("tool_schema", "beta.assistants.create", ("tools",), tools.chat_schema),
    Rule("tool_name", "beta.assistants.update", ("tools",), tools.chat_name),
    Rule("tool_schema", "beta.assistants.update", ("tools",), tools.chat_schema),
    Rule("tool_name", "beta.threads.runs.create", ("tools",), tools.chat_name),
    Rule("tool_schema", "beta.threads.runs.create", ("tools",), tools.chat_schema),
)
"""All rules: by operation, in the order in which they are looked at."""

_HISTORY = {_CHAT: "messages", _RESPONSES: "input"}
"""Where an operation takes a history, whose plain messages no rule has anything to say about."""


class _Rules:
    """The rules of one operation that are on.

    Attributes:
        rules: the rules, in their order.
        history: the parameter that holds a history, or None.
        gate: the other parameters that rules read.
    """

    __slots__ = ("gate", "history", "rules")

    def __init__(self, rules: list[Rule], history: str | None) -> None:
        self.rules = rules
        self.history = history
        self.gate = frozenset(about for rule in rules for about in rule.about) - {history}

    def nothing_to_check(self, body: Mapping[str, Any]) -> bool:
        """Whether plain JSON has nothing that a rule reads; true of most requests, and seen in no time."""
        if not self.gate.isdisjoint(body):
            return False
        history = None if self.history is None else body.get(self.history)
        if not history:
            return history is None
        if type(history) is str:
            return True
        for message in history:  # noqa: SIM110 - a generator would take twice as long
            if len(message) > 2 or "content" not in message:  # there is more to it than a role and a content
                return False
        return True


@functools.cache
def _rules_without(off: frozenset[str]) -> dict[str, _Rules]:
    """The rules by operation, but for those that are off."""
    found: dict[str, list[Rule]] = {}
    for rule in RULES:
        if rule.name not in off:
            found.setdefault(rule.operation, []).append(rule)
    return {name: _Rules(rules, _HISTORY.get(name)) for name, rules in found.items()}


_NONE_OFF: frozenset[str] = frozenset()
_ALL = _rules_without(_NONE_OFF)


def check(request: Request, account: Backend, *, plain: bool) -> None:
    """Refuse what the API refuses.

    Args:
        request: what is asked; its parameters are of the right types.
        account: the account that is asked.
        plain: whether the request's body is known to be plain JSON.

    Raises:
        ApiError: the API's own error.
    """
    rules = (_rules_without(account.rules_off) if account.rules_off else _ALL).get(request.operation.name)
    body = request.body
    if rules is None or not body:
        return
    if not plain:
        body = json_of(body)
    elif rules.nothing_to_check(body):
        return
    case = Case(body, account)
    for rule in rules.rules:
        for name in rule.about:
            if body.get(name) is not None:
                rule.check(case)
                break


def switched_off(strict: bool | Collection[str]) -> frozenset[str]:
    """The names of the rules that are off, out of what a test gave as ``strict``.

    Example:
        >>> sorted(switched_off({"json_word"}))
        ['json_word']
    """
    if isinstance(strict, bool):
        return _NONE_OFF
    if isinstance(strict, str) or not isinstance(cast("Any", strict), Collection):
        raise UsageError(
            "strict= takes True, False, or a set of the names of rules that are off, such as "
            f"strict={{'json_word'}}; got {type(cast('object', strict)).__name__} {strict!r}."
        )
    from .turns import NAMES  # what checks scripts comes with the first that calls a tool

    known = {*(rule.name for rule in RULES), *NAMES}
    for name in strict:
        if name not in known:
            suggestion = nearest(str(name), known)
            hint = f"; did you mean {suggestion!r}?" if suggestion else "."
            raise UsageError(f"strict= names no rule {name!r}{hint} The rules: {', '.join(sorted(known))}.")
    return frozenset(strict)
