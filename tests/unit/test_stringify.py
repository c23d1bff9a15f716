"""Short texts: values, parameters and answers in one line; credentials masked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeopenai.stringify import answer_line, cut, is_secret, masked, masked_header, params_line, short, times


@pytest.mark.parametrize(("count", "words"), [(1, "once"), (2, "twice"), (3, "3 times"), (0, "0 times")])
def test_times(count: int, words: str) -> None:
    """Numbers of calls read as English."""
    assert times(count) == words


@given(st.text(), st.integers(1, 50))
def test_cut_texts_fit(text: str, limit: int) -> None:
    """A cut text is no longer than the limit, and an uncut one is untouched."""
    made = cut(text, limit)
    assert len(made) <= limit
    assert made == text or made.endswith("…")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Hi", "'Hi'"),
        ("a" * 70, "'" + "a" * 59 + "…'"),
        ("two\nlines", r"'two\nlines'"),
        (None, "None"),
        (0.5, "0.5"),
        (b"abc", "<3 bytes>"),
        ([], "[]"),
        ([1, 2, 3], "[3]"),
        (["a", "b"], "[2: 'b']"),
        ([{"role": "user", "content": "Hi"}], "[1: 'Hi']"),
        ([{"role": "user", "content": [{"type": "text", "text": "Look"}]}], "[1: 'Look']"),
        ([{"type": "function", "function": {"name": "f"}}], "[1: 'f']"),
        ([{"type": "web_search"}], "[1: 'web_search']"),
        ([{"role": "assistant", "content": None}], "[1: 'assistant']"),
        ({"a": 1}, "{'a': 1}"),
        ({"alpha": "x" * 40, "beta": "y" * 40}, "{alpha, beta}"),
        ({"authorization": "sk-1"}, "{'authorization': '***'}"),
    ],
)
def test_short(value: Any, text: str) -> None:
    """A value takes a few words; a list shows its length and what its last element says."""
    assert short(value) == text


def test_params_line_puts_the_model_first_and_stops_at_the_limit() -> None:
    """A listing shows what matters and fits."""
    params = {"messages": [{"role": "user", "content": "Hi"}], "model": "gpt-5", "seed": 1, "user": "u" * 90}
    assert params_line(params) == f"model='gpt-5' messages=[1: 'Hi'] seed=1 user='{'u' * 29}…'"
    assert params_line(params, 40) == "model='gpt-5' messages=[1: 'Hi'] seed=1 …"
    assert params_line({}) == ""
    assert params_line({"api_key": "sk-1", "max_tokens": 5}) == "api_key=*** max_tokens=5"


CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Paris"}'}}


ANSWERS: list[tuple[Any, str]] = [
    ({"choices": [{"message": {"content": "Hi"}}]}, "'Hi'"),
    ({"choices": [{"message": {"content": "A"}}, {"message": {"content": "B"}}]}, "'A', 'B'"),
    ({"choices": [{"message": {"content": None, "refusal": "No."}}]}, "'No.'"),
    ({"choices": [{"message": {"content": None, "tool_calls": [CALL]}}]}, 'get_weather({"city":"Paris"})'),
    ({"choices": [{"text": "once upon"}]}, "'once upon'"),
    ({"id": "resp_1", "output": [{"type": "message", "content": [{"type": "output_text", "text": "Hi"}]}]}, "'Hi'"),
    ({"output": [{"type": "function_call", "name": "f", "arguments": "{}"}]}, "f({})"),
    ({"id": "resp_1", "status": "queued", "output": []}, "resp_1 (queued)"),
    ({"text": "spoken"}, "'spoken'"),
    ({"object": "list", "data": [{}, {}]}, "list of 2"),
    ({"created": 1, "data": [{}]}, "list of 1"),
    ({"id": "file-1", "object": "file", "deleted": True}, "file-1 deleted"),
    ({"id": "file-1", "object": "file", "status": "processed"}, "file-1 (processed)"),
    ({"object": "thing"}, "thing"),
    ({}, "an object"),
    ("plain text", "'plain text'"),
    (b"RIFF", "<4 bytes>"),
    (None, "None"),
]


@pytest.mark.parametrize(("answer", "text"), ANSWERS)
def test_answer_line(answer: Any, text: str) -> None:
    """An answer is what the model said, else which object it is."""
    assert answer_line(answer) == text


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "api-key",
        "X-Api-Key",
        "api_key",
        "Cookie",
        "set-cookie",
        "client_secret",
        "token",
        "x-auth-token",
    ],
)
def test_credentials_are_recognized_by_name(name: str) -> None:
    """Names of headers and parameters that hold secrets."""
    assert is_secret(name)


@pytest.mark.parametrize("name", ["max_tokens", "tokens", "api_key_id", "OpenAI-Organization", "secretary", "Accept"])
def test_other_names_are_no_credentials(name: str) -> None:
    """A name that only resembles one is left alone."""
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Bearer sk-proj-abcd", "Bearer ***"),
        ("authorization", "sk-naked", "***"),
        ("Cookie", "a=1; b=2", "***"),
        ("api-key", "azure", "***"),
        ("OpenAI-Project", "proj_1", "proj_1"),
    ],
)
def test_masked_headers_keep_the_scheme_only(name: str, value: str, shown: str) -> None:
    """No character of a secret is left."""
    assert masked_header(name, value) == shown


def test_masked_values_are_masked_at_any_depth() -> None:
    """Only texts under a secret's name are replaced."""
    value = {"tools": [{"type": "mcp", "authorization": "t0k3n", "headers": {"X-Api-Key": "k"}}], "token": None}
    assert masked(value) == {
        "tools": [{"type": "mcp", "authorization": "***", "headers": {"X-Api-Key": "***"}}],
        "token": None,
    }
