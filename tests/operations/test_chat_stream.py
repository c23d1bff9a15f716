"""Chat completions as streams, asked of real clients: what comes together is what comes at once."""

from __future__ import annotations

from typing import Any, cast

import openai
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionChunk

from fakeopenai import (
    FakeAsyncOpenAI,
    FakeOpenAI,
    ToolCall,
    Turn,
    VirtualClock,
    break_after,
    chunks,
    json_reply,
    refusal,
    tool_call,
)
from fakeopenai._sdk import httpx
from fakeopenai.operations.narrowing import is_list, is_object

Json = dict[str, Any]

HI: list[Any] = [{"role": "user", "content": "Hi"}]
TOOL: Any = {"type": "function", "function": {"name": "f"}}


def fresh() -> FakeOpenAI:
    """An account that gives the same ids and times as any other of this kind."""
    return FakeOpenAI(seed=1, clock=VirtualClock(), strict={"model_parameters"})


def deltas(fake: FakeOpenAI, **asked: Any) -> list[str]:
    """The texts of a stream's deltas, empty ones left out."""
    stream = fake.chat.completions.create(model="gpt-4o", messages=HI, stream=True, **asked)
    return [piece for chunk in stream for choice in chunk.choices if (piece := choice.delta.content)]


# ------------------------------------------------------------------------------------------------ properties


_TEXT = st.text(min_size=1, max_size=40)
_CALLS = st.lists(
    st.builds(
        ToolCall,
        name=st.sampled_from(["f", "g", "get_weather"]),
        arguments=st.sampled_from(["{}", '{"city":"Paris"}', '{"a":[1,2,{"b":"ü"}]}', ""]),
        id=st.none(),
    ),
    min_size=1,
    max_size=3,
)


def in_pieces(parts: list[str]) -> Turn:
    """A text in pieces."""
    return Turn(text="".join(parts), pieces=tuple(parts))


def calling(calls: list[ToolCall], said: str | None = None) -> Turn:
    """Tool calls, after something said or not."""
    return Turn(text=said, tool_calls=tuple(calls))


_TURNS = st.one_of(
    st.builds(Turn, text=_TEXT),
    st.builds(in_pieces, st.lists(_TEXT, min_size=1, max_size=5)),
    st.builds(Turn, refusal=_TEXT),
    st.builds(calling, _CALLS),
    st.builds(calling, _CALLS, _TEXT),
)
_ASKED = st.fixed_dictionaries(
    {"model": st.sampled_from(["gpt-4o", "gpt-5", "gpt-5.6-luna"])},
    optional={
        "n": st.integers(1, 3),
        "logprobs": st.just(value=True),
        "max_completion_tokens": st.integers(1, 20),
        "service_tier": st.just("flex"),
        "stop": st.sampled_from([" ", ["e", "a"]]),
    },
)


_LEFT_OUT = {"annotations", "index", "obfuscation", "parsed"}


def heart(completion: Json) -> Json:
    """What stream and whole have in common: accumulators leave out nulls, annotations and empty lists."""

    def bare(value: Any) -> Any:
        if is_object(value):
            kept = {key: bare(item) for key, item in value.items() if key not in _LEFT_OUT}
            return {key: item for key, item in kept.items() if item not in (None, [], {})}
        return [bare(item) for item in value] if is_list(value) else value

    found: Json = bare({key: value for key, value in completion.items() if key != "object"})
    return found


@given(turn=_TURNS, asked=_ASKED)
@settings(max_examples=80)
def test_accumulated_is_whole(turn: Turn, asked: Json) -> None:
    """What the SDK makes of a stream is what comes when nothing is streamed, with id, usage and logprobs."""
    one, other = fresh(), fresh()
    one.chat.completions.create.returns(turn)
    other.chat.completions.create.returns(turn)
    whole = cast("Any", one.chat.completions.create)(messages=HI, **asked)
    with other.chat.completions.stream(messages=HI, stream_options={"include_usage": True}, **asked) as stream:
        # An unfinished text is no failure here: only structured output has to be complete.
        for _ in stream:
            pass
        snapshot = stream.current_completion_snapshot
    assert heart(snapshot.to_dict(mode="json")) == heart(whole.to_dict(mode="json"))


@given(parts=st.lists(_TEXT, min_size=1, max_size=6))
@settings(max_examples=30)
def test_pieces_come_as_scripted(parts: list[str]) -> None:
    """Each scripted piece is one delta."""
    fake = fresh()
    fake.chat.completions.create.returns(chunks(*parts))
    assert deltas(fake) == parts


# ------------------------------------------------------------------------------------------------ examples


def test_pieces_of_a_text_that_is_cut() -> None:
    """Pieces stay as scripted up to where a stop sequence ends the text."""
    fake = fresh()
    fake.chat.completions.create.returns(chunks("Hel", "lo wor", "ld"))
    assert deltas(fake, stop="r") == ["Hel", "lo wo"]


def test_tokens_of_scripted_pieces() -> None:
    """Logprobs take the scripted pieces for the tokens."""
    fake = fresh()
    fake.chat.completions.create.returns(chunks("Hel", "lo wor", "ld"))
    assert deltas(fake, logprobs=True) == ["Hel", "lo wor", "ld"]


def test_usage_only_when_asked_for() -> None:
    """Usage comes in a last chunk without choices, if it is asked for, and not otherwise."""
    fake = fresh()
    asked: Json = {"model": "gpt-5", "messages": HI, "stream": True}
    told: list[ChatCompletionChunk] = [*fake.chat.completions.create(**asked, stream_options={"include_usage": True})]
    assert told[-1].choices == []
    assert told[-1].usage is not None
    assert [chunk.usage for chunk in told[:-1]] == [None] * (len(told) - 1)
    assert all(chunk.usage is None for chunk in fake.chat.completions.create(model="gpt-5", messages=HI, stream=True))


@pytest.mark.parametrize("wanted", [True, False])
def test_obfuscation(wanted: bool) -> None:
    """Chunks are padded unless that is switched off."""
    asked: Json = {"stream_options": {"include_obfuscation": wanted}}
    stream = fresh().chat.completions.create(model="gpt-5", messages=HI, stream=True, **asked)
    assert {"obfuscation" in chunk.to_dict() for chunk in stream} == {wanted}


def test_choices_of_a_stream() -> None:
    """Each of n choices is streamed whole."""
    fake = fresh()
    fake.chat.completions.create.returns("one two")
    texts = ["", ""]
    for chunk in fake.chat.completions.create(model="gpt-4o", messages=HI, stream=True, n=2):
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
    assert texts == ["one two", "one two"]


def test_custom_tool() -> None:
    """The input of a custom tool is streamed, though the SDK's chunks don't know such tools."""
    fake = fresh()
    fake.chat.completions.create.returns(tool_call("python", input="print(1)"))
    tools: Any = [{"type": "custom", "custom": {"name": "python"}}]
    stream = fake.chat.completions.create(model="gpt-5", messages=HI, stream=True, tools=tools)
    said: list[Any] = [call.to_dict()["custom"] for it in stream for call in it.choices[0].delta.tool_calls or ()]
    assert said[0]["name"] == "python"
    assert "".join(part["input"] for part in said) == "print(1)"


def test_helper_events() -> None:
    """The SDK's own events tell of a refusal and of parallel calls."""
    fake = fresh()
    fake.chat.completions.create.returns(refusal("I can't."), [tool_call("f", a=1), tool_call("g")])
    with fake.chat.completions.stream(model="gpt-4o", messages=HI) as stream:
        kinds = [event.type for event in stream]
    assert "refusal.done" in kinds
    with fake.chat.completions.stream(model="gpt-4o", messages=HI) as stream:
        calls = [event for event in stream if event.type == "tool_calls.function.arguments.done"]
    assert [(call.name, call.arguments) for call in calls] == [("f", '{"a":1}'), ("g", "{}")]


def test_parsed_stream() -> None:
    """A stream is parsed as a whole answer is."""

    class City(pydantic.BaseModel):
        name: str

    fake = fresh()
    fake.chat.completions.create.returns(json_reply(City(name="Paris")))
    with fake.chat.completions.stream(model="gpt-5", messages=HI, response_format=City) as stream:
        assert stream.get_final_completion().choices[0].message.parsed == City(name="Paris")


def test_partial_is_streamed() -> None:
    """A completion given in part is streamed as well."""
    fake = fresh()
    fake.chat.completions.create.returns({"choices": [{"message": {"content": "one two"}}]})
    assert "".join(deltas(fake)) == "one two"


def test_break_in_the_middle() -> None:
    """A stream may fail after some chunks, which come through."""
    fake = fresh()
    fake.chat.completions.create.returns([chunks("one ", "two ", "three"), break_after(2)])
    seen: list[str] = []
    stream = fake.chat.completions.create(model="gpt-4o", messages=HI, stream=True)
    with pytest.raises((openai.APIConnectionError, httpx.HTTPError)):  # older SDKs let the latter through
        seen.extend(chunk.choices[0].delta.content or "" for chunk in stream)
    assert seen == ["", "one "]


def test_speech() -> None:
    """A spoken answer streams transcript and sound; together they are the whole."""
    one, other = fresh(), fresh()
    for fake in (one, other):
        fake.chat.completions.create.returns("Hello there, how are you?")
    asked: Json = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "pcm16"}}
    create = cast("Any", one.chat.completions.create)
    whole = create(model="gpt-audio", messages=HI, **asked).choices[0].message.audio
    assert whole is not None
    transcript = data = ""
    for chunk in other.chat.completions.create(model="gpt-audio", messages=HI, stream=True, **asked):
        said: Any = chunk.to_dict()["choices"]
        for choice in said:
            audio: Json = choice["delta"].get("audio") or {}
            transcript += audio.get("transcript", "")
            data += audio.get("data", "")
    assert (transcript, data) == (whole.transcript, whole.data)


def test_stored_stream() -> None:
    """A completion that is streamed can be stored."""
    fake = fresh()
    fake.chat.completions.create.returns("Hello")
    chunk, *_ = fake.chat.completions.create(model="gpt-4o", messages=HI, stream=True, store=True)
    assert fake.chat.completions.retrieve(chunk.id).choices[0].message.content == "Hello"


async def test_async_stream() -> None:
    """The asynchronous client streams the same chunks."""
    one, other = fresh(), FakeAsyncOpenAI(seed=1, clock=VirtualClock())
    one.chat.completions.create.returns([tool_call("f", a=1), "Hello"])
    other.chat.completions.create.returns([tool_call("f", a=1), "Hello"])
    whole = [it.to_dict() for it in one.chat.completions.create(model="gpt-4o", messages=HI, stream=True, tools=[TOOL])]
    stream = await other.chat.completions.create(model="gpt-4o", messages=HI, stream=True, tools=[TOOL])
    assert [chunk.to_dict() async for chunk in stream] == whole
