"""Legacy completions: texts that go on from prompts, whole and streamed."""

from __future__ import annotations

import json
from typing import Any, cast

import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, UsageError, chunks, json_reply, refusal, reply, text, tool_call
from fakeopenai.operations.generation import DEFAULT_TEXT

MODEL = "gpt-3.5-turbo-instruct"


def wire(fake: FakeOpenAI, **asked: Any) -> dict[str, Any]:
    """The completion as JSON: what is not there was not sent."""
    arguments: dict[str, Any] = {"model": MODEL, "prompt": "Hi", **asked}
    raw = cast("Any", fake.completions.with_raw_response.create)(**arguments)
    found: dict[str, Any] = json.loads(raw.text)
    return found


def test_envelope(fake: FakeOpenAI) -> None:
    """A completion has the keys that the API sends, and no others."""
    fake.completions.create.returns("Hello")
    found = wire(fake)
    assert set(found) == {"id", "object", "created", "model", "choices", "usage"}
    assert found["id"].startswith("cmpl-")
    assert found["object"] == "text_completion"
    assert found["choices"] == [{"text": "Hello", "index": 0, "logprobs": None, "finish_reason": "stop"}]
    assert set(found["usage"]) == {"prompt_tokens", "completion_tokens", "total_tokens"}


def test_unscripted(fake: FakeOpenAI) -> None:
    """Unscripted, the text is the fixed one."""
    assert wire(fake)["choices"][0]["text"] == DEFAULT_TEXT


@pytest.mark.parametrize(
    ("prompt", "count"), [("Hi", 1), (["Hi"], 1), (["a", "b"], 2), ([1, 2, 3], 1), ([[1, 2], [3]], 2), (None, 1)]
)
def test_prompts(fake: FakeOpenAI, prompt: Any, count: int) -> None:
    """Each prompt has its choices, whether it is text or tokens."""
    choices = wire(fake, prompt=prompt, n=2)["choices"]
    assert [choice["index"] for choice in choices] == list(range(2 * count))


def test_usage_of_tokens(fake: FakeOpenAI) -> None:
    """Prompts made of tokens cost what they are."""
    assert wire(fake, prompt=[[1, 2], [3]])["usage"]["prompt_tokens"] == 3


def test_nothing_written(fake: FakeOpenAI) -> None:
    """Of an empty text, usage tells no tokens at all (as recorded)."""
    fake.completions.create.returns({"choices": [{"text": ""}]}, "")
    for _ in range(2):
        assert set(wire(fake)["usage"]) == {"prompt_tokens", "total_tokens"}


def test_echo(fake: FakeOpenAI) -> None:
    """An echoed prompt stands in front of the text, and costs no more."""
    fake.completions.create.returns("there")
    echoed, plain = wire(fake, prompt="Hi ", echo=True), wire(fake, prompt="Hi ")
    assert echoed["choices"][0]["text"] == "Hi there"
    assert echoed["usage"] == plain["usage"]


def test_limit_and_stop(fake: FakeOpenAI) -> None:
    """A text ends at the limit that the request names, or before a stop sequence; unasked, it is written whole."""
    story = "one two three four five six seven eight nine ten " * 5
    fake.completions.create.returns(story)
    assert wire(fake)["choices"][0]["text"] == story
    assert wire(fake, max_tokens=3)["choices"][0]["finish_reason"] == "length"
    assert wire(fake, stop=" three")["choices"][0] == {
        "text": "one two",
        "index": 0,
        "logprobs": None,
        "finish_reason": "stop",
    }


def test_logprobs(fake: FakeOpenAI) -> None:
    """Logprobs are parallel lists over the whole text, an echoed prompt included."""
    fake.completions.create.returns("there you are")
    (choice,) = wire(fake, prompt="Hi ", echo=True, logprobs=2)["choices"]
    logprobs = choice["logprobs"]
    assert "".join(logprobs["tokens"]) == choice["text"]
    assert [
        choice["text"][at:].startswith(token)
        for at, token in zip(logprobs["text_offset"], logprobs["tokens"], strict=True)
    ]
    assert len({len(values) for values in logprobs.values()}) == 1
    assert (logprobs["token_logprobs"][0], logprobs["top_logprobs"][0]) == (0, {})
    assert all(len(each) == 2 for each in logprobs["top_logprobs"][1:])


def test_logprobs_without_alternatives(fake: FakeOpenAI) -> None:
    """``logprobs=0`` asks for the tokens that were written, and no alternatives."""
    fake.completions.create.returns("there")
    assert wire(fake, logprobs=0)["choices"][0]["logprobs"]["top_logprobs"] is None


def test_replies(fake: FakeOpenAI) -> None:
    """Text in any form is a reply, and so is a part of a completion."""
    fake.completions.create.returns(
        json_reply({"a": 1}),
        text("b", usage={"completion_tokens": 9}),
        reply("c", finish_reason="length"),
        {"choices": [{"text": "d"}, {"text": "e"}]},
    )
    assert wire(fake)["choices"][0]["text"] == '{"a":1}'
    assert wire(fake)["usage"]["completion_tokens"] == 9
    assert wire(fake)["choices"][0]["finish_reason"] == "length"
    assert [(choice["index"], choice["text"]) for choice in wire(fake)["choices"]] == [(0, "d"), (1, "e")]


@pytest.mark.parametrize("wrong", [tool_call("f"), refusal("No."), ["a", tool_call("f")]])
def test_only_text(fake: FakeOpenAI, wrong: Any) -> None:
    """What is no text can't be written; the error names the endpoint that can say it."""
    fake.completions.create.returns(wrong)
    with pytest.raises(UsageError, match=r"completions\.create writes text and nothing else") as caught:
        fake.completions.create(model=MODEL, prompt="Hi")
    assert "chat.completions.create" in str(caught.value)
    assert len(fake.calls) == 1


def test_refused(fake: FakeOpenAI) -> None:
    """What the API refuses is refused."""
    with pytest.raises(openai.BadRequestError) as caught:
        fake.completions.create(model=MODEL, prompt="Hi", temperature=3)
    assert caught.value.param == "temperature"


# ------------------------------------------------------------------------------------------------ streams


@given(
    parts=st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5),
    n=st.integers(1, 3),
    echo=st.booleans(),
    logprobs=st.sampled_from([None, 0, 2]),
    limit=st.sampled_from([None, 1, 5]),
)
@settings(max_examples=60)
def test_stream_is_whole(parts: list[str], n: int, echo: bool, logprobs: int | None, limit: int | None) -> None:
    """The texts, logprobs and reasons of a stream are those of the whole."""
    fake = FakeOpenAI()
    fake.completions.create.returns(chunks(*parts))
    asked: dict[str, Any] = {"model": MODEL, "prompt": "Hi ", "n": n, "echo": echo}
    asked |= {name: value for name, value in (("logprobs", logprobs), ("max_tokens", limit)) if value is not None}
    whole = cast("Any", fake.completions.create)(**asked)
    texts, tokens, reasons = [""] * n, [list[str]() for _ in range(n)], [""] * n
    for chunk in fake.completions.create(**asked, stream=True):
        for choice in chunk.choices:
            texts[choice.index] += choice.text
            tokens[choice.index] += (choice.logprobs and choice.logprobs.tokens) or []
            reasons[choice.index] = choice.finish_reason or reasons[choice.index]
    assert texts == [choice.text for choice in whole.choices]
    assert tokens == [(choice.logprobs and choice.logprobs.tokens) or [] for choice in whole.choices]
    assert reasons == [choice.finish_reason for choice in whole.choices]


def test_pieces_and_usage(fake: FakeOpenAI) -> None:
    """Pieces come as scripted, usage comes last and only if asked for."""
    fake.completions.create.returns(chunks("Hel", "lo"))
    told = [*fake.completions.create(model=MODEL, prompt="Hi", stream=True, stream_options={"include_usage": True})]
    assert [chunk.choices[0].text for chunk in told[:-1]] == ["Hel", "lo", ""]
    assert (told[-1].choices, told[-1].usage is not None) == ([], True)
    assert all(chunk.usage is None for chunk in fake.completions.create(model=MODEL, prompt="Hi", stream=True))


async def test_async(afake: FakeAsyncOpenAI) -> None:
    """The asynchronous client writes and streams the same."""
    afake.completions.create.returns(chunks("Hel", "lo"))
    assert (await afake.completions.create(model=MODEL, prompt="Hi")).choices[0].text == "Hello"
    stream = await afake.completions.create(model=MODEL, prompt="Hi", stream=True)
    assert "".join([chunk.choices[0].text async for chunk in stream]) == "Hello"
