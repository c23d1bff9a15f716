"""Every response and every event is what the OpenAPI description of the API says, where that is at hand."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
import referencing
from referencing.jsonschema import DRAFT202012

from fakeopenai import FakeOpenAI, items, reasoning, refusal, tool_call

DESCRIPTION = Path(__file__).parents[2].parent / "shared" / "openai-openapi" / "openapi.json"
pytestmark = pytest.mark.skipif(not DESCRIPTION.exists(), reason="the OpenAPI description is not beside the project")

EXCEPTIONS = {
    "$.user": "null in every recorded answer that has no user",
    "$.response.user": "the same, in an event",
    "$.response.usage: None": "null in every recorded event before the last",
    # part of what a validator says: why the description and the API disagree
    "prompt_cache_retention": "the description spells it in-memory; the API answers in_memory (recorded)",
    "$: 'name' is a required": "function_call_arguments.done has no name in any recording",
    "'type': 'image_generation_call', 'status': 'in_progress'}": "as recorded: a picture begins with nothing else",
    "'type': 'web_search_call', 'status': 'in_progress'}": "as recorded: a search begins with nothing else",
    "obfuscation": "the description lacks it for some events; the API sends it (recorded)",
}

SCRIPTS: dict[str, Any] = {
    "text": "Hello there.",
    "refusal": refusal("No."),
    "calls": [tool_call("get_weather", city="Paris"), tool_call("sql", input="SELECT 1")],
    "reasoning": [reasoning("Hm."), "Hello."],
    "search": [
        items.web_search_call("x", sources=["https://x.y"]),
        items.message("Hi", annotations=[items.url_citation("https://x.y", "x")]),
    ],
    "files": [items.file_search_call("x"), items.message("Hi", annotations=[items.file_citation("file-1", "a.txt")])],
    "code": [items.code_interpreter_call("print(1)", "1", container_id="cntr_1"), "1"],
    "picture": [items.image_generation_call(b"png"), "Here."],
    "mcp": [items.mcp_list_tools("roll", server_label="dice"), items.mcp_call("roll", server_label="dice", output="6")],
    "approval": [items.mcp_approval_request("roll", server_label="dice")],
    "shells": [items.local_shell_call("ls"), items.shell_call("ls"), items.shell_call_output("a.txt")],
    "patch": [items.apply_patch_call("create_file", "a.txt", "+a")],
    "computer": [items.computer_call("screenshot")],
    "compaction": ["Hi", items.compaction("opaque")],
}
ASKED: dict[str, dict[str, Any]] = {
    "plainly": {},
    "with everything": {
        "instructions": "Be brief.",
        "metadata": {"a": "b"},
        "reasoning": {"effort": "low", "summary": "auto"},
        "tools": [
            {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}, "strict": True},
            {"type": "web_search"},
            {"type": "file_search", "vector_store_ids": ["vs_1"]},
        ],
        "text": {"verbosity": "low"},
        "top_logprobs": 1,
        "include": ["message.output_text.logprobs"],
    },
}


@functools.cache
def description() -> tuple[dict[str, Any], Any]:
    """The description, and a registry in which its references are found."""
    found: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    resource: Any = DRAFT202012.create_resource(cast("Any", found))
    return found, cast("Any", referencing).Registry().with_resource("urn:openapi", resource)


@functools.cache
def validator(name: str) -> Any:
    """The validator of one schema of the description."""
    schema = {"$ref": f"urn:openapi#/components/schemas/{name}"}
    return jsonschema.Draft202012Validator(schema, registry=description()[1])


def faults(name: str, value: Any) -> list[str]:
    """What the description has against a value, known disagreements left out."""
    found = [f"{error.json_path}: {error.message[:200]}" for error in validator(name).iter_errors(value)]
    return [fault for fault in found if not any(known in fault for known in EXCEPTIONS)]


def wire(fake: FakeOpenAI, **asked: Any) -> Any:
    """The response as JSON."""
    return json.loads(cast("Any", fake.responses.with_raw_response.create)(model="gpt-5", input="Hi", **asked).text)


UNKNOWN_EVENTS = {
    "response.apply_patch_call_operation_diff.delta": "recorded, and not in the description",
    "response.apply_patch_call_operation_diff.done": "recorded, and not in the description",
}


@functools.cache
def schema_of_event(kind: str) -> str:
    """The schema of one type of event: an error then says what is wrong, and not that no member of a union fits."""
    schemas = description()[0]["components"]["schemas"]
    for member in schemas["ResponseStreamEvent"]["anyOf"]:
        name: str = member["$ref"].rpartition("/")[2]
        if kind in schemas[name]["properties"]["type"]["enum"]:
            return name
    raise AssertionError(f"the description has no event {kind}")


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_responses(script: Any, asked: dict[str, Any]) -> None:
    """A response is one, whatever it holds."""
    fake = FakeOpenAI(strict=False)
    fake.responses.create.returns(script)
    response = wire(fake, **asked)
    assert faults("Response", response) == []
    stored = fake.responses.with_raw_response.retrieve(response["id"])
    assert faults("Response", json.loads(stored.text)) == []


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_events(script: Any) -> None:
    """Every event of a stream is one."""
    fake = FakeOpenAI(strict=False)
    fake.responses.create.returns(script)
    raw = cast("Any", fake.responses.with_streaming_response.create)
    with raw(model="gpt-5", input="Hi", stream=True) as stream:
        lines = [line.removeprefix("data: ") for line in stream.iter_lines() if line.startswith("data: ")]
    for line in lines:
        event = json.loads(line)
        if event["type"] not in UNKNOWN_EVENTS:
            assert faults(schema_of_event(event["type"]), event) == [], event["type"]


def test_the_rest() -> None:
    """Lists of items, conversations, counts and deletions are what the description says."""
    fake = FakeOpenAI()
    made = fake.conversations.create(items=cast("Any", [{"role": "user", "content": "Hi"}]))
    response = fake.responses.create(model="gpt-5", input="Hi", conversation=made.id)
    answers: dict[str, Any] = {
        "ConversationResource": fake.conversations.with_raw_response.retrieve(made.id),
        "ConversationItemList": fake.conversations.items.with_raw_response.list(made.id),
        "ResponseItemList": fake.responses.input_items.with_raw_response.list(response.id),
        "DeletedConversationResource": fake.conversations.with_raw_response.delete(made.id),
    }
    for name, raw in answers.items():
        assert faults(name, json.loads(raw.text)) == [], name
