"""One script for every way of asking: the same content through chat and responses, streamed or not, sync or async."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeopenai import (
    FakeAsyncOpenAI,
    FakeOpenAI,
    Request,
    ScriptExhausted,
    Turn,
    UsageError,
    chunks,
    items,
    json_reply,
    reasoning,
    refusal,
    tool_call,
)


class Content(NamedTuple):
    """What the model said, whichever way it came."""

    text: str
    refusal: str | None
    calls: list[tuple[str, str]]


def of_chat(message: Mapping[str, Any]) -> Content:
    """The content of a chat message."""
    calls = [
        (inner["name"], inner.get("arguments", inner.get("input")))
        for call in message.get("tool_calls") or ()
        for inner in [call.get("function") or call.get("custom")]
    ]
    return Content(message.get("content") or "", message.get("refusal"), calls)


def of_response(response: Mapping[str, Any]) -> Content:
    """The content of a response."""
    text, refused, calls = "", None, list[tuple[str, str]]()
    for item in response["output"]:
        for part in item.get("content") or ():
            text += part.get("text", "")
            refused = part.get("refusal", refused)
        if item["type"] in {"function_call", "custom_tool_call"}:
            calls.append((item["name"], item.get("arguments", item.get("input"))))
    return Content(text, refused, calls)


def of_chunks(found: Any) -> Content:
    """The content of chat chunks."""
    text, refused = "", None
    calls: dict[int, list[str]] = {}
    for chunk in found:
        for choice in chunk["choices"]:
            delta = choice["delta"]
            text += delta.get("content") or ""
            refused = (refused or "") + delta["refusal"] if delta.get("refusal") else refused
            for call in delta.get("tool_calls") or ():
                inner: Mapping[str, Any] = call.get("function") or call.get("custom") or {}
                held = calls.setdefault(call["index"], ["", ""])
                held[0] += inner.get("name") or ""
                held[1] += inner.get("arguments") or inner.get("input") or ""
    return Content(text, refused, [(name, arguments) for name, arguments in calls.values()])


def of_events(found: Any) -> Content:
    """The content of a response's deltas, put together without looking at the last event."""
    text, refused, calls = "", None, dict[int, list[str]]()
    for event in found:
        kind, delta = event["type"], event.get("delta", "")
        if kind == "response.output_text.delta":
            text += delta
        elif kind == "response.refusal.delta":
            refused = (refused or "") + delta
        elif kind == "response.output_item.added" and event["item"]["type"] in {"function_call", "custom_tool_call"}:
            calls[event["output_index"]] = [event["item"]["name"], ""]
        elif kind in {"response.function_call_arguments.delta", "response.custom_tool_call_input.delta"}:
            calls[event["output_index"]][1] += delta
    return Content(text, refused, [(name, arguments) for name, arguments in calls.values()])


CHAT: Any = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}
RESPONSE: Any = {"model": "gpt-4o", "input": "Hi"}

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
said_words = words.filter(bool)
names = st.from_regex(r"[a-z][a-z_]{0,10}", fullmatch=True).filter(lambda name: name not in {"id", "input"})
values = st.one_of(st.integers(), words, st.booleans(), st.lists(words, max_size=2))


def call_of(name: str, arguments: dict[str, Any]) -> Turn:
    """A call of a function."""
    return tool_call(name, **arguments)


def custom_of(name: str, text: str) -> Turn:
    """A call of a custom tool."""
    return tool_call(name, input=text)


def both_of(text: str, call: Turn) -> list[Any]:
    """A text before a call."""
    return [text, call]


def thought_of(thought: str, text: str) -> list[Any]:
    """A text after reasoning."""
    return [reasoning(thought), text]


calls = st.builds(call_of, names, st.dictionaries(names, values, max_size=3))
said: st.SearchStrategy[Any] = st.one_of(
    words,
    st.lists(words, min_size=1, max_size=5).map(lambda pieces: chunks(*pieces)),
    said_words.map(refusal),
    st.lists(st.one_of(calls, st.builds(custom_of, names, words)), min_size=1, max_size=3),
    st.builds(both_of, said_words, calls),
    st.builds(thought_of, words, said_words),
    st.dictionaries(names, words, max_size=2).map(json_reply),
)


@settings(max_examples=60)
@given(turn=said)
def test_the_same_script_gives_the_same_content(turn: Any) -> None:
    """Through chat and responses, whole and streamed, sync and async, the model says the same."""
    fake = FakeOpenAI(replies=[turn] * 4)
    chat = of_chat(cast("Any", fake.chat.completions.create)(**CHAT).choices[0].message.to_dict())
    assert of_response(cast("Any", fake.responses.create)(**RESPONSE).to_dict()) == chat
    assert (
        of_chunks([chunk.to_dict() for chunk in cast("Any", fake.chat.completions.create)(**CHAT, stream=True)]) == chat
    )
    events = [event.to_dict() for event in cast("Any", fake.responses.create)(**RESPONSE, stream=True)]
    assert of_events(events) == chat
    assert of_response(events[-1]["response"]) == chat
    fake.assert_complete()

    async def ask() -> list[Content]:
        afake = FakeAsyncOpenAI(replies=[turn] * 2)
        completion = await cast("Any", afake.chat.completions.create)(**CHAT)
        response = await cast("Any", afake.responses.create)(**RESPONSE)
        return [of_chat(completion.choices[0].message.to_dict()), of_response(response.to_dict())]

    assert asyncio.run(ask()) == [chat, chat]


@settings(max_examples=30)
@given(text=said_words)
def test_legacy_completions_say_the_same_text(text: str) -> None:
    """A text is the same through legacy completions, streamed or not."""
    fake = FakeOpenAI(replies=[text] * 3)
    ask: Any = {"model": "gpt-3.5-turbo-instruct", "prompt": "Hi"}
    whole = cast("Any", fake.completions.create)(**ask, max_tokens=1000).choices[0].text
    streamed = "".join(
        chunk.choices[0].text for chunk in cast("Any", fake.completions.create)(**ask, max_tokens=1000, stream=True)
    )
    assert whole == streamed == cast("Any", fake.responses.create)(**RESPONSE).output_text == text


@settings(max_examples=30)
@given(turn=said)
def test_the_sdk_s_accumulator_gives_the_whole(turn: Any) -> None:
    """The stream helper, fed with our events, ends with what the call without a stream gives."""
    fake = FakeOpenAI(replies=[turn] * 2)
    whole = of_response(cast("Any", fake.responses.create)(**RESPONSE).to_dict())
    with cast("Any", fake.responses.stream)(**RESPONSE) as stream:
        for _ in stream:
            pass
        assert of_response(stream.get_final_response().to_dict()) == whole


def test_turns_go_to_whichever_is_called(fake: FakeOpenAI) -> None:
    """Turns of one script are taken in order, by chat and responses alike."""
    fake.script("one", "two", "three")
    assert cast("Any", fake.responses.create)(**RESPONSE).output_text == "one"
    assert cast("Any", fake.chat.completions.create)(**CHAT).choices[0].message.content == "two"
    assert cast("Any", fake.responses.create)(**RESPONSE).output_text == "three"
    with pytest.raises(ScriptExhausted):
        cast("Any", fake.responses.create)(**RESPONSE)


def test_an_endpoint_s_own_replies_go_first(fake: FakeOpenAI) -> None:
    """What is scripted for responses alone goes before the turns of the script."""
    fake.script("turn")
    fake.responses.create.returns("own")
    assert cast("Any", fake.responses.create)(**RESPONSE).output_text == "own"
    assert cast("Any", fake.chat.completions.create)(**CHAT).choices[0].message.content == "turn"


def test_what_chat_can_not_say(fake: FakeOpenAI) -> None:
    """An item of the Responses API can't be said through chat: the error names who can, and the turn isn't kept."""
    fake.script([items.image_generation_call(b"png"), "Here."])
    with pytest.raises(UsageError, match=r"(?s)image_generation_call.*fake\.responses") as caught:
        cast("Any", fake.chat.completions.create)(**CHAT)
    assert caught.value.operation == "chat.completions.create"
    assert len(fake.state.responses) == 0


def told(words: str) -> Callable[[Request], bool]:
    """A condition: the agent that has been told this."""
    return lambda request: words in request.system_text


def test_parallel_agents(fake: FakeOpenAI) -> None:
    """Scripts bound to a condition serve several agents in any order."""
    for name, answers in {"planner": ("plan 1", "plan 2"), "critic": ("fine", "finer")}.items():
        fake.when(where=told(name)).returns(*answers)
    planner, critic = [
        {"model": "gpt-5", "input": "Go", "instructions": f"You are the {who}."} for who in ("planner", "critic")
    ]
    create: Any = fake.responses.create
    assert [create(**agent).output_text for agent in (critic, planner, planner, critic)] == [
        "fine",
        "plan 1",
        "plan 2",
        "finer",
    ]


async def test_agents_as_tasks(afake: FakeAsyncOpenAI) -> None:
    """Agents that run as tasks at once each get their own turns, in their own order."""
    for index in range(5):
        answers = [f"{index}.{turn}" for turn in range(4)]
        afake.when(where=told(f"agent {index}")).returns(*answers)

    async def agent(index: int) -> list[str]:
        found: list[str] = []
        previous: str | None = None
        for _ in range(4):
            response = await afake.responses.create(
                model="gpt-5", input="next", instructions=f"agent {index}", previous_response_id=previous
            )
            previous = response.id
            found.append(response.output_text)
        return found

    assert await asyncio.gather(*map(agent, range(5))) == [[f"{i}.{turn}" for turn in range(4)] for i in range(5)]


def test_a_function_sees_the_history(fake: FakeOpenAI) -> None:
    """A reply function reads the whole chain, and answers with anything that can be scripted."""
    fake.responses.create.returns(lambda request: json_reply([message.text for message in request.messages]))
    first = fake.responses.create(model="gpt-5", input="1")
    second = fake.responses.create(model="gpt-5", input="2", previous_response_id=first.id)
    assert json.loads(second.output_text) == ["1", '["1"]', "2"]


def test_a_turn_object(fake: FakeOpenAI) -> None:
    """A `Turn` made by hand is a reply as well."""
    fake.responses.create.returns(Turn(text="Hi", reasoning="Hm."))
    assert [item.type for item in cast("Any", fake.responses.create)(**RESPONSE).output] == ["reasoning", "message"]
