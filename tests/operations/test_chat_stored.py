"""Stored chat completions: kept on request, read, changed, listed, deleted."""

from __future__ import annotations

import json
from typing import Any, cast

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, tool_call

HI: list[Any] = [{"role": "user", "content": "Hi"}]


def stored(fake: FakeOpenAI, **asked: Any) -> str:
    """The id of a new stored completion."""
    arguments: dict[str, Any] = {"model": "gpt-4o", "messages": HI, "store": True, **asked}
    key: str = cast("Any", fake.chat.completions.create)(**arguments).id
    return key


def wire(fake: FakeOpenAI, key: str) -> dict[str, Any]:
    """A stored completion as JSON: what is not there was not sent."""
    found: dict[str, Any] = json.loads(fake.chat.completions.with_raw_response.retrieve(key).text)
    return found


def test_stored_shape(fake: FakeOpenAI) -> None:
    """A stored completion shows the request's settings, and less of messages and usage than the answer did."""
    fake.chat.completions.create.returns("Hello")
    done = fake.chat.completions.create(model="gpt-4o", messages=HI, store=True, user="me", temperature=0.5, seed=7)
    found = wire(fake, done.id)
    assert found.pop("created") == done.created
    assert found.pop("request_id") == done._request_id
    assert done.usage is not None
    assert found == {
        "object": "chat.completion",
        "id": done.id,
        "model": "gpt-4o",
        "tool_choice": None,
        "usage": {
            "total_tokens": done.usage.total_tokens,
            "completion_tokens": done.usage.completion_tokens,
            "prompt_tokens": done.usage.prompt_tokens,
        },
        "seed": 7,
        "top_p": 1.0,
        "temperature": 0.5,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "system_fingerprint": done.system_fingerprint,
        "input_user": "me",
        "service_tier": "default",
        "tools": None,
        "metadata": {},
        "choices": [
            {
                "index": 0,
                "message": {"content": "Hello", "role": "assistant", "tool_calls": None, "function_call": None},
                "finish_reason": "stop",
                "logprobs": None,
            }
        ],
        "response_format": None,
    }


def test_stored_tools(fake: FakeOpenAI) -> None:
    """Tools, choice and format of the request are kept, and so are the calls."""
    tools = [{"type": "function", "function": {"name": "f"}}]
    fake.chat.completions.create.returns(tool_call("f"))
    found = wire(fake, stored(fake, tools=tools, tool_choice="required", response_format={"type": "text"}))
    assert (found["tools"], found["tool_choice"], found["response_format"]) == (tools, "required", {"type": "text"})
    assert found["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "f"


@pytest.mark.parametrize("store", [None, False])
def test_not_stored(fake: FakeOpenAI, store: bool | None) -> None:
    """Only what is to be stored is."""
    stored(fake, store=store)
    assert fake.chat.completions.list().data == []


@pytest.mark.parametrize("method", ["retrieve", "delete", "update", "messages"])
def test_unknown_id(fake: FakeOpenAI, method: str) -> None:
    """An id that was never stored is not found, in the API's words."""
    completions = fake.chat.completions
    ask: dict[str, Any] = {
        "retrieve": lambda: completions.retrieve("chatcmpl-x"),
        "delete": lambda: completions.delete("chatcmpl-x"),
        "update": lambda: completions.update("chatcmpl-x", metadata={}),
        "messages": lambda: completions.messages.list("chatcmpl-x"),
    }
    with pytest.raises(openai.NotFoundError) as caught:
        ask[method]()
    assert caught.value.body == {
        "message": "Completion chatcmpl-x not found",
        "type": "invalid_request_error",
        "param": "completion_id",
        "code": "not_found",
    }


def test_update(fake: FakeOpenAI) -> None:
    """Metadata is replaced, and stays so."""
    key = stored(fake, metadata={"a": "1"})
    updated = fake.chat.completions.update(key, metadata={"b": "2"})
    assert updated.to_dict()["metadata"] == {"b": "2"}
    assert wire(fake, key)["metadata"] == {"b": "2"}


def test_delete(fake: FakeOpenAI) -> None:
    """What was deleted is gone, with its messages."""
    key = stored(fake)
    gone = fake.chat.completions.delete(key)
    assert gone.to_dict() == {"object": "chat.completion.deleted", "id": key, "deleted": True}
    with pytest.raises(openai.NotFoundError):
        fake.chat.completions.messages.list(key)
    assert fake.chat.completions.list().data == []


def test_list_pages(fake: FakeOpenAI) -> None:
    """Completions are listed newest first, page by page, in the other order if asked."""
    ids = [stored(fake) for _ in range(5)]
    first = fake.chat.completions.list(limit=2)
    assert ([each.id for each in first.data], first.has_more) == ([ids[4], ids[3]], True)
    assert [each.id for each in fake.chat.completions.list(limit=2)] == ids[::-1]
    assert [each.id for each in fake.chat.completions.list(order="asc", after=ids[1])] == ids[2:]


def test_list_filters(fake: FakeOpenAI) -> None:
    """A listing is narrowed to a model, and to all of some metadata."""
    one = stored(fake, model="gpt-5", metadata={"a": "1", "b": "2"})
    other = stored(fake, metadata={"a": "1"})
    completions = fake.chat.completions
    assert [each.id for each in completions.list(model="gpt-5")] == [one]
    assert [each.id for each in completions.list(metadata={"a": "1"})] == [other, one]
    assert [each.id for each in completions.list(metadata={"a": "1", "b": "2"})] == [one]
    assert completions.list(metadata={"c": "3"}).data == []


def test_filters_in_the_query(fake: FakeOpenAI) -> None:
    """Metadata filters work as they travel, in brackets."""
    one = stored(fake, metadata={"a": "1"})
    stored(fake)
    raw = fake.chat.completions.with_raw_response.list(metadata={"a": "1"})
    assert raw.parse().data[0].id == one
    assert json.loads(raw.text)["first_id"] == json.loads(raw.text)["last_id"] == one


@pytest.mark.parametrize(
    ("limit", "code"),
    [(0, "integer_below_min_value"), (101, "integer_above_max_value"), (-1, "integer_below_min_value")],
)
def test_list_bounds(fake: FakeOpenAI, limit: int, code: str) -> None:
    """A page has 1 to 100 completions."""
    with pytest.raises(openai.BadRequestError) as caught:
        fake.chat.completions.list(limit=limit)
    assert (caught.value.param, caught.value.code) == ("limit", code)


def test_messages(fake: FakeOpenAI) -> None:
    """The messages of the request are listed in order, their parts apart from their text."""
    part: Any = {"type": "text", "text": "Hello"}
    messages: list[Any] = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [part], "name": "Ann"},
    ]
    key = stored(fake, messages=messages)
    raw = json.loads(fake.chat.completions.messages.with_raw_response.list(key).text)
    assert raw["data"] == [
        {"id": f"{key}-0", "role": "system", "content": "Be brief.", "content_parts": None, "name": None},
        {"id": f"{key}-1", "role": "user", "content": None, "content_parts": [part], "name": "Ann"},
    ]
    assert (raw["first_id"], raw["last_id"], raw["has_more"]) == (f"{key}-0", f"{key}-1", False)
    assert [each.id for each in fake.chat.completions.messages.list(key, order="desc")] == [f"{key}-1", f"{key}-0"]
    assert [each.id for each in fake.chat.completions.messages.list(key, after=f"{key}-0")] == [f"{key}-1"]


def test_stored_is_detached(fake: FakeOpenAI) -> None:
    """Later changes to what was sent don't reach what is stored."""
    messages: list[Any] = [{"role": "user", "content": "Hi"}]
    metadata = {"a": "1"}
    key = stored(fake, messages=messages, metadata=metadata)
    messages[0]["content"] = metadata["a"] = "changed"
    assert wire(fake, key)["metadata"] == {"a": "1"}
    assert fake.chat.completions.messages.list(key).data[0].content == "Hi"


def test_partial_is_stored(fake: FakeOpenAI) -> None:
    """What a test scripts in part is stored as it was answered."""
    fake.chat.completions.create.returns({"id": "chatcmpl-mine", "choices": [{"message": {"content": "A"}}]})
    assert stored(fake) == "chatcmpl-mine"
    assert fake.chat.completions.retrieve("chatcmpl-mine").choices[0].message.content == "A"


def test_scripted_reads(fake: FakeOpenAI) -> None:
    """A scripted answer needs nothing stored, and is completed as a stored one."""
    fake.chat.completions.retrieve.returns({"choices": [{"message": {"content": "A"}}, {"message": {"content": "B"}}]})
    found = wire(fake, "chatcmpl-x")
    assert found["id"] == "chatcmpl-x"
    assert [set(choice["message"]) for choice in found["choices"]] == [
        {"content", "role", "tool_calls", "function_call"}
    ] * 2
    fake.chat.completions.list.returns({"data": [{"id": "chatcmpl-y", "model": "gpt-5"}], "has_more": True})
    page = json.loads(fake.chat.completions.with_raw_response.list().text)
    assert (page["first_id"], page["last_id"], page["has_more"]) == ("chatcmpl-y", "chatcmpl-y", True)
    assert page["data"][0]["input_user"] is None


def test_synthesized() -> None:
    """An account that makes up what is missing has any completion, but for what was stored and deleted."""
    fake = FakeOpenAI(missing="synthesize")
    assert fake.chat.completions.retrieve("chatcmpl-x").id == "chatcmpl-x"
    assert fake.chat.completions.messages.list("chatcmpl-x", after="chatcmpl-x-0").data == []
    assert fake.chat.completions.update("chatcmpl-x", metadata={"a": "1"}).to_dict()["metadata"] == {"a": "1"}
    assert fake.chat.completions.delete("chatcmpl-x").deleted
    assert fake.chat.completions.retrieve("chatcmpl-x").id == "chatcmpl-x"
    key = stored(fake)
    fake.chat.completions.delete(key)
    with pytest.raises(openai.NotFoundError):
        fake.chat.completions.retrieve(key)


def test_state_shows_it(fake: FakeOpenAI) -> None:
    """What is stored stands in the account's state, under the client's own path."""
    key = stored(fake)
    assert [each.id for each in fake.state.chat.completions] == [key]
    assert len(fake.state.chat.completions.messages(key)) == 1


async def test_shared_with_async(fake: FakeOpenAI) -> None:
    """An asynchronous client of the same account reads what the synchronous one stored."""
    key = stored(fake)
    other = FakeAsyncOpenAI(backend=fake.backend)
    assert (await other.chat.completions.retrieve(key)).id == key
    assert [each.id async for each in other.chat.completions.list()] == [key]
