"""The rules: what the API refuses beyond types, in its words; what passes; how rules are switched off; scripts."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeopenai import FakeAzureOpenAI, FakeOpenAI, ToolCall, UsageError, tool_call
from fakeopenai.rules import RULES, switched_off
from fakeopenai.rules.turns import NAMES

Json = dict[str, Any]

HI: Json = {"role": "user", "content": "Hi"}
STRICT: Json = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
LOOSE: Json = {"type": "object", "properties": {"city": {"type": "string"}}}


def calling(*ids: str) -> Json:
    """A message of the assistant's that calls tools."""
    calls = [{"id": call_id, "type": "function", "function": {"name": "f", "arguments": "{}"}} for call_id in ids]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def answering(id: str) -> Json:
    """A tool's message."""
    return {"role": "tool", "tool_call_id": id, "content": "ok"}


def function(name: str = "f", **more: Any) -> Json:
    """A tool as chat has it."""
    return {"type": "function", "function": {"name": name, **more}}


def flat(name: str = "f", **more: Any) -> Json:
    """A tool as responses have it."""
    return {"type": "function", "name": name, **more}


THOUGHT: Json = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAAAAB"}


def called(call_id: str, **more: Any) -> Json:
    """A function call among input items."""
    return {"type": "function_call", "call_id": call_id, "name": "f", "arguments": "{}", **more}


def output(id: str) -> Json:
    """Its output."""
    return {"type": "function_call_output", "call_id": id, "output": "ok"}


def formatted(schema: Json, *, strict: bool = True, name: str = "answer") -> Json:
    """A structured output as responses have it."""
    return {"format": {"type": "json_schema", "name": name, "schema": schema, "strict": strict}}


def schema_format(schema: Json, *, strict: bool = True, name: str = "answer") -> Json:
    """A structured output as chat has it."""
    return {"type": "json_schema", "json_schema": {"name": name, "schema": schema, "strict": strict}}


def ask(fake: FakeOpenAI, operation: str, asked: Json) -> Any:
    """Call an operation by its name, with its usual arguments filled in."""
    usual: Json = {
        "chat": {"model": "gpt-4o", "messages": [HI]},
        "responses": {"model": "gpt-4o", "input": "Hi"},
        "completions": {"model": "gpt-3.5-turbo-instruct", "prompt": "Hi"},
        "embeddings": {"model": "text-embedding-3-small", "input": "Hi"},
        "images": {"model": "gpt-image-1", "prompt": "A circle"},
    }
    method: Any = {
        "chat": fake.chat.completions.create,
        "responses": fake.responses.create,
        "completions": fake.completions.create,
        "embeddings": fake.embeddings.create,
        "images": fake.images.generate,
    }[operation]
    return cast("Callable[..., Any]", method)(**{**usual[operation], **asked})


class Refusal(NamedTuple):
    """What is asked, and how it is refused."""

    rule: str
    operation: str
    asked: Json
    message: str
    param: str | None
    code: str | None


PATTERN = "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
UNANSWERED = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
    "The following tool_call_ids did not have response messages: "
)
NOT_SUPPORTED = "Unsupported parameter: '{}' is not supported with this model."

NOTHING: list[Any] = ["", []]

REFUSED: list[Refusal] = [
    Refusal(
        *("message_name", "chat", {"messages": [{**HI, "name": "Ada Lovelace"}]}),
        "Invalid 'messages[0].name': string does not match pattern. Expected a string that matches the pattern "
        r"'^[^\s<|\\/>]+$'.",
        *("messages[0].name", "invalid_value"),
    ),
    Refusal(
        *("tool_message", "chat", {"messages": [HI, answering("call_1")]}),
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        *("messages.[1].role", None),
    ),
    Refusal(
        *("tool_message", "chat", {"messages": [calling("call_1"), answering("call_2")]}),
        "Invalid parameter: 'tool_call_id' of 'call_2' not found in 'tool_calls' of previous message.",
        *("messages.[1].tool_call_id", None),
    ),
    Refusal(
        *("tool_message", "chat", {"messages": [calling("call_1"), answering("call_1"), HI, answering("call_1")]}),
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        *("messages.[3].role", None),
    ),
    Refusal(
        *("unanswered_tool_call", "chat", {"messages": [HI, calling("call_1", "call_2"), answering("call_1"), HI]}),
        *(f"{UNANSWERED}call_2", "messages.[3].role", None),
    ),
    Refusal(
        *("unanswered_tool_call", "chat", {"messages": [HI, calling("call_1", "call_2")]}),
        *(f"{UNANSWERED}call_1, call_2", "messages", None),
    ),
    Refusal(  # whose message has but two keys, as a plain one has
        "unanswered_tool_call",
        "chat",
        {"messages": [HI, {key: value for key, value in calling("call_1").items() if key != "content"}]},
        *(f"{UNANSWERED}call_1", "messages", None),
    ),
    Refusal(
        *("tool_name", "chat", {"tools": [function("get weather")]}),
        f"Invalid 'tools[0].function.name': string does not match pattern. {PATTERN}",
        *("tools[0].function.name", "invalid_value"),
    ),
    Refusal(
        *("tool_name", "chat", {"tools": [function(), function("n" * 65)]}),
        "Invalid 'tools[1].function.name': string too long. Expected a string with maximum length 64, but got a string "
        "with length 65 instead.",
        *("tools[1].function.name", "string_above_max_length"),
    ),
    Refusal(
        *("duplicate_tool", "chat", {"tools": [function(), function()]}),
        "Invalid 'tools[1].function.name': duplicate name 'f'. Expected names of tools to be unique.",
        *("tools[1].function.name", "invalid_value"),
    ),
    Refusal(
        *("tool_schema", "chat", {"tools": [function(parameters=LOOSE, strict=True)]}),
        "Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be supplied and to be "
        "false.",
        *("tools[0].function.parameters", "invalid_function_parameters"),
    ),
    Refusal(
        *("tool_schema", "chat", {"functions": [{"name": "f", "parameters": {"type": "string"}}]}),
        "Invalid schema for function 'f': schema must be a JSON Schema of 'type: \"object\"', got 'type: \"string\"'.",
        *("functions[0].parameters", "invalid_function_parameters"),
    ),
    Refusal(
        *("tool_choice", "chat", {"tool_choice": "auto"}),
        "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        *("tool_choice", None),
    ),
    Refusal(
        *("tool_choice", "chat", {"parallel_tool_calls": False}),
        "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
        *("parallel_tool_calls", None),
    ),
    Refusal(
        *("tool_choice", "chat", {"function_call": "auto"}),
        "Invalid value for 'function_call': 'function_call' is only allowed when 'functions' are specified.",
        *("function_call", None),
    ),
    Refusal(
        "tool_choice",
        "chat",
        {"tools": [function()], "tool_choice": {"type": "function", "function": {"name": "g"}}},
        "Invalid value for 'tool_choice': no function named 'g' was specified in the 'tools' parameter.",
        *("tool_choice", None),
    ),
    Refusal(
        *("response_format", "chat", {"response_format": schema_format(STRICT, name="my answer")}),
        f"Invalid 'response_format.json_schema.name': string does not match pattern. {PATTERN}",
        *("response_format.json_schema.name", "invalid_value"),
    ),
    Refusal(
        *("response_format", "chat", {"response_format": schema_format(LOOSE)}),
        "Invalid schema for response_format 'answer': In context=(), 'additionalProperties' is required to be supplied "
        "and to be false.",
        *("response_format", None),
    ),
    Refusal(
        *("json_word", "chat", {"response_format": {"type": "json_object"}}),
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        *("messages", None),
    ),
    Refusal(
        *("top_logprobs", "chat", {"top_logprobs": 2}),
        "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
        *("top_logprobs", None),
    ),
    Refusal(
        *("token_limits", "chat", {"max_tokens": 5, "max_completion_tokens": 5}),
        "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        *("max_tokens", "invalid_parameter_combination"),
    ),
    Refusal(
        *("stored_metadata", "chat", {"metadata": {"topic": "tour"}}),
        "The 'metadata' parameter is only allowed when 'store' is enabled.",
        *("metadata", None),
    ),
    Refusal(
        *("stream_options", "chat", {"stream_options": {"include_usage": True}}),
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        *("stream_options", None),
    ),
    Refusal(
        *("model_parameters", "chat", {"model": "o3", "max_tokens": 5}),
        f"{NOT_SUPPORTED.format('max_tokens')} Use 'max_completion_tokens' instead.",
        *("max_tokens", "unsupported_parameter"),
    ),
    Refusal(
        *("model_parameters", "chat", {"model": "gpt-5", "temperature": 0.3}),
        "Unsupported value: 'temperature' does not support 0.3 with this model. Only the default (1) value is "
        "supported.",
        *("temperature", "unsupported_value"),
    ),
    Refusal(
        *("model_parameters", "chat", {"model": "o3-mini", "temperature": 0}),
        *(NOT_SUPPORTED.format("temperature"), "temperature", "unsupported_parameter"),
    ),
    Refusal(
        *("model_parameters", "chat", {"model": "gpt-5.6-sol", "stop": ["is"]}),
        *(NOT_SUPPORTED.format("stop"), "stop", "unsupported_parameter"),
    ),
    Refusal(
        *("model_parameters", "chat", {"model": "gpt-5.6-sol", "logprobs": True, "top_logprobs": 2}),
        *(NOT_SUPPORTED.format("logprobs"), "logprobs", "unsupported_parameter"),
    ),
    Refusal(
        *("model_parameters", "chat", {"model": "gpt-4o", "reasoning_effort": "low"}),
        *("Unrecognized request argument supplied: reasoning_effort", None, None),
    ),
    *(
        Refusal(
            *("empty_input", "responses", {"input": nothing}),
            "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
            *(None, "missing_required_parameter"),
        )
        for nothing in NOTHING
    ),
    Refusal(
        *("input_item_id", "responses", {"input": [called("call_1", id="call_1"), output("call_1")]}),
        "Invalid 'input[0].id': 'call_1'. Expected an ID that begins with 'fc'.",
        *("input[0].id", "invalid_value"),
    ),
    Refusal(
        "duplicate_item",
        "responses",
        {"input": [called("a", id="fc_1"), output("a"), called("b", id="fc_1"), output("b")]},
        "Duplicate item found with id fc_1. Remove duplicate items from your input and try again.",
        *("input", None),
    ),
    Refusal(
        *("tool_name", "responses", {"tools": [flat("get.weather")]}),
        f"Invalid 'tools[0].name': string does not match pattern. {PATTERN}",
        *("tools[0].name", "invalid_value"),
    ),
    Refusal(
        *("duplicate_tool", "responses", {"tools": [flat(), flat()]}),
        "Invalid 'tools[1].name': duplicate name 'f'. Expected names of tools to be unique.",
        *("tools[1].name", "invalid_value"),
    ),
    Refusal(
        "tool_schema",
        "responses",
        {"tools": [flat(parameters={**STRICT, "required": []}, strict=True)]},
        "Invalid schema for function 'f': In context=(), 'required' is required to be supplied and to be an array "
        "including every key in properties. Missing 'city'.",
        *("tools[0].parameters", "invalid_function_parameters"),
    ),
    Refusal(
        *("text_format", "responses", {"text": formatted(LOOSE)}),
        "Invalid schema for response_format 'answer': In context=(), 'additionalProperties' is required to be supplied "
        "and to be false.",
        *("text.format.schema", "invalid_json_schema"),
    ),
    Refusal(
        *("one_history", "responses", {"previous_response_id": "resp_1", "conversation": "conv_1"}),
        "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or 'conversation'.",
        *(None, "mutually_exclusive_parameters"),
    ),
    Refusal(
        *("tool_choice", "responses", {"tool_choice": "required"}),
        *("Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice", None),
    ),
    Refusal(
        *("tool_choice", "responses", {"tools": [flat()], "tool_choice": {"type": "function", "name": "g"}}),
        *("Tool choice 'function' not found in 'tools' parameter.", "tool_choice", None),
    ),
    Refusal(
        *("tool_choice", "responses", {"tools": [flat()], "tool_choice": {"type": "image_generation"}}),
        *("Tool choice 'image_generation' not found in 'tools' parameter.", "tool_choice", None),
    ),
    Refusal(
        "json_word",
        "responses",
        {"instructions": "Speak JSON.", "text": {"format": {"type": "json_object"}}},
        "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
        *("input", None),
    ),
    Refusal(
        *("tool_output", "responses", {"input": [HI, output("call_1")]}),
        *("No tool call found for function call output with call_id call_1.", "input", None),
    ),
    Refusal(
        *("unanswered_tool_call", "responses", {"input": [HI, called("call_1")]}),
        *("No tool output found for function call call_1.", "input", None),
    ),
    Refusal(
        *("reasoning_item", "responses", {"input": [HI, {"type": "reasoning", "id": "rs_1", "summary": []}, HI]}),
        *("Item 'rs_1' of type 'reasoning' was provided without its required following item.", "input", None),
    ),
    Refusal(
        *("model_parameters", "responses", {"model": "gpt-5", "temperature": 0.5}),
        *(NOT_SUPPORTED.format("temperature"), "temperature", None),
    ),
    Refusal(
        *("model_parameters", "responses", {"model": "gpt-5.6-sol", "top_logprobs": 2}),
        *("logprobs are not supported with reasoning models.", "top_logprobs", "unsupported_parameter"),
    ),
    Refusal(
        *("model_parameters", "responses", {"reasoning": {"effort": "low"}}),
        *(NOT_SUPPORTED.format("reasoning.effort"), "reasoning.effort", "unsupported_parameter"),
    ),
    Refusal(
        *("stream_options", "completions", {"stream_options": {"include_usage": True}}),
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        *("stream_options", None),
    ),
    Refusal(
        *("best_of", "completions", {"n": 2, "best_of": 1}),
        "You requested that the server return more choices than it will generate (HINT: you must set 'n' (currently 2) "
        "to be at most 'best_of' (currently 1), or omit either parameter if you don't specifically want to use them.)",
        *(None, None),
    ),
    Refusal(
        *("model_parameters", "embeddings", {"model": "text-embedding-ada-002", "dimensions": 8}),
        *("This model does not support specifying dimensions.", None, None),
    ),
    Refusal(
        *("model_parameters", "images", {"model": "dall-e-3", "n": 2}),
        *("You must provide n=1 for this model.", None, None),
    ),
    Refusal(
        *("model_parameters", "images", {"response_format": "url"}),
        *("Unknown parameter: 'response_format'.", "response_format", "unknown_parameter"),
    ),
]


@pytest.mark.parametrize("refusal", REFUSED, ids=[f"{it.operation}-{it.rule}" for it in REFUSED])
def test_refused(refusal: Refusal) -> None:
    """Refused as the API refuses it, by whatever way; not so with the rule off, nor with strict=False."""
    asked = refusal.asked
    fake = FakeOpenAI(max_retries=0)
    with pytest.raises(openai.BadRequestError) as caught:
        ask(fake, refusal.operation, asked)
    body = cast("Json", caught.value.body)
    assert (body["message"], caught.value.param, caught.value.code) == (refusal.message, refusal.param, refusal.code)
    assert [type(call.error) for call in fake.calls] == [openai.BadRequestError]
    assert fake.calls[0].params.items() >= asked.items()

    with pytest.raises(openai.BadRequestError) as again:
        ask(fake, refusal.operation, {**asked, "extra_headers": {"x-way": "through the SDK"}})
    assert again.value.body == body

    for off in ({refusal.rule}, False):
        assert refusal.message != message_of(FakeOpenAI(strict=off, missing="synthesize"), refusal)


def message_of(fake: FakeOpenAI, refusal: Refusal) -> str:
    """What is said if it is refused."""
    try:
        ask(fake, refusal.operation, refusal.asked)
    except openai.APIStatusError as error:
        return str(cast("Json", error.body)["message"])
    return ""


def test_each_rule_is_tested() -> None:
    """No rule of the generating operations is without a refusal above."""
    operations = {"chat.completions.create": "chat", "images.generate": "images", "images.edit": "images"}
    have = {(refusal.rule, refusal.operation) for refusal in REFUSED}
    ours = {
        (rule.name, operations.get(rule.operation, rule.operation.partition(".")[0]))
        for rule in RULES
        if not rule.operation.startswith("beta.")
    }
    assert ours == have | {("known_item", "responses")}  # a 404, below


TOOL = flat(parameters=STRICT, strict=True)

PASSES: list[tuple[str, Json]] = [
    ("chat", {"messages": [HI, calling("a", "b"), answering("b"), answering("a"), HI]}),
    ("chat", {"messages": [HI, calling("a"), answering("a"), calling("b"), answering("b")]}),
    ("chat", {"messages": [HI, {"role": "function", "name": "f", "content": "ok"}]}),
    ("chat", {"messages": [{**HI, "name": "ada-1"}]}),
    ("chat", {"tools": [function(parameters=LOOSE)]}),
    ("chat", {"tools": [function()]}),
    ("chat", {"tools": [function(parameters=STRICT, strict=True)], "tool_choice": "required"}),
    ("chat", {"tools": [function()], "parallel_tool_calls": True, "tool_choice": "none"}),
    (
        "chat",
        {
            "messages": [{"role": "user", "content": [{"type": "text", "text": "As JSON"}]}],
            "response_format": {"type": "json_object"},
        },
    ),
    ("chat", {"response_format": schema_format(LOOSE, strict=False)}),
    ("chat", {"model": "gpt-5", "temperature": 1, "top_p": 1, "frequency_penalty": 0}),
    ("chat", {"model": "gpt-5.1", "temperature": 0.2}),
    ("chat", {"model": "gpt-5", "reasoning_effort": "low", "max_completion_tokens": 9}),
    ("chat", {"model": "my-own-model", "temperature": 0, "max_tokens": 5, "stop": "x", "reasoning_effort": "low"}),
    ("chat", {"model": "gpt-5-chat-latest", "temperature": 0.2}),
    ("chat", {"messages": [HI, {"role": "assistant", "content": "x", "tool_calls": None}]}),
    ("responses", {"input": [{"type": "message", "role": "assistant", "content": "Hello"}, HI]}),
    ("responses", {"input": [HI, called("a"), called("b"), output("b"), output("a")]}),
    (
        "responses",
        {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "https://x.y/z.png"}]}]},
    ),
    (
        "responses",
        {
            "input": [HI, called("a", arguments='{"not": "fitting"}'), output("a")],
            "tools": [flat(parameters=STRICT, strict=True)],
        },
    ),
    ("responses", {"tools": [flat(parameters=LOOSE)], "tool_choice": "required"}),
    ("responses", {"tools": [{"type": "web_search_preview"}], "tool_choice": {"type": "web_search_preview"}}),
    ("responses", {"tool_choice": "auto", "parallel_tool_calls": False}),
    ("responses", {"input": "As JSON", "text": {"format": {"type": "json_object"}}}),
    ("responses", {"text": formatted(LOOSE, strict=False)}),
    ("responses", {"model": "gpt-5", "reasoning": {"effort": "low"}, "temperature": 1}),
    ("responses", {"input": [HI, THOUGHT, called("a"), output("a")]}),
    ("responses", {"stream_options": {"include_obfuscation": False}, "stream": True}),
    ("completions", {"n": 2, "best_of": 3}),
    ("images", {"size": "1024x1536"}),
    ("images", {"model": "dall-e-2", "size": "256x256", "n": 2, "response_format": "b64_json"}),
]


@pytest.mark.parametrize(("operation", "asked"), PASSES)
def test_passes(fake: FakeOpenAI, operation: str, asked: Json) -> None:
    """What the API takes, and what libraries send, is taken."""
    answer = ask(fake, operation, asked)
    if asked.get("stream"):
        list(answer)


@pytest.mark.parametrize(
    ("size", "problem"),
    [
        ("3x3", "Width and height must both be divisible by 16."),
        ("big", "Expected WIDTHxHEIGHT, for example '1824x1024'."),
        ("0x0", "Expected WIDTHxHEIGHT, for example '1824x1024'."),
    ],
)
def test_sizes_of_images(size: str, problem: str) -> None:
    """A size is refused by what is wrong with it; older SDKs know a list of sizes, and it is refused by that."""
    with pytest.raises(openai.BadRequestError) as caught:
        ask(FakeOpenAI(), "images", {"size": size})
    body = cast("Json", caught.value.body)
    assert caught.value.param == "size"
    if body["type"] == "image_generation_user_error":
        assert body["message"] == f"Invalid size '{size}'. {problem}"
    else:
        assert body["message"].startswith(f"Invalid value: '{size}'.")


# ------------------------------------------------------------------------------------------------ chains


def test_an_output_belongs_to_the_turn_before(fake: FakeOpenAI) -> None:
    """Calls of the response before count as calls of this request, and have to be answered in it."""
    fake.responses.create.returns(tool_call("f"), "Done.")
    create = cast("Callable[..., Any]", fake.responses.create)
    first = create(model="gpt-5", input="Hi")
    with pytest.raises(openai.BadRequestError, match="No tool output found for function call call_"):
        create(model="gpt-5", input="And?", previous_response_id=first.id)
    with pytest.raises(openai.BadRequestError, match="No tool call found for function call output with call_id x"):
        create(
            model="gpt-5",
            input=[output("x"), output(first.output[0].call_id)],
            previous_response_id=first.id,
        )
    done = create(model="gpt-5", input=[output(first.output[0].call_id)], previous_response_id=first.id)
    assert done.output_text == "Done."
    assert [call.error is None for call in fake.calls] == [True, False, False, True]


def test_a_conversation_knows_its_calls(fake: FakeOpenAI) -> None:
    """Calls that a conversation holds count in the same way."""
    fake.responses.create.returns(tool_call("f"), "Done.")
    create = cast("Callable[..., Any]", fake.responses.create)
    conversation = fake.conversations.create().id
    first = create(model="gpt-5", input="Hi", conversation=conversation)
    with pytest.raises(openai.BadRequestError, match="No tool output found"):
        create(model="gpt-5", input="And?", conversation=conversation)
    assert (
        create(model="gpt-5", input=[output(first.output[0].call_id)], conversation=conversation).output_text == "Done."
    )


def test_an_output_in_a_conversation_belongs_to_a_call(fake: FakeOpenAI) -> None:
    """One without a call lies there, and no turn can be taken until it has gone, or its call is given."""
    create = cast("Callable[..., Any]", fake.responses.create)
    add = cast("Callable[..., Any]", fake.conversations.items.create)
    conversation = fake.conversations.create().id
    stray = add(conversation, items=[output("x")]).data[0]
    with pytest.raises(openai.BadRequestError, match="No tool call found for function call output with call_id x"):
        create(model="gpt-5", input="Hi", conversation=conversation)
    fake.conversations.items.delete(stray.id, conversation_id=conversation)
    add(conversation, items=[called("y"), output("y")])
    assert create(model="gpt-5", input="Hi", conversation=conversation).output_text


def test_a_reference_names_an_item_that_is_kept(fake: FakeOpenAI) -> None:
    """Said, put in, or in a conversation; references to calls take their outputs with them."""
    fake.responses.create.returns(tool_call("f"), *["Done."] * 7)
    create = cast("Callable[..., Any]", fake.responses.create)
    first = create(model="gpt-5", input="Hi").output[0]
    create(model="gpt-5", input=[{**HI, "type": "message", "id": "msg_mine"}])
    listed = create(model="gpt-5", input="Hi")
    (given,) = fake.responses.input_items.list(listed.id).data
    add = cast("Callable[..., Any]", fake.conversations.items.create)
    (kept,) = add(fake.conversations.create().id, items=[{**HI, "type": "message"}]).data
    for key in ("msg_mine", given.id, kept.id, listed.output[0].id):
        assert create(model="gpt-5", input=[{"type": "item_reference", "id": key}]).output_text == "Done."
    assert create(model="gpt-5", input=[{"type": "item_reference", "id": first.id}, output(first.call_id)]).output_text


@pytest.mark.parametrize(
    "item",
    [{"type": "item_reference", "id": "rs_x"}, {"id": "rs_x"}, {"type": "reasoning", "id": "rs_x", "summary": []}],
)
@pytest.mark.parametrize("stored", [True, False])
def test_a_reference_to_what_is_not_kept(item: Json, stored: bool) -> None:
    """The API's 404, which says why if nothing is stored. Reasoning without its encrypted content is a reference."""
    asked: Json = {"model": "gpt-5", "input": [HI, item, called("a"), output("a")], "store": stored}
    with pytest.raises(openai.NotFoundError) as caught:
        ask(FakeOpenAI(max_retries=0), "responses", asked)
    body = cast("Json", caught.value.body)
    assert body["message"].startswith("Item with id 'rs_x' not found.")
    assert ("Items are not persisted when `store` is set to false." in body["message"]) is not stored
    assert (body["param"], body["code"], body["type"]) == ("input", None, "invalid_request_error")
    for lenient in (FakeOpenAI(missing="synthesize"), FakeOpenAI(strict={"known_item"}), FakeOpenAI(strict=False)):
        assert ask(lenient, "responses", asked).output_text


def test_what_was_said_unstored_cannot_be_named(fake: FakeOpenAI) -> None:
    """An answer to a request that stores nothing leaves no items behind."""
    create = cast("Callable[..., Any]", fake.responses.create)
    said = create(model="gpt-5", input="Hi", store=False).output[0].id
    with pytest.raises(openai.NotFoundError, match="Items are not persisted"):
        create(model="gpt-5", input=[{"type": "item_reference", "id": said}], store=False)


def test_an_unknown_response_before_is_nobodys_call() -> None:
    """Where earlier responses may be made up, nothing is known of their calls."""
    fake = FakeOpenAI(missing="synthesize")
    asked: Any = [output("call_1")]
    assert fake.responses.create(model="gpt-5", input=asked, previous_response_id="resp_1").output_text


# ------------------------------------------------------------------------------------------------ models


@pytest.mark.parametrize(
    ("operation", "status", "param", "code"),
    [
        ("chat", 404, None, "model_not_found"),
        ("responses", 400, "model", "model_not_found"),
        ("embeddings", 404, None, "model_not_found"),
        ("images", 400, "model", "invalid_value"),
    ],
)
def test_unknown_models(operation: str, status: int, param: str | None, code: str) -> None:
    """With models= the account has those only, each endpoint in its words; strict or not."""
    for strict in (True, False):
        fake = FakeOpenAI(models=["known"], strict=strict, max_retries=0)
        with pytest.raises(openai.APIStatusError) as caught:
            ask(fake, operation, {"model": "gpt-4o"})
        assert (caught.value.status_code, caught.value.param, caught.value.code) == (status, param, code)
        assert "`gpt-4o`" in str(caught.value) or "'gpt-4o'" in str(caught.value)
    assert ask(FakeOpenAI(models=["gpt-4o"]), "chat", {})


def test_azure_has_the_option_too() -> None:
    """All four clients take the account's options."""
    fake = FakeAzureOpenAI(models=["mine"], strict={"json_word"})
    assert fake.backend.models == frozenset({"mine"})
    assert fake.backend.rules_off == {"json_word"}


# ------------------------------------------------------------------------------------------------ switching off


@pytest.mark.parametrize("wrong", ["json_word", 5, {"jsonword"}, ["nothing"], {5}])
def test_misuse_of_strict(wrong: Any) -> None:
    """A name that no rule has is refused, with the nearest and the list."""
    with pytest.raises(UsageError, match="strict="):
        FakeOpenAI(strict=wrong)


def test_the_nearest_rule_is_named() -> None:
    """A slip of the pen is told."""
    with pytest.raises(UsageError, match="did you mean 'json_word'"):
        FakeOpenAI(strict={"json_wort"})


@given(off=st.sets(st.sampled_from(sorted({*(rule.name for rule in RULES), *NAMES}))))
def test_any_rules_can_be_off(off: set[str]) -> None:
    """By their names, in any combination; all others stay on."""
    assert switched_off(off) == off
    fake = FakeOpenAI(strict=off, max_retries=0)
    refused = False
    try:
        ask(fake, "chat", {"response_format": {"type": "json_object"}})
    except openai.BadRequestError:
        refused = True
    assert refused == ("json_word" not in off)


def test_a_copy_keeps_what_is_off() -> None:
    """Clients that share an account share its rules."""
    fake = FakeOpenAI(strict={"json_word"}).with_options(timeout=5)
    assert ask(fake, "chat", {"response_format": {"type": "json_object"}})


ROUND = st.lists(st.sampled_from("abc"), max_size=3, unique=True)


@given(rounds=st.lists(ROUND, min_size=1, max_size=4), data=st.data())
@settings(max_examples=60)
def test_histories(rounds: list[list[str]], data: st.DataObject) -> None:
    """A whole history passes; without any one of the messages that call or answer, it doesn't."""
    messages: list[Json] = []
    for index, names in enumerate(rounds):
        ids = [f"call_{name}{index}" for name in names]
        messages += [HI, calling(*ids), *map(answering, data.draw(st.permutations(ids)))] if ids else [HI]
    fake = FakeOpenAI(max_retries=0)
    assert ask(fake, "chat", {"messages": messages})
    bound = [index for index, message in enumerate(messages) if message is not HI]
    if bound:
        missing = data.draw(st.sampled_from(bound))
        with pytest.raises(openai.BadRequestError, match="tool"):
            ask(fake, "chat", {"messages": messages[:missing] + messages[missing + 1 :]})


# ------------------------------------------------------------------------------------------------ scripts


@pytest.mark.parametrize(
    ("operation", "tools"), [("chat", [function("a"), function("b")]), ("responses", [flat("a"), flat("b")])]
)
def test_a_scripted_call_of_a_tool_that_is_not_offered(operation: str, tools: list[Json]) -> None:
    """The error lists what is offered; nothing is half-recorded; the rule's name lets it pass."""
    fake = FakeOpenAI(replies=[tool_call("c", city="Paris")])
    with pytest.raises(UsageError) as caught:
        ask(fake, operation, {"tools": tools})
    assert str(caught.value).splitlines() == [
        f"{caught.value.operation} is scripted to call 'c', which is no tool that the request offers; no model could.",
        "  scripted:  tool_call('c', city='Paris')",
        "  offered:   'a', 'b'",
        "  to do:     script a tool that is offered, or allow it: FakeOpenAI(allow_unoffered=True).",
    ]
    assert [call.error for call in fake.calls] == [caught.value]
    assert len(fake.state.responses.list()) == 0
    allowing: tuple[dict[str, Any], ...] = (
        {"allow_unoffered": True},
        {"allow_unoffered": True, "strict": {"json_word"}},
        {"strict": {"unoffered_tool"}},
        {"strict": False},
    )
    for options in allowing:
        assert ask(FakeOpenAI(replies=[tool_call("c")], **options), operation, {"tools": tools})


def test_a_call_of_another_kind_is_not_offered() -> None:
    """A custom tool is not called with arguments."""
    fake = FakeOpenAI(replies=[tool_call("shell", command="ls")])
    with pytest.raises(UsageError, match=r"offered:   'shell' \(custom\)"):
        ask(fake, "responses", {"tools": [{"type": "custom", "name": "shell"}]})


def test_without_any_tools_a_call_passes() -> None:
    """Tests that are about what becomes of a call need not offer tools."""
    assert ask(FakeOpenAI(replies=[tool_call("c")]), "chat", {}).choices[0].message.tool_calls


@pytest.mark.parametrize("arguments", ['{"city": 5}', "{}", '{"city": "Paris", "more": 1}', "not json", "[]"])
def test_scripted_arguments_that_do_not_fit(arguments: str) -> None:
    """Under strict mode, arguments fit; without it, a model may say what it likes."""

    def asked(*, strict: bool) -> Json:
        return {"tools": [flat("f", parameters=STRICT, strict=strict)]}

    reply = ToolCall("f", arguments)
    with pytest.raises(UsageError, match=r"(?s)doesn't allow.*problem: .*tool_arguments"):
        ask(FakeOpenAI(replies=[reply]), "responses", asked(strict=True))
    assert ask(FakeOpenAI(replies=[reply]), "responses", asked(strict=False))
    assert ask(FakeOpenAI(replies=[reply], strict={"tool_arguments"}), "responses", asked(strict=True))


def events(*kinds: str, first: int = 0) -> list[Json]:
    """Events of a response, numbered from one."""
    return [{"type": kind, "sequence_number": number, "output_index": 0} for number, kind in enumerate(kinds, first)]


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (events("response.output_text.delta"), "no 'response.output_item.added' began"),
        (
            [*events("response.output_item.added"), *events("response.output_text.delta")],
            "has the sequence_number 0 after 0",
        ),
        (
            [{"type": "response.completed"}, {"type": "response.output_item.added", "output_index": 0}],
            "comes after 'response.completed'",
        ),
    ],
)
def test_events_out_of_order(told: list[Json], wrong: str) -> None:
    """A list of events that no stream could have in this order is refused; the rule's name lets it pass."""
    fake = FakeOpenAI()
    fake.responses.create.returns(told)
    with pytest.raises(UsageError, match=wrong):
        ask(fake, "responses", {"stream": True})
    lenient = FakeOpenAI(strict={"event_order"})
    lenient.responses.create.returns(told)
    assert ask(lenient, "responses", {"stream": True})


def test_events_in_order(fake: FakeOpenAI) -> None:
    """What a real stream told can be told again."""
    told = [event.to_dict(mode="json") for event in ask(fake, "responses", {"stream": True})]
    fake.responses.create.returns(told)
    assert [event.type for event in ask(fake, "responses", {"stream": True})] == [event["type"] for event in told]
