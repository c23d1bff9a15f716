"""Output items: built complete, completed when they are not, in the form that API, SDK and OpenAPI agree on."""

from __future__ import annotations

import collections
import copy
import doctest
import functools
import gzip
import itertools
import json
import pathlib
from collections.abc import Callable, Iterator
from typing import Any, get_args

import openai.types.responses
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeopenai import items
from fakeopenai.errors import UnknownField, UsageError

SHARED = pathlib.Path(__file__).resolve().parents[2].parent / "shared"
OPENAPI = SHARED / "openai-openapi" / "openapi.json"
RECORDED = SHARED / "recorded" / "dev.jsonl.gz"

JSON = dict[str, Any]

BUILT: dict[str, JSON] = {
    "additional_tools": items.additional_tools({"type": "web_search"}),
    "apply_patch_call": items.apply_patch_call("create_file", "a.md", "+hello"),
    "code_interpreter_call": items.code_interpreter_call("print(1)", "1", {"type": "image", "url": "data:x"}),
    "compaction": items.compaction(),
    "computer_call": items.computer_call("screenshot"),
    "custom_tool_call": items.custom_tool_call("sql", "SELECT 1"),
    "file_search_call": items.file_search_call("q", results=[{"file_id": "file-1", "filename": "a.txt", "score": 0.5}]),
    "function_call": items.function_call("get_weather", {"city": "Zürich"}),
    "image_generation_call": items.image_generation_call(b"png"),
    "local_shell_call": items.local_shell_call(["ls", "-a"], timeout_ms=5),
    "mcp_approval_request": items.mcp_approval_request("search", server_label="docs"),
    "mcp_call": items.mcp_call("search", {"query": "x"}, server_label="docs", output="found"),
    "mcp_list_tools": items.mcp_list_tools("search", {"name": "fetch"}, server_label="docs"),
    "message": items.message("Hi", annotations=[items.url_citation("https://example.com", "Example")]),
    "program": items.program("await tools.roll()"),
    "program_output": items.program_output("6"),
    "reasoning": items.reasoning_item("First.", "Then.", content="All of it.", encrypted_content="gAAAAA"),
    "shell_call": items.shell_call("ls", environment={"type": "container_reference", "container_id": "cntr_1"}),
    "shell_call_output": items.shell_call_output("a.txt", "warning", exit_code=1),
    "tool_search_call": items.tool_search_call({"paths": ["a"]}),
    "tool_search_output": items.tool_search_output({"type": "web_search"}),
    "web_search_call": items.web_search_call("weather", sources=["https://example.com"]),
}

WRITTEN_BY_CLIENTS: dict[str, JSON] = {
    "apply_patch_call_output": {"output": "done"},
    "computer_call_output": {"output": {"type": "computer_screenshot", "image_url": "data:x"}},
    "custom_tool_call_output": {"output": "1"},
    "function_call_output": {"output": "sunny"},
    "local_shell_call_output": {"output": "a.txt"},
    "mcp_approval_response": {"approval_request_id": "mcpr_1", "approve": True},
}


def counting() -> Callable[[str], str]:
    """A maker of ids: msg_1, call_2, ..."""
    numbers = itertools.count(1)
    return lambda prefix: f"{prefix}{next(numbers)}"


@functools.lru_cache(maxsize=1)
def sdk_models() -> dict[str, Any]:
    """The installed SDK's models of output items by kind."""
    union = get_args(get_args(openai.types.responses.ResponseOutputItem)[0])
    return {kind: model for model in union for kind in get_args(model.model_fields["type"].annotation)}


@functools.lru_cache(maxsize=1)
def openapi_validators() -> dict[str, Any]:
    """The OpenAPI description's validators of output items by kind."""
    if not OPENAPI.exists():
        pytest.skip(f"needs the OpenAPI description at {OPENAPI.parent.name}/{OPENAPI.name}")
    jsonschema: Any = pytest.importorskip("jsonschema")
    description = json.loads(OPENAPI.read_text())
    schemas = description["components"]["schemas"]
    found: dict[str, Any] = {}
    for option in schemas["OutputItem"]["anyOf" if "anyOf" in schemas["OutputItem"] else "oneOf"]:
        name = option["$ref"].rpartition("/")[2]
        parts = [
            schemas[name],
            *(schemas[p["$ref"].rpartition("/")[2]] for p in schemas[name].get("allOf", ()) if "$ref" in p),
        ]
        for part in parts:
            for kind in part.get("properties", {}).get("type", {}).get("enum", ()):
                found[kind] = jsonschema.Draft202012Validator({**option, "components": {"schemas": schemas}})
    return found


def recorded_items() -> Iterator[tuple[str, JSON]]:
    """Output items that the API has sent, without those of streams, and when."""
    if not RECORDED.exists():
        pytest.skip(f"needs the recordings at {RECORDED.parent.name}/{RECORDED.name}")
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        for line in lines:
            exchange = json.loads(line)
            if exchange["operation"] == "responses.create" and exchange["status"] == 200 and not exchange.get("sse"):
                for item in exchange["response"].get("output") or ():
                    yield exchange["recorded_at"], item


# ------------------------------------------------------------------------------------------------------------- builders


def test_every_kind_of_the_sdk_is_known() -> None:
    """Each kind of the installed SDK's union has a builder, or is one that only clients write; each has a prefix."""
    assert set(sdk_models()) <= BUILT.keys() | WRITTEN_BY_CLIENTS.keys()
    assert items.PREFIXES.keys() == BUILT.keys() | WRITTEN_BY_CLIENTS.keys()


@pytest.mark.parametrize("kind", BUILT)
def test_builders_say_what_they_build_and_make_no_ids(kind: str) -> None:
    """A built item has its type, and no id that only an account can make."""
    built = BUILT[kind]
    assert built["type"] == kind
    assert "id" not in built
    assert built.get("call_id") is None
    assert kind == "shell_call" or "container_id" not in built


@pytest.mark.parametrize("kind", items.PREFIXES)
def test_completed_items_are_what_the_sdk_expects(kind: str) -> None:
    """A completed item of each kind validates as the SDK's type, and has no field that the newest type lacks."""
    model = sdk_models().get(kind)
    if model is None:
        pytest.skip(f"openai {openai.__version__} has no {kind}")
    built = BUILT.get(kind) or items.item(kind, **WRITTEN_BY_CLIENTS[kind])
    completed = items.complete_item(built, counting())
    parsed = pydantic.TypeAdapter(model).validate_json(json.dumps(completed))
    known = {field.alias or name for name, field in model.model_fields.items()}
    assert parsed.id == completed["id"]
    if "action" in sdk_models()["image_generation_call"].model_fields:  # an SDK of 2026's second half
        undeclared = {"custom_tool_call": {"status"}, "local_shell_call_output": {"call_id"}}
        assert completed.keys() - known <= undeclared.get(kind, set())


@pytest.mark.parametrize("kind", items.PREFIXES)
def test_completed_items_are_what_openapi_describes(kind: str) -> None:
    """A completed item of each kind validates against the OpenAPI description."""
    validator = openapi_validators()[kind]
    built = BUILT.get(kind) or items.item(kind, **WRITTEN_BY_CLIENTS[kind])
    completed = items.complete_item(built, counting())
    errors = [error.message for error in validator.iter_errors(completed)]
    if kind == "mcp_approval_response":
        errors.remove("'request_id' is a required property")  # a mistake there: required, but not described
    assert not errors


@pytest.mark.parametrize("kind", items.PREFIXES)
def test_ids_begin_as_the_api_begins_them(kind: str) -> None:
    """Completion gives an id with the prefix of the kind, and a call id where the API sends one."""
    completed = items.complete_item({"type": kind}, counting())
    assert completed["id"].startswith(items.PREFIXES[kind])
    assert list(completed)[:2] == ["id", "type"]
    if completed.get("call_id") is not None:
        assert completed["call_id"].startswith("call_")


def test_given_ids_stay() -> None:
    """An id, a call id or a container that was given is kept."""
    call = items.complete_item(items.function_call("f", id="fc_a", call_id="call_a"), counting())
    assert (call["id"], call["call_id"]) == ("fc_a", "call_a")
    code = items.complete_item(items.code_interpreter_call("1", container_id="cntr_a"), counting())
    assert code["container_id"] == "cntr_a"


def test_only_searches_of_the_client_have_a_call_id() -> None:
    """A tool search of the server has a null call id, one that the client has to do a real one."""
    assert items.complete_item(items.tool_search_call({}), counting())["call_id"] is None
    assert items.complete_item(items.tool_search_call({}, execution="client"), counting())["call_id"] == "call_2"


def test_message_may_refuse() -> None:
    """A refusal is the only content of a message that says nothing else, and follows the text of one that does."""
    assert items.message(refusal="No.")["content"] == [{"type": "refusal", "refusal": "No."}]
    assert [part["type"] for part in items.message("Well.", refusal="No.")["content"]] == ["output_text", "refusal"]


def test_message_takes_several_parts() -> None:
    """Content may be given as texts and as JSON objects."""
    content = items.message(["One", {"text": "Two"}, {"type": "output_audio", "data": "x"}])["content"]
    assert [part.get("text") for part in content] == ["One", "Two", None]
    assert content[2] == {"type": "output_audio", "data": "x"}


def test_annotations_without_a_place_get_one() -> None:
    """A web citation covers the text, a file citation follows it; a given place stays."""
    annotations = [
        items.url_citation("https://example.com"),
        items.file_citation("file-1", "a.txt"),
        items.url_citation("https://example.com", start_index=1, end_index=2),
        items.container_file_citation("cfile_1", "a.png", "cntr_1"),
        items.file_path("file-2"),
    ]
    placed = items.message("12345", annotations=annotations)["content"][0]["annotations"]
    assert (placed[0]["start_index"], placed[0]["end_index"]) == (0, 5)
    assert placed[1]["index"] == 5
    assert (placed[2]["start_index"], placed[2]["end_index"]) == (1, 2)
    assert placed[3:] == annotations[3:]


def test_arguments_are_written_as_models_write_them() -> None:
    """Arguments become compact JSON with its letters as they are; JSON text is left alone; none is an empty object."""
    assert items.function_call("f", {"city": "Zürich", "n": 1})["arguments"] == '{"city":"Zürich","n":1}'
    assert items.function_call("f", '{"a": 1}')["arguments"] == '{"a": 1}'
    assert items.function_call("f")["arguments"] == "{}"
    assert items.function_call("f", "")["arguments"] == ""


def test_web_search_opens_and_looks_into_pages() -> None:
    """The action follows from what is given: a search, the opening of a page, or a search in it."""
    assert items.web_search_call(url="https://e.com")["action"] == {"type": "open_page", "url": "https://e.com"}
    found = items.web_search_call(url="https://e.com", pattern="x")["action"]
    assert found == {"type": "find_in_page", "pattern": "x", "url": "https://e.com"}
    assert items.web_search_call(queries=["a", "b"])["action"]["query"] == "a"
    assert items.web_search_call()["action"] == {"type": "search"}
    sources: list[str | JSON] = [{"type": "api", "name": "oai-weather"}, "https://e.com"]
    assert items.web_search_call("q", sources=sources)["action"]["sources"] == [
        {"type": "api", "name": "oai-weather"},
        {"type": "url", "url": "https://e.com"},
    ]


def test_failures_have_a_status_of_their_own() -> None:
    """An MCP call with an error has failed; the error's text becomes the error's object."""
    call = items.mcp_call("f", server_label="s", error="boom")
    assert call["status"] == "failed"
    assert call["error"] == {"type": "mcp_tool_execution_error", "content": [{"type": "text", "text": "boom"}]}
    http = {"type": "http_error", "code": 424, "message": "424: "}
    assert items.mcp_call("f", server_label="s", error=http)["error"] == http
    assert items.image_generation_call(status="failed")["result"] is None
    assert items.shell_call_output("", exit_code=None)["output"][0]["outcome"] == {"type": "timeout"}


def test_computer_does_one_thing_or_several() -> None:
    """The preview tool's call has an action, today's tool's a list of them."""
    assert items.computer_call("wait")["action"] == {"type": "wait"}
    several = items.computer_call(actions=["screenshot", {"type": "type", "text": "x"}])
    assert several["actions"] == [{"type": "screenshot"}, {"type": "type", "text": "x"}]
    assert "action" not in several


# ------------------------------------------------------------------------------------------------------------ any field


def test_item_knows_the_kinds_of_the_sdk() -> None:
    """The generic builder checks names against the SDK's type, under their wire names or Python's."""
    made = items.item("function_call", name="f", arguments={"a": 1}, call_id="call_1")
    assert made == items.function_call("f", {"a": 1}, call_id="call_1")
    if "async_" in sdk_models()["function_call"].model_fields:
        assert items.item("function_call", name="f", async_=True)["async"] is True
        assert items.item("function_call", name="f", **{"async": True})["async"] is True


def test_unknown_field_names_the_nearest() -> None:
    """A field that the SDK's type lacks is refused, with the one that was probably meant."""
    with pytest.raises(UnknownField, match=r"has no field 'argumens'; did you mean 'arguments'\?") as caught:
        items.item("function_call", argumens="{}")
    assert caught.value.type_name == "ResponseFunctionToolCall"
    assert caught.value.field == "argumens"
    assert caught.value.suggestion == "arguments"
    with pytest.raises(UnknownField, match=r"it has .*, status"):
        items.message("Hi", zzz=1)


def test_unknown_kind_names_the_nearest() -> None:
    """A kind that neither the SDK nor this package knows is refused, with the one that was probably meant."""
    with pytest.raises(UnknownField, match=r"no kind of output item called 'web_serch_call'; did you mean") as caught:
        items.item("web_serch_call")
    assert caught.value.suggestion == "web_search_call"
    with pytest.raises(UnknownField, match="there are additional_tools, "):
        items.item("xyzzy")


def test_kinds_of_a_newer_sdk_are_taken_on_trust() -> None:
    """Builders work for kinds that the installed SDK lacks, unchecked; completion takes kinds that nobody knows."""
    for kind in sorted(BUILT.keys() - sdk_models().keys()):
        assert items.item(kind, new_field=1)["new_field"] == 1
    assert items.complete_item({"type": "telepathy", "thought": 1}, counting()) == {
        "id": "item_1",
        "type": "telepathy",
        "thought": 1,
    }


def test_parts_have_to_be_texts_or_objects() -> None:
    """A number where a text or an object belongs is the author's mistake, and is said to be."""
    with pytest.raises(UsageError, match="found 7"):
        items.complete_item({"type": "message", "content": [7]}, counting())
    with pytest.raises(UsageError, match="found 7"):
        items.complete_item({"type": "reasoning", "summary": [7]}, counting())


# ----------------------------------------------------------------------------------------------------------- completion

TEXTS = st.text(max_size=12)
PARTIAL = st.one_of(
    st.fixed_dictionaries({"type": st.just("message"), "content": st.one_of(TEXTS, st.lists(TEXTS, max_size=3))}),
    st.fixed_dictionaries({}, optional={"content": TEXTS, "phase": st.just("commentary")}),
    st.fixed_dictionaries(
        {"type": st.just("function_call"), "name": TEXTS}, optional={"arguments": st.dictionaries(TEXTS, TEXTS)}
    ),
    st.fixed_dictionaries({"type": st.just("reasoning")}, optional={"summary": st.lists(TEXTS), "content": TEXTS}),
    st.fixed_dictionaries({"type": st.just("web_search_call")}, optional={"action": st.just({"query": "x"})}),
    st.fixed_dictionaries({"type": st.just("shell_call_output"), "output": st.lists(TEXTS, max_size=2)}),
    st.fixed_dictionaries({"type": st.sampled_from(sorted(items.PREFIXES))}),
    st.sampled_from(list(BUILT.values())),
)


@given(PARTIAL)
def test_completion_is_final_and_detached(partial: JSON) -> None:
    """A completed item needs no completion, and the given item stays as it was."""
    before = copy.deepcopy(partial)
    completed = items.complete_item(partial, counting())
    assert partial == before
    again = items.complete_item(completed, counting())
    assert again == completed
    assert list(again) == list(completed)
    if "content" in again:
        again["content"].append({"type": "refusal", "refusal": "changed"})
        assert again != completed


def test_short_forms_are_completed() -> None:
    """What builders take, completion takes too."""
    completed = items.complete_item({"type": "reasoning", "summary": "Hm."}, counting())
    assert completed == {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}
    call = items.complete_item({"type": "shell_call", "action": {"commands": "ls"}}, counting())
    assert call["action"] == {"commands": ["ls"], "max_output_length": None, "timeout_ms": None}
    listed = items.complete_item({"type": "mcp_list_tools", "server_label": "s", "tools": ["roll"]}, counting())
    assert listed["tools"][0]["name"] == "roll"
    parts = items.complete_item({"content": {"text": "Hi"}}, counting())["content"]
    assert parts == [{"type": "output_text", "annotations": [], "logprobs": [], "text": "Hi"}]


def test_opaque_texts_are_made_up() -> None:
    """Compactions and programs get an opaque text, another one for each item."""
    new_id = counting()
    first, second = (items.complete_item(items.compaction(), new_id)["encrypted_content"] for _ in range(2))
    assert first.startswith("gAAAAAB")
    assert first != second
    assert items.complete_item(items.program("x"), new_id)["fingerprint"].startswith("gAAAAAB")
    assert items.complete_item(items.compaction("mine"), new_id)["encrypted_content"] == "mine"


def test_output_shares_what_belongs_together() -> None:
    """An output gets the id of the call it answers, in order; code runs in one container; given ids stay."""
    output = items.complete_output(
        [
            items.shell_call("ls"),
            items.shell_call_output("a"),
            items.code_interpreter_call("1"),
            items.code_interpreter_call("2"),
            items.shell_call("pwd", call_id="call_mine"),
            items.shell_call_output("b"),
            items.code_interpreter_call("3", container_id="cntr_other"),
            {"content": "Done."},
        ],
        counting(),
    )
    assert output[0]["call_id"] == output[1]["call_id"] != "call_mine"
    assert output[4]["call_id"] == output[5]["call_id"] == "call_mine"
    assert output[2]["container_id"] == output[3]["container_id"] != output[6]["container_id"] == "cntr_other"
    assert len({item["id"] for item in output}) == len(output)
    assert output[-1]["type"] == "message"
    calls = [items.shell_call("ls"), items.shell_call("pwd")]
    twice = items.complete_output([*calls, *[items.shell_call_output("a")] * 3], counting())
    assert [item["call_id"] for item in twice[2:4]] == [item["call_id"] for item in twice[:2]]
    assert len({item["call_id"] for item in twice}) == 3


# ----------------------------------------------------------------------------------------------------------- recordings


def test_recorded_items_are_complete_already() -> None:
    """Completion leaves items as the API sends them, but for fields that it began to send later."""
    began = {"image_generation_call": {"action"}, "mcp_call": {"status"}}
    seen: collections.Counter[str] = collections.Counter()
    for recorded_at, item in recorded_items():
        completed = items.complete_item(item, counting())
        seen[item["type"]] += 1
        assert completed.keys() - item.keys() <= began.get(item["type"], set())
        if recorded_at > "2026-02":
            assert completed == item
            if list(item)[:2] == ["id", "type"]:  # many recorders sort keys
                assert list(completed) == list(item)
    assert seen["message"] > 20
    assert len(seen) > 10


def test_recorded_items_are_rebuilt_from_what_they_say() -> None:
    """Without nulls and empty lists, a recorded item is completed to the same keys."""

    def without_blanks(entries: JSON) -> JSON:
        return {key: value for key, value in entries.items() if value not in (None, [], {})}

    def bare(item: JSON) -> JSON:
        return dict(json.loads(json.dumps(item), object_hook=without_blanks))

    for recorded_at, item in recorded_items():
        if recorded_at > "2026-02":
            completed = items.complete_item(bare(item), counting())
            assert completed.keys() | {"content"} == item.keys() | {"content"}  # reasoning has had it since June 2026
            assert bare(completed) == bare(item)


def test_examples_in_docstrings_run() -> None:
    """Every example of the module gives what it says."""
    assert doctest.testmod(items).failed == 0
