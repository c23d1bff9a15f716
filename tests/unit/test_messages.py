"""What the API says to the requests that it refuses, word for word."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from fakeopenai import messages
from fakeopenai.errors import ApiError
from fakeopenai.operation import find
from fakeopenai.params import validator_for

NEWEST = tuple(map(int, openai.__version__.split(".")[:2])) >= (3, 54)

HI: dict[str, Any] = {"role": "user", "content": "Hi"}
CHAT: dict[str, Any] = {"model": "gpt-5", "messages": [HI]}
RESPONSES: dict[str, Any] = {"model": "gpt-5", "input": "Hi"}
FUNCTION: dict[str, Any] = {"name": "f", "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}}}
CALL: dict[str, Any] = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}

INVALID_ROLE = "Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'."
MODEL = "you must provide a model parameter"
DELETED: Any = object()

CHAT_REFUSALS: list[tuple[dict[str, Any], str | None, str | None, str]] = [
    # What is changed in the request; then param, code and message, as the API gives them.
    ({"model": DELETED}, None, None, MODEL),
    ({"model": None}, None, None, MODEL),
    ({"model": ""}, None, None, MODEL),
    ({"messages": DELETED}, "messages", "missing_required_parameter", "Missing required parameter: 'messages'."),
    (
        {"messages": []},
        "messages",
        "empty_array",
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    ),
    (
        {"messages": None},
        "messages",
        "invalid_type",
        "Invalid type for 'messages': expected an array of objects, but got null instead.",
    ),
    (
        {"messages": ["x"]},
        "messages[0]",
        "invalid_type",
        "Invalid type for 'messages[0]': expected an object, but got a string instead.",
    ),
    (
        {"messages": [{"content": "x"}]},
        "messages[0].role",
        "missing_required_parameter",
        "Missing required parameter: 'messages[0].role'.",
    ),
    (
        {"messages": [HI, {"role": "bogus", "content": "x"}]},
        "messages[1].role",
        "invalid_value",
        f"Invalid value: 'bogus'. {INVALID_ROLE}",
    ),
    (
        {"messages": [{"role": "user", "content": 7}]},
        "messages[0].content",
        "invalid_type",
        (
            "Invalid type for 'messages[0].content': "
            "expected one of a string or array of objects, but got an integer instead."
        ),
    ),
    (
        {"messages": [HI, {"role": "user", "content": None}]},
        "messages.[1].content",
        None,
        "Invalid value for 'content': expected a string, got null.",
    ),
    (
        {"messages": [{"role": "system"}]},
        "messages.[0].content",
        None,
        "Invalid value for 'content': expected a string, got null.",
    ),
    (
        {"messages": [{"role": "developer"}]},
        "messages[0].content",
        "missing_required_parameter",
        "Missing required parameter: 'messages[0].content'.",
    ),
    (
        {"messages": [{"role": "user", "content": [{"type": "image", "text": "x"}]}]},
        "messages[0].content[0].type",
        "invalid_value",
        (
            "Invalid value: 'image'. "
            "Supported values are: 'text', 'image_url', 'input_audio', 'refusal', 'audio', and 'file'."
        ),
    ),
    (
        {"messages": [{"role": "user", "content": [{"text": "x"}]}]},
        "messages[0].content[0].type",
        "missing_required_parameter",
        "Missing required parameter: 'messages[0].content[0].type'.",
    ),
    (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "https://x"}]}]},
        "messages[0].content[0].image_url",
        "invalid_type",
        "Invalid type for 'messages[0].content[0].image_url': expected an object, but got a string instead.",
    ),
    (
        {"messages": [HI, {"role": "assistant", "content": "x", "tool_calls": []}]},
        "messages[1].tool_calls",
        "empty_array",
        (
            "Invalid 'messages[1].tool_calls': empty array. "
            "Expected an array with minimum length 1, but got an empty array instead."
        ),
    ),
    (
        {"messages": [HI, {"role": "assistant", "tool_calls": [{**CALL, "type": None}]}]},
        "messages[1].tool_calls[0].type",
        "invalid_type",
        (
            "Invalid type for 'messages[1].tool_calls[0].type': "
            "expected one of 'function', 'allowed_tools', or 'custom', but got null instead."
        ),
    ),
    ({"zzz_unknown": 1}, "zzz_unknown", "unknown_parameter", "Unknown parameter: 'zzz_unknown'."),
    ({"tool": 1}, "tool", "unknown_parameter", "Unknown parameter: 'tool'. Did you mean 'tools'?"),
    (
        {"stream_options": {"bogus": 1}},
        "stream_options.bogus",
        "unknown_parameter",
        "Unknown parameter: 'stream_options.bogus'.",
    ),
    ({"n": "2"}, "n", "invalid_type", "Invalid type for 'n': expected an integer, but got a string instead."),
    ({"n": True}, "n", "invalid_type", "Invalid type for 'n': expected an integer, but got a boolean instead."),
    (
        {"seed": 1.5},
        "seed",
        "invalid_type",
        "Invalid type for 'seed': expected an integer, but got a decimal number instead.",
    ),
    (
        {"temperature": "hot"},
        "temperature",
        "invalid_type",
        "Invalid type for 'temperature': expected a decimal, but got a string instead.",
    ),
    (
        {"store": "yes"},
        "store",
        "invalid_type",
        "Invalid type for 'store': expected a boolean, but got a string instead.",
    ),
    (
        {"user": {"a": 1}},
        "user",
        "invalid_type",
        "Invalid type for 'user': expected a string, but got an object instead.",
    ),
    (
        {"tools": "none"},
        "tools",
        "invalid_type",
        "Invalid type for 'tools': expected an array of objects, but got a string instead.",
    ),
    (
        {"tool_choice": 7},
        "tool_choice",
        "invalid_type",
        (
            "Invalid type for 'tool_choice': "
            "expected one of one of 'none', 'auto', or 'required' or object, but got an integer instead."
        ),
    ),
    (
        {"tool_choice": "bogus"},
        "tool_choice",
        "invalid_value",
        "Invalid value: 'bogus'. Supported values are: 'none', 'auto', and 'required'.",
    ),
    (
        {"response_format": {}},
        "response_format.type",
        "missing_required_parameter",
        "Missing required parameter: 'response_format.type'.",
    ),
    (
        {"response_format": {"type": "object"}},
        "response_format.type",
        "invalid_value",
        "Invalid value: 'object'. Supported values are: 'json_object', 'json_schema', and 'text'.",
    ),
    (
        {"response_format": {"type": "json_schema", "json_schema": {}}},
        "response_format.json_schema.name",
        "missing_required_parameter",
        "Missing required parameter: 'response_format.json_schema.name'.",
    ),
    (
        {"tools": [{"type": "function"}]},
        "tools[0].function",
        "missing_required_parameter",
        "Missing required parameter: 'tools[0].function'.",
    ),
    (
        {"tools": [{"type": "web_search"}]},
        "tools[0].type",
        "invalid_value",
        "Invalid value: 'web_search'. Supported values are: 'function' and 'custom'.",
    ),
    (
        {"functions": [{"parameters": {}}]},
        "functions[0].name",
        "missing_required_parameter",
        "Missing required parameter: 'functions[0].name'.",
    ),
    (
        {"tools": [{"type": "function", "function": FUNCTION}] * 129},
        "tools",
        "array_above_max_length",
        (
            "Invalid 'tools': array too long. "
            "Expected an array with maximum length 128, but got an array with length 129 instead."
        ),
    ),
    (
        {"temperature": 99.0},
        "temperature",
        "decimal_above_max_value",
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 99.0 instead.",
    ),
    (
        {"presence_penalty": -3},
        "presence_penalty",
        "decimal_below_min_value",
        "Invalid 'presence_penalty': decimal below minimum value. Expected a value >= -2, but got -3 instead.",
    ),
    (
        {"n": 0},
        "n",
        "integer_below_min_value",
        "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.",
    ),
    (
        {"n": 129},
        "n",
        "integer_above_max_value",
        "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.",
    ),
    (
        {"metadata": {f"k{i}": "v" for i in range(17)}},
        "metadata",
        "object_above_max_properties",
        (
            "Invalid 'metadata': too many properties. "
            "Expected an object with at most 16 properties, but got an object with 17 properties instead."
        ),
    ),
    (
        {"metadata": {"k": "x" * 600}},
        "metadata.k",
        "string_above_max_length",
        (
            "Invalid 'metadata.k': string too long. "
            "Expected a string with maximum length 512, but got a string with length 600 instead."
        ),
    ),
    (
        {"metadata": {"k" * 70: "v"}},
        "metadata." + "k" * 70,
        "property_name_above_max_length",
        (
            "Invalid property name in 'metadata': 'kkk...kkk' is too long. "
            "Expected a string with maximum length 64, but got a string with length 70 instead."
        ),
    ),
    (
        {"metadata": {"k": 7}},
        "metadata.k",
        "invalid_type",
        "Invalid type for 'metadata.k': expected a string, but got an integer instead.",
    ),
]

PARTS = (
    "'input_text', 'input_image', 'input_audio', 'output_text', 'refusal', 'input_file', 'computer_screenshot', "
    "'summary_text', and 'encrypted_content'"
)
ROLES = "Supported values are: 'assistant', 'system', 'developer', and 'user'."

RESPONSES_REFUSALS: list[tuple[dict[str, Any], str | None, str | None, str]] = [
    ({"model": DELETED}, "model", "missing_required_parameter", "Missing required parameter: 'model'."),
    (
        {"model": None},
        "model",
        "invalid_type",
        "Invalid type for 'model': expected a string, but got an object instead.",
    ),
    ({"input": DELETED}, "input", "missing_required_parameter", "Missing required parameter: 'input'."),
    (
        {"input": None},
        "input",
        "invalid_type",
        "Invalid type for 'input': expected a string, but got an object instead.",
    ),
    (
        {"input": 7},
        "input",
        "invalid_type",
        "Invalid type for 'input': expected one of a string or array of input items, but got an integer instead.",
    ),
    (
        {"input": [None]},
        "input[0]",
        "invalid_type",
        "Invalid type for 'input[0]': expected an input item, but got null instead.",
    ),
    ({"input": [{}]}, "input[0]", "invalid_value", f"Invalid value: ''. {ROLES}"),
    ({"input": [{"role": "tool", "content": "x"}]}, "input[0]", "invalid_value", f"Invalid value: 'tool'. {ROLES}"),
    (
        {"input": [{"role": "user"}]},
        "input[0].content",
        "missing_required_parameter",
        "Missing required parameter: 'input[0].content'.",
    ),
    (
        {"input": [{"role": "user", "content": None}]},
        "input[0].content",
        "invalid_type",
        "Invalid type for 'input[0].content': expected one of an array of objects or string, but got null instead.",
    ),
    (
        {"input": [{"role": "user", "content": [{"type": "bogus", "text": "x"}]}]},
        "input[0].content[0].type",
        "invalid_value",
        f"Invalid value: 'bogus'. Supported values are: {PARTS}.",
    ),
    (
        {"input": [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]},
        "input[0].content[0]",
        "invalid_value",
        "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
    ),
    (
        {"input": [{"role": "user", "content": [{"type": "input_text"}]}]},
        "input[0].content[0].text",
        "missing_required_parameter",
        "Missing required parameter: 'input[0].content[0].text'.",
    ),
    ({"n": 2}, "n", "unknown_parameter", "Unknown parameter: 'n'."),
    ({"stop": ["x"]}, "stop", "unknown_parameter", "Unknown parameter: 'stop'. Did you mean 'store'?"),
    ({"strem": 1}, "strem", "unknown_parameter", "Unknown parameter: 'strem'. Did you mean 'stream' or 'store'?"),
    ({"modell": 1}, "modell", "unknown_parameter", "Unknown parameter: 'modell'."),
    (
        {"messages": [HI], "input": DELETED},
        None,
        "unsupported_parameter",
        (
            "Unsupported parameter: 'messages'. In the Responses API, this parameter has moved to 'input'. "
            "Try again with the new parameter. See the API documentation for more information: "
            "https://platform.openai.com/docs/api-reference/responses/create."
        ),
    ),
    ({"tools": [{}]}, "tools[0].type", "missing_required_parameter", "Missing required parameter: 'tools[0].type'."),
    (
        {"tools": [{"type": "function", "function": FUNCTION}]},
        "tools[0].name",
        "missing_required_parameter",
        "Missing required parameter: 'tools[0].name'.",
    ),
    (
        {"tools": "x"},
        "tools",
        "invalid_type",
        "Invalid type for 'tools': expected an array of tools, but got a string instead.",
    ),
    (
        {"metadata": "x"},
        "metadata",
        "invalid_type",
        "Invalid type for 'metadata': expected a metadata object, but got a string instead.",
    ),
    (
        {"tool_choice": 7},
        "tool_choice",
        "invalid_type",
        (
            "Invalid type for 'tool_choice': "
            "expected one of an object or 'none', 'auto', or 'required', but got an integer instead."
        ),
    ),
    (
        {"truncation": {"a": 1}},
        "truncation",
        "invalid_type",
        "Invalid type for 'truncation': expected one of 'auto' or 'disabled', but got an object instead.",
    ),
    (
        {"truncation": "bogus"},
        "truncation",
        "invalid_value",
        "Invalid value: 'bogus'. Supported values are: 'auto' and 'disabled'.",
    ),
    (
        {"include": ["bogus.thing"]},
        "include[0]",
        "invalid_value",
        (
            "Invalid value: 'bogus.thing'. Supported values are: "
            "'file_search_call.results', 'web_search_call.results', 'web_search_call.action.sources', "
            "'message.input_image.image_url', 'computer_call_output.output.image_url', "
            "'code_interpreter_call.outputs', 'reasoning.encrypted_content', and 'message.output_text.logprobs'."
        ),
    ),
    (
        {"text": {"format": {"type": "bogus"}}},
        "text.format.type",
        "invalid_value",
        "Invalid value: 'bogus'. Supported values are: 'json_object', 'text', and 'json_schema'.",
    ),
    (
        {"text": {"format": {"type": "json_schema", "schema": {}}}},
        "text.format.name",
        "missing_required_parameter",
        "Missing required parameter: 'text.format.name'.",
    ),
    ({"text": {"zzz": 1}}, "text.zzz", "unknown_parameter", "Unknown parameter: 'text.zzz'."),
    ({"reasoning": {"bogus": 1}}, "reasoning.bogus", "unknown_parameter", "Unknown parameter: 'reasoning.bogus'."),
    (
        {"reasoning": {"summary": "bogus"}},
        "reasoning.summary",
        "invalid_value",
        "Invalid value: 'bogus'. Supported values are: 'concise', 'detailed', and 'auto'.",
    ),
    (
        {"max_output_tokens": 15},
        "max_output_tokens",
        "integer_below_min_value",
        "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 15 instead.",
    ),
    (
        {"temperature": -1},
        "temperature",
        "decimal_below_min_value",
        "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
    ),
]

OTHER_REFUSALS: list[tuple[str, dict[str, Any], str | None, str | None, str]] = [
    ("embeddings.create", {"input": "x"}, None, None, MODEL),
    ("embeddings.create", {"model": "m"}, None, None, "'input' is a required property"),
    (
        "embeddings.create",
        {"model": "m", "input": [[1]], "dimensions": -42},
        None,
        None,
        "-42 is less than the minimum of 1 - 'dimensions'",
    ),
    (
        "embeddings.create",
        {"model": "m", "input": {"a": 1}},
        None,
        None,
        "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
    ),
    (
        "embeddings.create",
        {"model": "m", "input": []},
        None,
        None,
        "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
    ),
    (
        "embeddings.create",
        {"model": "m", "input": "x", "encoding_format": "hex"},
        None,
        None,
        "'hex' is not one of ['float', 'base64'] - 'encoding_format'",
    ),
    (
        "embeddings.create",
        {"model": "m", "input": "x", "dimensions": "3"},
        None,
        None,
        "'3' is not of type 'integer' - 'dimensions'",
    ),
    (
        "embeddings.create",
        {"model": "m", "input": "x", "input_type": "query"},
        None,
        None,
        "Unrecognized request argument supplied: input_type",
    ),
    (
        "files.create",
        {"purpose": "world_domination"},
        "purpose",
        None,
        (
            "'world_domination' is not one of "
            "['fine-tune', 'assistants', 'batch', 'user_data', 'vision', 'evals'] - 'purpose'"
        ),
    ),
    (
        "images.generate",
        {"prompt": "", "model": "gpt-image-1"},
        "prompt",
        "empty_string",
        "Invalid 'prompt': empty string. Expected a string with minimum length 1, but got an empty string instead.",
    ),
    (
        "images.generate",
        {"prompt": "x", "quality": "ultra"},
        "quality",
        "invalid_value",
        "Invalid value: 'ultra'. Supported values are: 'low', 'medium', 'high', and 'auto'.",
    ),
    (
        "audio.transcriptions.create",
        {"model": "whisper-1", "response_format": "mp3"},
        None,
        None,
        (
            """[{'type': 'enum', 'loc': ('body', 'response_format'), """
            """'msg': "Input should be 'json', 'text', 'vtt', 'srt' or 'verbose_json'", """
            """'ctx': {'expected': "'json', 'text', 'vtt', 'srt' or 'verbose_json'"}}]"""
        ),
    ),
    (
        "audio.speech.create",
        {"model": "tts-1", "voice": "alloy", "input": "x" * 5000},
        None,
        None,
        (
            "[{'type': 'string_too_long', 'loc': ('body', 'input'), "
            "'msg': 'String should have at most 4096 characters', "
            "'ctx': {'max_length': 4096}}]"
        ),
    ),
    (
        "audio.speech.create",
        {"model": "tts-1", "voice": "alloy", "input": "x", "speed": 9},
        None,
        None,
        (
            "[{'type': 'less_than_equal', 'loc': ('body', 'speed'), 'msg': 'Input should be less than or equal to 4', "
            "'ctx': {'le': 4.0}}]"
        ),
    ),
    (
        "audio.speech.create",
        {"model": "tts-1", "voice": "alloy"},
        None,
        None,
        "[{'type': 'missing', 'loc': ('body', 'input'), 'msg': 'Field required'}]",
    ),
    (
        "beta.threads.runs.create",
        {"thread_id": "thread_1"},
        "assistant_id",
        "missing_required_parameter",
        "Missing required parameter: 'assistant_id'.",
    ),
    (
        "beta.assistants.create",
        {"model": "gpt-4o", "tools": [{"type": "retrieval"}]},
        "tools[0].type",
        "invalid_value",
        "Invalid value: 'retrieval'. Supported values are: 'code_interpreter', 'file_search', and 'function'.",
    ),
    (
        "beta.threads.messages.create",
        {"thread_id": "t", "role": "user", "content": "x", "zzz": 1},
        "zzz",
        "unknown_parameter",
        "Unknown parameter: 'zzz'.",
    ),
]


def assert_refused(name: str, params: dict[str, Any], param: str | None, code: str | None, message: str) -> None:
    """The request is refused, with exactly this error."""
    operation = find(name)
    assert operation is not None
    validator = validator_for(operation)
    assert not validator.accepts(params)
    with pytest.raises(ApiError) as refused:
        validator.check(params)
    fault = refused.value
    assert (fault.message, fault.param, fault.code) == (message, param, code)
    assert (fault.status, fault.type) == (400, "invalid_request_error")


def changed(params: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """``params`` with a change; what is DELETED is taken out."""
    return {key: value for key, value in {**params, **change}.items() if value is not DELETED}


@pytest.mark.parametrize(("change", "param", "code", "message"), CHAT_REFUSALS)
def test_chat_refuses_in_the_words_of_the_api(
    change: dict[str, Any], param: str | None, code: str | None, message: str
) -> None:
    """Message, param and code are those that the API gives."""
    assert_refused("chat.completions.create", changed(CHAT, change), param, code, message)


@pytest.mark.parametrize(("change", "param", "code", "message"), RESPONSES_REFUSALS)
def test_responses_refuse_in_the_words_of_the_api(
    change: dict[str, Any], param: str | None, code: str | None, message: str
) -> None:
    """Message, param and code are those that the API gives."""
    assert_refused("responses.create", changed(RESPONSES, change), param, code, message)


@pytest.mark.parametrize(("name", "params", "param", "code", "message"), OTHER_REFUSALS)
def test_each_part_of_the_api_refuses_in_its_own_words(
    name: str, params: dict[str, Any], param: str | None, code: str | None, message: str
) -> None:
    """Message, param and code are those that the API gives."""
    assert_refused(name, params, param, code, message)


@pytest.mark.skipif(not NEWEST, reason="lists what the newest types list")
def test_an_unknown_item_is_told_all_that_there_are() -> None:
    """In alphabetical order, under the name of the item and not of its type."""
    operation = find("responses.create")
    assert operation is not None
    with pytest.raises(ApiError) as refused:
        validator_for(operation).check({**RESPONSES, "input": [{"type": "bogus_item"}]})
    assert refused.value.param == "input[0]"
    assert refused.value.message.startswith("Invalid value: 'bogus_item'. Supported values are: 'additional_tools', ")
    assert refused.value.message.endswith(", 'tool_search_call', 'tool_search_output', and 'web_search_call'.")


def test_the_files_api_says_it_twice() -> None:
    """The body of its errors has a second part."""
    operation = find("files.create")
    assert operation is not None
    with pytest.raises(ApiError) as refused:
        validator_for(operation).check({"purpose": "x"})
    fault = refused.value
    assert fault.body == {
        "error": {"message": fault.message, "type": "invalid_request_error", "param": "purpose", "code": None},
        "detail": {"message": fault.message, "code": None},
    }


# ------------------------------------------------------------------------------------------------ for operations


@pytest.mark.parametrize(
    ("fault", "param", "code", "message"),
    [
        (
            messages.pattern_mismatch("tools[0].function.name", "^[a-zA-Z0-9_-]+$"),
            "tools[0].function.name",
            "invalid_value",
            (
                "Invalid 'tools[0].function.name': string does not match pattern. "
                "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
            ),
        ),
        (
            messages.unsupported_parameter("max_tokens", "max_completion_tokens"),
            "max_tokens",
            "unsupported_parameter",
            (
                "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead."
            ),
        ),
        (
            messages.unsupported_parameter("stop"),
            "stop",
            "unsupported_parameter",
            "Unsupported parameter: 'stop' is not supported with this model.",
        ),
        (
            messages.invalid_file_data("messages[0].content[1].file.file_data", "data:audio/ogg;base64,AAAA"),
            "messages[0].content[1].file.file_data",
            "invalid_value",
            (
                "Invalid file data: 'messages[0].content[1].file.file_data'. Expected a base64-encoded data URL with "
                "an application/pdf MIME type (e.g. 'data:application/pdf;base64,SGVsbG8sIFdvcmxkIQ=='), but got "
                "unsupported MIME type 'audio/ogg'."
            ),
        ),
        (
            messages.input_is_empty(),
            None,
            "missing_required_parameter",
            "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
        ),
        (
            messages.array_too_short("files", 1, 2),
            "files",
            "array_below_min_length",
            (
                "Invalid 'files': array too short. "
                "Expected an array with minimum length 2, but got an array with length 1 instead."
            ),
        ),
        (
            messages.array_too_short("files", 0, 2),
            "files",
            "empty_array",
            "Invalid 'files': empty array. Expected an array with minimum length 2, but got an empty array instead.",
        ),
        (
            messages.decimal_above_max("speed", 4.5, 4.25),
            "speed",
            "decimal_above_max_value",
            "Invalid 'speed': decimal above maximum value. Expected a value <= 4.25, but got 4.5 instead.",
        ),
        (
            messages.invalid_value("type", "text", ["input_text"]),
            "type",
            "invalid_value",
            "Invalid value: 'text'. Value must be 'input_text'.",
        ),
        (
            messages.invalid_value("x", "PINLOG-CTX-MARKER-205-abcdef", ["a", "b"]),
            "x",
            "invalid_value",
            "Invalid value: 'PIN...def'. Supported values are: 'a' and 'b'.",
        ),
    ],
)
def test_operations_find_the_words_too(fault: ApiError, param: str | None, code: str, message: str) -> None:
    """The makers that validation has no use for are as exact as the others."""
    assert (fault.message, fault.param, fault.code) == (message, param, code)
    assert (fault.status, fault.type) == (400, "invalid_request_error")


def test_paths_are_spelled_as_the_api_does() -> None:
    """Brackets around indexes, dots before names."""
    assert messages.spell(("messages", 0, "content", 1, "image_url")) == "messages[0].content[1].image_url"
    assert messages.spell(("model",)) == "model"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 529])
def test_every_error_status_has_a_usual_message(status: int) -> None:
    """Something to say, and a type, for whatever status a test asks for."""
    message, kind, _ = messages.usual_message(status)
    assert message
    assert kind == (
        "server_error" if status >= 500 or status == 408 else "requests" if status == 429 else "invalid_request_error"
    )


def test_a_wrong_key_is_told_by_its_code() -> None:
    """Programs look at the code."""
    assert messages.usual_message(401)[2] == "invalid_api_key"
    assert messages.usual_message(429)[2] == "rate_limit_exceeded"
