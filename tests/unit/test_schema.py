"""JSON Schema: values that fit, and what does not fit, held against jsonschema and pydantic."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import random
import re
import timeit
import uuid
from typing import Annotated, Any, Literal

import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, HttpUrl, IPvAnyAddress, Json

from fakeopenai.errors import FakeOpenAIError, UnsatisfiableSchema
from fakeopenai.schema import problem, value_for
from fakeopenai.schema.basics import ARRAY, OBJECT
from fakeopenai.schema.patterns import text, varied

jsonschema: Any = pytest.importorskip("jsonschema")

Schema = dict[str, Any]

WEATHER: Schema = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Where."},
        "days": {"type": "integer", "minimum": 1, "maximum": 7},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "since": {"type": "string", "format": "date-time"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "exact": {"type": "boolean"},
        "limit": {"type": "number"},
        "place": {
            "type": "object",
            "properties": {"street": {"type": "string"}, "zip": {"type": "string", "pattern": r"^\d{5}$"}},
            "required": ["street", "zip"],
            "additionalProperties": False,
        },
        "alias": {"type": ["string", "null"], "default": None},
    },
    "required": ["city", "days", "unit"],
    "additionalProperties": False,
}


DRAFT_7: Schema = {"$schema": "http://json-schema.org/draft-07/schema#"}


def string(**rules: Any) -> Schema:
    """A schema of a text."""
    return {"type": "string", **rules}


def obj(properties: Schema, **rules: Any) -> Schema:
    """A schema of an object that requires everything it declares."""
    return {"type": "object", "properties": properties, "required": list(properties), **rules}


def valid(value: Any, schema: Any) -> bool:
    """What jsonschema says."""
    validator = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    return bool(validator(schema).is_valid(value))


# value_for: the plain value


def test_the_value_is_plain_and_complete() -> None:
    """Everything optional is filled, texts are named after their properties, and the same value comes every time."""
    expected = {
        "city": "city",
        "days": 1,
        "unit": "celsius",
        "tags": ["tags"],
        "since": "2025-01-15T09:30:00Z",
        "note": "note",
        "exact": True,
        "limit": 1.5,
        "place": {"street": "street", "zip": "12345"},
        "alias": "alias",
    }
    assert value_for(WEATHER) == value_for(WEATHER) == expected
    assert list(value_for(WEATHER)) == list(expected)


def test_the_minimal_value_has_what_is_required_only() -> None:
    """``minimal`` leaves out what may be left out."""
    assert value_for(WEATHER, minimal=True) == {"city": "city", "days": 1, "unit": "celsius"}
    assert value_for(obj({"all": {"type": "array", "items": {"type": "string"}}}), minimal=True) == {"all": []}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, "text"),
        ({"const": {"a": [1]}}, {"a": [1]}),
        ({"enum": [None, "b", "c"]}, "b"),
        (string(default="given"), "given"),
        (string(default="", examples=["seen"]), "seen"),
        (string(default="given", enum=["a", "b"]), "a"),
        (string(default="b", enum=["a", "b"]), "b"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}], "default": 7}, 7),
        ({"type": "integer", "default": "seven"}, 1),
        (string(minLength=10), "text text text"),
        (string(maxLength=2), "te"),
        (string(pattern="^[A-Z]{3}-[0-9]{4}$"), "ABC-1234"),
        (string(pattern="^[a-z]+$", minLength=5, maxLength=5), "abcde"),
        (string(format="email", maxLength=4), "text"),
        (string(contentMediaType="application/json"), "{}"),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "exclusiveMinimum": 3}, 4),
        ({"type": "integer", "exclusiveMinimum": 3.5, "exclusiveMaximum": 5}, 4),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "minimum": 10, "multipleOf": 7}, 14),
        ({"type": "integer", "maximum": 0, "exclusiveMaximum": True}, -1),
        ({"type": "number", "multipleOf": 0.1, "minimum": 0}, 0.1),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5}, 0.25),
        ({"type": "number", "minimum": 100}, 101.0),
        ({"type": ["null", "boolean"]}, True),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True}, [1, 2, 3]),
        ({"type": "array", "minItems": 2, "uniqueItems": True}, ["text", "text 2"]),
        ({"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "uniqueItems": True}, ["a", "b"]),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2, "uniqueItems": True}, [True, False]),
        ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "null"}], "items": False}, [1, None]),
        ({"type": "array", "items": [{"type": "integer"}], "additionalItems": False}, [1]),
        ({"type": "array", "contains": {"const": 5}, "items": {"type": "integer"}, "minItems": 2}, [5, 1]),
        ({"type": "array", "contains": {"type": "integer"}, "minContains": 0, "maxContains": 0}, ["text"]),
        ({"type": "array", "contains": {}, "minContains": 0, "maxContains": 0}, []),
        ({"type": "object"}, {}),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"key": 1}),
        ({"type": "object", "patternProperties": {"^x-[a-z]+$": {"type": "integer"}}}, {"x-abc": 1}),
        ({"type": "object", "propertyNames": {"enum": ["a", "b"]}, "additionalProperties": True}, {"a": "a"}),
        ({"type": "object", "minProperties": 2, "properties": {"a": {"type": "integer"}}}, {"a": 1, "key": "key"}),
        ({"type": "object", "maxProperties": 1, "properties": {"a": {}, "b": {}}, "required": ["b"]}, {"b": "b"}),
        ({"type": "object", "required": ["free"]}, {"free": "free"}),
        ({"type": "object", "required": ["a"], "dependentRequired": {"a": ["b"]}}, {"a": "a", "b": "b"}),
        ({"properties": {"a": {"type": "integer"}}}, {"a": 1}),
        ({"items": {"type": "integer"}}, [1]),
        ({"minimum": 5}, 6.0),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, 1.5),
        (string(**{"not": {"const": "text"}, "pattern": "^text|ab$"}), "ab"),
        ({"allOf": [string(minLength=2), {"maxLength": 3}]}, "tex"),
        ({"allOf": [obj({"a": {"type": "integer"}}), obj({"b": {"type": "null"}})]}, {"a": 1, "b": None}),
        ({"allOf": [{"type": "number"}, {"type": "integer", "minimum": 4}]}, 4),
        ({"allOf": [{"multipleOf": 4}, {"multipleOf": 6}, {"type": "integer"}]}, 12),
        ({"allOf": [{"multipleOf": 0.5}, {"multipleOf": 0.75}, {"type": "number"}]}, 1.5),
        ({"allOf": [{"type": ["number", "null"]}, {"type": ["integer", "null"]}]}, 1),
        ({"allOf": [{"const": 1}, {"const": 1.0}]}, 1),
        ({"allOf": [{"enum": [1, 2]}, {"enum": [2, 3]}]}, 2),
        ({"allOf": [{"prefixItems": [{"type": "null"}]}, {"prefixItems": [{}, {"type": "integer"}]}]}, [None, 1]),
        ({"allOf": [{"items": {"minimum": 3}}, {"items": {"type": "integer"}, "minItems": 2}]}, [3, 3]),
        ({"allOf": [{"items": [{"type": "integer"}]}, {"items": {"minimum": 0}}]}, [1]),
        ({"allOf": [{"not": {"const": 1}}, {"not": {"type": "string"}}, {"enum": ["a", 1, 2]}]}, 2),
        (
            {
                "allOf": [
                    {"patternProperties": {"^a": {"type": "integer"}}, "dependentRequired": {"a": ["ab"]}},
                    {
                        "patternProperties": {"^a": {"minimum": 3}},
                        "dependentRequired": {"a": ["ac"]},
                        "required": ["a"],
                    },
                ]
            },
            {"a": 3, "ab": 3, "ac": 3},
        ),
        (
            {"allOf": [{"properties": {"a": {"type": "integer"}}, "additionalProperties": False}, {"required": ["a"]}]},
            {"a": 1},
        ),
        (
            {
                "allOf": [
                    obj({"a": {}}, additionalProperties={"type": "integer"}),
                    {"properties": {"b": {"minimum": 5}}},
                ]
            },
            {"a": "a", "b": 5},
        ),
        ({"if": {"type": "string"}, "then": {"const": "x"}}, "text"),
    ],
)
def test_keywords_are_met(schema: Schema, expected: Any) -> None:
    """Each keyword has its plain value."""
    assert value_for(schema) == expected


@pytest.mark.parametrize(
    ("format_", "pattern"),
    [
        ("date-time", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("date", r"\d{4}-\d\d-\d\d"),
        ("time", r"\d\d:\d\d:\d\dZ"),
        ("duration", r"PT\d+H"),
        ("email", r"\w+@example\.com"),
        ("hostname", r"\w+\.example\.com"),
        ("ipv4", r"192\.0\.2\.\d+"),
        ("ipv6", r"2001:db8::\d+"),
        ("uuid", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("uri", r"https://example\.com/\d+"),
    ],
)
def test_formats_are_heeded(format_: str, pattern: str) -> None:
    """Texts of a known format have it, plain and varied; no value leads to a real host or person."""
    for seed in (None, random.Random(1)):
        assert re.fullmatch(pattern, value_for(string(format=format_), seed=seed))


def test_an_unknown_format_is_a_text() -> None:
    """A format that nobody knows does not hurt."""
    assert value_for(obj({"code": string(format="phone")})) == {"code": "code"}


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\+?[1-9]\d{1,14}$",
        r"^(?=.*\d)(?=.*[a-z])(?=.*[A-Z]).{8,}$",
        r"\bword\b",
        r"^[^@\s]+@[^@]+\.[a-z]{2,}$",
        r"^#(?:[0-9a-fA-F]{3}){1,2}$",
        r"^(a|b)\1$",
        r"^(x)?(?(1)y|z)$",
        r"^-?\d+(\.\d+)?$",
        r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$",
        r"^[一-鿿]{2}$",
        r"^[^\w\s]$",
        r"^\S\s\D\W$",
        r"(?i)^yes|no$",
        r"^a{2,}?b*$",
        r"^$",
    ],
)
def test_patterns_are_written(pattern: str) -> None:
    """Anchors, classes, repeats, groups, alternatives and references are written; look-around is tried."""
    assert re.search(pattern, value_for(string(pattern=pattern)))
    assert re.search(pattern, value_for(string(pattern=pattern), seed=random.Random(3)))


def test_lengths_hold_for_patterns_too() -> None:
    """A repeat is as long as the length bounds ask for."""
    assert text("^[a-z]+$", 12, 12) == "abcdefghijkl"
    assert text("^[a-z]{3}$", 5, None) is None
    assert text("(", 0, None) is None
    found = varied("^[ab]+$", 6, 8, random.Random(0))
    assert found is not None
    assert 6 <= len(found) <= 8


# value_for: references, recursion, depth


NODE: Schema = {
    "type": "object",
    "properties": {
        "value": {"type": "integer"},
        "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
        "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
        "parent": {"$ref": "#/$defs/node"},
    },
    "required": ["value", "next", "children"],
    "additionalProperties": False,
}


def test_recursion_ends_where_it_can_first_end() -> None:
    """Unions end in null, lists are empty, and optional properties are left out."""
    schema = obj({"root": {"$ref": "#/$defs/node"}}, **{"$defs": {"node": NODE}})
    assert value_for(schema) == {"root": {"value": 1, "next": None, "children": []}}


@pytest.mark.parametrize("ref", ["#/$defs/a", "#/definitions/a", "#/properties/b", "#/$defs/x~1y"])
def test_local_references_are_followed(ref: str) -> None:
    """References lead anywhere in the document, and what stands beside them holds too."""
    target = {"type": "integer"}
    schema = {
        "type": "object",
        "properties": {"b": target, "a": {"$ref": ref, "minimum": 5}},
        "$defs": {"a": target, "x/y": target},
        "definitions": {"a": target},
    }
    assert value_for(schema) == {"b": 1, "a": 5}


def test_null_ends_a_recursion_that_only_nullable_allows() -> None:
    """OpenAPI's ``nullable`` is a way out, where there is no other."""
    schema = obj({"inner": {"$ref": "#", "nullable": True}})
    assert value_for(schema) == {"inner": None}
    assert problem(value_for(schema), schema) is None


def test_optional_properties_are_filled_to_a_depth() -> None:
    """Below the depth only what is required is there."""
    schema: Schema = {"type": "integer"}
    for _ in range(9):
        schema = {"type": "object", "properties": {"deeper": schema}}
    assert value_for(schema, depth=0) == {}
    assert value_for(schema, depth=2) == {"deeper": {"deeper": {}}}
    assert json.dumps(value_for(schema)).count("deeper") == 6


@pytest.mark.parametrize("seed", [None, 7])
def test_recursive_unions_do_not_explode(seed: int | None) -> None:
    """A grammar of thirty mutually recursive nodes gives a value of a modest size, and quickly."""
    union = {"anyOf": [*({"$ref": f"#/$defs/n{number}"} for number in range(30)), {"$ref": "#/$defs/leaf"}]}
    nodes = {f"n{n}": obj({"kind": {"const": n}, "left": union, "right": union}) for n in range(30)}
    schema = obj({"tree": union}, **{"$defs": {**nodes, "leaf": obj({"leaf": {"type": "null"}})}})
    value = value_for(schema, seed=None if seed is None else random.Random(seed))
    assert len(json.dumps(value)) < 20_000
    assert problem(value, schema) is None


# value_for: seeds


def test_a_seed_varies_reproducibly() -> None:
    """The same seed gives the same value, others give others, and all fit."""
    values = [value_for(WEATHER, seed=random.Random(seed)) for seed in range(20)]
    assert values == [value_for(WEATHER, seed=random.Random(seed)) for seed in range(20)]
    assert len({json.dumps(value) for value in values}) > 15
    assert {value["unit"] for value in values} == {"celsius", "fahrenheit"}
    assert any("note" not in value for value in values)
    assert all(valid(value, WEATHER) for value in values)


def test_the_value_is_detached_from_the_schema() -> None:
    """What is done to a value changes neither the schema nor the next value."""
    schema = obj({"list": {"const": [1]}, "hint": {"type": "array", "default": [2]}})
    value_for(schema)["list"].append(9)
    value_for(schema)["hint"].append(9)
    assert value_for(schema) == {"list": [1], "hint": [2]}


# value_for: what can't be


@pytest.mark.parametrize(
    ("schema", "path", "reason"),
    [
        ({"type": "string", "minLength": 5, "maxLength": 2}, "#", "minLength (5) is above maxLength (2)"),
        (obj({"n": {"type": "integer", "minimum": 3, "maximum": 2}}), "#/properties/n", "whole number from 3 to 2"),
        (obj({"n": {"type": "number", "minimum": 3, "exclusiveMaximum": 3}}), "#/properties/n", "number from 3 to 3"),
        ({"type": "integer", "multipleOf": 10, "minimum": 1, "maximum": 9}, "#", "no multiple of 10 from 1 to 9"),
        ({"type": "integer", "enum": ["a"]}, "#", "none of the listed values"),
        ({"enum": []}, "#", "none of the listed values"),
        (obj({"a/b": False}), "#/properties/a~1b", "nothing is allowed"),
        ({"type": "array", "items": False, "minItems": 1}, "#/items", "nothing is allowed"),
        ({"type": "array", "minItems": 2, "maxItems": 1}, "#", "minItems (2) is above maxItems (1)"),
        (
            {"type": "array", "items": {"type": "boolean"}, "minItems": 3, "uniqueItems": True},
            "#/items",
            "no 3 different items",
        ),
        ({"type": "object", "minProperties": 2, "maxProperties": 1}, "#", "minProperties (2) is above"),
        ({"type": "object", "additionalProperties": False, "minProperties": 1}, "#", "no further property"),
        ({"type": "object", "additionalProperties": False, "required": ["a"]}, "#", "'a' is required, but not allowed"),
        (obj({"a": {"$ref": "#"}}), "#/properties/a", "'#' contains itself without end"),
        ({"$ref": "#/$defs/lost"}, "#/$ref", "there is nothing at '#/$defs/lost'"),
        ({"$ref": "https://example.com/schema"}, "#/$ref", "there is nothing at 'https://example.com/schema'"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "#/allOf/0", "type string excludes type integer"),
        ({"allOf": [{"enum": [1]}, {"enum": [2]}]}, "#/allOf/0", "nothing in common"),
        ({"allOf": [{"const": 1}, {"const": 2}]}, "#/allOf/0", "1 is not 2"),
        ({"anyOf": []}, "#", "nothing to choose from"),
        ({"not": {}}, "#", "meets all of it"),
        (string(pattern="^a$", minLength=3), "#", "matches '^a$'"),
        ({"type": "text"}, "#", "there is no type 'text'"),
        ({"type": "object", "properties": ["a"]}, "#", "it is no JSON Schema"),
    ],
)
def test_what_can_not_be_met_is_said(schema: Schema, path: str, reason: str) -> None:
    """The error is ours, says where in the schema, and what can't be met there."""
    with pytest.raises(UnsatisfiableSchema) as caught:
        value_for(schema)
    assert isinstance(caught.value, FakeOpenAIError)
    assert caught.value.path == path
    assert reason in caught.value.reason
    assert str(caught.value) == f"No value fits the schema at {path}: {caught.value.reason}."


# problem


MISFITS: list[tuple[Any, Schema, str]] = [
    (5, string(), "$: expected string, found 5"),
    (True, {"type": "integer"}, "$: expected integer, found true"),
    (1.5, {"type": ["integer", "null"]}, "$: expected integer or null, found 1.5"),
    ({"city": 1}, WEATHER, "$.city: expected string, found 1"),
    ({}, WEATHER, '$: expected property "city", which is required, found {}'),
    ({"city": "x"}, WEATHER, '$: expected property "days", which is required, found only "city"'),
    (
        {"city": "x", "days": 1, "unit": "kelvin"},
        WEATHER,
        '$.unit: expected one of "celsius" or "fahrenheit", found "kelvin"',
    ),
    (
        {"a": 1, "citty": 2},
        {"properties": {"a": {}, "city": {}}, "additionalProperties": False},
        '$: expected no other properties than "a" and "city", found "citty" (did you mean "city"?)',
    ),
    ({"a": 1}, {"additionalProperties": False}, '$: expected no properties, found "a"'),
    (
        {"x y": [{"z": None}]},
        {"additionalProperties": {"items": {"additionalProperties": {"type": "string"}}}},
        '$["x y"][0].z: expected string, found null',
    ),
    (0, {"minimum": 1}, "$: expected a number of at least 1, found 0"),
    (9, {"maximum": 1}, "$: expected a number of at most 1, found 9"),
    (1, {"exclusiveMinimum": 1}, "$: expected a number above 1, found 1"),
    (1, {"exclusiveMaximum": 1}, "$: expected a number below 1, found 1"),
    (3, {"multipleOf": 2}, "$: expected a multiple of 2, found 3"),
    ("a", {"minLength": 2}, '$: expected at least 2 characters, found 1: "a"'),
    ("abc", {"maxLength": 2}, '$: expected at most 2 characters, found 3: "abc"'),
    ("a", {"pattern": "^b"}, "$: expected text that matches '^b', found \"a\""),
    ([], {"minItems": 1}, "$: expected at least 1 items, found 0: []"),
    ([1, 2], {"maxItems": 1}, "$: expected at most 1 items, found 2: [1, 2]"),
    ([1, 1.0], {"uniqueItems": True}, "$[1]: expected an item that is not in the list yet, found 1.0"),
    ([1], {"contains": {"type": "null"}}, "$: expected at least 1 items that fit the schema's 'contains', found 0"),
    ({}, {"minProperties": 1}, "$: expected at least 1 properties, found 0: {}"),
    ({"a": 1}, {"maxProperties": 0}, '$: expected at most 0 properties, found 1: {"a": 1}'),
    (
        {"A": 1},
        {"propertyNames": {"pattern": "^[a-z]+$"}},
        "$: expected a property name that is text that matches '^[a-z]+$', found \"A\"",
    ),
    ({"a": 1}, {"dependentRequired": {"a": ["b"]}}, '$: expected property "b", which is required, found only "a"'),
    (2, {"const": 1}, "$: expected 1, found 2"),
    (True, {"const": 1}, "$: expected 1, found true"),
    (1, {"not": {"type": "integer"}}, "$: expected anything but integer, found 1"),
    (1, {"anyOf": [{"type": "string"}, {"type": "null"}]}, "$: expected string or null, found 1"),
    (
        1,
        {"oneOf": [{"type": "integer"}, {"minimum": 0}]},
        "$: expected a value that fits only one of the alternatives, found 1, which fits 2",
    ),
    (
        {"a": {"b": 1}},
        obj({"a": {"anyOf": [obj({"b": string()}), {"type": "null"}]}}),
        "$.a.b: expected string, found 1",
    ),
    ([1], {"items": {"$ref": "#/$defs/name"}, "$defs": {"name": string()}}, "$[0]: expected string, found 1"),
    ([1, "a"], {"prefixItems": [{}], "items": {"type": "integer"}}, '$[1]: expected integer, found "a"'),
    (
        [1, "a"],
        {"items": [{}], "additionalItems": {"type": "integer"}, **DRAFT_7},
        '$[1]: expected integer, found "a"',
    ),
    ({"a": "a" * 200}, obj({"a": {"type": "null"}}), f'$.a: expected null, found "{"a" * 76}...'),
    ({}, {"anyOf": [obj({"b": {}}), {"type": "null"}]}, '$: expected property "b", which is required, found {}'),
    ("x", {"anyOf": [string(minLength=2), {"type": "null"}]}, '$: expected at least 2 characters, found 1: "x"'),
    (
        {"kind": "b"},
        {"oneOf": [obj({"kind": {"const": "a"}}), obj({"kind": {"const": "b"}, "n": {}})]},
        '$: expected property "n", which is required, found only "kind"',
    ),
    (1, {"properties": {}, "anyOf": [False]}, "$: expected no value at all, found 1"),
]


@pytest.mark.parametrize(("value", "schema", "expected"), MISFITS)
def test_what_does_not_fit_is_said(value: Any, schema: Schema, expected: str) -> None:
    """One line: where in the value, what is expected there, and what was found."""
    assert problem(value, schema) == expected
    assert not valid(value, schema)


UNJUDGED: list[tuple[Any, Schema]] = [
    (0.3, {"multipleOf": 0.1}),
    (None, {"type": "string", "nullable": True}),
    (None, {"enum": ["a"], "nullable": True}),
    ("a", {"pattern": r"\p{L}"}),
    (1, {"$ref": "https://example.com/schema"}),
    (1, {"$ref": "#/$defs/lost"}),
    (1, {"$ref": "#anchor"}),
    (1, {"$ref": "#/allOf/7", "allOf": [{}]}),
    (1, {"not": {"multipleOf": 0.3}, "allOf": [{}]}),
    (1, {"not": {"$ref": "#/$defs/if"}, "$defs": {"if": {"if": {}, "then": False}}}),
    (1e308, {"multipleOf": 1e-308}),
    ({"a": 1}, {"patternProperties": {"(": False}, "additionalProperties": False}),
    (datetime.date(2025, 1, 1), {"type": "object", "properties": {}, "minLength": 3, "items": False}),
    (1, {"$ref": "#"}),
    (1, {"type": "INTEGER"}),
    ({"a": 1}, {"properties": 5}),
    ("x", {"if": {"type": "string"}, "then": False}),
    ("no", {"format": "email"}),
    (1.0, {"type": "integer"}),
]


@pytest.mark.parametrize(("value", "schema"), UNJUDGED)
def test_what_can_not_be_judged_fits(value: Any, schema: Schema) -> None:
    """In doubt nothing is refused."""
    assert problem(value, schema) is None


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (
            {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "$ref": "#/definitions/a",
                "type": "null",
                "definitions": {"a": {"type": "integer"}},
            },
            5,
        ),
        ({**DRAFT_7, "prefixItems": [{"type": "null"}]}, [1]),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "const": 1}, 2),
    ],
)
def test_older_drafts_ignore_what_they_do_not_know(schema: Schema, value: Any) -> None:
    """A keyword counts only in a draft that has it."""
    assert valid(value, schema)
    assert problem(value, schema) is None


# Held against jsonschema, with generated schemas


_NAMES = st.sampled_from(["a", "b", "city", "x y", "1", "$ref", "type"])
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.0, 1.0, 0.5, -1.5])
    | st.sampled_from(["", "a", "foo", "abc", "x@y.com"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=6,
)
_PATTERNS = st.sampled_from(
    [r"^[a-z]+$", r"^\d{3}-\d{4}$", r"^[A-Z][a-z]*$", r"(foo|bar)+", r"\w+@\w+\.com", r"^[^x]{2,4}$", r"^$|^\S+$"]
)
_SOME_FORMATS = st.sampled_from(["date-time", "date", "time", "duration", "email", "ipv4", "uuid", "uri", "nonsense"])


def _between(draw: st.DrawFn, low: Any, high: Any) -> Schema:
    """Bounds, each of them or not, each with the bound itself or without."""
    found: Schema = {}
    if draw(st.booleans()):
        found["minimum" if draw(st.booleans()) else "exclusiveMinimum"] = low
    if draw(st.booleans()):
        found["maximum" if draw(st.booleans()) else "exclusiveMaximum"] = high
    return found


@st.composite
def _scalars(draw: st.DrawFn) -> Schema:
    """A satisfiable schema of something that holds nothing."""
    low, more = draw(st.integers(0, 8)), draw(st.integers(2, 20))
    number = draw(st.floats(-1e6, 1e6))
    bounds = _between(draw, low - 4, low + more)
    step: Schema = {"multipleOf": draw(st.sampled_from([0.1, 0.25, 2, 3, 1.5]))} if len(bounds) < 2 else {}
    return draw(
        st.sampled_from(
            [
                {},
                {"type": "boolean"},
                {"type": "null"},
                string(),
                string(minLength=low, maxLength=low + more),
                string(pattern=draw(_PATTERNS)),
                string(format=draw(_SOME_FORMATS)),
                {"type": "integer", **bounds},
                {"type": "integer", "multipleOf": more, "minimum": low},
                {"type": "number", **_between(draw, number, number + more / 7)},
                {"type": "number", **bounds, **step},
                {"type": draw(st.sampled_from([["string", "null"], ["integer", "array"], ["null", "object"]]))},
                {"enum": draw(st.lists(_JSON, min_size=1, max_size=3))},
                {"const": draw(_JSON)},
            ]
        )
    )


@st.composite
def _arrays(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    low = draw(st.integers(0, 3))
    found: Schema = {"type": "array", "items": draw(inner)}
    if draw(st.booleans()):
        found["prefixItems"] = draw(st.lists(inner, max_size=2))
    if draw(st.booleans()):
        found |= {"minItems": low, "maxItems": low + draw(st.integers(0, 2))}
    if draw(st.booleans()):
        found |= {"items": draw(st.sampled_from([string(), {"type": "integer", "minimum": 4}])), "uniqueItems": True}
        found.pop("prefixItems", None)
    return found


@st.composite
def _objects(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    properties = draw(st.dictionaries(_NAMES, inner, max_size=4))
    required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True)) if properties else []
    found: Schema = {"type": "object", "properties": properties, "required": required}
    additional = draw(st.sampled_from(["none", "unsaid", "some"]))
    if additional == "none":
        found["additionalProperties"] = False
    elif additional == "some":
        found["additionalProperties"] = draw(inner)
        found |= draw(st.sampled_from([{}, {"minProperties": 2}, {"patternProperties": {"^p_": draw(inner)}}]))
    if draw(st.booleans()):
        found["maxProperties"] = len(properties) + found.get("minProperties", 0)
    return found


@st.composite
def _combined(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    """Unions, intersections, discriminated unions, negations, references."""
    one, two, number = draw(inner), draw(inner), draw(st.integers(0, 4))
    if number == 0:
        return {"anyOf": [one, two]}
    if number == 1:
        return {"oneOf": [obj({"kind": {"const": "a"}, "value": one}), obj({"kind": {"const": "b"}, "value": two})]}
    if number == 2:
        return {"$ref": draw(st.sampled_from(["#/$defs/scalar", "#/$defs/list", "#/$defs/tree"]))}
    if number == 3:
        base = draw(st.sampled_from([{}, string(), {"type": "integer"}, {"type": "number"}]))
        return {"allOf": [base, {"not": {"const": draw(st.sampled_from(["text", "a", 1, 1.5]))}}]}
    together = {"properties", "required", "additionalProperties", "patternProperties", "items", "prefixItems"}
    left = {key: value for key, value in one.items() if key in together}
    return {**left, "allOf": [{key: value for key, value in one.items() if key not in together}]}


_INNER = st.recursive(_scalars(), lambda inner: _arrays(inner) | _objects(inner) | _combined(inner), max_leaves=8)


@st.composite
def satisfiable(draw: st.DrawFn) -> Schema:
    """A schema that some value fits, with references to recursive definitions in it."""
    node = {"$ref": "#/$defs/list"}
    return {
        **draw(_objects(_INNER)),
        "$defs": {
            "scalar": draw(_scalars()),
            "list": obj({"next": {"anyOf": [node, {"type": "null"}]}, "kids": {"type": "array", "items": node}}),
            "tree": {"anyOf": [obj({"l": {"$ref": "#/$defs/tree"}, "r": {"$ref": "#/$defs/tree"}}), string()]},
        },
    }


_LEAF = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", "object", "array", "null", ["string", "null"]]),
        "minimum": st.integers(-3, 3),
        "exclusiveMaximum": st.integers(-3, 3),
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(0, 3),
        "pattern": _PATTERNS,
        "minItems": st.integers(0, 2),
        "maxItems": st.integers(0, 3),
        "uniqueItems": st.booleans(),
        "minProperties": st.integers(0, 2),
        "maxProperties": st.integers(0, 3),
        "required": st.lists(_NAMES, max_size=2, unique=True),
        "enum": st.lists(_JSON, min_size=1, max_size=3),
        "const": _JSON,
        "dependentRequired": st.dictionaries(_NAMES, st.lists(_NAMES, max_size=2, unique=True), max_size=2),
        "minContains": st.integers(0, 2),
        "maxContains": st.integers(0, 3),
    },
)


def _mixed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    holding = st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(_NAMES, inner, max_size=3),
            "additionalProperties": inner,
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "b$"]), inner, max_size=2),
            "propertyNames": inner,
            "items": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "contains": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=3),
            "oneOf": st.lists(inner, min_size=1, max_size=3),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "$ref": st.sampled_from(["#/$defs/number", "#/$defs/nested"]),
        },
    )
    return st.tuples(_LEAF, holding).map(lambda pair: {**pair[0], **pair[1]})


@st.composite
def anything(draw: st.DrawFn) -> Schema:
    """A schema of any keywords at all, which most probably exclude each other."""
    nested = {"type": "object", "properties": {"a": {"$ref": "#/$defs/nested"}}}
    rules = draw(st.recursive(_LEAF | st.booleans(), _mixed, max_leaves=6))
    return {"allOf": [rules], "$defs": {"number": {"type": "number"}, "nested": nested}}


@st.composite
def _mutated(draw: st.DrawFn, value: Any) -> Any:
    """A value with one change somewhere."""
    if type(value) is OBJECT and value and draw(st.booleans()):
        known: dict[str, Any] = value
        key = draw(st.sampled_from(sorted(known)))
        changed = {name: item for name, item in known.items() if name != key}
        return changed if draw(st.booleans()) else {**changed, key: draw(_mutated(known[key]))}
    if type(value) is ARRAY and value and draw(st.booleans()):
        items: list[Any] = value
        index = draw(st.integers(0, len(items) - 1))
        return [*items[:index], draw(_mutated(items[index])), *items[index + 1 :]]
    return draw(_JSON)


@st.composite
def schemas_and_values(draw: st.DrawFn) -> tuple[Schema, Any]:
    """A schema, and a value that fits it, or nearly, or not at all."""
    if draw(st.booleans()):
        return draw(anything()), draw(_JSON)
    schema = draw(satisfiable())
    return schema, draw(_mutated(value_for(schema)))


_SEEDS = st.none() | st.integers(0, 3).map(random.Random)


@settings(max_examples=150)
@given(schema=satisfiable(), seed=_SEEDS, minimal=st.booleans())
def test_every_satisfiable_schema_gets_a_valid_value(
    schema: Schema, seed: random.Random | None, *, minimal: bool
) -> None:
    """Whatever can be met is met, plain, varied and minimal."""
    value = value_for(schema, seed=seed, minimal=minimal)
    assert valid(value, schema)
    assert problem(value, schema) is None
    assert json.loads(json.dumps(value, allow_nan=False)) == value


@settings(max_examples=150)
@given(schema=anything(), seed=_SEEDS)
def test_no_schema_gets_an_invalid_value(schema: Schema, seed: random.Random | None) -> None:
    """There is a valid value, or an error; nothing in between."""
    try:
        value = value_for(schema, seed=seed)
    except UnsatisfiableSchema:
        return
    assert valid(value, schema)


@settings(max_examples=200)
@given(pair=schemas_and_values())
def test_problems_are_those_that_jsonschema_sees(pair: tuple[Schema, Any]) -> None:
    """Nothing valid is refused; nothing invalid passes, but multiples that are none in floating point only."""
    schema, value = pair
    found = problem(value, schema)
    if valid(value, schema):
        assert found is None
    elif found is None:
        assert "multipleOf" in json.dumps(schema)


# Held against pydantic


class Color(enum.Enum):
    red = "red"
    blue = "blue"


class Step(BaseModel):
    explanation: str
    output: str = Field(description="The result.", max_length=20)


class Cat(BaseModel):
    kind: Literal["cat"]
    meows: int = Field(ge=3, lt=5)


class Dog(BaseModel):
    kind: Literal["dog"]
    barks: float = Field(gt=0, le=0.5)


class Node(BaseModel):
    value: int
    next: Node | None = None
    children: list[Node] = []
    named: dict[str, Node] = {}


class Everything(BaseModel):
    steps: list[Step]
    color: Color
    mixed: Literal["a", 1, True]
    maybe: int | None = None
    nested: Step | None = None
    multiple: Annotated[int, Field(ge=10, multiple_of=7)]
    narrow: Annotated[float, Field(gt=0.5, lt=0.6)]
    long: Annotated[str, Field(min_length=12, max_length=14)]
    code: Annotated[str, Field(pattern=r"^[A-Z]{2}-\d{3}$")]
    when: datetime.datetime
    day: datetime.date
    hour: datetime.time
    span: datetime.timedelta
    id: uuid.UUID
    counts: dict[str, int]
    lists: dict[str, list[Step]]
    by_id: dict[uuid.UUID, int]
    by_choice: dict[Literal["x", "y"], int]
    triple: tuple[int, str, float]
    many: tuple[int, ...]
    words: set[str]
    several: Annotated[set[int], Field(min_length=3)]
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    pets: list[Annotated[Cat | Dog, Field(discriminator="kind")]]
    anything: Any
    url: HttpUrl
    address: IPvAnyAddress
    embedded: Json[Any]
    default: str = "given"
    pair: Annotated[list[int], Field(min_length=2, max_length=3)]
    nothing: None
    either: int | str | None
    tree: Node


class Priced(BaseModel):
    price: decimal.Decimal
    bounded: Annotated[decimal.Decimal, Field(max_digits=5, decimal_places=2, ge=10)]


@pytest.mark.parametrize("model", [Everything, Node, Step, Cat])
@pytest.mark.parametrize("seed", [None, 1, 2, 3])
@pytest.mark.parametrize("minimal", [False, True])
def test_models_read_their_values_back(model: type[BaseModel], seed: int | None, *, minimal: bool) -> None:
    """What pydantic describes, plainly or as the SDK's strict schema, pydantic accepts."""
    strict: Any = openai.pydantic_function_tool(model)["function"].get("parameters")
    for schema in (model.model_json_schema(), strict):
        value = value_for(schema, seed=None if seed is None else random.Random(seed), minimal=minimal)
        assert valid(value, schema)
        assert problem(value, schema) is None
        model.model_validate_json(json.dumps(value))


def test_decimals_are_numbers() -> None:
    """Pydantic describes decimals as numbers or any text at all; a number is what it reads back."""
    Priced.model_validate(value_for(Priced.model_json_schema()))


def test_problems_of_tool_arguments_point_into_models() -> None:
    """A wrong argument is found behind references and unions, where it is."""
    schema: Any = openai.pydantic_function_tool(Everything)["function"].get("parameters")
    value = value_for(schema)
    value["pets"][0]["meows"] = 9
    assert problem(value, schema) == "$.pets[0].meows: expected a number below 5, found 9"


# Speed


def test_values_and_problems_are_cheap() -> None:
    """Ten properties take some microseconds (measured: 25 and 6); the bounds leave room for slow machines."""
    value = value_for(WEATHER)
    assert min(timeit.repeat(lambda: value_for(WEATHER), number=200, repeat=5)) / 200 < 300e-6
    assert min(timeit.repeat(lambda: problem(value, WEATHER), number=200, repeat=5)) / 200 < 100e-6
