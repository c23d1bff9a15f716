"""Audio: speech in each format, transcripts in each format, streamed and scripted."""

from __future__ import annotations

import base64
import io
import json
import struct
import warnings
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import openai.types.audio
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, UsageError, chunks, raw, reply, tool_call

needs_speakers = pytest.mark.skipif(
    not hasattr(openai.types.audio, "TranscriptionDiarized"), reason="this openai knows no transcripts with speakers"
)

SAID = "Hello, world! This is a test."


def _recording(seconds: float = 2.0) -> tuple[str, bytes]:
    rate = 8_000
    data = bytes(int(rate * seconds) * 2)
    form = struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16)
    content = b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + form + b"data"
    return "hello.wav", content + struct.pack("<I", len(data)) + data


def _transcribe(fake: FakeOpenAI, **more: Any) -> Any:
    arguments: dict[str, Any] = {"file": _recording(), "model": "gpt-4o-transcribe", **more}
    create: Any = fake.audio.transcriptions.create
    return create(**arguments)


@pytest.fixture(autouse=True)
def _deprecated() -> Iterator[None]:
    """Newer SDKs warn of translations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@pytest.mark.parametrize(
    ("form", "kind", "magic"),
    [
        (None, "audio/mpeg", b"\xff\xf3"),
        ("mp3", "audio/mpeg", b"\xff\xf3"),
        ("wav", "audio/wav", b"RIFF"),
        ("opus", "audio/opus", b"OggS"),
        ("aac", "audio/aac", b"\xff\xf1"),
        ("flac", "audio/flac", b"fLaC"),
        ("pcm", "audio/pcm", b"\0\0"),
    ],
)
def test_speech_comes_in_the_format_asked_for(fake: FakeOpenAI, form: Any, kind: str, magic: bytes) -> None:
    """Content and content type are those of the format; mp3 if none is named."""
    more = {} if form is None else {"response_format": form}
    speech = fake.audio.speech.create(model="gpt-4o-mini-tts", voice="alloy", input="Hi", **more)
    assert speech.response.headers["content-type"] == kind
    assert speech.content.startswith(magic)


def test_speech_as_wav_is_a_recording(fake: FakeOpenAI, tmp_path: Path) -> None:
    """The standard library reads the file that was written, and it lasts some time."""
    speech = fake.audio.speech.create(model="tts-1", voice="nova", input="Hi", response_format="wav")
    speech.write_to_file(tmp_path / "hi.wav")
    with wave.open(io.BytesIO((tmp_path / "hi.wav").read_bytes())) as recording:
        assert recording.getnframes() / recording.getframerate() == 0.25


def test_speech_can_be_streamed(fake: FakeOpenAI) -> None:
    """Both ways of the SDK: the bytes piece by piece, and the API's own events."""
    with fake.audio.speech.with_streaming_response.create(model="tts-1", voice="nova", input="Hi") as response:
        assert b"".join(response.iter_bytes()).startswith(b"\xff\xf3")
    told = fake.audio.speech.create(model="gpt-4o-mini-tts", voice="nova", input="Hi", stream_format="sse")
    events = [json.loads(line[6:]) for line in told.text.splitlines() if line.startswith("data: ")]
    assert [event["type"] for event in events] == ["speech.audio.delta", "speech.audio.done"]
    assert events[1]["usage"]["total_tokens"] == sum(
        events[1]["usage"][side] for side in ("input_tokens", "output_tokens")
    )


def test_speech_that_is_scripted(fake: FakeOpenAI) -> None:
    """The bytes that a test gives are the content, of the type asked for; events carry them if those were asked for."""
    fake.audio.speech.create.returns(b"sound")
    speech = fake.audio.speech.create(model="tts-1", voice="nova", input="Hi")
    assert (speech.content, speech.response.headers["content-type"]) == (b"sound", "audio/mpeg")
    told = fake.audio.speech.create(model="gpt-4o-mini-tts", voice="nova", input="Hi", stream_format="sse")
    assert base64.b64encode(b"sound").decode() in told.text
    fake.audio.speech.create.returns(raw(b"sound"))
    speech = fake.audio.speech.create(model="tts-1", voice="nova", input="Hi")
    assert speech.response.headers["content-type"] == "application/octet-stream"


def test_a_text_is_the_transcript(fake: FakeOpenAI) -> None:
    """What is scripted as text was said; audio and text are counted."""
    fake.audio.transcriptions.create.returns(SAID)
    found = _transcribe(fake, prompt="A test")
    assert (found.text, found.usage.type) == (SAID, "tokens")
    assert found.usage.input_token_details.audio_tokens == 20
    assert found.usage.total_tokens == found.usage.input_tokens + found.usage.output_tokens


def test_whisper_is_paid_by_the_second(fake: FakeOpenAI) -> None:
    """Its usage is the length of the recording, in whole seconds."""
    usage = _transcribe(fake, model="whisper-1", file=_recording(1.2)).usage
    assert (usage.type, usage.seconds) == ("duration", 2)


def test_usage_of_a_script_wins(fake: FakeOpenAI) -> None:
    """What a test says of the usage holds, and totals follow."""
    fake.audio.transcriptions.create.returns(reply(SAID, usage={"output_tokens": 100}))
    usage = _transcribe(fake).usage
    assert usage.total_tokens == usage.input_tokens + 100


def test_verbose_transcripts(fake: FakeOpenAI) -> None:
    """Segments or words, as asked for; the language by its name."""
    fake.audio.transcriptions.create.returns(SAID)
    found = _transcribe(fake, model="whisper-1", response_format="verbose_json", language="de", temperature=0.4)
    assert (found.language, found.duration, found.words) == ("german", 2.0, None)
    assert (found.segments[0].text, found.segments[0].end, found.segments[0].temperature) == (f" {SAID}", 2.0, 0.4)
    found = _transcribe(
        fake, model="whisper-1", response_format="verbose_json", timestamp_granularities=["word"], language="tlh"
    )
    assert [word.word for word in found.words] == ["Hello", "world", "This", "is", "a", "test"]
    assert (found.segments, found.language, found.words[-1].end) == (None, "tlh", 2.0)


def test_subtitles_and_text(fake: FakeOpenAI) -> None:
    """Formats that are no JSON come as text."""
    fake.audio.transcriptions.create.returns(SAID)
    assert _transcribe(fake, model="whisper-1", response_format="text") == f"{SAID}\n"
    assert _transcribe(fake, model="whisper-1", response_format="srt") == (
        f"1\n00:00:00,000 --> 00:00:02,000\n{SAID}\n\n\n"
    )
    assert _transcribe(fake, model="whisper-1", response_format="vtt") == (
        f"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n{SAID}\n\n"
    )


def test_segments_that_are_scripted(fake: FakeOpenAI) -> None:
    """The text follows from the segments; subtitles have each of them."""
    segments = [{"text": " Hi.", "start": 0, "end": 1.5}, {"text": " Bye.", "start": 61.25, "end": 3_700}]
    fake.audio.transcriptions.create.returns({"segments": segments})
    found = _transcribe(fake, model="whisper-1", response_format="verbose_json")
    assert (found.text, [one.end for one in found.segments]) == ("Hi. Bye.", [1.5, 3_700])
    srt = _transcribe(fake, model="whisper-1", response_format="srt")
    assert "2\n00:01:01,250 --> 01:01:40,000\nBye." in srt


@needs_speakers
def test_transcripts_with_speakers(fake: FakeOpenAI) -> None:
    """Each segment says who speaks."""
    fake.audio.transcriptions.create.returns(
        {"segments": [{"text": " Hi.", "speaker": "agent"}, {"text": " Hello.", "speaker": "A"}]}
    )
    raw = fake.audio.transcriptions.with_raw_response.create(
        file=_recording(),
        model="gpt-4o-transcribe-diarize",
        response_format="diarized_json",
        chunking_strategy="auto",
    )
    found = json.loads(raw.text)
    assert (found["text"], found["task"], found["duration"]) == ("Hi. Hello.", "transcribe", 2.0)
    assert [segment["speaker"] for segment in found["segments"]] == ["agent", "A"]


@needs_speakers
def test_a_recording_in_one_piece_is_not_told_its_length(fake: FakeOpenAI) -> None:
    """Speakers of what was not cut into chunks come without task and length, as recorded, unless a test says them."""
    fake.audio.transcriptions.create.returns("Hi.", {"text": "Hi.", "duration": 3})
    found = [
        _transcribe(fake, model="gpt-4o-transcribe-diarize", response_format="diarized_json").to_dict() for _ in "12"
    ]
    assert [sorted(each) for each in found] == [
        ["segments", "text", "usage"],
        ["duration", "segments", "text", "usage"],
    ]
    assert found[0]["segments"][0]["speaker"] == "A"


def test_streamed_transcripts(fake: FakeOpenAI) -> None:
    """Deltas make up the text, which comes as a whole at the end with what it cost; pieces are as scripted."""
    fake.audio.transcriptions.create.returns(SAID, chunks("Hel", "lo"))
    first = list(_transcribe(fake, stream=True))
    assert [event.type for event in first][-2:] == ["transcript.text.delta", "transcript.text.done"]
    assert "".join(event.delta for event in first[:-1]) == first[-1].text == SAID
    assert first[-1].usage.output_tokens > 0
    second = list(_transcribe(fake, stream=True))
    assert [event.delta for event in second[:-1]] == ["Hel", "lo"]


def test_logprobs(fake: FakeOpenAI) -> None:
    """If they are included, each token has its own, streamed or not."""
    fake.audio.transcriptions.create.returns(SAID)
    found = _transcribe(fake, include=["logprobs"])
    assert "".join(entry.token for entry in found.logprobs) == SAID
    events = list(_transcribe(fake, include=["logprobs"], stream=True))
    assert [event.logprobs[0].token for event in events[:-1]] == [event.delta for event in events[:-1]]
    assert len(events[-1].logprobs) == len(found.logprobs)


@needs_speakers
def test_streamed_speakers(fake: FakeOpenAI) -> None:
    """With speakers, whole segments are streamed."""
    fake.audio.transcriptions.create.returns(SAID)
    raw = fake.audio.transcriptions.with_raw_response.create(
        file=_recording(),
        model="gpt-4o-transcribe-diarize",
        response_format="diarized_json",
        stream=True,
    )
    lines = [line[6:] for line in raw.http_response.read().decode().splitlines() if line.startswith("data: ")]
    assert [json.loads(line)["type"] for line in lines[:-1]] == ["transcript.text.segment", "transcript.text.done"]
    assert lines[-1] == "[DONE]"


def test_translations(fake: FakeOpenAI) -> None:
    """They are transcripts in English, without a usage."""
    create: Any = fake.audio.translations.create
    create.returns("Good day!")
    arguments: dict[str, Any] = {"file": _recording(), "model": "whisper-1"}
    assert create(**arguments).to_dict() == {"text": "Good day!"}
    assert create(**arguments, response_format="text") == "Good day!\n"
    verbose = create(**arguments, response_format="verbose_json")
    assert (verbose.language, verbose.duration, verbose.segments[0].text) == ("english", 2.0, " Good day!")


def test_unscripted_transcripts_say_so(fake: FakeOpenAI) -> None:
    """Without a script the text is one that no model could have made up."""
    assert "default reply" in _transcribe(fake).text
    assert "default reply" in _transcribe(fake, file=("a.mp3", b""), response_format="json").text


def test_what_is_no_transcript(fake: FakeOpenAI) -> None:
    """A tool call can't be said in a recording: the test is told what to write."""
    fake.audio.transcriptions.create.returns(tool_call("f"))
    with pytest.raises(UsageError, match="answers with a transcript"):
        _transcribe(fake)


def test_an_unknown_format_is_refused(fake: FakeOpenAI) -> None:
    """As the API refuses it: the answer says what there is."""
    with pytest.raises(openai.BadRequestError, match="Input should be "):
        _transcribe(fake, response_format="word")


async def test_asynchronous(afake: FakeAsyncOpenAI) -> None:
    """The same through the asynchronous client."""
    afake.audio.transcriptions.create.returns(SAID, SAID)
    found = await afake.audio.transcriptions.create(file=_recording(), model="whisper-1")
    assert found.text == SAID
    stream = await afake.audio.transcriptions.create(file=_recording(), model="gpt-4o-transcribe", stream=True)
    assert [event.type async for event in stream][-1] == "transcript.text.done"
    speech = await afake.audio.speech.create(model="tts-1", voice="nova", input="Hi")
    assert speech.content
