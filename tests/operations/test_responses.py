"""Responses: what one answer holds, for what was asked and what was scripted."""

from __future__ import annotations

import inspect
import json
from typing import Any, cast

import openai
import pydantic
import pytest

from fakeopenai import (
    FakeAsyncOpenAI,
    FakeOpenAI,
    UnknownField,
    UsageError,
    items,
    json_reply,
    reasoning,
    refusal,
    reply,
    tool_call,
)
from fakeopenai.operations.generation import DEFAULT_TEXT
from fakeopenai.operations.response_output import DEFAULT_SUMMARY

Json = dict[str, Any]

CITY: Json = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Json = {"type": "function", "name": "get_weather", "parameters": CITY}
SQL: Json = {"type": "custom", "name": "sql"}


def wire(fake: FakeOpenAI, model: str = "gpt-5", **asked: Any) -> Json:
    """The response as JSON: what is not there was not sent."""
    arguments: Json = {"model": model, "input": "Hi", **asked}
    known = inspect.signature(fake.responses.create).parameters
    if not known.keys() >= arguments.keys():  # an older SDK lacks some, but sends what it is told to
        arguments["extra_body"] = {key: arguments.pop(key) for key in [*arguments] if key not in known}
    raw = cast("Any", fake.responses.with_raw_response.create)(**arguments)
    found: Json = json.loads(raw.text)
    return found


@pytest.fixture
def lax() -> FakeOpenAI:
    """A fake that takes what the types of an older SDK don't know."""
    return FakeOpenAI(strict=False)


# ------------------------------------------------------------------------------------------------ what is echoed


@pytest.mark.parametrize(
    ("model", "reasoning_", "top_p", "retention"),
    [
        ("gpt-4o-mini", {"context": None, "effort": None, "summary": None}, 1.0, "in_memory"),
        ("gpt-5-chat-latest", {"context": None, "effort": None, "summary": None}, 1.0, "in_memory"),
        ("o4-mini", {"context": "current_turn", "effort": "medium"}, 1.0, "in_memory"),
        ("gpt-5-2025-08-07", {"context": "current_turn", "effort": "medium"}, 1.0, "in_memory"),
        ("gpt-5.1", {"context": "current_turn", "effort": "none"}, 1.0, "in_memory"),
        ("gpt-5.1-codex", {"context": "current_turn", "effort": "medium"}, 1.0, "in_memory"),
        ("gpt-5.2", {"context": "current_turn", "effort": "none"}, 0.98, "in_memory"),
        ("gpt-5.4-nano", {"context": "current_turn", "effort": "none"}, 0.98, "24h"),
        ("gpt-5.6-sol", {"context": "all_turns", "effort": "medium"}, 0.98, "24h"),
    ],
)
def test_defaults_of_families(fake: FakeOpenAI, model: str, reasoning_: Json, top_p: float, retention: str) -> None:
    """What nobody asked for is what the API takes by default for the family of the model."""
    response = wire(fake, model)
    expected = reasoning_ if reasoning_["effort"] is None else {**reasoning_, "mode": "standard", "summary": None}
    assert response["reasoning"] == expected
    assert (response["top_p"], response["prompt_cache_retention"]) == (top_p, retention)


def test_everything_asked_is_echoed(lax: FakeOpenAI) -> None:
    """Parameters come back as they were given, under their own names."""
    asked: Json = {
        "instructions": "Be brief.",
        "max_output_tokens": 100,
        "max_tool_calls": 3,
        "metadata": {"run": "7"},
        "parallel_tool_calls": False,
        "prompt_cache_key": "key",
        "prompt_cache_retention": "24h",
        "safety_identifier": "someone",
        "service_tier": "flex",
        "temperature": 0.5,
        "tool_choice": "none",
        "top_logprobs": 2,
        "top_p": 0.5,
        "truncation": "auto",
        "user": "me",
    }
    response = wire(lax, "gpt-4o", **asked)
    assert {key: response[key] for key in asked} == asked


def test_defaults_when_nothing_is_asked(fake: FakeOpenAI) -> None:
    """The plainest response has all the keys that the API sends, and none that it sends only if asked."""
    response = wire(fake)
    assert response["status"] == "completed"
    assert response["completed_at"] >= response["created_at"]
    assert response["text"] == {"format": {"type": "text"}, "verbosity": "medium"}
    assert (response["store"], response["background"], response["truncation"]) == (True, False, "disabled")
    assert (response["tools"], response["tool_choice"], response["parallel_tool_calls"]) == ([], "auto", True)
    assert response["billing"] == {"payer": "developer"}
    assert response["service_tier"] == "default"
    assert {"conversation", "prompt", "prompt_cache_options"}.isdisjoint(response)


@pytest.mark.parametrize(
    ("tool", "echo"),
    [
        ({"type": "web_search"}, {"search_context_size": "medium", "return_token_budget": "default"}),
        ({"type": "web_search_preview"}, {"search_context_size": "medium"}),
        ({"type": "file_search", "vector_store_ids": ["vs_1"]}, {"max_num_results": 20, "filters": None}),
        ({"type": "image_generation"}, {"n": 1, "quality": "auto", "output_format": "png"}),
        ({"type": "mcp", "server_label": "x", "server_url": "https://x.y/z"}, {"require_approval": "always"}),
        ({"type": "mcp", "server_label": "x", "authorization": "secret"}, {"authorization": "<redacted>"}),
        ({"type": "code_interpreter", "container": {"type": "auto"}}, {"container": {"type": "auto"}}),
        ({"type": "apply_patch"}, {"type": "apply_patch"}),
        (SQL, {"format": {"type": "text"}, "description": None}),
        ({**WEATHER, "strict": False}, {"strict": False, "parameters": CITY, "description": None}),
        (WEATHER, {"strict": True, "parameters": {**CITY, "additionalProperties": False}}),
        ({**WEATHER, "strict": None}, {"strict": False, "parameters": CITY}),
    ],
)
def test_tools_are_echoed_with_their_defaults(lax: FakeOpenAI, tool: Json, echo: Json) -> None:
    """Each kind of tool comes back with what the API fills in; functions are made strict unless someone says."""
    [found] = wire(lax, tools=[tool])["tools"]
    assert found["type"] == tool["type"]
    assert {key: found[key] for key in echo} == echo


@pytest.mark.parametrize(
    ("offered", "kinds"),
    [
        ([{"type": "tool_search"}], ["function", "tool_search", "namespace"]),
        ([], ["namespace", "namespace"]),
    ],
)
def test_tools_in_the_input_are_echoed(lax: FakeOpenAI, offered: list[Json], kinds: list[str]) -> None:
    """What a search has found is echoed in a namespace of its own; so is what was added, unless there is a search."""
    found: Json = {"type": "tool_search_output", "status": "completed", "tools": [WEATHER]}
    added: Json = {"type": "additional_tools", "role": "developer", "tools": [{**WEATHER, "name": "get_time"}]}
    tools = wire(lax, tools=offered, input=[{"role": "user", "content": "Hi"}, found, added])["tools"]
    assert [tool["type"] for tool in tools] == kinds
    assert {tool["name"]: tool["type"] for tool in tools if "name" in tool}[WEATHER["name"]] == "namespace"


def test_computer_use_echoes_what_the_first_responses_had(lax: FakeOpenAI) -> None:
    """The reasoning of a computer use model still has the key that others have lost."""
    assert wire(lax, model="computer-use-preview")["reasoning"]["generate_summary"] is None
    assert "generate_summary" not in wire(lax, model="gpt-5")["reasoning"]


def test_optional_parameters_become_required(fake: FakeOpenAI) -> None:
    """Where nobody says whether a function is strict, all of its parameters are made required, nested ones too."""
    inner: Json = {"type": "object", "properties": {"name": {"type": "string"}}}
    schema: Json = {"type": "object", "properties": {"city": {"type": "string"}, "hotel": inner}, "required": ["hotel"]}
    [found] = wire(fake, tools=[{"type": "function", "name": "book", "parameters": schema}])["tools"]
    assert found["parameters"]["required"] == ["hotel", "city"]
    assert found["parameters"]["properties"]["hotel"]["required"] == ["name"]
    assert found["strict"] is True


def test_a_schema_that_can_not_be_strict_stays(fake: FakeOpenAI) -> None:
    """A function whose schema strict mode doesn't know is echoed as it was, and not strict."""
    schema: Json = {"type": "object", "properties": {"tags": {"type": "object", "additionalProperties": True}}}
    [found] = wire(fake, tools=[{"type": "function", "name": "tag", "parameters": schema}])["tools"]
    assert found["strict"] is False
    assert found["parameters"] == schema


def test_text_format(fake: FakeOpenAI) -> None:
    """A structured output is echoed with its defaults, and the default answer fits it."""
    form = {"type": "json_schema", "name": "place", "schema": {**CITY, "additionalProperties": False}}
    response = wire(fake, text={"format": form})
    assert response["text"]["format"] == {**form, "description": None, "strict": True}
    assert set(json.loads(response["output"][0]["content"][0]["text"])) == {"city"}


def test_prompt(fake: FakeOpenAI) -> None:
    """A prompt template is echoed with its variables as parts of input."""
    response = wire(fake, prompt={"id": "pmpt_1", "version": "2", "variables": {"price": "$9"}})
    assert response["prompt"]["variables"] == {"price": {"type": "input_text", "text": "$9"}}
    assert [message["role"] for message in response["instructions"]] == ["developer", "user"]


def test_moderation(lax: FakeOpenAI) -> None:
    """Who asks for moderation gets its results on both sides."""
    found = wire(lax, moderation={"model": "omni-moderation-latest"})["moderation"]
    assert not found["input"]["flagged"]
    assert not found["output"]["flagged"]


# ------------------------------------------------------------------------------------------------ what is said


def test_default_reply(fake: FakeOpenAI) -> None:
    """Unscripted, the model says a fixed text."""
    assert fake.responses.create(model="gpt-5", input="Hi").output_text == DEFAULT_TEXT


@pytest.mark.parametrize(
    ("choice", "kind"),
    [("required", "function_call"), ({"type": "custom", "name": "sql"}, "custom_tool_call"), ("auto", "message")],
)
def test_default_obeys_tool_choice(fake: FakeOpenAI, choice: Any, kind: str) -> None:
    """A demanded call is made, with arguments that fit."""
    response = fake.responses.create(model="gpt-5", input="Hi", tools=cast("Any", [WEATHER, SQL]), tool_choice=choice)
    assert [item.type for item in response.output] == [kind]


def test_default_obeys_allowed_tools(fake: FakeOpenAI) -> None:
    """Of several tools, one that is allowed is called."""
    choice = {"type": "allowed_tools", "mode": "required", "tools": [{"type": "custom", "name": "sql"}]}
    tools: Any = [WEATHER, SQL]
    [call] = fake.responses.create(model="gpt-5", input="Hi", tools=tools, tool_choice=cast("Any", choice)).output
    assert call.type == "custom_tool_call"


def test_order_of_a_turn(fake: FakeOpenAI) -> None:
    """Reasoning stands first, then items, then the message, then the calls."""
    fake.responses.create.returns(
        ["It is sunny.", tool_call("log", id="call_1", city="Paris"), items.web_search_call("Paris"), reasoning("Hm.")]
    )
    thought, search, message, call = fake.responses.create(model="gpt-5", input="Hi").output
    assert thought.type == "reasoning"
    assert thought.summary[0].text == "Hm."
    assert search.type == "web_search_call"
    assert message.type == "message"
    assert call.type == "function_call"
    assert (call.call_id, json.loads(call.arguments)) == ("call_1", {"city": "Paris"})


def test_reasoning_only_if_asked_for(fake: FakeOpenAI) -> None:
    """A reasoning item stands first if a summary was asked for, and only of models that reason."""
    ask: Any = {"input": "Hi", "reasoning": {"summary": "auto"}}
    first, _ = wire(fake, "gpt-5", **ask)["output"]
    assert first["type"] == "reasoning"
    assert first["summary"][0]["text"] == DEFAULT_SUMMARY
    assert len(wire(fake, "gpt-5")["output"]) == 1
    assert len(wire(fake, "gpt-5.1", **ask)["output"]) == 1


def test_encrypted_reasoning(fake: FakeOpenAI) -> None:
    """Reasoning is encrypted for those who ask for it."""
    fake.responses.create.returns([reasoning("Hm."), "Hi"])
    [plain, _] = wire(fake)["output"]
    [encrypted, _] = wire(fake, include=["reasoning.encrypted_content"])["output"]
    assert "encrypted_content" not in plain
    assert encrypted["encrypted_content"].startswith("gAAAAA")


def test_include_decides_what_is_sent(fake: FakeOpenAI) -> None:
    """Results of hosted tools come only to those who include them, as from the API."""
    fake.responses.create.returns([items.file_search_call("x", results=[{"file_id": "file-1", "text": "y"}]), "Hi"])
    assert wire(fake)["output"][0]["results"] is None
    assert wire(fake, include=["file_search_call.results"])["output"][0]["results"][0]["file_id"] == "file-1"


def test_phase_of_newer_models(fake: FakeOpenAI) -> None:
    """Newer models say whether a message is a commentary or the final answer."""
    fake.responses.create.returns(["Let me see.", tool_call("look")])
    assert wire(fake, "gpt-5.4")["output"][0]["phase"] == "commentary"
    assert "phase" not in wire(fake, "gpt-5")["output"][0]
    fake.responses.create.returns("Done.")
    assert wire(fake, "gpt-5.6-sol")["output"][0]["phase"] == "final_answer"


def test_refusal(fake: FakeOpenAI) -> None:
    """A refusal is a part of its own, and no text."""
    fake.responses.create.returns(refusal("No."))
    response = fake.responses.create(model="gpt-5", input="Hi")
    assert response.output_text == ""
    assert response.to_dict()["output"][0]["content"] == [{"type": "refusal", "refusal": "No."}]  # type: ignore[index]


def test_length_ends_a_text(fake: FakeOpenAI) -> None:
    """A text that is longer than allowed is cut, and the response is incomplete."""
    fake.responses.create.returns("word " * 50)
    response = wire(fake, max_output_tokens=16)
    assert (response["status"], response["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
    assert response["completed_at"] is None
    assert response["output"][0]["status"] == "incomplete"
    assert response["usage"]["output_tokens"] <= 16


@pytest.mark.parametrize(
    ("finish_reason", "reason"), [("length", "max_output_tokens"), ("content_filter", "content_filter"), ("stop", None)]
)
def test_finish_reasons_of_chat(fake: FakeOpenAI, finish_reason: str, reason: str | None) -> None:
    """A finish reason, as chat knows it, becomes what the Responses API says of it."""
    fake.responses.create.returns(reply("Hi", finish_reason=finish_reason))
    response = fake.responses.create(model="gpt-5", input="Hi")
    assert (response.incomplete_details.reason if response.incomplete_details else None) == reason


def test_logprobs(fake: FakeOpenAI) -> None:
    """Logprobs come with the text for those who include them."""
    fake.responses.create.returns("Hello there")
    [part] = wire(fake, "gpt-4o", include=["message.output_text.logprobs"], top_logprobs=2)["output"][0]["content"]
    assert "".join(token["token"] for token in part["logprobs"]) == "Hello there"
    assert len(part["logprobs"][0]["top_logprobs"]) == 2


def test_partial_response(fake: FakeOpenAI) -> None:
    """Part of a response is completed: ids, roles, usage, and what the model said stays."""
    fake.responses.create.returns(
        {"output": [items.message("Hi")], "status": "incomplete", "incomplete_details": {"reason": "content_filter"}}
    )
    response = fake.responses.create(model="gpt-5", input="Hi")
    assert response.output_text == "Hi"
    assert cast("Any", response.output[0]).id.startswith("msg_")
    assert response.status == "incomplete"
    assert response.usage is not None
    assert response.usage.output_tokens == 1


def test_partial_without_output(fake: FakeOpenAI) -> None:
    """A partial response that doesn't say what the model said has the default text."""
    fake.responses.create.returns({"service_tier": "priority"})
    response = fake.responses.create(model="gpt-5", input="Hi")
    assert (response.output_text, response.service_tier) == (DEFAULT_TEXT, "priority")


def test_failed_response(fake: FakeOpenAI) -> None:
    """A failure is a response like any other, with its error."""
    fake.responses.create.returns({"output": [], "status": "failed", "error": {"code": "server_error", "message": "x"}})
    response = fake.responses.create(model="gpt-5", input="Hi")
    assert response.error is not None
    assert (response.status, response.error.code, response.completed_at) == ("failed", "server_error", None)


MISSPELT: Json = {"type": "message", "contnt": []}


@pytest.mark.parametrize("script", [{"output": [MISSPELT]}, [MISSPELT, "Hi"]])
def test_a_typo_in_an_item(fake: FakeOpenAI, script: Any) -> None:
    """An unknown key of an item is an error that names the nearest one."""
    fake.responses.create.returns(lambda request: script)
    with pytest.raises(UnknownField, match="did you mean 'content'"):
        fake.responses.create(model="gpt-5", input="Hi")


def test_output_that_is_no_list(fake: FakeOpenAI) -> None:
    """Output of the wrong type is refused."""
    fake.responses.create.returns(lambda request: {"output": "Hi"})
    with pytest.raises(UsageError, match="output"):
        fake.responses.create(model="gpt-5", input="Hi")


def test_an_item_of_a_newer_api(fake: FakeOpenAI) -> None:
    """A kind of item that nobody knows yet works from its dict."""
    fake.responses.create.returns([{"type": "dream_call", "dream": "sheep"}, "Hi"])
    [dream, _] = wire(fake)["output"]
    assert dream["dream"] == "sheep"
    assert dream["id"].startswith("item_")


def test_every_builder_can_be_said(fake: FakeOpenAI) -> None:
    """Every kind of item that has a builder comes out of a response with an id."""
    said = [
        items.apply_patch_call("create_file", "a.txt", "+a"),
        items.code_interpreter_call("print(1)", "1"),
        items.compaction("opaque"),
        items.computer_call("screenshot"),
        items.custom_tool_call("sql", "SELECT 1"),
        items.file_search_call("x"),
        items.function_call("f", {"a": 1}),
        items.image_generation_call(b"png"),
        items.local_shell_call("ls"),
        items.mcp_approval_request("roll", server_label="dice"),
        items.mcp_call("roll", server_label="dice", output="6"),
        items.mcp_list_tools("roll", server_label="dice"),
        items.message("Hi"),
        items.reasoning_item("Hm."),
        items.shell_call("ls"),
        items.shell_call_output("a.txt"),
        items.tool_search_call({"queries": ["x"]}),
        items.web_search_call("x"),
    ]
    fake.responses.create.returns(said)
    output = wire(fake)["output"]
    assert sorted(item["type"] for item in output) == sorted(item["type"] for item in said)
    assert all(item["id"] for item in output)


# ------------------------------------------------------------------------------------------------ usage, helpers


def test_usage_follows_what_was_read_and_said(fake: FakeOpenAI) -> None:
    """Usage adds up, and grows with instructions, tools and history."""
    plain = wire(fake)["usage"]
    more = wire(fake, instructions="Be as brief as you can.", tools=[WEATHER])["usage"]
    assert more["input_tokens"] > plain["input_tokens"]
    for usage in (plain, more):
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
        assert usage["output_tokens_details"]["reasoning_tokens"] <= usage["output_tokens"]


@pytest.mark.parametrize("names", [("input_tokens", "output_tokens"), ("prompt_tokens", "completion_tokens")])
def test_usage_can_be_scripted(fake: FakeOpenAI, names: tuple[str, str]) -> None:
    """A script's own numbers count, under the names of either API."""
    fake.responses.create.returns(reply("Hi", usage={names[0]: 100, names[1]: 10}))
    usage = wire(fake)["usage"]
    assert (usage["input_tokens"], usage["output_tokens"], usage["total_tokens"]) == (100, 10, 110)


class Place(pydantic.BaseModel):
    """A structured output."""

    city: str


def test_parse(fake: FakeOpenAI) -> None:
    """``parse`` gives the model that the text was asked to fit, scripted or not."""
    assert fake.responses.parse(model="gpt-5", input="Hi", text_format=Place).output_parsed is not None
    fake.script(json_reply(Place(city="Paris")))
    assert fake.responses.parse(model="gpt-5", input="Hi", text_format=Place).output_parsed == Place(city="Paris")


def test_input_tokens(fake: FakeOpenAI) -> None:
    """Counting the tokens of an input gives what asking would cost."""
    if not hasattr(fake.responses, "input_tokens"):
        pytest.skip("this SDK doesn't know the operation yet")
    counted = fake.responses.input_tokens.count(model="gpt-5", input="What is 1 + 1?")
    usage = fake.responses.create(model="gpt-5", input="What is 1 + 1?").usage
    assert usage is not None
    assert counted.input_tokens == usage.input_tokens


async def test_async(afake: FakeAsyncOpenAI) -> None:
    """The asynchronous client answers alike."""
    afake.script("Hello!")
    assert (await afake.responses.create(model="gpt-5", input="Hi")).output_text == "Hello!"


def test_errors_are_the_api_s(fake: FakeOpenAI) -> None:
    """Bad requests are refused as the API refuses them."""
    with pytest.raises(openai.BadRequestError, match="max_output_tokens"):
        fake.responses.create(model="gpt-5", input="Hi", max_output_tokens=3)
