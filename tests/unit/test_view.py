"""The view of a request that scripts get: the same for every endpoint that a model speaks through."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeopenai import FakeOpenAI, Request, tool_call
from fakeopenai.operation import find
from fakeopenai.turn import ToolCall
from fakeopenai.view import Message, OfferedTool, ToolResult

SCHEMA: Any = {"type": "object", "properties": {"city": {"type": "string"}}}


def request_of(name: str, **body: Any) -> Request:
    """A request to the operation of that name."""
    operation = find(name)
    assert operation is not None
    return Request(operation, body)


CHAT = request_of(
    "chat.completions.create",
    model="gpt-5",
    messages=[
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Weather"}, {"type": "text", "text": "?"}]},
        {
            "role": "assistant",
            "content": "Let me look.",
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Paris"}'}},
                {"id": "call_2", "type": "custom", "custom": {"name": "sql", "input": "SELECT 1"}},
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
        {"role": "tool", "tool_call_id": "call_2", "content": "1"},
    ],
    tools=[
        {
            "type": "function",
            "function": {"name": "weather", "description": "It.", "parameters": SCHEMA, "strict": True},
        },
        {"type": "custom", "custom": {"name": "sql"}},
    ],
)
RESPONSES = request_of(
    "responses.create",
    model="gpt-5",
    instructions="Be brief.",
    input=[
        {"role": "user", "content": [{"type": "input_text", "text": "Weather"}, {"type": "input_text", "text": "?"}]},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Let me look."}]},
        {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": '{"city":"Paris"}'},
        {"type": "custom_tool_call", "call_id": "call_2", "name": "sql", "input": "SELECT 1"},
        {"type": "function_call_output", "call_id": "call_1", "output": "sunny"},
        {"type": "custom_tool_call_output", "call_id": "call_2", "output": [{"type": "input_text", "text": "1"}]},
    ],
    tools=[
        {"type": "function", "name": "weather", "description": "It.", "parameters": SCHEMA, "strict": True},
        {"type": "custom", "name": "sql"},
    ],
)


@pytest.mark.parametrize("request_", [CHAT, RESPONSES], ids=["chat", "responses"])
def test_chat_and_responses_look_the_same(request_: Request) -> None:
    """One history, asked for in two shapes, reads the same."""
    calls = (ToolCall("weather", '{"city":"Paris"}', "call_1"), ToolCall("sql", "SELECT 1", "call_2", "custom"))
    assert request_.messages == (
        Message("system", "Be brief."),
        Message("user", "Weather?"),
        Message("assistant", "Let me look.", calls),
        Message("tool", "sunny", call_id="call_1"),
        Message("tool", "1", call_id="call_2"),
    )
    assert request_.model == "gpt-5"
    assert request_.system_text == "Be brief."
    assert request_.last_user_text == "Weather?"
    assert request_.tool_results == (ToolResult("sunny", "call_1", "weather"), ToolResult("1", "call_2", "sql"))
    assert request_.tools == (OfferedTool("weather", "function", "It.", SCHEMA, True), OfferedTool("sql", "custom"))  # noqa: FBT003


def test_legacy_functions() -> None:
    """Functions and their results, as chat had them once."""
    found = request_of(
        "chat.completions.create",
        messages=[
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": None, "function_call": {"name": "weather", "arguments": "{}"}},
            {"role": "function", "name": "weather", "content": "sunny"},
        ],
        functions=[{"name": "weather", "parameters": SCHEMA}],
    )
    assert [tool.name for tool in found.tools] == ["weather"]
    assert found.tool_results == (ToolResult("sunny", None, "weather"),)
    assert found.messages[1].tool_calls[0].name == "weather"


def test_results_are_those_since_the_user_spoke() -> None:
    """Results of an earlier question are no results of this one."""
    messages = [
        *CHAT.params["messages"],
        {"role": "assistant", "content": "Sunny."},
        {"role": "user", "content": "And?"},
    ]
    found = request_of("chat.completions.create", messages=messages)
    assert found.tool_results == ()
    assert found.last_user_text == "And?"


def test_text_input_and_hosted_tools() -> None:
    """A plain text is the user's; hosted tools go by their kind, those of a namespace by their names."""
    found = request_of(
        "responses.create",
        input="Hi",
        tools=[
            {"type": "web_search"},
            {"type": "namespace", "name": "crm", "tools": [{"type": "function", "name": "find"}]},
        ],
    )
    assert found.last_user_text == "Hi"
    assert [(tool.name, tool.kind) for tool in found.tools] == [("web_search", "web_search"), ("find", "function")]


def test_legacy_completions() -> None:
    """A prompt is what the user says; tokens say nothing."""
    assert request_of("completions.create", prompt=["a", "b"]).messages == (Message("user", "a"), Message("user", "b"))
    assert request_of("completions.create", prompt=[1, 2]).messages == ()


@pytest.mark.parametrize("name", ["files.list", "responses.create", "chat.completions.create"])
def test_requests_that_say_nothing(name: str) -> None:
    """Where there is nothing to read, everything is empty, and nothing fails."""
    found = request_of(name)
    assert (found.messages, found.tools, found.tool_results) == ((), (), ())
    assert (found.last_user_text, found.system_text, found.model) == ("", "", None)


def test_history_of_a_chain(fake: FakeOpenAI) -> None:
    """What a response goes on from is read from the account, results of tools included."""
    fake.responses.create.when(where=lambda request: request.tool_results).returns("sunny")
    fake.responses.create.returns(tool_call("weather", id="call_1"))
    first = fake.responses.create(model="gpt-5", input="Weather?")
    outputs: Any = [{"type": "function_call_output", "call_id": "call_1", "output": "warm"}]
    second = fake.responses.create(model="gpt-5", input=outputs, previous_response_id=first.id)
    assert second.output_text == "sunny"
    third = fake.responses.create(model="gpt-5", input="And tomorrow?", previous_response_id=second.id)
    assert third.output[0].type == "function_call"


def test_history_of_a_conversation(fake: FakeOpenAI) -> None:
    """What was said in a conversation is part of the history."""
    made = fake.conversations.create(items=[{"role": "user", "content": "My name is Ada."}])
    fake.responses.create.when(where=lambda request: "Ada" in request.messages[0].text).returns("Hello Ada")
    assert fake.responses.create(model="gpt-5", input="Who am I?", conversation=made.id).output_text == "Hello Ada"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(content=JSON)
def test_odd_contents_do_not_fail(content: Any) -> None:
    """Whatever a content is, reading it doesn't fail: a condition on requests must not break the code under test."""
    for found in (
        request_of("chat.completions.create", messages=[{"role": "user", "content": content}]),
        request_of("responses.create", input=[{"role": "user", "content": content}]),
    ):
        assert isinstance(found.last_user_text, str)
