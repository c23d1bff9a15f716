"""Assembly: partial answers become complete ones, layer by layer, and what cannot be right is refused."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import enum
import json
import marshal
import typing
from typing import Any
from unittest.mock import MagicMock

import openai.pagination
import pydantic
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai import BaseModel
from openai.types import Batch, CreateEmbeddingResponse, FileDeleted, FileObject, VectorStore
from openai.types.audio import Transcription, TranscriptionVerbose
from openai.types.chat import ChatCompletion, ChatCompletionMessage, ParsedChatCompletion
from openai.types.chat.chat_completion import Choice
from openai.types.fine_tuning import FineTuningJob
from openai.types.responses import Response

from fakeopenai.assemble import ABSENT, assemble, complete, minimal, shape_of, template
from fakeopenai.defaults import Defaults
from fakeopenai.errors import UnknownField, UsageError
from fakeopenai.model_shapes import LiteralShape, ModelShape, UnionShape
from fakeopenai.operation import Operation, operations
from fakeopenai.request import Request

# Where the API breaks the SDK's own types: see `builtin.BUILTIN`.
BREAKING_THEIR_TYPE = {
    *("Message", "Run", "FineTuningJob", "VectorStore", "VectorStoreFileBatch", "Sample"),
    *("RunCreateResponse", "RunListResponse", "RunRetrieveResponse", "RunCancelResponse"),
    *("OutputItemListResponse", "OutputItemRetrieveResponse"),
}
LIBERTIES = {"status", "instructions", "code", "message", "name"}


def answer_types() -> list[Any]:
    """The types of all answers of the installed SDK, pages among them."""
    found: dict[str, Any] = {}
    for operation in operations().values():
        with contextlib.suppress(ImportError, AttributeError):  # the installed SDK is older than the table
            for type_ in (operation.response_type, operation.page_type):
                if type_ is not None and not shape_of(type_).free:
                    found[repr(type_)] = type_
    return list(found.values())


def model(type_: Any) -> ModelShape:
    """The shape of a model."""
    shape = shape_of(type_)
    assert isinstance(shape, ModelShape)
    return shape


def nested_models() -> list[ModelShape]:
    """The shapes of all models that occur in answers."""
    found: dict[Any, ModelShape] = {}

    def visit(shape: Any) -> None:
        if isinstance(shape, ModelShape):
            if shape.type in found:
                return
            found[shape.type] = shape
            for field in shape.fields.values():
                visit(field.shape)
        for part in (*getattr(shape, "members", ()), getattr(shape, "item", None), getattr(shape, "value", None)):
            if part is not None:
                visit(part)

    for type_ in answer_types():
        visit(shape_of(type_))
    return list(found.values())


def validated(type_: Any, value: Any) -> Any:
    """The value as the SDK's type, strictly."""
    return pydantic.TypeAdapter(type_).validate_python(value, strict=True)


# ---------------------------------------------------------------------------------------------- what types alone give


def test_every_answer_has_a_valid_minimum() -> None:
    """For every operation of the API the type alone gives a value that the SDK's type accepts."""
    types = answer_types()
    assert len(types) > 60
    for type_ in types:
        validated(type_, minimal(type_))


def test_every_default_is_valid_json() -> None:
    """With the built-in defaults every model stays what the SDK's type accepts, the API's own liberties aside."""
    refused: set[str] = set()
    for shape in nested_models():
        made = shape.default()
        assert json.loads(json.dumps(made)) == made
        assert complete(shape.type, made) == made
        try:
            validated(shape.type, made)
        except pydantic.ValidationError:
            refused.add(str(shape))
    assert refused == BREAKING_THEIR_TYPE


def test_the_minimum_has_required_fields_only() -> None:
    """The minimum of a type has its required fields, first constants, empty texts and lists."""
    assert minimal(FileDeleted) == {"id": "", "deleted": False, "object": "file"}
    assert minimal(ChatCompletion) == {"id": "", "choices": [], "created": 0, "model": "", "object": "chat.completion"}


def test_values_are_fresh() -> None:
    """Neither minima nor templates share anything between two calls."""
    first = complete(ChatCompletion, None)
    first["choices"].append("changed")
    first["usage"]["prompt_tokens"] = 7
    assert complete(ChatCompletion, None)["choices"] == []
    assert complete(ChatCompletion, None)["usage"]["prompt_tokens"] == 0
    assert minimal(ChatCompletion)["choices"] is not minimal(ChatCompletion)["choices"]


def test_template_is_the_default() -> None:
    """A template is the marshalled default, made once."""
    assert marshal.loads(template(FileObject)) == complete(FileObject, None)
    assert template(FileObject) is template(FileObject)
    assert marshal.loads(template(str)) == ""


def test_shapes_are_kept() -> None:
    """The shape of a type is made once, and shared by all types that contain it."""
    assert shape_of(ChatCompletion) is shape_of(ChatCompletion)
    choices: Any = model(ChatCompletion).fields["choices"].shape
    assert choices.item is shape_of(Choice)


def test_union_order_counts() -> None:
    """Two unions of the same types in another order start with another type."""

    class One(BaseModel):
        value: int | str

    class Two(BaseModel):
        value: str | int

    assert minimal(One) == {"value": 0}
    assert minimal(Two) == {"value": ""}


def test_recursive_types_end() -> None:
    """A type that demands itself in a union gets the member that ends."""

    class Leaf(BaseModel):
        type: typing.Literal["leaf"]

    class Node(BaseModel):
        type: typing.Literal["node"]
        child: typing.Union[Node, Leaf]  # noqa: UP007 - as the SDK writes it

    Node.model_rebuild(_types_namespace={"Node": Node, "Leaf": Leaf, "typing": typing})
    assert minimal(Node) == {"type": "node", "child": {"type": "leaf"}}
    assert complete(Node, {"child": {"type": "node"}})["child"]["child"] == {"type": "leaf"}


# ---------------------------------------------------------------------------------------------- completing


def test_a_partial_is_completed_as_its_type() -> None:
    """A bare message in a bare choice becomes a whole chat completion."""
    made = complete(ChatCompletion, {"choices": [{"message": {"content": "x"}}, {"message": {"content": "y"}}]})
    assert [choice["index"] for choice in made["choices"]] == [0, 1]
    assert made["choices"][1] == {
        "index": 1,
        "message": {"role": "assistant", "content": "y", "refusal": None, "annotations": []},
        "logprobs": None,
        "finish_reason": "stop",
    }
    assert made["object"] == "chat.completion"
    assert validated(ChatCompletion, made).choices[0].message.content == "x"


def test_none_sets_null() -> None:
    """None in an upper layer is null, not absence."""
    assert assemble(ChatCompletion, {"service_tier": "flex"}, {"service_tier": None})["service_tier"] is None


def test_layers_in_order() -> None:
    """The computed layer goes over the defaults, the script over both, field by field."""
    made = assemble(
        FileObject,
        {"id": "file-1", "filename": "a.txt", "purpose": "batch"},
        {"filename": "b.txt"},
        operation="files.create",
    )
    assert (made["id"], made["filename"], made["purpose"], made["status"]) == ("file-1", "b.txt", "batch", "processed")


def test_positions_merge_and_other_lists_replace() -> None:
    """Choices go over the computed choices position by position; a list without positions replaces the lower one."""
    computed: Any = {
        "choices": [
            {"index": 0, "message": {"content": "a"}, "finish_reason": "length"},
            {"index": 1, "message": {"content": "b"}, "finish_reason": "length"},
        ]
    }
    made = assemble(ChatCompletion, computed, {"choices": [{"message": {"content": "x"}}]})
    assert [(choice["message"]["content"], choice["finish_reason"]) for choice in made["choices"]] == [("x", "length")]
    page = assemble(
        openai.pagination.SyncCursorPage[FileObject],
        {"data": [{"id": "file-1", "filename": "a"}]},
        {"data": [{"id": "file-2"}]},
    )
    assert [(file["id"], file["filename"]) for file in page["data"]] == [("file-2", "mydata.jsonl")]


def test_more_positions_than_below() -> None:
    """Choices beyond the computed ones are completed on their own and know their place."""
    made = assemble(ChatCompletion, {"choices": [{"message": {"content": "a"}}]}, {"choices": [{}, {"index": 5}, {}]})
    assert [choice["index"] for choice in made["choices"]] == [0, 5, 2]
    assert made["choices"][0]["message"]["content"] == "a"


def test_free_form_objects_replace() -> None:
    """Metadata is a value: the upper one does not mix with the lower one, and keeps any key."""
    made = assemble(Batch, {"metadata": {"a": "1", "b": "2"}}, {"metadata": {"c d": "3"}})
    assert made["metadata"] == {"c d": "3"}


def test_nothing_is_shared_with_the_layers() -> None:
    """Changing an answer changes neither the computed layer nor the script, nor the other way round."""
    computed = {"choices": [{"message": {"content": "a", "annotations": list[Any]()}}], "metadata": {"k": "v"}}
    scripted = {"choices": [{"message": {"tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}]}}]}
    before = json.dumps([computed, scripted])
    made = assemble(ChatCompletion, computed, scripted)
    made["choices"][0]["message"]["tool_calls"][0]["function"]["name"] = "changed"
    made["choices"][0]["message"]["annotations"].append(1)
    made["metadata"]["k"] = "changed"
    assert json.dumps([computed, scripted]) == before


def test_computed_layers_may_know_more_than_the_sdk() -> None:
    """Keys that the SDK lacks are kept in a computed layer; so is an item of a kind that it lacks."""
    made = assemble(
        Response,
        {"brand_new": {"a": [1]}, "output": [{"type": "telepathy_call", "thought": "x"}, {"type": "reasoning"}]},
    )
    assert made["brand_new"] == {"a": [1]}
    assert made["output"][0] == {"type": "telepathy_call", "thought": "x"}
    assert made["output"][1]["summary"] == []


def test_the_model_is_the_requests() -> None:
    """A model that nobody gives is the one that was asked for; one that is given stays, null too."""
    request = Request(Operation("x", "POST", "/x", ""), {"model": "gpt-5"})
    assert assemble(ChatCompletion, {}, request=request)["model"] == "gpt-5"
    assert assemble(ChatCompletion, {"model": "gpt-5-2025"}, request=request)["model"] == "gpt-5-2025"
    assert assemble(Batch, {}, request=request)["model"] is None
    assert not assemble(ChatCompletion, {}, request=Request(request.operation, {}))["model"]


def test_absent_takes_a_key_away() -> None:
    """A computed layer can say that the API does not send a key here, at any depth."""
    made = assemble(Response, {"billing": ABSENT, "reasoning": {"context": ABSENT}})
    assert "billing" not in made
    assert "context" not in made["reasoning"]
    assert "billing" in assemble(Response, {})


def test_keys_come_in_the_apis_order() -> None:
    """Keys stand in the order in which the API sends them, whatever the order in the layers."""
    made = assemble(ChatCompletion, {"service_tier": "default", "model": "m", "id": "chatcmpl-1"})
    assert list(made) == ["id", "object", "created", "model", "choices", "usage", "service_tier", "system_fingerprint"]


def test_an_empty_error_becomes_a_whole_one() -> None:
    """A healthy fine-tuning job has the error ``{}``; a scripted part of an error is completed all the same."""
    assert complete(FineTuningJob, {})["error"] == {}
    assert complete(FineTuningJob, {"error": {"message": "no"}})["error"] == {
        "code": "",
        "param": None,
        "message": "no",
    }


# ---------------------------------------------------------------------------------------------- pages


def test_a_list_stands_for_the_elements_of_a_page() -> None:
    """A list given for a page is its data, and its first and last id follow."""
    page = complete(openai.pagination.SyncCursorPage[FileObject], [{"id": "file-1"}, {"id": "file-2"}])
    assert list(page) == ["object", "data", "first_id", "last_id", "has_more"]
    assert (page["first_id"], page["last_id"], page["has_more"]) == ("file-1", "file-2", False)
    assert page["data"][1]["status"] == "processed"


def test_an_empty_page_has_no_ends() -> None:
    """An empty page says null for its first and last id, also over computed ones."""
    kind = openai.pagination.SyncCursorPage[FileObject]
    page = assemble(kind, {"data": [{"id": "file-1"}]}, {"data": []})
    assert (page["first_id"], page["last_id"]) == (None, None)


def test_the_ends_of_a_page_can_be_given() -> None:
    """Explicit ends of a page stay as they are; computed absence stays absence."""
    kind = openai.pagination.SyncCursorPage[FileObject]
    assert complete(kind, {"data": [{"id": "file-1"}], "last_id": "x"})["last_id"] == "x"
    assert "first_id" not in assemble(kind, {"first_id": ABSENT, "last_id": ABSENT}, [{"id": "file-1"}])


def test_a_page_without_ends_has_none() -> None:
    """A list of models has no first and last id, and gets none."""
    assert complete(openai.pagination.SyncPage[FileObject], [{"id": "file-1"}]).keys() == {"object", "data"}


# ---------------------------------------------------------------------------------------------- unions


def output(*items: Any) -> Any:
    """Output items of a response, completed."""
    return complete(Response, {"output": list(items)}, operation="responses.create")["output"]


def test_the_tag_decides() -> None:
    """An item's type says what it is completed as."""
    message, call = output(
        {"type": "message", "content": [{"type": "output_text", "text": "Hi"}]}, {"type": "function_call", "name": "f"}
    )
    assert message["role"] == "assistant"
    assert message["content"][0] == {"type": "output_text", "annotations": [], "logprobs": [], "text": "Hi"}
    assert call == {
        "id": "",
        "type": "function_call",
        "status": "completed",
        "arguments": "",
        "call_id": "",
        "name": "f",
    }


def test_without_a_tag_the_best_fit_decides() -> None:
    """An item without a type is the first that knows all its keys and needs the fewest more."""
    assert output({"content": [{"text": "Hi"}]})[0]["type"] == "message"
    assert output({"name": "f", "arguments": "{}", "call_id": "c"})[0]["type"] == "function_call"
    assert output({"content": [{"refusal": "No"}]})[0]["content"][0]["type"] == "refusal"


def test_an_untagged_upper_layer_keeps_what_is_below() -> None:
    """An upper object without a tag refines the lower one; with another tag it replaces it."""
    custom = {"choices": [{"message": {"audio": {"id": "a"}}}]}
    assert assemble(ChatCompletion, custom, {"choices": [{"message": {"audio": {"data": "AA"}}}]})["choices"][0][
        "message"
    ]["audio"] == {"id": "a", "data": "AA", "expires_at": 0, "transcript": ""}
    below = {"tool_choice": {"type": "function", "name": "f"}}
    assert assemble(Response, below, {"tool_choice": {"name": "g"}})["tool_choice"] == {"type": "function", "name": "g"}
    other = {"tool_choice": {"type": "custom", "name": "g"}}
    assert assemble(Response, below, other)["tool_choice"] == {"type": "custom", "name": "g"}
    mcp = {"tool_choice": {"type": "mcp", "server_label": "s"}}
    assert "name" not in assemble(Response, below, mcp)["tool_choice"]
    assert assemble(Response, below, {"tool_choice": "auto"})["tool_choice"] == "auto"


def test_a_union_of_answers() -> None:
    """Where an operation has several types of answer, the layers decide which, or a plain text is the answer."""
    kind: Any = Transcription | TranscriptionVerbose | str
    assert assemble(kind, {"text": "a"}) == {"text": "a"}
    verbose = assemble(kind, {"text": "a", "language": "en", "duration": 1.5}, {"text": "b"})
    assert (verbose["text"], verbose["language"], verbose["task"]) == ("b", "en", "transcribe")
    assert assemble(kind, "WEBVTT") == "WEBVTT"
    assert assemble(kind, {"text": "a"}, "plain") == "plain"


def test_what_the_sdk_does_not_know_yet_can_be_scripted() -> None:
    """Constants and kinds of items that the API learnt after this SDK are taken as they are, unless nearly known."""
    made = output(
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi", "more": 1}]},
        {"type": "telepathy_call", "thought": "x"},
    )
    assert made[0]["role"] == "user"
    assert made[0]["content"] == [{"type": "input_text", "text": "Hi", "more": 1}]
    assert made[1] == {"type": "telepathy_call", "thought": "x"}
    assert complete(Choice, {"finish_reason": "moon_phase"})["finish_reason"] == "moon_phase"


def test_a_list_or_a_text() -> None:
    """A field that takes a text or a list of objects completes the list's elements."""
    made = complete(Response, {"instructions": [{"role": "user", "content": "Hi"}]})
    assert made["instructions"] == [{"type": "message", "content": "Hi", "role": "user"}]
    assert complete(Response, {"instructions": "Be brief."})["instructions"] == "Be brief."


# ---------------------------------------------------------------------------------------------- kinds of partials


def test_models_count_with_their_set_fields() -> None:
    """A response model is a partial of what was set in it, alone, nested or in a list."""
    message = ChatCompletionMessage(role="assistant", content="x")
    made = assemble(
        ChatCompletion,
        {"choices": [{"message": {"content": "computed", "refusal": "computed"}}]},
        {"choices": [{"message": message}]},
    )
    assert made["choices"][0]["message"] == {
        "role": "assistant",
        "content": "x",
        "refusal": "computed",
        "annotations": [],
    }
    whole = ChatCompletion.model_validate(made)
    assert complete(ChatCompletion, whole) == made
    choice = Choice(index=0, finish_reason="length", message=message)
    assert complete(ChatCompletion, {"choices": (choice,)})["choices"][0]["finish_reason"] == "length"
    page = complete(openai.pagination.SyncPage[ChatCompletion], [whole])
    assert page["data"] == [made]


def test_aliases_are_wire_names() -> None:
    """A model's fields travel under their wire names."""
    made = complete(
        Response,
        {"text": {"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": None}}},
    )
    again = complete(Response, Response.model_validate(made))
    assert again["text"]["format"]["schema"] == {"type": "object"}
    with pytest.raises(UnknownField, match="did you mean 'schema'"):
        complete(Response, {"text": {"format": {"type": "json_schema", "schema_": {}}}})


def test_parsed_models_are_accepted() -> None:
    """What only the SDK's parse helpers add to a model was never sent, and is left out."""
    made = complete(ChatCompletion, {"choices": [{"message": {"content": "{}"}}]})
    parsed: Any = ParsedChatCompletion[Any].model_validate(made)
    parsed.choices[0].message.parsed = {"a": 1}
    assert "parsed" not in complete(ChatCompletion, parsed)["choices"][0]["message"]


def test_values_become_json() -> None:
    """Tuples, sets, generators, enums, dates and other JSON-like values take their wire form."""

    class Status(enum.Enum):
        DONE = "completed"

    class Word(str):
        __slots__ = ()

    when = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)
    made = complete(
        VectorStore, {"status": Status.DONE, "created_at": when, "name": Word("n"), "metadata": {"k": Word("v")}}
    )
    assert (made["status"], made["created_at"], made["name"]) == ("completed", 1735689600, "n")
    assert type(made["name"]) is str
    assert type(made["metadata"]["k"]) is str
    vectors = complete(CreateEmbeddingResponse, {"data": ({"embedding": part} for part in [(0.5, 1), {2.0}])})
    assert [item["embedding"] for item in vectors["data"]] == [[0.5, 1], [2.0]]
    assert [item["index"] for item in vectors["data"]] == [0, 1]
    filters = {"type": "file_search", "filters": {"key": "day", "type": "eq", "value": when.date()}}
    assert complete(Response, {"tools": [filters]})["tools"][0]["filters"]["value"] == "2025-01-01"


def test_array_like_values_become_lists() -> None:
    """Arrays that know their list form, as numpy's do, are taken by it."""

    class Array:
        def tolist(self) -> list[float]:
            return [0.1, 0.2]

    made = complete(CreateEmbeddingResponse, {"data": [{"embedding": Array()}]})
    assert made["data"][0]["embedding"] == [0.1, 0.2]


# ---------------------------------------------------------------------------------------------- refusals


def test_an_unknown_key_names_the_nearest_and_the_place() -> None:
    """A typo is an error that says where it stands, in which reply, what was meant, and how to get it through."""
    with pytest.raises(UnknownField) as caught:
        complete(ChatCompletion, {"choices": [{}, {"message": {"contnt": "x"}}]}, operation="chat.completions.create")
    error = caught.value
    assert (error.type_name, error.field, error.suggestion) == ("ChatCompletionMessage", "contnt", "content")
    assert error.operation == "chat.completions.create"
    assert str(error).startswith(
        "ChatCompletionMessage has no field 'contnt'; did you mean 'content'? It was given at "
    )
    for part in ("choices[1].message of the reply to chat.completions.create", "tool_calls", "fakeopenai.raw(...)"):
        assert part in str(error)


def test_an_unknown_key_that_belongs_one_level_deeper() -> None:
    """A key that stands one level too high is told so."""
    with pytest.raises(UnknownField, match="SyncCursorPage has no field 'filename', but its 'data' has"):
        complete(openai.pagination.SyncCursorPage[FileObject], {"filename": "x"})
    with pytest.raises(UnknownField, match="Choice has no field 'content', but its 'message' has"):
        complete(ChatCompletion, {"choices": [{"content": "x"}]})


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"type": "message", "contnt": []}, "ResponseOutputMessage has no field 'contnt'; did you mean 'content'"),
        ({"contnt": []}, "did you mean 'content'"),
        ({"role": "assistant", "argumets": ""}, "did you mean 'arguments' of"),
        ({"zork": 1}, "nor has any other type that may stand there"),
        ({"type": "mesage"}, "There is no type 'mesage' at output[0] of the reply to x; did you mean 'message'?"),
        ({"type": "function"}, "did you mean 'function_call'"),
    ],
)
def test_an_unknown_key_in_a_union(item: Any, words: str) -> None:
    """Where several types are possible, the best fitting one names the nearest key, or the nearest of all does."""
    with pytest.raises((UnknownField, UsageError)) as caught:
        complete(Response, {"output": [item]}, operation="x")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("partial", "words"),
    [
        ({"choices": "x"}, "choices must be a list of Choice objects, not 'x' (str)"),
        ({"created": "soon"}, "created must be an integer, not 'soon' (str)"),
        ({"created": "5"}, "created must be an integer, not '5' (str)"),
        ({"created": True}, "created must be an integer, not True (bool)"),
        ({"choices": None}, "choices must be a list of Choice objects, not None (NoneType)"),
        ({"choices": ["x"]}, "choices[0] must be Choice, not 'x' (str)"),
        ({"choices": [None]}, "choices[0] must be Choice, not None (NoneType)"),
        ({"usage": 5}, "usage must be CompletionUsage, not 5 (int)"),
        ({"choices": [{"finish_reason": "tool_call"}]}, "not 'tool_call' (str); did you mean 'tool_calls'?"),
        ({"choices": [{"message": {"content": 5}}]}, "choices[0].message.content must be a string, not 5 (int)"),
        ("x", "The answer must be ChatCompletion, not 'x' (str)"),
        (5, "The answer must be ChatCompletion, not 5 (int)"),
    ],
)
def test_a_value_of_the_wrong_type(partial: Any, words: str) -> None:
    """A value that its field can't hold is an error that names field, expected type, value, place and way out."""
    for computed in (None, {"choices": [{"message": {"content": "computed"}}]}):
        with pytest.raises(UsageError) as caught:
            assemble(ChatCompletion, computed, partial, operation="chat.completions.create")
        assert words in str(caught.value)
        assert "in the reply to chat.completions.create" in str(caught.value)
        assert "fakeopenai.raw(...)" in str(caught.value)
        assert caught.value.operation == "chat.completions.create"


@pytest.mark.parametrize("value", [object(), MagicMock(), decimal.Decimal(1), print])
def test_a_value_without_json_form(value: Any) -> None:
    """What has no JSON form (a mock, say) is refused with its place, wherever it stands."""
    for partial in ({"status": value}, {"metadata": {"k": value}}, {"errors": {"data": [value]}}, {"usage": value}):
        with pytest.raises(UsageError, match=f"{type(value).__name__}, which has no JSON form"):
            complete(Batch, partial)


def test_what_the_api_itself_sends_is_never_refused() -> None:
    """Nulls that the API sends against the SDK's types can be scripted; and so can any complete answer of ours."""
    for kind in (VectorStore, FineTuningJob):
        made = complete(kind, None)
        assert complete(kind, made) == made
    assert complete(VectorStore, {"name": None})["name"] is None


def test_what_was_computed_wrongly_is_not_the_users_fault() -> None:
    """A value of the wrong type in the computed layer is never blamed on the script."""
    made = assemble(ChatCompletion, {"created": None, "id": 5}, {"choices": [{"message": {"content": "x"}}]})
    assert made["created"] is None
    with pytest.raises(UsageError, match="model must be"):
        assemble(ChatCompletion, {"created": None}, {"model": 5})


def test_the_place_of_a_part() -> None:
    """A part that is completed on its own can say where in the whole it stands."""
    with pytest.raises(UnknownField, match=r"at output\[3\] of the reply"):
        complete(ChatCompletionMessage, {"contnt": "x"}, path="output[3]")
    with pytest.raises(UsageError, match=r"output\[3\].content must be a string"):
        complete(ChatCompletionMessage, {"content": 1}, path="output[3]")


# ---------------------------------------------------------------------------------------------- the user's registry


def answer(defaults: Defaults, scripted: Any = None, **computed: Any) -> Any:
    """A chat completion with one computed choice."""
    operation = Operation("chat.completions.create", "POST", "/chat/completions", "")
    layer = {"choices": [{"message": {"content": "computed"}}], **computed}
    return assemble(ChatCompletion, layer, scripted, defaults=defaults, request=Request(operation, {"model": "gpt-5"}))


def test_the_registry_goes_over_the_computed_layer() -> None:
    """Defaults for a type, nested or not, and for an operation go over what is computed and under what is scripted."""
    defaults = Defaults(
        {
            "ChatCompletionMessage": {"content": "default", "refusal": "default"},
            ChatCompletion: {"model": "type", "service_tier": "flex"},
            "chat.completions.create": {"model": "operation"},
        }
    )
    made = answer(defaults, {"choices": [{"message": {"refusal": "scripted"}}, {"finish_reason": "length"}]})
    assert [choice["message"]["content"] for choice in made["choices"]] == ["default", "default"]
    assert [choice["message"]["refusal"] for choice in made["choices"]] == ["scripted", "default"]
    assert (made["model"], made["service_tier"]) == ("operation", "flex")


def test_nearer_defaults_go_over_farther_ones() -> None:
    """What is set nearer wins, field by field, even for a type against an operation set farther off."""
    far = Defaults({"chat.completions.create": {"model": "far", "service_tier": "flex"}})
    near = Defaults({"ChatCompletion": {"model": "near"}}, parent=far)
    assert [answer(near)[key] for key in ("model", "service_tier")] == ["near", "flex"]


def test_functions_of_the_request() -> None:
    """A default may be a function of the request; None means nothing to say."""

    def dated(request: Request) -> dict[str, Any]:
        return {"model": request.get("model") + "-2025"}

    def silent(request: Request) -> None:
        return None

    defaults = Defaults({"ChatCompletion": dated})
    assert answer(defaults)["model"] == "gpt-5-2025"
    defaults.set("ChatCompletion", silent)
    assert answer(defaults)["model"] == "gpt-5"


def test_a_default_within_itself_ends() -> None:
    """A type whose default holds another of its kind does not go on for ever."""
    defaults = Defaults({"Choice": {"message": {"content": "c"}}, "ChatCompletion": {"choices": [{}, {}]}})
    assert [choice["message"]["content"] for choice in answer(defaults)["choices"]] == ["c", "c"]


def test_wrong_defaults_are_named_as_such() -> None:
    """A typo or a wrong value in a default is an error that names the default, not the reply."""
    with pytest.raises(UnknownField, match="It was given in the defaults set for ChatCompletionMessage"):
        answer(Defaults({"ChatCompletionMessage": {"contnt": "x"}}))
    with pytest.raises(UsageError, match=r"content must be a string.* in the defaults set for ChatCompletionMessage"):
        answer(Defaults({"ChatCompletionMessage": {"content": 5}}))
    with pytest.raises(UsageError, match=r"model must be a string.* in the defaults set for chat\.completions\.create"):
        answer(Defaults({"chat.completions.create": {"model": 5}}))


def test_registered_values_are_not_shared() -> None:
    """An answer made from a default shares nothing with the registry."""
    defaults = Defaults({"Batch": {"metadata": {"k": "v"}}})
    assemble(Batch, {}, defaults=defaults)["metadata"]["k"] = "changed"
    assert assemble(Batch, {}, defaults=defaults)["metadata"] == {"k": "v"}


def test_parts_follow_the_registry() -> None:
    """A part completed on its own follows the defaults for the types in it."""
    defaults = Defaults({"ChatCompletionMessage": {"content": "default"}})
    assert complete(Choice, None, defaults=defaults)["message"]["content"] == "default"
    assert complete(Choice, {"message": {"content": None}}, defaults=defaults)["message"]["content"] is None


# ---------------------------------------------------------------------------------------------- in general

SHAPES = sorted(nested_models(), key=lambda shape: (shape.type.__module__, str(shape)))
quick = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def draw_value(data: st.DataObject, shape: Any, depth: int = 0) -> Any:
    """A random value of a shape, in which only some of the optional and required keys are given; tags always are."""
    if isinstance(shape, ModelShape):
        made: dict[str, Any] = {}
        for name, field in shape.fields.items():
            tag = isinstance(field.shape, LiteralShape)
            if tag or data.draw(st.integers(0, depth + 2), label=name) == 0:
                null = field.nullable and not tag and data.draw(st.booleans())
                made[name] = None if null else draw_value(data, field.shape, depth + 1)
        return made
    if isinstance(shape, UnionShape):
        return draw_value(data, data.draw(st.sampled_from(shape.members)), depth)
    if isinstance(shape, LiteralShape):
        return data.draw(st.sampled_from(shape.values))
    if item := getattr(shape, "item", None):
        return [draw_value(data, item, depth + 1) for _ in range(data.draw(st.integers(0, 2 if depth < 3 else 0)))]
    if value := getattr(shape, "value", None):
        keys = data.draw(st.lists(st.text(max_size=3), max_size=2))
        return {key: draw_value(data, value, depth + 1) for key in keys}
    strategies: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=4),
        int: st.integers(-(2**31), 2**31),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
    }
    return data.draw(strategies.get(shape.type, st.just({"free": 1})))


@quick
@given(st.data())
def test_any_part_of_a_valid_object_completes(data: st.DataObject) -> None:
    """Any keys of a valid object complete to something valid that has them, and completing that changes nothing."""
    shape = data.draw(st.sampled_from(SHAPES))
    partial = draw_value(data, shape)
    made = complete(shape.type, partial)
    assert partial.keys() <= made.keys()
    assert complete(shape.type, made) == made
    assert {str(mismatch.path[-1]) for mismatch in shape.mismatches(made)} <= LIBERTIES


@quick
@given(st.data())
def test_an_unknown_key_is_refused_anywhere(data: st.DataObject) -> None:
    """Wherever in an answer an unknown key stands, it is refused, and its place is named."""
    shape = data.draw(st.sampled_from(SHAPES))
    partial = draw_value(data, shape)
    places = [(partial, shape, "")]
    for holder, inner, path in places:
        for name, field in inner.fields.items():
            if isinstance(field.shape, ModelShape) and type(holder.get(name)) is dict:
                places.append((holder[name], field.shape, f"{path}.{name}".lstrip(".")))
    holder, _, path = data.draw(st.sampled_from(places))
    holder["no_such_key"] = 1
    with pytest.raises(UnknownField, match="no_such_key") as caught:
        complete(shape.type, partial)
    assert (f"at {path} of the reply" if path else "in the reply") in str(caught.value)


@quick
@given(st.data())
def test_layers_and_their_union_agree(data: st.DataObject) -> None:
    """Splitting the keys of an object over two layers gives the same answer as one layer with all of them."""
    shape = data.draw(st.sampled_from(SHAPES))
    partial = draw_value(data, shape)
    upper = data.draw(st.sets(st.sampled_from(sorted(partial) or [""])))
    below = {key: value for key, value in partial.items() if key not in upper}
    above = {key: value for key, value in partial.items() if key in upper}
    if "data" in shape.known and "last_id" in shape.known:
        return  # the ends of a page follow the layer that gives its data
    assert assemble(shape.type, below, above) == complete(shape.type, partial)
