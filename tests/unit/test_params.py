"""Which requests the API takes, and what it says to the others."""

from __future__ import annotations

import copy
import enum
import gzip
import json
import pathlib
import types
import typing
import urllib.parse
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

import openai
import pydantic
import pytest
import typing_extensions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakeopenai.errors import ApiError
from fakeopenai.operation import Operation, find, installed, operations
from fakeopenai.params import ParamsValidator, validator_for

RECORDED = pathlib.Path(__file__).parents[3] / "shared" / "recorded" / "dev.jsonl.gz"
NEWEST = tuple(map(int, openai.__version__.split(".")[:2])) >= (3, 54)
only_newest = pytest.mark.skipif(not NEWEST, reason="older types know fewer parameters and values")

HI: dict[str, Any] = {"role": "user", "content": "Hi"}
CHAT: dict[str, Any] = {"model": "gpt-5", "messages": [HI]}
RESPONSES: dict[str, Any] = {"model": "gpt-5", "input": "Hi"}
FUNCTION: dict[str, Any] = {"name": "f", "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}}}
CALL: dict[str, Any] = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


DELETED: Any = object()
UNHURRIED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def named(name: str) -> ParamsValidator:
    """The validator of an operation."""
    operation = find(name)
    assert operation is not None
    return validator_for(operation)


def refusal(name: str, params: dict[str, Any]) -> ApiError | None:
    """The error for a request, or None if it is taken."""
    try:
        named(name).check(params)
    except ApiError as fault:
        return fault
    return None


def changed(params: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """``params`` with a change; what is DELETED is taken out."""
    return {key: value for key, value in {**params, **change}.items() if value is not DELETED}


def taken(name: str, params: dict[str, Any]) -> bool:
    """Whether both readings of the shapes agree that the API takes it."""
    fault = refusal(name, params)
    accepted = named(name).accepts(params)
    assert accepted == (fault is None), fault
    return accepted


# ------------------------------------------------------------------------------------------------ every operation


def test_every_operation_has_a_validator() -> None:
    """A validator can be made for every operation in the table, with the types of the installed SDK."""
    for operation in operations().values():
        validator = validator_for(operation)
        assert validator.accepts({"fakeopenai": object()}) is False
        assert repr(validator) == f"<ParamsValidator {operation.name}>"


def test_validators_are_made_once() -> None:
    """The same operation gives the same validator."""
    assert named("files.list") is named("files.list")


def test_an_operation_newer_than_the_table_takes_anything() -> None:
    """Where no types are known, every JSON object is taken."""
    validator = validator_for(Operation("post:/new", "POST", "/new", "object"))
    assert validator.accepts({"a": [1, {"b": None}]})
    validator.check({"a": [1, {"b": None}]})


# ------------------------------------------------------------------------------------------------ the fast answer


def test_plain_json_of_the_right_types_is_accepted() -> None:
    """Everything that the types allow, as JSON has it."""
    assert taken(
        "chat.completions.create",
        {
            "model": "gpt-5",
            "messages": [
                {"role": "system", "content": [{"type": "text", "text": "Be brief."}]},
                {
                    "role": "user",
                    "content": [{"type": "image_url", "image_url": {"url": "https://x", "detail": "low"}}],
                },
                {"role": "assistant", "content": None, "tool_calls": [CALL]},
                {"role": "tool", "tool_call_id": "c", "content": "4"},
            ],
            "tools": [{"type": "function", "function": FUNCTION}],
            "tool_choice": {"type": "function", "function": {"name": "f"}},
            "logit_bias": {"50256": -100},
            "metadata": {"user": "u"},
            "temperature": 1,
            "stream": True,
            "stream_options": {"include_usage": True},
        },
    )


class Name(str, enum.Enum):
    GPT = "gpt-5"


class Number(enum.IntEnum):
    TWO = 2


@pytest.mark.parametrize(
    "params",
    [
        {**CHAT, "messages": (HI,)},
        {**CHAT, "model": Name.GPT},
        {**CHAT, "n": Number.TWO},
        {**CHAT, "metadata": types.MappingProxyType({"a": "b"})},
        {**CHAT, "tools": [{"type": "function", "function": {"name": "f", "parameters": {"enum": ("a", "b")}}}]},
        {**CHAT, "messages": [{**HI, "cache": {"ttl": (1,)}}]},
    ],
    ids=["tuple", "string enum", "integer enum", "mapping", "tuple in a schema", "tuple in an unknown key"],
)
def test_what_becomes_json_is_fine_but_not_plain(params: dict[str, Any]) -> None:
    """What only Python can tell from JSON goes the long way, and is refused there only if the JSON is."""
    assert not named("chat.completions.create").accepts(params)
    named("chat.completions.create").check(params)


@pytest.mark.parametrize("value", [b"hi", {1: 2}, {"a": {1, 2}}, float("nan"), float("inf"), object()])
@pytest.mark.parametrize("where", ["schema", "unknown key", "metadata"])
def test_what_json_has_not_is_not_accepted(where: str, value: Any) -> None:
    """Nor in places where any JSON value may stand."""
    params = copy.deepcopy(CHAT)
    if where == "schema":
        params["tools"] = [{"type": "function", "function": {"name": "f", "parameters": {"default": value}}}]
    elif where == "metadata":
        params["metadata"] = {"key": value}
    else:
        params["messages"][0]["extra"] = value
    assert not named("chat.completions.create").accepts(params)


def test_path_parameters_are_not_judged() -> None:
    """They are among the parameters, and in no TypedDict."""
    assert taken("beta.threads.runs.create", {"thread_id": "thread_1", "assistant_id": "asst_1"})
    assert taken("files.list", {"limit": 3, "order": "asc"})


# ------------------------------------------------------------------------------------------------ what the API takes


RESPONSES_TAKES: list[dict[str, Any]] = [
    {"tools": [{"type": "function", "name": "f"}]},
    {"tools": [{"type": "function", "name": "f", "parameters": None, "strict": None}]},
    {"tools": []},
    {"input": [{"role": "assistant", "content": "Hello"}, {"type": "message", "role": "user", "content": "Hi"}]},
    {"input": [{"role": "assistant", "content": [{"type": "output_text", "text": "Hello"}]}]},
    {"input": [{"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "No"}]}]},
    {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "https://x/y.png"}]}]},
    {"input": [{"role": "user", "content": "Hi", "id": "msg_1", "status": None}]},
    {"input": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}", "id": None, "status": None}]},
    {"input": [{"type": "function_call_output", "call_id": "c", "output": "4"}]},
    {"input": [{"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "4"}]}]},
    {"input": [{"type": "reasoning", "summary": [], "encrypted_content": None, "content": None, "status": None}]},
    {"input": [{"type": "item_reference", "id": "msg_1"}]},
    {
        "temperature": None,
        "tools": None,
        "text": None,
        "reasoning": {"effort": None, "summary": None},
        "user": None,
    },
    {"text": {"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "description": None}}},
    {"tool_choice": {"type": "function", "name": "f"}, "parallel_tool_calls": None, "metadata": None},
    {"tools": [{"type": "mcp", "server_label": "s", "server_url": "https://x", "require_approval": "never"}]},
    {"tools": [{"type": "code_interpreter", "container": {"type": "auto"}}]},
    {"tools": [{"type": "file_search", "vector_store_ids": ["vs_1"], "max_num_results": 3}]},
    {"tools": [{"type": "web_search", "user_location": {"type": "approximate", "country": "FR"}}]},
]


@pytest.mark.parametrize("params", RESPONSES_TAKES)
def test_responses_takes_what_libraries_send(params: dict[str, Any]) -> None:
    """Although the SDK's own types refuse some of it."""
    assert taken("responses.create", {**RESPONSES, **params})


@pytest.mark.parametrize(
    "item",
    [{"id": "msg_1"}, {"id": "msg_1", "type": None}, {"type": None, "role": "user", "content": "Hi"}],
)
def test_input_items_may_leave_their_type_unsaid(item: dict[str, Any]) -> None:
    """A reference is known by its id, a message by its role; a null says nothing."""
    assert refusal("responses.create", {**RESPONSES, "input": [item]}) is None


def test_a_prompt_brings_its_own_model_and_input() -> None:
    """Both may be missing then; the input also where there is something to go on from."""
    assert refusal("responses.create", {"prompt": {"id": "pmpt_1"}}) is None
    assert refusal("responses.create", {"prompt": {"id": "pmpt_1"}, "model": None, "input": None}) is None
    assert refusal("responses.create", {"model": "gpt-5", "previous_response_id": "resp_1"}) is None
    assert refusal("responses.create", {"model": "gpt-5", "conversation": "conv_1"}) is None


CHAT_TAKES: list[dict[str, Any]] = [
    {
        "messages": [
            HI,
            {"role": "assistant", "content": None, "refusal": None, "audio": None, "function_call": None},
        ]
    },
    {
        "messages": [
            HI,
            {"role": "assistant", "content": "x", "tool_calls": None, "annotations": [], "parsed": {"a": 1}},
        ]
    },
    {"messages": [{**HI, "name": None}]},
    {"messages": [{"role": "developer", "content": "x"}, {"role": "function", "name": "f", "content": "4"}]},
    {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}]}
        ]
    },
    {"functions": [FUNCTION], "function_call": {"name": "f"}},
    {"tools": [{"type": "function", "function": {"name": "f", "strict": None, "description": None}}]},
    {"tool_choice": "required", "stop": "x", "seed": None, "max_tokens": None, "n": None, "logprobs": None},
    {"model": "any-model-there-is", "response_format": {"type": "json_object"}},
    {"web_search_options": {}, "modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "mp3"}},
]


@pytest.mark.parametrize("params", CHAT_TAKES)
def test_chat_takes_what_libraries_send(params: dict[str, Any]) -> None:
    """Nulls for what is optional, a message as it came back, keys that somebody else invented."""
    assert taken("chat.completions.create", {**CHAT, **params})


def test_tools_that_were_taken_once_are_judged_by_what_they_are_now() -> None:
    """A list of tools that is changed in place, or that is only equal to one that was taken, is judged anew."""
    accepts = validator_of("chat.completions.create").accepts
    tools: list[Any] = [{"type": "function", "function": {"name": "f", "strict": True}}]
    asked = {**CHAT, "tools": tools}
    assert accepts(asked)
    assert accepts(asked)
    tools[0]["function"]["strict"] = 1  # equal to True, and of the wrong type
    assert not accepts(asked)
    tools[0]["function"]["strict"] = True
    assert accepts(asked)
    assert not accepts({**asked, "n": 0})
    tools.append({"type": "nothing"})
    assert not accepts(asked)
    assert not accepts({**asked, "tools": (tools[0],)})


def test_more_lists_of_tools_than_are_remembered() -> None:
    """However many there are, each is judged right."""
    accepts = validator_of("chat.completions.create").accepts
    for number in range(600):
        tools = [{"type": "function", "function": {"name": f"f_{number}"}}]
        assert accepts({**CHAT, "tools": tools})
        assert accepts({**CHAT, "tools": tools})
        assert not accepts({**CHAT, "tools": [{"type": "function", "function": {"name": number}}]})


def validator_of(name: str) -> ParamsValidator:
    """The validator of an operation."""
    operation = find(name)
    assert operation is not None
    return validator_for(operation)


@pytest.mark.parametrize("given_input", ["a", ["a", "b"], [1, 2], [[1, 2], [3]]])
def test_embeddings_take_text_and_tokens(given_input: Any) -> None:
    """A text, several, one list of tokens, several."""
    assert taken("embeddings.create", {"model": "text-embedding-3-small", "input": given_input})


@only_newest
def test_output_items_come_back_as_input() -> None:
    """Every item of an earlier response is taken as it is dumped, nulls and all."""
    from openai.types.responses import ResponseOutputItem

    for model in get_args(get_args(ResponseOutputItem)[0]):
        item = minimal(model).model_dump(mode="json")
        if item.get("role") == "unknown":
            item["role"] = "developer"
        assert refusal("responses.create", {**RESPONSES, "input": [item]}) is None, item


def minimal(annotation: Any) -> Any:
    """The least that a response type allows."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        return minimal(arguments[0])
    if origin is Literal:
        return arguments[0]
    if origin in (Union, types.UnionType):
        return None if type(None) in arguments else minimal(arguments[0])
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        required = {name: field for name, field in annotation.model_fields.items() if field.is_required()}
        return annotation.model_construct(**{name: minimal(field.annotation) for name, field in required.items()})
    examples: dict[Any, Any] = {str: "x", int: 1, float: 1.0, bool: True, list: []}
    return examples.get(origin or annotation, {})


# ------------------------------------------------------------------------------------------------ in which order


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"messages": DELETED, "zzz": 1}, "messages"),
        ({"zzz": 1, "n": "abc"}, "zzz"),
        ({"zzz": 1, "messages": []}, "zzz"),
        ({"zzz": 1, "yyy": 1}, "zzz"),
        ({"metadata": 1, "messages": []}, "messages"),
        ({"stop": 1, "n": "abc", "temperature": "x"}, "n"),
        ({"verbosity": 1, "user": 1}, "user"),
        ({"messages": [{"role": "user"}], "n": 0}, "n"),
        ({"messages": [{"role": "user"}, {"role": "bogus"}]}, "messages[1].role"),
    ],
)
def test_faults_are_reported_in_the_api_s_order(params: dict[str, Any], param: str) -> None:
    """Missing before unknown before wrong; and a message without content last of all."""
    fault = refusal("chat.completions.create", changed(CHAT, params))
    assert fault is not None
    assert fault.param == param


def test_responses_have_an_order_of_their_own() -> None:
    """Not that of chat."""
    fault = refusal("responses.create", {**RESPONSES, "store": "x", "background": "x", "tools": "x", "stream": "x"})
    assert fault is not None
    assert fault.param == "tools"


def test_what_one_of_several_forms_demands_the_others_need_not_have() -> None:
    """A job that runs at intervals has no hour at which it runs once; a name each of them has."""
    if not installed(operations()["beta.agents.automations.create"]):
        pytest.skip("this openai has no operation of several forms")
    target = {"agent_id": "agent_1", "type": "agent"}
    periodic = {"name": "a", "type": "periodic", "expression": "0 9 * * *", "timezone": "UTC", "target": target}
    fault = refusal("beta.agents.automations.create", periodic)
    assert fault is None or "run_at" not in fault.message
    nameless = refusal("beta.agents.automations.create", {key: periodic[key] for key in periodic if key != "name"})
    assert nameless is not None
    assert nameless.param == "name"


def test_unknown_query_parameters_are_overlooked() -> None:
    """As the API does; unknown body parameters it refuses."""
    assert taken("files.list", {"limit": 2, "zzz": "1"})
    assert not taken("batches.create", {"zzz": 1})


# ------------------------------------------------------------------------------------------------ out of URLs and forms


@pytest.mark.parametrize(
    ("name", "given_params", "typed"),
    [
        ("files.list", {"limit": "10", "order": "asc", "after": "7"}, {"limit": 10, "order": "asc", "after": "7"}),
        ("files.list", {"limit": "ten", "zzz": "1"}, {"limit": "ten", "zzz": "1"}),
        ("responses.retrieve", {"stream": "true", "starting_after": "3"}, {"stream": True, "starting_after": 3}),
        ("responses.retrieve", {"stream": "false", "include": ["a"]}, {"stream": False, "include": ["a"]}),
        ("responses.retrieve", {"include": "a"}, {"include": ["a"]}),
        ("audio.transcriptions.create", {"temperature": "0.5", "model": "1"}, {"temperature": 0.5, "model": "1"}),
        ("audio.transcriptions.create", {"include": ["logprobs"]}, {"include": ["logprobs"]}),
        ("images.edit", {"n": "2", "stream": "true", "prompt": "3"}, {"n": 2, "stream": True, "prompt": "3"}),
        (
            "audio.transcriptions.create",
            {"chunking_strategy": {"type": "server_vad", "threshold": "0.5", "zzz": "1"}},
            {"chunking_strategy": {"type": "server_vad", "threshold": 0.5, "zzz": "1"}},
        ),
        ("chat.completions.list", {"metadata": {"k": "1"}, "limit": "2"}, {"metadata": {"k": "1"}, "limit": 2}),
    ],
)
def test_text_out_of_urls_and_forms_gets_its_type(
    name: str, given_params: dict[str, Any], typed: dict[str, Any]
) -> None:
    """Numbers and booleans where the types have them; what fits nothing stays as it is."""
    assert named(name).coerce(given_params) == typed


def test_json_bodies_are_not_coerced() -> None:
    """A string in a JSON body is a string."""
    assert named("chat.completions.create").coerce({"n": "2"}) == {"n": "2"}


def test_files_are_not_judged() -> None:
    """They may be anything the SDK takes, and travel beside the parameters; they are no plain JSON."""
    assert not named("files.create").accepts({"purpose": "assistants", "file": b"x"})
    assert refusal("files.create", {"purpose": "assistants"}) is None
    assert refusal("files.create", {"purpose": "assistants", "file": ("a.txt", b"x")}) is None
    assert refusal("images.edit", {"prompt": "x", "image": [b"a", b"b"], "n": 1}) is None


# ------------------------------------------------------------------------------------------------ properties


def of_type(annotation: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation of the SDK's, within the limits that the API sets."""
    origin: Any = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is typing.Annotated or origin in (typing_extensions.Required, typing_extensions.NotRequired):
        return of_type(arguments[0])
    if origin is Literal or origin is typing_extensions.Literal:
        return st.sampled_from(arguments)
    if origin in (Union, types.UnionType):
        return st.one_of([of_type(one) for one in arguments])
    if typing_extensions.is_typeddict(annotation):
        return st.deferred(lambda: of_typed_dict(annotation))
    if origin is dict:
        return st.dictionaries(st.text("abc", min_size=1, max_size=3), of_type(arguments[1]), max_size=2)
    if origin is not None:
        return st.lists(of_type(arguments[0]), min_size=1, max_size=2)
    scalars: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text("abc", min_size=1, max_size=3),
        int: st.integers(16, 20),
        float: st.floats(0, 1),
        bool: st.booleans(),
        type(None): st.none(),
        object: st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=2)),
    }
    return scalars[annotation]


def of_typed_dict(typed_dict: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Values of a TypedDict of the SDK's."""
    required: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    for name, hint in typing_extensions.get_type_hints(typed_dict, include_extras=True).items():
        origin: Any = get_origin(hint)
        needed = name in typed_dict.__required_keys__ or origin is typing_extensions.Required
        (required if needed else optional)[name] = of_type(hint)
    return st.fixed_dictionaries(required, optional=optional)


def typed_dict_of(name: str) -> Any:
    """The type of an operation's parameters; the first, if there are several."""
    operation = find(name)
    assert operation is not None
    return operation.params_types[0]


WITHIN_LIMITS = {
    "seconds": 3600,
    "max_chunk_size_tokens": 100,
    "compact_threshold": 1000,
    "partial_images": 3,
    "max_num_results": 3,
}


def mend(value: Any) -> None:
    """Put numbers within the API's limits, and pictures somewhere."""
    for inner in value.values() if value.__class__ is dict else value if value.__class__ is list else ():
        mend(inner)
    if value.__class__ is dict:
        value.update({key: right for key, right in WITHIN_LIMITS.items() if value.get(key).__class__ is int})
        picture = value.get("image_url")
        if picture.__class__ is dict:
            picture["url"] = "https://example.com/a.png"
        elif picture.__class__ is str:
            value["image_url"] = "data:image/png;base64,SGk="


def as_the_api_has_it(params: dict[str, Any]) -> dict[str, Any]:
    """Without what the types allow and the API refuses, or takes by the long way only.

    That is an assistant's message made of what users put in, or of nothing, a reference that doesn't say it is one, a
    file in a message that is no PDF, a picture that is nowhere, and numbers that are too large or too small.
    """
    mend(params)
    for key in ("messages", "input", "items"):
        for item in params.get(key) or ():
            if item.__class__ is dict and item.get("role") == "assistant":
                item["content"] = "x"
            elif item.__class__ is dict and "role" not in item:
                item["type"] = item.get("type") or "item_reference"
            content: Any = item.get("content") if item.__class__ is dict else None
            for part in content if content.__class__ is list else ():
                if "file_data" in (part.get("file") or ()):
                    part["file"]["file_data"] = "data:application/pdf;base64,SGk="
    return params


AGREEING = ["chat.completions.create", "vector_stores.create", "batches.create", "beta.threads.runs.create"]


@pytest.mark.parametrize("name", [*AGREEING, "responses.create", "moderations.create", "conversations.create"])
def test_what_the_types_allow_is_taken(name: str) -> None:
    """Any request made from the SDK's own types is accepted."""

    @settings(max_examples=60, suppress_health_check=UNHURRIED)
    @given(of_typed_dict(typed_dict_of(name)))
    def holds(params: dict[str, Any]) -> None:
        if name == "responses.create":
            params = {**RESPONSES, **params}
        assert taken(name, as_the_api_has_it(params))

    holds()


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 200)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "role", "x"]), inner, max_size=2)
    ),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a JSON value."""
    if path:
        yield path
    kind = value.__class__
    for key, item in value.items() if kind is dict else enumerate(value) if kind is list else ():
        yield from places(item, (*path, key))


def with_a_change(params: dict[str, Any], data: st.DataObject, values: st.SearchStrategy[Any]) -> dict[str, Any]:
    """A copy of ``params`` where one value has been replaced or taken out."""
    params = copy.deepcopy(params)
    *path, last = data.draw(st.sampled_from(list(places(params))))
    target: Any = params
    for part in path:
        target = target[part]
    if isinstance(target, dict) and data.draw(st.booleans()):
        del target[last]
    else:
        target[last] = data.draw(values)
    return params


@pytest.mark.parametrize("name", AGREEING)
def test_both_readings_agree(name: str) -> None:
    """On plain JSON, the fast answer is yes if and only if there is no error."""

    @settings(max_examples=150, suppress_health_check=UNHURRIED)
    @given(of_typed_dict(typed_dict_of(name)).filter(bool), st.data())
    def holds(params: dict[str, Any], data: st.DataObject) -> None:
        taken(name, with_a_change(params, data, JSON_VALUES))

    holds()


def drained(value: Any) -> Any:
    """Reads what pydantic validates lazily."""
    if value.__class__ is dict:
        return {key: drained(item) for key, item in value.items()}
    return value if isinstance(value, str | int | float | None) else [drained(item) for item in value]


@pytest.mark.parametrize("name", AGREEING)
def test_pydantic_agrees(name: str) -> None:
    """What is accepted, pydantic's own reading of the TypedDict accepts too; but for nulls, which the API overlooks."""
    adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(typed_dict_of(name))

    @settings(max_examples=60, suppress_health_check=UNHURRIED)
    @given(of_typed_dict(typed_dict_of(name)).filter(bool), st.data())
    def holds(params: dict[str, Any], data: st.DataObject) -> None:
        changed = with_a_change(params, data, JSON_VALUES.filter(lambda value: value is not None))
        streams = changed.get("stream") is True  # which is another TypedDict's
        if named(name).accepts(changed) and None not in changed.values() and not streams:
            drained(adapter.validate_python(changed, strict=True))

    holds()


# ------------------------------------------------------------------------------------------------ recordings


def recorded() -> list[dict[str, Any]]:
    """All recorded exchanges."""
    if not RECORDED.exists():
        return []
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def whole(value: Any) -> Any:
    """A recorded value with its long parts filled up again."""
    if value.__class__ is dict:
        if "_cut" in value:
            return (
                (value.get("_head") or "") + "A" * value["_cut"] if value["_type"] == "str" else [0.5] * value["_cut"]
            )
        return {key: whole(item) for key, item in value.items()}
    return [whole(item) for item in value] if value.__class__ is list else value


def params_of(exchange: dict[str, Any], validator: ParamsValidator) -> dict[str, Any] | None:
    """The parameters of a recorded request; None if its body was not recorded."""
    body = whole(exchange["request"])
    if body is None and exchange["method"] == "POST" and validator.operation.params:
        return None
    if body and "_multipart" in body:
        form = {key.removesuffix("[]"): value for key, value in body["_multipart"].items()}
        body = validator.coerce(
            {key: value for key, value in form.items() if not (isinstance(value, dict) and "bytes" in value)}
        )
    query: dict[str, Any] = {}
    for key, value in urllib.parse.parse_qsl(exchange["path"].partition("?")[2]):
        query[key.removesuffix("[]")] = [value] if key.endswith("[]") else value
    return {**validator.coerce(query), **(body or {})}


@only_newest
@pytest.mark.skipif(not RECORDED.exists(), reason="needs the recorded exchanges")
def test_every_recorded_request_that_the_api_took_is_taken() -> None:
    """Whoever sent it, in whatever language."""
    refused: list[str] = []
    checked = 0
    for exchange in recorded():
        operation = find(exchange["operation"])
        if operation is None or exchange["status"] >= 300:
            continue
        params = params_of(exchange, validator_for(operation))
        if params is None:
            continue
        checked += 1
        fault = refusal(operation.name, params)
        if fault is not None:
            refused.append(f"{exchange['id']} {operation.name}: {fault.message}")
    assert not refused
    assert checked > 300


SAID_BY_TYPES = {"38a18522", "f71fc7be", "61a0dcdc", "5e7fdfb2", "d393e505", "2aef6720", "be85a886", "0bcb5ed7"}


@only_newest
@pytest.mark.skipif(not RECORDED.exists(), reason="needs the recorded exchanges")
def test_recorded_refusals_are_repeated_word_for_word() -> None:
    """Those that follow from types and limits alone."""
    said = 0
    for exchange in recorded():
        operation = find(exchange["operation"])
        if exchange["id"] not in SAID_BY_TYPES or operation is None:
            continue
        params = params_of(exchange, validator_for(operation))
        assert params is not None
        fault = refusal(operation.name, params)
        assert fault is not None
        assert fault.body == exchange["response"]
        said += 1
    assert said == len(SAID_BY_TYPES)


PLAINEST: st.SearchStrategy[Any] = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["user", "system", "developer", "assistant", "tool", "robot", 3]),
            "content": st.text() | st.none(),
        },
        optional={"name": st.text(max_size=3) | st.integers()},
    ),
    max_size=3,
)


@given(
    PLAINEST,
    st.fixed_dictionaries({}, optional={"model": st.text() | st.none(), "temperature": st.floats() | st.text()}),
)
def test_the_glance_at_plain_messages_judges_as_the_whole(sent: list[Any], rest: dict[str, Any]) -> None:
    """What is taken for plain messages at a glance, pydantic-core takes as well, and the other way round."""
    validator = validator_for(operations()["chat.completions.create"])
    params = {**rest, "messages": sent}
    assert validator.accepts(params) == validator._judge(params)
