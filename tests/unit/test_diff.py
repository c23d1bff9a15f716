"""How differences are laid out, as golden texts; and which parameters come nearest."""

from __future__ import annotations

import textwrap
from typing import Any
from unittest import mock

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from fakeopenai.diff import diff_lines, nearest_params
from fakeopenai.matching import matches

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=100),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)
json_objects = st.dictionaries(st.sampled_from("pqrs"), json_values, max_size=4)


def user(text: Any) -> dict[str, Any]:
    """A message."""
    return {"role": "user", "content": text}


class Odd:
    """Equal to nothing, and prints like a number."""

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "1"


class Message(BaseModel):
    role: str
    content: str


LONG = "The quick brown fox jumps over the lazy dog. " * 4
GOLDEN: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"a": 1, "b": 2}, {"a": 1, "b": 3}, "- b=2\n+ b=3"),
    ({"a": 1}, {}, "- a=1\n+ a: not sent"),
    ({"a": openai.NOT_GIVEN}, {"a": 1}, "- a: not sent\n+ a=1"),
    ({"a": openai.NOT_GIVEN}, {}, ""),
    ({"a": "x"}, {"a": ["x"]}, "- a='x'\n+ a=['x']"),
    (
        {"messages": [user(mock.ANY), user("Ho")]},
        {"messages": [user("Hi"), user("Hey")]},
        """\
          messages, at messages[1].content:
            {'role': 'user', 'content': 'Hi'},
        -   {'role': 'user', 'content': 'Ho'},
        +   {'role': 'user', 'content': 'Hey'},
          ]""",
    ),
    (
        {"messages": [user("1"), user("3")]},
        {"messages": [user("1"), user("2"), user("3")]},
        """\
          messages has 3 items, not 2:
            {'role': 'user', 'content': '1'},
        +   {'role': 'user', 'content': '2'},
            {'role': 'user', 'content': '3'},""",
    ),
    (
        {"messages": [Message(role="user", content="Ho")]},
        {"messages": [user("Hi")]},
        """\
          messages=[
        -   {'role': 'user', 'content': 'Ho'},
        +   {'role': 'user', 'content': 'Hi'},
          ]""",
    ),
    (
        {"messages": [user(str(index)) for index in range(9)]},
        {"messages": [user(str(index % 7)) for index in range(9)]},
        """\
          messages, at messages[7].content:
            {'role': 'user', 'content': '6'},
        -   {'role': 'user', 'content': '7'},
        -   {'role': 'user', 'content': '8'},
        +   {'role': 'user', 'content': '0'},
        +   {'role': 'user', 'content': '1'},
          ]""",
    ),
    (
        {"input": [*map(str, range(30))]},
        {"input": [*("x" if index in {3, 20} else str(index) for index in range(30))]},
        """\
          input, at input[3]:
            '2',
        -   '3',
        +   'x',
            '4',
          …
            '19',
        -   '20',
        +   'x',
            '21',""",
    ),
    (
        {"input": LONG + "A cat." + LONG},
        {"input": LONG + "A cow." + LONG},
        """\
        - input='…s over the lazy dog. A cat.The quick brown fox jumps ov…'
        + input='…s over the lazy dog. A cow.The quick brown fox jumps ov…'""",
    ),
    (
        {"messages": [user(LONG + "cat")]},
        {"messages": [user(LONG + "cow"), user("Hi")]},
        """\
          messages=[
        -   {'role': 'user', 'content': '…mps over the lazy dog. cat'},
        +   {'role': 'user', 'content': '…mps over the lazy dog. cow'},
        +   {'role': 'user', 'content': 'Hi'},
          ]""",
    ),
    ({"api_key": "sk-1"}, {"api_key": "sk-2"}, "- api_key='***'\n+ api_key='*** (another one)'"),
    ({"api_key": "sk-1"}, {}, "- api_key='***'\n+ api_key: not sent"),
    (
        {"tools": [{"type": "mcp", "authorization": "one", "server_label": "a"}]},
        {"tools": [{"type": "mcp", "authorization": "one", "server_label": "b"}]},
        """\
          tools=[
        -   {'type': 'mcp', 'authorization': '***', 'server_label': 'a'},
        +   {'type': 'mcp', 'authorization': '***', 'server_label': 'b'},
          ]""",
    ),
]


@pytest.mark.parametrize(("expected", "params", "text"), GOLDEN)
def test_a_diff_reads_well(expected: dict[str, Any], params: dict[str, Any], text: str) -> None:
    """Only what differs, expected before sent, long things cut about the difference."""
    assert "\n".join(diff_lines(expected, params)) == textwrap.dedent(text)


def test_what_prints_alike_is_said_to_be_unequal() -> None:
    """A diff is never empty, not even where nothing can be seen."""
    assert diff_lines({"n": Odd()}, {"n": 1}) == [
        "  n: what was sent prints like what was expected, but isn't equal to it"
    ]


@given(json_objects, json_objects)
def test_there_is_a_diff_exactly_where_there_is_a_mismatch(expected: dict[str, Any], params: dict[str, Any]) -> None:
    """What matches has no diff, and what doesn't has one, however long its texts."""
    assert bool(diff_lines(expected, params)) is not matches(expected, params)


@given(json_objects, json_objects)
def test_a_diff_names_the_parameters_that_differ_and_no_others(
    expected: dict[str, Any], params: dict[str, Any]
) -> None:
    """Each parameter is laid out on its own; those that agree are left out."""
    lines = diff_lines(expected, params)
    assert lines == [line for name in expected for line in diff_lines({name: expected[name]}, params)]


@pytest.mark.parametrize(
    ("expected", "sent", "index"),
    [
        ({"a": 1}, [{"a": 2}], 0),
        ({"a": 1, "b": 2}, [{"a": 1}, {"a": 1, "b": 2, "c": 3}, {"b": 2}], 1),
        ({"a": 1}, [{"a": 2}, {"a": 3}], 1),
        ({"a": 1, "b": openai.omit}, [{"a": 1}, {"a": 1, "b": 1}], 0),
        ({"messages": [user("Paris?")]}, [{"messages": [user("Rome!")]}, {"messages": [user("Paris")]}, {}], 1),
        ({"x": {"deep": ["abc", "d"]}}, [{"x": {"deep": ["abd", "d"]}}, {"x": {"other": 1}}, {"x": 1}], 0),
    ],
)
def test_the_nearest_parameters_are_those_that_share_most(
    expected: dict[str, Any], sent: list[dict[str, Any]], index: int
) -> None:
    """Equal parameters count most, then similar ones; of equally near calls, the last is the nearest."""
    assert nearest_params(expected, sent) == index
