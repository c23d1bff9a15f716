"""What the API refuses in a request to responses as a whole: items that don't add up, formats, two histories at once.

Texts and ``param`` are the API's, sources as in `fakeopenai.rules`. Imports leaves, and the state of responses where a
request goes on from an earlier one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from .. import messages
from ..errors import ApiError
from ..operations.narrowing import as_object, is_list
from .case import Case
from .chat import check_format, mentions_json

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = [
    "duplicate_item",
    "empty_input",
    "item_id",
    "json_word",
    "known_item",
    "one_history",
    "reasoning_item",
    "text_format",
    "tool_output",
    "unanswered_tool_call",
]

Body = Mapping[str, Any]
Item = Mapping[str, Any]

_CALLS: Final = {
    "function_call": "function_call_output",
    "custom_tool_call": "custom_tool_call_output",
    "computer_call": "computer_call_output",
    "local_shell_call": "local_shell_call_output",
}
"""Kinds of items that the caller has to answer, and those that answer them."""

_OUTPUTS: Final = {output: call for call, output in _CALLS.items()}

_PREFIXES: Final = {"function_call": "fc", "custom_tool_call": "ctc", "reasoning": "rs", "web_search_call": "ws"}
"""What the ids of items begin with; reported for each, as for messages of the assistant's."""


def _items(body: Body) -> list[Any]:
    given = body.get("input")
    return given if is_list(given) else []


def item_id(case: Case) -> None:
    """Ids of items begin with what their kind's ids begin with. Reported for ``fc``, ``ctc``, ``msg`` and ``rs``."""
    body = case.body
    for index, item in enumerate(_items(body)):
        given = item.get("id")
        if type(given) is not str:
            continue
        kind = item.get("type", "message")
        prefix = "msg" if kind == "message" and item.get("role") == "assistant" else _PREFIXES.get(kind, "")
        if not given.startswith(prefix):
            raise messages.invalid_id(f"input[{index}].id", given, prefix)


def duplicate_item(case: Case) -> None:
    """No item comes twice. Reported."""
    body = case.body
    seen: set[str] = set()
    for item in _items(body):
        given = item.get("id")
        if type(given) is not str or item.get("type") == "item_reference":
            continue
        if given in seen:
            raise ApiError(
                400,
                f"Duplicate item found with id {given}. Remove duplicate items from your input and try again.",
                param="input",
            )
        seen.add(given)


def known_item(case: Case) -> None:
    """What an item refers to is kept: reported for references, and for reasoning without its encrypted content."""
    body, account = case.body, case.account
    asked = [item["id"] for item in _items(body) if _is_looked_up(item)]
    if not asked or account.missing == "synthesize":
        return
    from ..operations.response_state import unknown_items

    unknown = unknown_items(account, asked)
    for key in asked:
        if key in unknown:
            message = f"Item with id '{key}' not found."
            if body.get("store") is False:
                message += (
                    " Items are not persisted when `store` is set to false. Try again with `store` set to true, or "
                    "remove this item from your input."
                )
            raise ApiError(404, message, param="input")


def _is_looked_up(item: Item) -> bool:
    """Whether an item is only named, and the API has to know it."""
    kind = item.get("type") or ("message" if "role" in item else "item_reference")
    if type(item.get("id")) is not str:
        return False
    return kind == "item_reference" or (kind == "reasoning" and not item.get("encrypted_content"))


def text_format(case: Case) -> None:
    """The name and, under strict mode, the schema of a structured output. Recorded."""
    body = case.body
    form = as_object(body["text"].get("format"))
    if form.get("type") == "json_schema":
        check_format(form, "text.format", "text.format.schema")


def json_word(case: Case) -> None:
    """JSON mode wants the input to speak of JSON; instructions and the assistant don't count. Reported.

    What stands in an earlier turn may have spoken of it; how the API sees that is not known, so it passes.
    """
    body = case.body
    if as_object(body["text"].get("format")).get("type") != "json_object":
        return
    if any(body.get(key) is not None for key in ("previous_response_id", "conversation", "prompt")):
        return
    told: Any = body.get("input")
    if is_list(told):
        told = [item for item in told if item.get("role") != "assistant"]
    if not mentions_json(told):
        raise ApiError(
            400,
            "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
            "'json_object'.",
            param="input",
        )


def empty_input(case: Case) -> None:
    """Something has been said, here or before. Measured."""
    body = case.body
    if not body["input"] and all(body.get(key) is None for key in ("previous_response_id", "conversation", "prompt")):
        raise messages.input_is_empty()


def one_history(case: Case) -> None:
    """An earlier turn or a conversation, not both. Measured."""
    if case.body.get("previous_response_id") is not None:
        raise messages.mutually_exclusive("previous_response_id", "conversation")


# ------------------------------------------------------------------------------------------------ calls and outputs


def tool_output(case: Case) -> None:
    """Each output belongs to a call, of this input or of what went before. Reported for functions.

    That those which lie in a conversation are looked at as well is inferred: the model is shown them in the same way.
    """
    body, account = case.body, case.account
    items = _items(body)
    outputs = [item for item in items if item.get("type") in _OUTPUTS]
    if body.get("conversation") is not None:
        outputs[:0] = [item for item in _last_turn(case) if item.get("type") in _OUTPUTS]
    if not outputs or _says_too_little(body, items, account):
        return
    called = {_call_id(item) for item in items if item.get("type") in _CALLS}
    called.update(_call_id(item) for item in _last_turn(case) if item.get("type") in _CALLS)
    if all(_call_id(output) in called for output in outputs):
        return
    called.update(_call_id(item) for item in _history(body, account) if item.get("type") in _CALLS)
    for output in outputs:
        if _call_id(output) not in called:
            kind = output["type"].replace("_", " ")
            raise ApiError(400, f"No tool call found for {kind} with call_id {_call_id(output)}.", param="input")


def unanswered_tool_call(case: Case) -> None:
    """Each call has its output in this input. Reported for functions."""
    body, account = case.body, case.account
    items = _items(body)
    if _says_too_little(body, items, account):
        return
    answered = {_call_id(item) for item in items if item.get("type") in _OUTPUTS}
    for call in (*_waiting(_last_turn(case)), *(item for item in items if item.get("type") in _CALLS)):
        if _call_id(call) not in answered:
            kind = call["type"].replace("_", " ")
            raise ApiError(400, f"No tool output found for {kind} {_call_id(call)}.", param="input")


def _call_id(item: Item) -> Any:
    return item.get("call_id") or item.get("id")  # a local shell's output has only an id


def _waiting(items: Iterable[Item]) -> Iterator[Item]:
    """The calls that are not answered among these items."""
    known = list(items)
    answered = {_call_id(item) for item in known if item.get("type") in _OUTPUTS}
    return (item for item in known if item.get("type") in _CALLS and _call_id(item) not in answered)


def _says_too_little(body: Body, items: list[Any], account: Backend) -> bool:
    """Whether the request speaks of items that this account doesn't know."""
    if any(item.get("type") in ("item_reference", "compaction", "program") for item in items):
        return True
    previous = body.get("previous_response_id")
    return previous is not None and previous not in account.state.collection("responses")


def _last_turn(case: Case) -> list[Any]:
    """What the model said last; as much of a conversation as a turn may have left unanswered."""
    if case.last_turn is None:
        case.last_turn = _said_last(case.body, case.account)
    return case.last_turn


def _said_last(body: Body, account: Backend) -> list[Any]:
    previous = body.get("previous_response_id")
    if previous is not None:
        response = account.state.collection("responses").get(previous)
        return list(response.get("output") or ()) if response and response.get("status") == "completed" else []
    if body.get("conversation") is None:
        return []
    from ..operations.response_echo import conversation_id

    kept = account.state.collection("conversations.items", conversation_id(body) or "")
    return kept.page(limit=100, order="desc").items[::-1]


def _history(body: Body, account: Backend) -> list[Any]:
    if body.get("previous_response_id") is None and body.get("conversation") is None:
        return []
    from ..operations.response_state import history

    return history(account, body)


def reasoning_item(case: Case) -> None:
    """Reasoning is followed by what came of it, not by the end or by somebody else's message. Recorded."""
    body = case.body
    items = _items(body)
    for item, following in itertools.zip_longest(items, items[1:]):
        if item.get("type") != "reasoning" or not item.get("id"):
            continue
        if following is None or following.get("role") in ("developer", "system", "user"):
            raise ApiError(
                400,
                f"Item '{item['id']}' of type 'reasoning' was provided without its required following item.",
                param="input",
            )
