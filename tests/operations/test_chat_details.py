"""What a chat completion tells beside its text: logprobs, sound, and usage true to all of it."""

from __future__ import annotations

import base64
import json
from typing import Any, cast

import pytest

from fakeopenai import FakeOpenAI, VirtualClock, refusal, reply, text, tool_call

Json = dict[str, Any]

HI: list[Any] = [{"role": "user", "content": "Hi"}]
CLOCK: Any = {"type": "function", "function": {"name": "get_time"}}
SPEECH: Any = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}


def wire(fake: FakeOpenAI, model: str = "gpt-4o", **asked: Any) -> Json:
    """The completion as JSON: what is not there was not sent."""
    arguments: Json = {"model": model, "messages": HI, **asked}
    found: Json = json.loads(cast("Any", fake.chat.completions.with_raw_response.create)(**arguments).text)
    return found


# ------------------------------------------------------------------------------------------------ logprobs


def test_logprobs(fake: FakeOpenAI) -> None:
    """Each token of the reply has its logprob, bytes and alternatives, itself the likeliest."""
    fake.chat.completions.create.returns("Grüße, Welt")
    (choice,) = wire(fake, logprobs=True, top_logprobs=3)["choices"]
    tokens = choice["logprobs"]["content"]
    assert choice["logprobs"]["refusal"] is None
    assert "".join(token["token"] for token in tokens) == "Grüße, Welt"
    assert b"".join(bytes(token["bytes"]) for token in tokens).decode() == "Grüße, Welt"
    for token in tokens:
        alternatives = [other["logprob"] for other in token["top_logprobs"]]
        assert token["top_logprobs"][0]["token"] == token["token"]
        assert alternatives == sorted(alternatives, reverse=True)
        assert len({other["token"] for other in token["top_logprobs"]}) == 3
        assert token["logprob"] <= 0


def test_logprobs_of_a_refusal(fake: FakeOpenAI) -> None:
    """The logprobs of a refusal stand beside those of the content."""
    fake.chat.completions.create.returns(refusal("No."))
    logprobs = wire(fake, logprobs=True)["choices"][0]["logprobs"]
    assert logprobs["content"] is None
    assert [token["top_logprobs"] for token in logprobs["refusal"]] == [[]] * len(logprobs["refusal"])


def test_logprobs_are_counted(fake: FakeOpenAI) -> None:
    """As many tokens are paid for as logprobs list, scripted or not."""
    fake.chat.completions.create.returns("one two three")
    found = wire(fake, logprobs=True)
    assert found["usage"]["completion_tokens"] == len(found["choices"][0]["logprobs"]["content"])
    token = {"token": "x", "logprob": -1.0, "bytes": [120], "top_logprobs": list[Any]()}
    fake.chat.completions.create.returns(
        {"choices": [{"message": {"content": "x"}, "logprobs": {"content": [token] * 7}}]}
    )
    assert wire(fake)["usage"]["completion_tokens"] == 7


@pytest.mark.parametrize("model", ["o3", "gpt-5", "gpt-audio"])
def test_no_logprobs_of_models_that_have_none(model: str) -> None:
    """A model that tells no logprobs has no such key, though it was asked and let pass."""
    fake = FakeOpenAI(strict={"model_parameters"})
    fake.chat.completions.create.returns("Hello")
    assert "logprobs" not in wire(fake, model, logprobs=True)["choices"][0]


# ------------------------------------------------------------------------------------------------ speech


def test_speech() -> None:
    """A text becomes the transcript of a sound, which is a real file and expires in an hour."""
    fake = FakeOpenAI(clock=VirtualClock())
    fake.chat.completions.create.returns("Hello there")
    found = wire(fake, "gpt-audio", **SPEECH)
    message = found["choices"][0]["message"]
    assert message["content"] is None
    assert message["audio"]["transcript"] == "Hello there"
    assert message["audio"]["id"].startswith("audio_")
    assert message["audio"]["expires_at"] == found["created"] + 3600
    assert base64.b64decode(message["audio"]["data"]).startswith(b"RIFF")
    details = found["usage"]["completion_tokens_details"]
    assert details["audio_tokens"] + details["text_tokens"] == found["usage"]["completion_tokens"]


@pytest.mark.parametrize(("form", "begins"), [("mp3", b"ID3"), ("flac", b"fLaC"), ("opus", b"OggS"), ("pcm16", b"\0")])
def test_sound_formats(fake: FakeOpenAI, form: str, begins: bytes) -> None:
    """The sound begins as the format that was asked for does."""
    asked: Any = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": form}}
    audio = wire(fake, "gpt-audio", **asked)["choices"][0]["message"]["audio"]
    assert base64.b64decode(audio["data"]).startswith(begins)


def test_partial_speech(fake: FakeOpenAI) -> None:
    """A transcript alone is completed to a sound."""
    fake.chat.completions.create.returns({"choices": [{"message": {"audio": {"transcript": "Hello"}}}]})
    audio = wire(fake, "gpt-audio", **SPEECH)["choices"][0]["message"]["audio"]
    assert set(audio) == {"id", "data", "expires_at", "transcript"}
    assert audio["transcript"] == "Hello"
    assert audio["data"]


def test_tools_are_called_silently(fake: FakeOpenAI) -> None:
    """A call is no sound, even where speech was asked for."""
    fake.chat.completions.create.returns(tool_call("get_time"))
    message = wire(fake, "gpt-audio", tools=[CLOCK], **SPEECH)["choices"][0]["message"]
    assert "audio" not in message
    assert message["tool_calls"]


def test_sounds_in_the_prompt(fake: FakeOpenAI) -> None:
    """Sound in the prompt is told apart from text in its usage."""
    part: Any = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}
    messages: list[Any] = [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, part]}]
    usage = wire(fake, "gpt-audio", messages=messages)["usage"]
    details = usage["prompt_tokens_details"]
    assert details["audio_tokens"] > 0
    assert details["audio_tokens"] + details["text_tokens"] == usage["prompt_tokens"]


# ------------------------------------------------------------------------------------------------ usage


def test_usage_overrides_keep_the_rest_true(fake: FakeOpenAI) -> None:
    """Numbers of the test's own go over the computed ones, and totals follow."""
    fake.chat.completions.create.returns(
        text("Hi", usage={"completion_tokens": 7}),
        text("Hi", usage={"completion_tokens_details": {"reasoning_tokens": 64}}),
        text("Hi", usage={"prompt_tokens_details": {"cached_tokens": 1024}}),
        {"usage": {"prompt_tokens": 1, "completion_tokens": 2}},
        reply({"choices": [{"message": {"content": "Hi"}}]}, usage={"total_tokens": 99}),
    )
    first, second, third, fourth, fifth = (wire(fake)["usage"] for _ in range(5))
    assert (first["completion_tokens"], first["total_tokens"]) == (7, first["prompt_tokens"] + 7)
    assert second["completion_tokens"] > 64
    assert third["prompt_tokens"] == 1024
    assert third["total_tokens"] == 1024 + third["completion_tokens"]
    assert fourth["total_tokens"] == 3
    assert fifth["total_tokens"] == 99


@pytest.mark.parametrize(
    "message",
    [
        {"content": "Hello there"},
        {"refusal": "I can't."},
        {"tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}]},
        {"function_call": {"name": "f", "arguments": "{}"}},
    ],
)
def test_usage_of_partials(fake: FakeOpenAI, message: Json) -> None:
    """Whatever a message given in part holds is paid for."""
    fake.chat.completions.create.returns({"choices": [{"message": message}]})
    assert wire(fake)["usage"]["completion_tokens"] > 0


def test_tokenizer() -> None:
    """A tokenizer of the test's own counts everything."""
    fake = FakeOpenAI(tokenizer=len)
    fake.chat.completions.create.returns("Hello")
    usage = wire(fake)["usage"]
    assert usage["completion_tokens"] == 5
    assert usage["prompt_tokens"] > 2


def test_prediction(fake: FakeOpenAI) -> None:
    """What came true of a prediction is told from what didn't, and the latter is paid for too."""
    fake.chat.completions.create.returns("The sky is blue today")
    prediction: Any = {"type": "content", "content": [{"type": "text", "text": "The sky is green today"}]}
    usage = wire(fake, prediction=prediction)["usage"]
    details = usage["completion_tokens_details"]
    assert details["accepted_prediction_tokens"] > 0
    assert details["rejected_prediction_tokens"] == 1
    assert usage["completion_tokens"] == wire(fake)["usage"]["completion_tokens"] + 1
