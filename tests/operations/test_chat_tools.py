"""Chat completions that call tools: scripted, demanded by the request, in the current way and the legacy one."""

from __future__ import annotations

import json
from typing import Any, cast

import pydantic
import pytest

from fakeopenai import FakeOpenAI, ToolCall, UsageError, tool_call

Json = dict[str, Any]

HI: list[Any] = [{"role": "user", "content": "Hi"}]
CITY: Json = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Any = {"type": "function", "function": {"name": "get_weather", "parameters": CITY}}
CLOCK: Any = {"type": "function", "function": {"name": "get_time"}}
PYTHON: Any = {"type": "custom", "custom": {"name": "python"}}


def choice_of(fake: FakeOpenAI, model: str = "gpt-4o", **asked: Any) -> Json:
    """The only choice of an answer as JSON: what is not there was not sent."""
    create = cast("Any", fake.chat.completions.with_raw_response.create)
    (choice,) = json.loads(create(model=model, messages=HI, **asked).text)["choices"]
    found: Json = choice
    return found


# ------------------------------------------------------------------------------------------------ tools


def test_parallel_calls(fake: FakeOpenAI) -> None:
    """Several calls are one message, in order, each with an id, unless the script gives one."""
    fake.chat.completions.create.returns([tool_call("get_weather", city="Paris"), tool_call("get_time", id="call_1")])
    choice = choice_of(fake, tools=[WEATHER, CLOCK])
    calls = choice["message"]["tool_calls"]
    assert [call["function"]["name"] for call in calls] == ["get_weather", "get_time"]
    assert calls[0]["id"].startswith("call_")
    assert calls[1]["id"] == "call_1"
    assert (choice["message"]["content"], choice["finish_reason"]) == (None, "tool_calls")


def test_text_beside_a_call(fake: FakeOpenAI) -> None:
    """A model may say something and call a tool."""
    fake.chat.completions.create.returns(["Let me look.", tool_call("get_time")])
    message = fake.chat.completions.create(model="gpt-4o", messages=HI, tools=[CLOCK]).choices[0].message
    assert message.content == "Let me look."
    assert len(message.tool_calls or []) == 1


def test_partial_calls_get_ids(fake: FakeOpenAI) -> None:
    """Calls given in part get what they lack: id, type and finish reason."""
    call = {"function": {"name": "get_time", "arguments": "{}"}}
    fake.chat.completions.create.returns({"choices": [{"message": {"tool_calls": [call]}}]})
    choice = choice_of(fake, tools=[CLOCK])
    (made,) = choice["message"]["tool_calls"]
    assert made["type"] == "function"
    assert made["id"].startswith("call_")
    assert choice["finish_reason"] == "tool_calls"
    assert "id" not in call


def test_custom_tool(fake: FakeOpenAI) -> None:
    """A custom tool is called with free text."""
    fake.chat.completions.create.returns(tool_call("python", input="print(1)"))
    (call,) = choice_of(fake, "gpt-5", tools=[PYTHON])["message"]["tool_calls"]
    assert call["type"] == "custom"
    assert call["custom"] == {"name": "python", "input": "print(1)"}


def test_named_tool_stops(fake: FakeOpenAI) -> None:
    """Having called the one tool that was named is an ordinary end."""
    fake.chat.completions.create.returns(tool_call("get_time"))
    named: Any = {"type": "function", "function": {"name": "get_time"}}
    assert choice_of(fake, tools=[CLOCK], tool_choice=named)["finish_reason"] == "stop"
    assert choice_of(fake, tools=[CLOCK], tool_choice="required")["finish_reason"] == "tool_calls"


def test_legacy_functions(fake: FakeOpenAI) -> None:
    """Where functions are offered in the legacy way, the call comes in the legacy way."""
    fake.chat.completions.create.returns(tool_call("get_time"))
    choice = choice_of(fake, functions=[{"name": "get_time"}])
    assert choice["message"]["function_call"] == {"name": "get_time", "arguments": "{}"}
    assert "tool_calls" not in choice["message"]
    assert choice["finish_reason"] == "function_call"


def test_legacy_functions_know_no_parallel_calls(fake: FakeOpenAI) -> None:
    """Several calls can't be said in the legacy way, and the error says what to do."""
    fake.chat.completions.create.returns([tool_call("get_time"), tool_call("get_weather")])
    with pytest.raises(UsageError) as caught:
        fake.chat.completions.create(
            model="gpt-4", messages=HI, functions=[{"name": "get_time"}, {"name": "get_weather"}]
        )
    assert str(caught.value) == (
        "The request offers functions= (legacy), and an answer to that calls one function; the script calls 2: "
        "get_time, get_weather.\n"
        "  to do:     script one of them, or let the code under test offer them as tools="
    )


# ------------------------------------------------------------------------------------------------ unscripted


def test_default_obeys_a_schema(fake: FakeOpenAI) -> None:
    """An unscripted answer has the shape that the request demands."""

    class City(pydantic.BaseModel):
        name: str
        population: int

    parsed = fake.chat.completions.parse(model="gpt-5", messages=HI, response_format=City).choices[0].message.parsed
    assert isinstance(parsed, City)


def test_default_json_object() -> None:
    """An unscripted answer to JSON mode is a JSON object."""
    fake = FakeOpenAI(strict={"json_word"})
    assert choice_of(fake, response_format={"type": "json_object"})["message"]["content"] == "{}"


@pytest.mark.parametrize(
    ("choice", "called"),
    [
        ("required", "get_weather"),
        ({"type": "function", "function": {"name": "get_time"}}, "get_time"),
        ({"type": "custom", "custom": {"name": "python"}}, "python"),
        (
            {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [CLOCK]}},
            "get_time",
        ),
        ({"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [CLOCK]}}, None),
        ("auto", None),
        ("none", None),
    ],
)
def test_default_obeys_tool_choice(fake: FakeOpenAI, choice: Any, called: str | None) -> None:
    """An unscripted answer calls the tool that the request demands, and none that it doesn't."""
    message = choice_of(fake, tools=[WEATHER, CLOCK, PYTHON], tool_choice=choice)["message"]
    names = [call[call["type"]]["name"] for call in message.get("tool_calls", ())]
    assert names == ([called] if called else [])
    assert (message["content"] is None) == (called is not None)


def test_default_arguments_fit(fake: FakeOpenAI) -> None:
    """The arguments of an unscripted call fit the tool's schema."""
    message = choice_of(fake, tools=[WEATHER], tool_choice="required")["message"]
    assert isinstance(json.loads(message["tool_calls"][0]["function"]["arguments"])["city"], str)


def test_default_legacy_function(fake: FakeOpenAI) -> None:
    """A legacy function that is named is called."""
    message = choice_of(fake, functions=[{"name": "f"}, {"name": "g"}], function_call={"name": "g"})["message"]
    assert message["function_call"]["name"] == "g"


def test_script_object(fake: FakeOpenAI) -> None:
    """A call that is spelled out comes as it was spelled."""
    fake.chat.completions.create.returns(ToolCall("get_time", "not json", id="call_x"))
    (call,) = choice_of(fake, tools=[CLOCK])["message"]["tool_calls"]
    assert call == {"id": "call_x", "type": "function", "function": {"name": "get_time", "arguments": "not json"}}
