"""Subset matching: what counts as equal, the words for what doesn't, and names that no operation knows."""

from __future__ import annotations

import datetime
import enum
import pathlib
from typing import Any
from unittest import mock

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionMessage
from pydantic import BaseModel

from fakeopenai.errors import UsageError
from fakeopenai.matching import check_names, difference, matches, mismatch, same, unknown_params
from fakeopenai.operation import Operation, find

HI = {"role": "user", "content": "Hi"}
PARAMS: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "system", "content": "Be nice."}, HI], "n": 2}

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)
json_objects = st.dictionaries(st.sampled_from("pqrs"), json_values, max_size=4)


class Colour(str, enum.Enum):
    RED = "red"


class Point(BaseModel):
    x: int
    y: int | None = None


class Even:
    """Equal to every even number."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and other % 2 == 0

    def __hash__(self) -> int:
        return 0


class Exact(BaseModel):
    """A model whose own comparison must have the first word."""

    x: int

    def __eq__(self, other: object) -> bool:
        return other == "anything"


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"model": "gpt-5"},
        {"model": mock.ANY, "n": 2},
        {"messages": [mock.ANY, {"role": "user", "content": mock.ANY}]},
        {"messages": (mock.ANY, {"role": "user", "content": mock.ANY})},
        {"n": Even()},
        {"n": 2.0, "temperature": openai.NOT_GIVEN, "top_p": openai.omit},
        {"messages": [mock.ANY, {**HI, "name": openai.NOT_GIVEN}]},
    ],
)
def test_a_subset_matches(expected: dict[str, Any]) -> None:
    """Values compare by ``==`` with the expected one on the left, at any depth; tuples stand for lists."""
    assert matches(expected, PARAMS)
    assert mismatch(expected, PARAMS) is None


def test_dirty_equals_matches() -> None:
    """Values that describe what they equal work at the top and inside."""
    dirty_equals = pytest.importorskip("dirty_equals")
    is_str, partial = dirty_equals.IsStr, dirty_equals.IsPartialDict
    assert matches({"model": is_str(regex="gpt-.*"), "messages": dirty_equals.HasLen(2)}, PARAMS)
    assert matches({"messages": [mock.ANY, {"role": "user", "content": is_str()}]}, PARAMS)
    assert matches({"messages": [mock.ANY, partial(role="user")]}, PARAMS)
    assert mismatch({"messages": [mock.ANY, partial(role="tool")]}, PARAMS) == (
        "messages[1] is {'role': 'user', 'content': 'Hi'}, not IsPartialDict(role='tool')"
    )


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        ({"model": "gpt-4o"}, "model is 'gpt-5', not 'gpt-4o'"),
        ({"temperature": 0}, "temperature was not sent, expected 0"),
        ({"temperature": None}, "temperature was not sent, expected None"),
        ({"temperature": mock.ANY}, "temperature was not sent, expected <ANY>"),
        ({"n": openai.NOT_GIVEN}, "n was sent, as 2"),
        ({"n": None}, "n is 2, not None"),
        ({"messages": [HI]}, "messages has 2 items, not 1"),
        ({"messages": [mock.ANY, {**HI, "content": "Ho"}]}, "messages[1].content is 'Hi', not 'Ho'"),
        ({"messages": [mock.ANY, {"role": "user"}]}, "messages[1].content was not expected, it is 'Hi'"),
        ({"messages": [mock.ANY, {**HI, "name": "Al"}]}, "messages[1].name was not sent, expected 'Al'"),
        ({"messages": [mock.ANY, {"role": "user", "content": openai.omit}]}, "messages[1].content was sent, as 'Hi'"),
        ({"messages": "Hi"}, "messages is [2: 'Hi'], not 'Hi'"),
        ({"messages": []}, "messages has 2 items, not 0"),
        ({"model": "x", "n": 3}, "model is 'gpt-5', not 'x'; n is 2, not 3"),
    ],
)
def test_a_mismatch_says_where_and_why(expected: dict[str, Any], reason: str) -> None:
    """The first difference of each parameter, by its path."""
    assert not matches(expected, PARAMS)
    assert mismatch(expected, PARAMS) == reason


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (Point(x=1), {"x": 1}),
        (Point(x=1, y=None), {"x": 1, "y": None}),
        ([Point(x=1)], [{"x": 1}]),
        (ChatCompletionMessage(role="assistant", content="Hi"), {"role": "assistant", "content": "Hi"}),
        (Colour.RED, "red"),
        (datetime.date(2025, 1, 2), "2025-01-02"),
        (b"abc", "YWJj"),
        (pathlib.PurePosixPath("a/b"), "a/b"),
        (("a", ("b",)), ["a", ["b"]]),
    ],
)
def test_what_the_sdk_converts_is_compared_converted(expected: Any, actual: Any) -> None:
    """Models, enums, dates, bytes, paths and tuples equal the JSON that the SDK makes of them."""
    assert same(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [(Point(x=1), {"x": 2}), (Colour.RED, "blue"), (("a",), "a"), ([1], {"0": 1}), ({}, []), ("1", 1), (None, False)],
)
def test_conversion_does_not_make_different_things_equal(expected: Any, actual: Any) -> None:
    """Other values, and other kinds of values, stay different."""
    assert not same(expected, actual)


def test_an_equality_of_its_own_has_the_first_word() -> None:
    """An object is asked before it is converted."""
    assert same(Exact(x=1), "anything")


@given(json_objects, st.data())
def test_a_part_of_the_parameters_always_matches(params: dict[str, Any], data: st.DataObject) -> None:
    """Any selection of what was sent is a match."""
    names = data.draw(st.sets(st.sampled_from(sorted(params)))) if params else set[str]()
    assert matches({name: params[name] for name in names}, params)


@given(json_objects, json_objects)
def test_matching_json_is_plain_equality(expected: dict[str, Any], params: dict[str, Any]) -> None:
    """For JSON values, matching is ``==`` on the expected keys, and exactly the mismatches have a reason."""
    wanted = all(name in params and params[name] == value for name, value in expected.items())
    assert matches(expected, params) is wanted
    assert (mismatch(expected, params) is None) is wanted


@given(json_values, json_values)
def test_a_difference_is_at_the_path_it_names(expected: Any, actual: Any) -> None:
    """Values differ if and only if a path is named, and it starts where it was told to."""
    found = difference(expected, actual, "root")
    assert (found is None) is (expected == actual)
    assert found is None or (found[0].startswith("root") and found[1].startswith(found[0]))


def known(name: str) -> Operation:
    """An operation of the table."""
    operation = find(name)
    assert operation is not None
    return operation


CHAT = known("chat.completions.create")
FILE = known("files.retrieve")
LIST = known("files.list")
BARE = known("batches.cancel")
MODELS = known("models.list")


@pytest.mark.parametrize(
    ("operation", "names", "unknown"),
    [
        (CHAT, ["model", "messages", "stream", "temperature"], []),
        (CHAT, ["mesages"], [("mesages", "messages")]),
        (CHAT, ["model", "zzzz"], [("zzzz", None)]),
        (FILE, ["file_id"], []),
        (FILE, ["file"], [("file", "file_id")]),
        (LIST, ["limit", "purpose", "after"], []),
        (LIST, ["limits"], [("limits", "limit")]),
        (BARE, ["batch_id"], []),
        (BARE, ["batch"], [("batch", "batch_id")]),
        (MODELS, ["limit"], [("limit", None)]),
    ],
)
def test_unknown_parameters_are_named_with_the_nearest(
    operation: Operation, names: list[str], unknown: list[tuple[str, str | None]]
) -> None:
    """Path, query and body parameters are known; anything else is not."""
    assert unknown_params(operation, names) == unknown


def test_nothing_is_unknown_where_nobody_can_tell() -> None:
    """An operation that isn't in the table, or whose types the installed SDK lacks, is not checked."""
    newer = Operation("things.create", "POST", "/things", "object")
    older = Operation("chat.completions.create", "POST", "/chat", "object", params=("openai.types.no_such.Params",))
    assert unknown_params(newer, ["anything"]) == unknown_params(older, ["anything"]) == []


def test_a_matcher_with_an_unknown_name_is_refused() -> None:
    """The error names what was written, the nearest parameter, and how to match what is none."""
    with pytest.raises(UsageError) as caught:
        check_names(CHAT, ["model", "mesages"], "chat.completions.create.when()")
    assert str(caught.value) == (
        "chat.completions.create.when(): chat.completions.create has no parameter 'mesages'; did you mean 'messages'?\n"
        "What travels in extra_body is matched by where=lambda request: request.params.get('mesages') == ..."
    )
    assert caught.value.operation == "chat.completions.create"
    check_names(CHAT, PARAMS, "chat.completions.create.when()")
