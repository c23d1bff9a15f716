"""What the API refuses in a chat completion as a whole: histories that don't add up, formats, options that need others.

Texts and ``param`` are the API's, sources as in `fakeopenai.rules`. Imports leaves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from .. import messages
from ..errors import ApiError
from ..operations.narrowing import is_list, is_object
from .case import Case

__all__ = [
    "best_of",
    "json_word",
    "message_name",
    "response_format",
    "stored_metadata",
    "stream_options",
    "token_limits",
    "tool_message",
    "top_logprobs",
    "unanswered_tool_call",
]

Body = Mapping[str, Any]

NAME: Final = r"^[a-zA-Z0-9_-]+$"
"""What the names of tools and of formats look like: reported for tools in chat and responses."""

LONGEST_NAME: Final = 64  # described

_MESSAGE_NAME: Final = r"^[^\s<|\\/>]+$"

_well_named = re.compile(NAME).search
_well_named_message = re.compile(_MESSAGE_NAME).search


def check_name(name: Any, param: str) -> None:
    """Refuse a name with the wrong characters, or one that is too long. Reported for ``tools[0].function.name``."""
    if type(name) is not str:
        return
    if not name:
        raise messages.empty_string(param)
    if len(name) > LONGEST_NAME:
        raise messages.string_too_long(param, len(name), LONGEST_NAME)
    if not _well_named(name) or name[-1] == "\n":
        raise messages.pattern_mismatch(param, NAME)


def message_name(case: Case) -> None:
    """Names of participants have no spaces. Reported, the pattern included."""
    body = case.body
    for index, message in enumerate(body["messages"]):
        name = message.get("name")
        if name is not None and not _well_named_message(name):
            raise messages.pattern_mismatch(f"messages[{index}].name", _MESSAGE_NAME)


def tool_message(case: Case) -> None:
    """Each tool message answers a call of the assistant's message before it. Reported, the spelling included."""
    calls: Any = None
    for index, message in enumerate(case.body["messages"]):
        if message["role"] != "tool":
            calls = message.get("tool_calls")
        elif not calls:
            raise ApiError(
                400,
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
                "'tool_calls'.",
                param=f"messages.[{index}].role",
            )
        else:
            answered = message.get("tool_call_id")
            if not any([call.get("id") == answered for call in calls]):  # noqa: C419 - the faster form for a few
                raise ApiError(  # reported; the ``param`` in the manner of its neighbours
                    400,
                    f"Invalid parameter: 'tool_call_id' of '{answered}' not found in 'tool_calls' of previous message.",
                    param=f"messages.[{index}].tool_call_id",
                )


def unanswered_tool_call(case: Case) -> None:
    """Each call is answered before anything else is said.

    Reported with ``param`` at the message that stands where an answer should, and at ``messages`` if there is none.
    """
    waiting: dict[Any, None] = {}
    for index, message in enumerate(case.body["messages"]):
        if message["role"] == "tool":
            waiting.pop(message.get("tool_call_id"), None)
            continue
        if waiting:
            raise _unanswered(waiting, f"messages.[{index}].role")
        calls = message.get("tool_calls")
        if calls:
            waiting = {call.get("id"): None for call in calls}
    if waiting:
        raise _unanswered(waiting, "messages")


def _unanswered(ids: Mapping[Any, None], param: str) -> ApiError:
    return ApiError(
        400,
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        f"The following tool_call_ids did not have response messages: {', '.join(map(str, ids))}",
        param=param,
    )


def response_format(case: Case) -> None:
    """The name and, under strict mode, the schema of a structured output. Reported for chat, recorded for responses."""
    body = case.body
    form = body["response_format"]
    given = form.get("json_schema") if form.get("type") == "json_schema" else None
    if not given:
        return
    check_format(given, "response_format.json_schema", "response_format")


def check_format(given: Mapping[str, Any], path: str, param: str) -> None:
    """Refuse the name, or under strict mode the schema, of a structured output.

    Args:
        given: what has the name and the schema.
        path: where it stands.
        param: what the API names for a wrong schema.
    """
    check_name(given.get("name"), f"{path}.name")
    schema = given.get("schema")
    if given.get("strict") and is_object(schema):
        from ..schema import schema_error

        error = schema_error(schema, name=given["name"], context="response_format", param=param, strict=True)
        if error is not None:
            raise error


def json_word(case: Case) -> None:
    """JSON mode wants the messages to speak of JSON, in whatever case. Reported."""
    body = case.body
    if body["response_format"].get("type") == "json_object" and not mentions_json(body["messages"]):
        raise ApiError(
            400,
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
            param="messages",
        )


def mentions_json(told: Any) -> bool:
    """Whether a text anywhere in some messages has the word."""
    if type(told) is str:
        return "json" in told.lower()
    if is_object(told):
        return any(mentions_json(told.get(key)) for key in ("content", "text", "output"))
    if is_list(told):
        return any(map(mentions_json, told))
    return False


def top_logprobs(case: Case) -> None:
    """Reported, and measured."""
    body = case.body
    if not body.get("logprobs"):
        raise ApiError(
            400, "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", param="top_logprobs"
        )


def token_limits(case: Case) -> None:
    """One limit, under the old name or the new. Reported."""
    body = case.body
    if body.get("max_tokens") is not None:
        raise ApiError(
            400,
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            param="max_tokens",
            code="invalid_parameter_combination",
        )


def stored_metadata(case: Case) -> None:
    """Metadata is for completions that are stored. Reported."""
    body = case.body
    if body["metadata"] and not body.get("store"):
        raise ApiError(400, "The 'metadata' parameter is only allowed when 'store' is enabled.", param="metadata")


def stream_options(case: Case) -> None:
    """Reported."""
    body = case.body
    if not body.get("stream"):
        raise ApiError(
            400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )


def best_of(case: Case) -> None:
    """A legacy completion returns no more choices than it makes. Reported."""
    body = case.body
    wanted, made = body.get("n"), body.get("best_of")
    if wanted is not None and made is not None and wanted > made:
        raise ApiError(
            400,
            f"You requested that the server return more choices than it will generate (HINT: you must set 'n' "
            f"(currently {wanted}) to be at most 'best_of' (currently {made}), or omit either parameter if you don't "
            "specifically want to use them.)",
        )
