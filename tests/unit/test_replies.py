"""What can be a reply, what becomes of it, and how it shows itself in messages."""

import copy
import dataclasses
from collections.abc import AsyncIterator, Iterator
from typing import Any

import openai
import pydantic
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from fakeopenai import (
    FakeOpenAI,
    UsageError,
    break_after,
    chunks,
    error,
    json_reply,
    raw,
    reasoning,
    refusal,
    reply,
    text,
    tool_call,
)
from fakeopenai._sdk import httpx
from fakeopenai.errors import ApiError
from fakeopenai.replies import ToolCall, Turn, coerce
from fakeopenai.turn import Replay


class City(pydantic.BaseModel):
    """A model of one's own."""

    cityName: str


@dataclasses.dataclass
class Point:
    """A dataclass of one's own."""

    x: int
    y: int


# ------------------------------------------------------------------------------------------------ kinds


@pytest.mark.parametrize(
    ("value", "turn"),
    [
        ("Hello", Turn(text="Hello")),
        ("", Turn(text="")),
        (text("Hello", latency=1), Turn(text="Hello", latency=1)),
        (tool_call("f", a=1), Turn(tool_calls=(ToolCall("f", '{"a":1}'),))),
        (tool_call("f", id="call_1"), Turn(tool_calls=(ToolCall("f", "{}", "call_1"),))),
        (tool_call("f", input="ls"), Turn(tool_calls=(ToolCall("f", "ls", None, "custom"),))),
        (ToolCall("f", "not json"), Turn(tool_calls=(ToolCall("f", "not json"),))),
        ([tool_call("f"), tool_call("g")], Turn(tool_calls=(ToolCall("f", "{}"), ToolCall("g", "{}")))),
        (("Wait.", tool_call("f")), Turn(text="Wait.", tool_calls=(ToolCall("f", "{}"),))),
        (["Hello, ", "world"], Turn(text="Hello, world")),
        ([reasoning("Hm."), "42"], Turn(text="42", reasoning="Hm.")),
        (json_reply({"ä": [1, None]}), Turn(text='{"ä":[1,null]}')),
        (json_reply(City(cityName="Oslo")), Turn(text='{"cityName":"Oslo"}')),
        (json_reply(Point(1, 2)), Turn(text='{"x":1,"y":2}')),
        (json_reply([Point(1, 2).x]), Turn(text="[1]")),
        (refusal("No."), Turn(refusal="No.")),
        (chunks("a", "b"), Turn(text="ab", pieces=("a", "b"))),
        (["x", chunks("a", "b")], Turn(text="xab", pieces=("x", "a", "b"))),
        ([{"type": "web_search_call"}, "Found."], Turn(text="Found.", items=({"type": "web_search_call"},))),
    ],
    ids=repr,
)
def test_what_a_model_does(value: Any, turn: Turn) -> None:
    """Texts, tool calls and lists of such are a turn of the model."""
    found = coerce(value)
    assert (found.kind, found.value) == ("turn", turn)


@pytest.mark.parametrize(
    ("value", "status", "code"),
    [
        (503, 503, None),
        (error(429, code="slow"), 429, "slow"),
        (openai.RateLimitError, 429, None),
        (openai.InternalServerError, 500, None),
        (ApiError(404, "Gone.", code="gone"), 404, "gone"),
        (
            openai.ConflictError(
                "Conflict",
                response=httpx.Response(409, headers={"x-a": "b"}, request=httpx.Request("GET", "https://x.test")),
                body={"message": "Conflict", "code": "conflict"},
            ),
            409,
            None,
        ),
    ],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
def test_what_the_api_refuses_with(value: Any, status: int, code: str | None) -> None:
    """Statuses, exceptions of openai and their classes are error answers."""
    found = coerce(value)
    assert (found.kind, found.value.status) == ("error", status)
    assert found.value.code == code


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (openai.APITimeoutError, "timeout"),
        (openai.APITimeoutError(httpx.Request("GET", "https://x.test")), "timeout"),
        (openai.APIConnectionError, "connection"),
        (RuntimeError("mine"), "raise"),
        (KeyboardInterrupt, "raise"),
        ({"id": "x"}, "partial"),
        (raw({"id": "x"}), "raw"),
        (iter([{"object": "chat.completion.chunk"}]), "events"),
        ([{"object": "chat.completion.chunk"}], "events"),
        ([{"type": "response.created"}], "events"),
        ([{"event": "thread.created", "data": None}], "events"),
        (len, "call"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_other_kinds(value: Any, kind: str) -> None:
    """Everything else that is a reply."""
    assert coerce(value).kind == kind


def test_a_reply_is_coerced_once() -> None:
    """What is a Reply already stays the same one."""
    found = coerce("Hello")
    assert coerce(found) is found


def test_where_is_part_of_every_refusal() -> None:
    """Callers say how the reply is called; the message begins with it."""
    with pytest.raises(UsageError, match=r"^my place: float 1\.5 can't be a reply"):
        coerce(1.5, where="my place")
    with pytest.raises(UsageError, match=r"^my place, element 1: float 1\.5 can't be a reply"):
        coerce(["a", 1.5], where="my place")


def test_an_exception_class_that_needs_arguments() -> None:
    """A class that can't be made just so is refused with what to do."""

    class Picky(Exception):
        def __init__(self, needed: str) -> None:
            super().__init__(needed)

    with pytest.raises(UsageError, match="Picky can't be made without arguments; give an instance"):
        coerce(Picky)


# ------------------------------------------------------------------------------------------------ options


def test_reply_adds_to_any_reply() -> None:
    """``reply(...)`` gives latency, usage, finish reason and headers to whatever it holds."""
    found = reply(tool_call("f"), latency=0.5, usage={"total_tokens": 9}, finish_reason="length", headers={"x-a": "b"})
    assert (found.latency, found.usage, found.headers) == (0.5, {"total_tokens": 9}, {"x-a": "b"})
    assert found.value.finish_reason == "length"
    assert reply(503, headers={"retry-after": "3"}).headers == {"retry-after": "3"}
    assert reply(error(429, retry_after=2), latency=1).headers == {"retry-after": "2"}


def test_options_reach_the_answer(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """Usage, finish reason and headers are those of the answer."""
    fake.chat.completions.create.returns(
        reply(
            "Hel", finish_reason="length", usage={"completion_tokens": 1}, headers={"x-ratelimit-limit-requests": "9"}
        )
    )
    create: Any = fake.chat.completions.with_raw_response.create
    response = create(**ask)
    completion = response.parse()
    assert completion.choices[0].finish_reason == "length"
    assert completion.usage is not None
    assert completion.usage.completion_tokens == 1
    assert response.headers["x-ratelimit-limit-requests"] == "9"


def test_parts_of_a_turn_add_up() -> None:
    """Later options win; texts, calls and items are listed one after the other."""
    first = Turn(text="a", latency=1, refusal="no")
    second = Turn(text="b", latency=2, finish_reason="stop")
    assert first + second == Turn(text="ab", latency=2, refusal="no", finish_reason="stop")


# ------------------------------------------------------------------------------------------------ detached


def test_models_and_dicts_are_detached() -> None:
    """Changing what was given changes no reply."""
    given: dict[str, Any] = {"choices": [{"message": {"content": "before"}}]}
    found = coerce(given)
    given["choices"][0]["message"]["content"] = "after"
    assert found.value == {"choices": [{"message": {"content": "before"}}]}
    item: dict[str, Any] = {"type": "message", "content": []}
    turn = coerce([item, "x"])
    item["content"].append("later")
    assert turn.value.items[0]["content"] == []


def test_a_model_says_only_what_it_was_given() -> None:
    """Of a response model, the fields that were set are the partial response."""
    completion = ChatCompletion.model_construct(id="chatcmpl-1", choices=[])
    assert coerce(completion).value == {"id": "chatcmpl-1", "choices": []}


# ------------------------------------------------------------------------------------------------ events


CHUNK: dict[str, Any] = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hel"}}]}


def contents(fake: FakeOpenAI, ask: dict[str, Any]) -> list[str | None]:
    """The deltas of a stream."""
    return [chunk.choices[0].delta.content for chunk in fake.chat.completions.create(**ask, stream=True)]


def test_a_generators_events_come_in_every_call(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """A one-pass iterable is kept as it is read: the second call gets the same events, not an empty stream."""

    def generate() -> Iterator[Any]:
        yield CHUNK
        yield ChatCompletionChunk.model_validate({**CHUNK, "id": "x", "created": 1, "model": "m"})

    fake.chat.completions.create.returns(generate())
    assert contents(fake, ask) == contents(fake, ask) == ["Hel", "Hel"]
    assert contents(copy.deepcopy(fake), ask) == ["Hel", "Hel"]


def test_events_are_made_no_earlier_than_read() -> None:
    """An endless generator is fine, as long as nobody reads it to its end."""

    def endless() -> Iterator[int]:
        number = 0
        while True:
            yield number
            number += 1

    replay = Replay(endless())
    first, second = iter(replay), iter(replay)
    assert [next(first), next(first), next(second)] == [0, 1, 0]


async def test_asynchronous_events(ask: dict[str, Any]) -> None:
    """An asynchronous client streams an asynchronous generator, every time it asks."""
    from fakeopenai import FakeAsyncOpenAI

    async def generate() -> AsyncIterator[Any]:
        yield CHUNK

    fake = FakeAsyncOpenAI()
    fake.chat.completions.create.returns(generate())
    for _ in range(2):
        stream: Any = await fake.chat.completions.create(**ask, stream=True)
        assert [chunk.choices[0].delta.content async for chunk in stream] == ["Hel"]


# ------------------------------------------------------------------------------------------------ how they show


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Hello", "'Hello'"),
        (tool_call("get_weather", city="Paris"), "tool_call('get_weather', city='Paris')"),
        (tool_call("f", id="call_1"), "tool_call('f', id='call_1')"),
        (tool_call("shell", input="ls"), "tool_call('shell', input='ls')"),
        (ToolCall("f", "oops"), "ToolCall('f', arguments='oops')"),
        (ToolCall("f", '{"not a name": 1}'), "ToolCall('f', arguments='{\"not a name\": 1}')"),
        (["Hm", tool_call("f")], "['Hm', tool_call('f')]"),
        (chunks("Hel", "lo"), "chunks('Hel', 'lo')"),
        (refusal("No."), "refusal('No.')"),
        (text("Hello", latency=1), "reply('Hello', latency=1)"),
        (["Once", break_after(2)], "['Once', break_after(2, APIConnectionError)]"),
        (error(429, code="slow"), "error(429, code='slow')"),
        (503, "503"),
        (raw({"a": 1}), "raw({'a': 1})"),
        (raw(b"x", status=502), "raw(b'x', status=502)"),
        (openai.RateLimitError, "RateLimitError"),
        (RuntimeError("mine"), "RuntimeError('mine')"),
        (len, "len"),
        ("x" * 100, "'" + "x" * 78 + "…"),
    ],
    ids=str,
)
def test_a_reply_shows_itself_as_it_is_written(value: Any, shown: str) -> None:
    """Messages list replies; their readers recognise what they wrote, cut to a line."""
    assert repr(coerce(value)) == shown
