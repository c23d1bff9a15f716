"""What follows from a request alone: limits, unknown keys, addresses of pictures, each as the API refuses it.

The sources are public: issues that quote the API's error, or its description.
"""

from __future__ import annotations

from typing import Any

import openai
import pytest

from fakeopenai import FakeOpenAI
from fakeopenai.limits import LIMITS
from fakeopenai.operation import find
from fakeopenai.params import validator_for

Json = dict[str, Any]

USER: Json = {"role": "user", "content": "Hi"}
CHAT: Json = {"model": "gpt-4o", "messages": [USER]}
RESPONSE: Json = {"model": "gpt-4o", "input": "Hi"}
TOOL: Json = {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}


def shown(url: Any) -> list[Json]:
    """A chat message with a picture."""
    return [
        {"role": "user", "content": [{"type": "text", "text": "?"}, {"type": "image_url", "image_url": {"url": url}}]}
    ]


def seen(url: Any) -> list[Json]:
    """An input item with a picture."""
    return [
        {"role": "user", "content": [{"type": "input_text", "text": "?"}, {"type": "input_image", "image_url": url}]}
    ]


def called(id: str) -> list[Json]:
    """A chat history with one call and its answer."""
    call: Json = {"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}}
    return [USER, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": id, "content": "4"}]


OVER, UNDER = "string_above_max_length", "empty_array"
MANY, FEW = "integer_above_max_value", "integer_below_min_value"

REFUSED: list[tuple[str, Json, str | None, str | None, str]] = [
    # operation, what is asked, param, code, where the API was seen to say so
    ("chat.completions.create", {**CHAT, "messages": shown("a.png")}, "messages[0].content[1].image_url.url",
     "invalid_value", "Alibaba-NLP/OmniSearch#3"),
    ("chat.completions.create", {**CHAT, "messages": shown("data:image/png;base64,@")},
     "messages[0].content[1].image_url.url", "invalid_value", "vercel/ai#7266, of a file"),
    ("chat.completions.create", {**CHAT, "messages": called("c" * 41)}, "messages[1].tool_calls[0].id", OVER,
     "microsoft/autogen#6377, camel-ai/camel#2215"),
    ("chat.completions.create", {**CHAT, "user": "u" * 65}, "user", OVER, "BerriAI/litellm, its tests"),
    ("chat.completions.create", {**CHAT, "safety_identifier": "u" * 65}, "safety_identifier", OVER, "described"),
    ("chat.completions.create", {**CHAT, "prompt_cache_key": "u" * 65}, "prompt_cache_key", OVER, "as for responses"),
    ("chat.completions.create", {**CHAT, "functions": []}, "functions", UNDER, "described"),
    ("chat.completions.create", {**CHAT, "messages": [{"role": "user", "content": []}]}, "messages[0].content", UNDER,
     "described"),
    ("responses.create", {**RESPONSE, "input": seen("a.png")}, "input[0].content[1].image_url", "invalid_value",
     "quoted in many public clients of the API"),
    ("responses.create", {**RESPONSE, "input": seen("data:image/png;base64,")}, "input[0].content[1].image_url",
     "invalid_value", "anomalyco/opencode#23983"),
    ("responses.create", {**RESPONSE, "input": seen("data:image/png;base64,{'type': 'x'}")},
     "input[0].content[1].image_url", "invalid_value", "quoted in many public clients of the API"),
    ("responses.create", {**RESPONSE, "input": [{**USER, "name": "bob"}]}, "input[0].name", "unknown_parameter",
     "in the manner of openai/openai-python#2720"),
    ("responses.create", {**RESPONSE, "input": [USER, {"type": "function_call", "call_id": "c", "name": "f",
     "arguments": "{}", "parsed_arguments": {}}]}, "input[1].parsed_arguments", "unknown_parameter",
     "openai/openai-python#2720"),
    ("responses.create", {**RESPONSE, "input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi",
     "cache_control": {"type": "ephemeral"}}]}]}, "input[0].content[0].cache_control", "unknown_parameter",
     "measured behind a gateway"),
    ("responses.create", {**RESPONSE, "tools": [{"type": "web_search", "max_uses": 3}]}, "tools[0].max_uses",
     "unknown_parameter", "measured behind a gateway"),
    ("responses.create", {**RESPONSE, "input": [{"type": "function_call", "call_id": "c" * 65, "name": "f",
     "arguments": "{}"}]}, "input[0].call_id", OVER, "quoted in many public clients of the API"),
    ("responses.create", {**RESPONSE, "input": [{"type": "function_call", "call_id": "", "name": "f",
     "arguments": "{}"}]}, "input[0].call_id", "empty_string", "described"),
    ("responses.create", {**RESPONSE, "input": [{"type": "reasoning", "id": "rs_" + "x" * 64, "summary": []}]},
     "input[0].id", OVER, "quoted in many public clients of the API"),
    ("responses.create", {**RESPONSE, "prompt_cache_key": "k" * 65}, "prompt_cache_key", OVER,
     "quoted in many public clients of the API"),
    ("responses.create", {**RESPONSE, "tools": [{"type": "file_search", "vector_store_ids": []}]},
     "tools[0].vector_store_ids", UNDER, "in the manner of its neighbours"),
    ("responses.create", {**RESPONSE, "tools": [{"type": "image_generation", "partial_images": 4}]},
     "tools[0].partial_images", MANY, "described"),
    ("completions.create", {"model": "gpt-3.5-turbo-instruct", "prompt": []}, "prompt", UNDER, "described"),
    ("conversations.create", {"items": [USER] * 21}, "items", "array_above_max_length", "described"),
    ("fine_tuning.jobs.create", {"model": "gpt-4o-mini-2024-07-18", "training_file": "file-a", "suffix": "s" * 65},
     "suffix", OVER, "described"),
    ("fine_tuning.jobs.create", {"model": "gpt-4o-mini-2024-07-18", "training_file": "file-a",
     "hyperparameters": {"n_epochs": 0}}, "hyperparameters.n_epochs", FEW, "described"),
    ("vector_stores.file_batches.create", {"vector_store_id": "vs_1", "file_ids": []}, "file_ids", UNDER, "described"),
    ("beta.assistants.create", {"model": "gpt-4o", "name": "n" * 257}, "name", OVER, "described"),
    ("beta.assistants.create", {"model": "gpt-4o", "tools": [{"type": "code_interpreter"}] * 129}, "tools",
     "array_above_max_length", "described"),
    ("beta.assistants.list", {"limit": 101}, "limit", MANY, "described"),
    ("responses.input_items.list", {"response_id": "resp_1", "limit": 0}, "limit", FEW, "described"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # assistants
@pytest.mark.parametrize(("name", "params", "param", "code", "source"), REFUSED)
def test_what_the_api_does_not_take(name: str, params: Json, param: str | None, code: str | None, source: str) -> None:
    """Status, type, param and code are the API's."""
    operation = find(name)
    assert operation is not None
    with pytest.raises(openai.BadRequestError) as refused:
        refuse(name, params)
    error = refused.value
    assert (error.status_code, error.type, error.param, error.code) == (400, "invalid_request_error", param, code), (
        source
    )


def refuse(name: str, params: Json) -> None:
    """Ask a strict fake in the way that an app would; what the SDK's method doesn't take goes in ``extra_body``."""
    call: Any = FakeOpenAI(missing="synthesize")
    for part in name.split("."):
        call = getattr(call, part)
    call(**params)


def test_each_limit_is_of_something_that_there_is() -> None:
    """No row of the table names an operation that no SDK has."""
    for owner in LIMITS:
        if owner[0].islower():
            assert find(owner) or find(f"beta.{owner}"), owner


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "HTTP://example.com/a",
        "data:image/png;base64,iVBORw0KGgo=",
        "data:image/jpeg;base64,_-",
    ],
)
def test_pictures_that_are_somewhere_are_taken(url: str) -> None:
    """On the web, or in a data URL, in chat and in responses."""
    for name, params in (
        ("chat.completions.create", {**CHAT, "messages": shown(url)}),
        ("responses.create", {**RESPONSE, "input": seen(url)}),
    ):
        operation = find(name)
        assert operation is not None
        validator_for(operation).check(params)


def test_keys_that_newer_sdks_know_are_taken() -> None:
    """Items and tools go back with all that the API gave, whichever SDK is installed."""
    message: Json = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": []}
    call: Json = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}", "namespace": "n"}
    operation = find("responses.create")
    assert operation is not None
    validator_for(operation).check(
        {**RESPONSE, "input": [{**message, "phase": "final_answer"}, call], "tools": [{**TOOL, "defer_loading": True}]}
    )
