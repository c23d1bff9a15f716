"""Words in the wrong place: parameters without names, objects that are no JSON, replies that suit another operation."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pydantic
import pytest

from fakeopenai import FakeOpenAI, UsageError, json_reply, reply, tool_call


class City(pydantic.BaseModel):
    """Something to answer with."""

    name: str


CALL: Any = tool_call

UNNAMED: list[tuple[Callable[[Any], object], str]] = [
    (lambda fake: fake.files.retrieve.assert_called_with("file-1"), "such as assert_called_with(file_id=...)"),
    (lambda fake: fake.files.retrieve.assert_any_call("file-1"), "such as assert_any_call(file_id=...)"),
    (lambda fake: fake.files.delete.assert_called_once_with("x"), "such as assert_called_once_with(file_id=...)"),
    (lambda fake: fake.chat.completions.create.when("gpt-5"), "such as when(messages=...); got 'gpt-5'."),
    (lambda fake: fake.when("gpt-5"), "when(model=\"gpt-5\") or when(where=lambda request: ...); got 'gpt-5'."),
    (lambda _: CALL("f", {"city": "Paris"}), "tool_call('f', **arguments); got {'city': 'Paris'}."),
]


@pytest.mark.parametrize(("ask", "told"), UNNAMED)
def test_what_has_no_name(ask: Callable[[Any], object], told: str) -> None:
    """Where parameters go by name, what comes without one is told what to write."""
    with pytest.raises(UsageError, match=re.escape(told)):
        ask(FakeOpenAI())


def test_a_tool_without_a_name() -> None:
    """A tool's name is text."""
    wrong: Any = 5
    with pytest.raises(UsageError, match=re.escape("tool_call() takes text; got int 5.")):
        tool_call(wrong)


def test_what_is_no_json() -> None:
    """An object that JSON has no place for is never said as its repr; models and dates within the value are JSON."""
    with pytest.raises(UsageError, match="takes a model, a dataclass or any JSON value"):
        json_reply({"a": [object()]})
    assert json_reply({"on": datetime.date(2020, 1, 1), "by": [City(name="Oslo")]}).text == (
        '{"on":"2020-01-01","by":[{"name":"Oslo"}]}'
    )


def test_a_misspelled_finish_reason() -> None:
    """What is nearly a known one is refused; one that may be newer passes."""
    with pytest.raises(UsageError, match="did you mean 'length'"):
        reply("Hi", finish_reason="lenght")
    assert reply("Hi", finish_reason="out_of_tea").value.finish_reason == "out_of_tea"


def test_a_list_where_one_object_is_answered(fake: FakeOpenAI) -> None:
    """It is told what to give, and that several replies are given one by one."""
    with pytest.raises(UsageError) as caught:
        fake.files.create.returns([{"filename": "a"}, {"filename": "b"}])
    assert "files.create answers one FileObject. Give a dict or model of its response" in str(caught.value)
    assert "one by one: returns(a, b)" in str(caught.value)


def test_items_that_chat_cannot_say(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """An item is no event of a stream: responses say it, chat tells where it belongs."""
    picture = {"type": "image_generation_call", "result": "aGk="}
    fake.responses.create.returns([picture])
    said: Any = fake.responses.create(model="gpt-5", input="Draw").output[0]
    assert (said.type, said.result) == ("image_generation_call", "aGk=")
    fake.chat.completions.create.returns([picture])
    with pytest.raises(UsageError, match="can't say an item of type 'image_generation_call'"):
        fake.chat.completions.create(**ask)
