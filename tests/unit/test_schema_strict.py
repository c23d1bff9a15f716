"""What the API refuses in a schema: the texts, where they point, and what passes."""

from __future__ import annotations

import gzip
import json
import pathlib
from typing import Any, Literal

import openai
import pytest
from pydantic import BaseModel, Field

from fakeopenai.schema import schema_error, strict_problem
from fakeopenai.schema.basics import OBJECT

Schema = dict[str, Any]
Context = Literal["function", "response_format"]

RECORDED = pathlib.Path(__file__).parents[3] / "shared" / "recorded" / "dev.jsonl.gz"


def obj(properties: Schema, **rules: Any) -> Schema:
    """An object as strict mode wants it."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        **rules,
    }


def refusal(schema: Schema, context: Context = "response_format") -> tuple[str, str] | None:
    """What is refused, without what every text begins with."""
    found = strict_problem(schema, name="math", context=context)
    if found is None:
        return None
    prefix = f"Invalid schema for {context} 'math': "
    assert found[0].startswith(prefix)
    return found[0].removeprefix(prefix), found[1]


MISSING = "'required' is required to be supplied and to be an array including every key in properties. Missing"
EXTRA = "'required' is required to be supplied and to be an array including every key in properties. Extra required key"
OPEN = "'additionalProperties' is required to be supplied and to be false."
ADVICE = "Consider reducing the number of enums, or opt out of structured outputs by setting 'strict: false'."
ELSEWHERE = "reference can only point to definitions defined at the top level of the schema."
TOP = "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "object", "properties": {}}, f"In context=(), {OPEN}"),
        (obj({}, additionalProperties=True), f"In context=(), {OPEN}"),
        (obj({"a": {"type": "string"}}, additionalProperties={"type": "string"}), f"In context=(), {OPEN}"),
        (
            obj({"a": {"type": "string"}}, additionalProperties={}),
            "In context=('additionalProperties',), schema must have a 'type' key.",
        ),
        (
            obj({"a": {"type": "array", "items": {"type": "object", "properties": {}}}}),
            f"In context=('properties', 'a', 'items'), {OPEN}",
        ),
        (obj({"a": {"type": ["object", "null"]}}), f"In context=('properties', 'a', 'type', '0'), {OPEN}"),
        (
            obj({"a": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {}}]}}),
            f"In context=('properties', 'a', 'anyOf', '1'), {OPEN}",
        ),
        (obj({"a": {"type": "string"}, "b": {"type": "string"}}, required=["a"]), f"In context=(), {MISSING} 'b'."),
        (
            {"type": "object", "properties": {"x": {"type": "string"}}, "additionalProperties": False},
            f"In context=(), {MISSING} 'x'.",
        ),
        (
            obj({"a": obj({"x": {"type": "string"}}, required=[])}),
            f"In context=('properties', 'a'), {MISSING} 'x'.",
        ),
        (obj({}, required=["x"]), f"In context=(), {EXTRA} 'x' supplied."),
        (
            obj({"m": {"type": "object", "additionalProperties": {"type": "integer"}}}),
            f"In context=(), {EXTRA} 'm' supplied.",
        ),
        (obj({"m": {"type": "object", "additionalProperties": False}}), f"In context=(), {EXTRA} 'm' supplied."),
        (
            {"type": "object", "additionalProperties": {"type": "integer"}},
            "In context=(), object schema missing properties.",
        ),
        (obj({"a": {}}), "In context=('properties', 'a'), schema must have a 'type' key."),
        (obj({"a": True}), "In context=('properties', 'a'), schema must have a 'type' key."),
        (obj({"a": {"const": 1}}), "In context=('properties', 'a'), schema must have a 'type' key."),
        (obj({"a": {"enum": ["x"]}}), "In context=('properties', 'a'), schema must have a 'type' key."),
        (
            obj({"a": {"type": "array", "items": {}}}),
            "In context=('properties', 'a', 'items'), schema must have a 'type' key.",
        ),
        (obj({"a": {"type": "array"}}), "In context=('properties', 'a'), array schema missing items."),
        (
            obj({"a": {"type": "array", "prefixItems": [{"type": "string"}]}}),
            "In context=('properties', 'a'), array schema missing items.",
        ),
        (
            obj({"a": {"type": "array", "items": False}}),
            "In context=('properties', 'a'), array schema items is not an object.",
        ),
        (
            obj({"a": {"oneOf": [{"type": "string"}]}}),
            "In context=('properties', 'a'), 'oneOf' is not permitted.",
        ),
        (
            obj({"a": {"type": "array", "items": {"type": "string"}, "uniqueItems": True}}),
            "In context=('properties', 'a'), 'uniqueItems' is not permitted.",
        ),
        (
            obj({"a": {"type": "object", "propertyNames": {"type": "string"}, "additionalProperties": {}}}),
            "In context=('properties', 'a'), 'propertyNames' is not permitted.",
        ),
        (obj({}, minProperties=1), "In context=(), 'minProperties' is not permitted."),
        (obj({}, allOf=[{"minProperties": 1}]), "In context=(), 'allOf' is not permitted."),
        ({"oneOf": [obj({})]}, "In context=(), 'oneOf' is not permitted."),
        (
            obj({"a": {"type": "string", "not": {"const": "x"}}}),
            "In context=('properties', 'a'), Unsupported keywords ('not',).",
        ),
        (
            obj({"a": {"type": "string", "format": "uri"}}),
            "In context=('properties', 'a'), 'uri' is not a valid format.",
        ),
        (
            obj({"a": {"$ref": "#/$defs/x", "title": "A", "description": "It."}}, **{"$defs": {"x": {"type": "null"}}}),
            "context=('properties', 'a'), $ref cannot have keywords {'description', 'title'}.",
        ),
        *[
            (
                obj({"a": {"$ref": ref}, "b": {"type": "null"}}),
                f"In context=('properties', 'a'), {ELSEWHERE}",
            )
            for ref in ("#/properties/b", "#/$defs/lost", "https://example.com/schema")
        ],
        (
            obj({"a": {"type": ["integer", "null"], "enum": ["x"]}}),
            "context=('properties', 'a'), enum value x does not validate against {'type': ['integer', 'null']}.",
        ),
        (
            obj({"a": {"type": "null", "const": "x"}}),
            "context=('properties', 'a'), enum value x does not validate against {'type': 'null'}.",
        ),
        (
            obj({"a": {"$ref": "#/$defs/x"}}, **{"$defs": {"x": {}}}),
            "In context=('$defs', 'x'), schema must have a 'type' key.",
        ),
        (
            {"type": "array", "items": obj({})},
            "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"array\"'.",
        ),
        ({}, "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'."),
        ({"anyOf": [obj({})]}, "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'."),
        (
            {"$ref": "#/$defs/x", "$defs": {"x": obj({})}},
            "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'.",
        ),
        (obj({}, anyOf=[obj({})]), TOP),
        (obj({}, required=None), "None is not of type 'array'."),
        (obj({"a": []}), "[] is not of type 'object', 'boolean'."),
        ({"type": "object", "properties": []}, "[] is not of type 'object'."),
        (obj({"a": {"type": "STRING"}}), "'STRING' is not valid under any of the given schemas."),
        (obj({"a": {"type": "string", "pattern": r"^\p{L}$"}}), r"'^\\p{L}$' is not a 'regex'."),
    ],
)
def test_the_refusal_has_the_words_of_the_api(schema: Schema, text: str) -> None:
    """Each rule has its text, and the text its context."""
    found = refusal(schema)
    assert found is not None
    assert found[0] == text
    if "context=" in text:
        assert f"context={found[1]}, " in text or text.startswith("In context=('additionalProperties',)")


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf", "allOf", "enum", "not"])
def test_functions_have_no_combinators_at_the_top(keyword: str) -> None:
    """The parameters of a function are an object and nothing else, in strict mode and without."""
    schema = obj({}, **{keyword: [obj({})]})
    assert refusal(schema, "function") == (TOP, "()")
    assert schema_error(schema, name="f", context="function", param="p", strict=False) is not None


def nested(levels: int) -> Schema:
    """Objects within arrays within objects."""
    schema: Schema = {"type": "string"}
    for level in range(levels):
        schema = obj({"a": schema}) if (levels - level) % 2 else {"type": "array", "items": schema}
    return schema


def enums(*sizes: int, length: int = 1) -> Schema:
    """Properties with so many enum values each."""
    texts = [[f"{number}".ljust(length, "x") for number in range(size)] for size in sizes]
    return obj({f"p{index}": {"type": "string", "enum": values} for index, values in enumerate(texts)})


@pytest.mark.parametrize(
    ("within", "beyond", "text"),
    [
        (nested(10), nested(11), "11 levels of nesting exceeds limit of 10."),
        (
            obj({f"p{number}": {"type": "null"} for number in range(5000)}),
            obj({f"p{number}": {"type": "null"} for number in range(5001)}),
            "5001 parameters exceeds limit of 5000.",
        ),
        (
            enums(250, 250, 250, 250),
            enums(250, 250, 250, 251),
            (
                "Expected at most 1000 enum values in total within a single schema when using structured outputs, "
                f"but received 1001. {ADVICE}"
            ),
        ),
        (
            enums(250, length=100),
            enums(251, length=100),
            (
                "Expected at most 15000 total characters across enum values when there are more than 250 enum values, "
                f"but received 25100. {ADVICE}"
            ),
        ),
    ],
)
def test_limits_are_those_of_the_guide(within: Schema, beyond: Schema, text: str) -> None:
    """A schema may be as large as the guide says, and no larger."""
    assert refusal(within) is None
    assert refusal(beyond) == (text, "()")


@pytest.mark.parametrize(
    "schema",
    [
        obj({}),
        obj({"a": {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^a+$", "default": "a", "title": "A"}}),
        obj({"a": {"type": "string", "format": "date-time", "examples": ["x"], "const": "x", "description": "It."}}),
        obj({"a": {"type": "integer", "format": "uint8", "minimum": 0, "exclusiveMaximum": 9, "multipleOf": 2}}),
        obj({"a": {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 3}}),
        obj({"a": {"type": ["string", "null"], "enum": ["x", None]}}),
        obj({"a": {"anyOf": [{"type": "string"}, obj({"b": {"type": "null"}})]}}),
        obj({"a": {"$ref": "#"}, "b": {"$ref": "#/$defs/x"}}, **{"$defs": {"x": {"type": "boolean"}}}),
        obj({"a": {"$ref": "#/definitions/x"}}, definitions={"x": obj({"y": {"$ref": "#/definitions/x"}})}),
        obj({"m": {"type": "object", "additionalProperties": {"type": "integer"}}}, required=[]),
        obj({}, **{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "T", "description": "D"}),
    ],
)
def test_what_strict_mode_knows_passes(schema: Schema) -> None:
    """Bounds, patterns, defaults, titles, unions, references and recursion are accepted."""
    assert refusal(schema) is None
    assert refusal(schema, "function") is None


LOOSE: list[tuple[Schema, str | None]] = [
    ({"type": "object", "properties": {"a": {"type": "string"}}}, None),
    ({"type": "object", "properties": {"a": {"oneOf": [{}], "format": "uri"}}, "additionalProperties": True}, None),
    ({"type": "object"}, "In context=(), object schema missing properties."),
    (
        {"type": "object", "properties": {"a": {"type": "array"}}},
        "In context=('properties', 'a'), array schema missing items.",
    ),
    ({}, "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'."),
    ({"type": "object", "properties": {}, "required": None}, "None is not of type 'array'."),
]


@pytest.mark.parametrize(("schema", "text"), LOOSE)
def test_little_is_refused_without_strict_mode(schema: Schema, text: str | None) -> None:
    """A function's parameters are an object with properties, whose arrays say what they hold; that is all."""
    error = schema_error(schema, name="f", context="function", param="tools[0].function.parameters", strict=False)
    assert (error.message if error else None) == (f"Invalid schema for function 'f': {text}" if text else None)
    assert schema_error(schema, name="f", context="response_format", param="response_format", strict=False) is None


@pytest.mark.parametrize(
    ("context", "param", "code"),
    [
        ("function", "tools[3].function.parameters", "invalid_function_parameters"),
        ("function", "tools[3].parameters", "invalid_function_parameters"),
        ("response_format", "response_format", None),
        ("response_format", "text.format.schema", "invalid_json_schema"),
    ],
)
def test_the_error_is_that_of_the_endpoint(context: Context, param: str, code: str | None) -> None:
    """Status, type, param and code are what the endpoint in question gives."""
    error = schema_error({"type": "object"}, name="f", context=context, param=param, strict=True)
    assert error is not None
    assert error.status == 400
    assert error.body == {
        "error": {
            "message": f"Invalid schema for {context} 'f': In context=(), {OPEN}",
            "type": "invalid_request_error",
            "param": param,
            "code": code,
        }
    }
    assert schema_error(obj({}), name="f", context=context, param=param, strict=True) is None


class Leaf(BaseModel):
    name: str = Field(description="What it is called.", min_length=1)


class Tree(BaseModel):
    leaf: Leaf = Field(description="A described reference, which the SDK writes out.")
    optional: int | None = None
    children: list[Tree] = []


class WithMap(BaseModel):
    counts: dict[str, int]


def test_what_the_sdk_makes_of_models_passes_unless_it_is_a_map() -> None:
    """Models that go through the SDK's own conversion are accepted; maps are what it can't save."""
    for model, refused in ((Leaf, False), (Tree, False), (WithMap, True)):
        schema: Any = openai.pydantic_function_tool(model)["function"].get("parameters")
        assert (refusal(schema, "function") is not None) is refused


def _strict_schemas(request: Any) -> list[tuple[Schema, str, Context, str]]:
    """The schemas that a recorded request asks strict mode for, each with its name and where it stands."""
    found: list[tuple[Schema, str, Context, str]] = []
    for index, tool in enumerate(request.get("tools") or []):
        function = tool.get("function") or tool
        if tool.get("type") == "function" and function.get("strict"):
            inside = ".function" if "function" in tool else ""
            found.append((function["parameters"], function["name"], "function", f"tools[{index}]{inside}.parameters"))
    chat, text = request.get("response_format"), request.get("text")
    if type(chat) is OBJECT and chat.get("json_schema", {}).get("strict"):
        chat = chat["json_schema"]
        found.append((chat["schema"], chat["name"], "response_format", "response_format"))
    if type(text) is OBJECT and text.get("format", {}).get("strict"):
        text = text["format"]
        found.append((text["schema"], text["name"], "response_format", "text.format.schema"))
    return found


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers of the API are not at hand")
def test_recorded_schemas_fare_as_they_did() -> None:
    """Every strict schema that the API took passes, and every refusal that it recorded is given word for word."""
    counted = 0
    with gzip.open(RECORDED, "rt") as lines:
        for line in lines:
            exchange: Any = json.loads(line)
            refused = exchange["status"] >= 400
            about_schema = refused and "Invalid schema for" in json.dumps(exchange["response"])
            if not isinstance(exchange["request"], dict) or refused is not about_schema:
                continue
            for schema, name, context, param in _strict_schemas(exchange["request"]):
                error = schema_error(schema, name=name, context=context, param=param, strict=True)
                assert (error.body if error else None) == (exchange["response"] if refused else None)
                counted += 1
    assert counted > 20
