"""Audio: speech made of text, and text made of speech, in every format of each.

A test scripts what was said: its text is the transcript, whatever the format. How long a recording lasts is read off a
WAV file, and guessed for others. Voices and consents are served by the generic engine.

Sources: recorded exchanges; the API's description for streamed speech and for subtitles.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..assemble import ABSENT, assemble
from ..errors import UsageError
from ..operation import resolve
from ..replies import Reply, Turn
from ..request import Answer, Request
from ..snapshot import plain
from ..state.layout import is_installed
from ..streaming import audio as streams
from ..streaming import cut as cut_into
from ..tokens import split
from . import JsonObject, operation
from .generation import DEFAULT_TEXT, turn_of
from .logprobs import of_chat
from .narrowing import as_object, is_list, is_object, objects_in
from .samples import SOUND_TYPES, sound

if TYPE_CHECKING:
    from ..backend import Backend

_PLAIN = "text/plain; charset=utf-8"
_WITH_SPEAKERS = "openai.types.audio.transcription_diarized.TranscriptionDiarized"
_WAV_HEADER = 44
_BYTES_A_SECOND = 16_000  # of compressed audio
_TOKENS_A_SECOND = 10  # recorded
_WORD = re.compile(r"[\w'\u2019-]+")

_LANGUAGES = {
    "ar": "arabic",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "hi": "hindi",
    "it": "italian",
    "ja": "japanese",
    "ko": "korean",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
    "uk": "ukrainian",
    "zh": "chinese",
}


# ------------------------------------------------------------------------------------------------ speech


@operation("audio.speech.create", content=True)
def speak(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """Silence, in the format that was asked for, or the sound that is scripted; as events if they were asked for."""
    body: Mapping[str, Any] = request.body or {}
    form = body.get("response_format") or "mp3"
    content = reply.value if reply is not None and reply.kind == "content" else sound(form)
    if body.get("stream_format") != "sse":
        return Answer(content=content, content_type=SOUND_TYPES.get(form, SOUND_TYPES["mp3"]))
    read, said = account.count_tokens(body.get("input") or ""), _TOKENS_A_SECOND
    usage = {"input_tokens": read, "output_tokens": said, "total_tokens": read + said}
    events = streams.speech([base64.b64encode(content).decode()], usage)
    lines = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    return Answer(content=lines.encode(), content_type="text/event-stream; charset=utf-8")


# ------------------------------------------------------------------------------------------------ transcripts


def _events(
    request: Request, account: Backend, body: JsonObject, reply: Reply | None
) -> Iterator[tuple[str | None, Any]]:
    turn = turn_of(reply)
    pieces = cut_into(*turn.pieces) if turn is not None and turn.pieces else None
    for event in streams.transcript(body, pieces=pieces):
        yield None, event
    yield None, "[DONE]"


@operation("audio.transcriptions.create", events=_events, speaks=True)
def transcribe(request: Request, account: Backend, reply: Reply | None) -> JsonObject | Answer:
    """What was said, in the format that was asked for: JSON, with segments or speakers, or text or subtitles."""
    body: Mapping[str, Any] = request.body or {}
    given = _given(request, reply)
    seconds = given.get("duration") or _duration(request)
    form = body.get("response_format")
    if not request.stream and (answer := _as_text(form, given, seconds)) is not None:
        return answer
    text: str = given["text"]
    usage = _usage(request, account, reply, text, seconds)
    if form == "verbose_json":
        return {**_verbose(body, given, seconds, "transcribe"), "usage": usage}
    if form == "diarized_json":
        spoken: JsonObject = {"segments": given.get("segments") or [_spoken(text, seconds)], "duration": seconds}
        return _with_speakers(request, account, reply, {"text": text, **spoken, "usage": usage})
    made: JsonObject = {"text": text, "usage": usage}
    if "logprobs" in (body.get("include") or ()):
        made["logprobs"] = [
            {name: entry[name] for name in ("token", "logprob", "bytes")} for entry in of_chat(split(text), 0)
        ]
    if str(body.get("model")).startswith("gpt-transcribe"):
        heard = body.get("languages") or [body.get("language") or "en"]
        made["languages"] = [{"code": code} for code in heard]
    return made


@operation("audio.translations.create", speaks=True)
def translate(request: Request, account: Backend, reply: Reply | None) -> JsonObject | Answer:
    """What was said, in English."""
    body: Mapping[str, Any] = request.body or {}
    given = _given(request, reply)
    seconds = given.get("duration") or _duration(request)
    form = body.get("response_format")
    answer = _as_text(form, given, seconds)
    if answer is not None:
        return answer
    if form != "verbose_json":
        return {"text": given["text"]}
    return _verbose({"temperature": body.get("temperature")}, given, seconds, "translate")


def _given(request: Request, reply: Reply | None) -> dict[str, Any]:
    """What the test says of the transcript; its text follows from its segments, else it is the default one."""
    if reply is not None and reply.kind == "partial":
        given: dict[str, Any] = plain(reply.value)
        if given.get("text") is None:
            said = "".join(str(segment.get("text", "")) for segment in objects_in(given.get("segments")))
            given["text"] = said.strip() or DEFAULT_TEXT
        return given
    turn = turn_of(reply) or Turn(text=DEFAULT_TEXT)
    if turn.text is None or turn.tool_calls or turn.refusal is not None or turn.items:
        name = request.operation.name
        raise UsageError(
            f"{name} answers with a transcript; {reply!r} is no text.\n"
            f'  to do:     script what is said in the recording, fake.{name}.returns("...")',
            operation=name,
        )
    return {"text": turn.text}


def _duration(request: Request) -> float:
    """How many seconds a recording lasts."""
    for field, (_, content, _) in request.files:
        if field != "file":
            continue
        rate = int.from_bytes(content[28:32], "little") if content[:4] == b"RIFF" else 0
        size = len(content) - _WAV_HEADER if rate else len(content)
        return round(max(size, 0) / (rate or _BYTES_A_SECOND), 2)
    return 0.0


def _usage(request: Request, account: Backend, reply: Reply | None, text: str, seconds: float) -> JsonObject:
    body: Mapping[str, Any] = request.body or {}
    if str(body.get("model")).startswith("whisper"):
        usage: JsonObject = {"type": "duration", "seconds": math.ceil(seconds)}
    else:
        told = [body.get("prompt") or "", *(body.get("known_speaker_names") or ()), *(body.get("keywords") or ())]
        read = sum(account.count_tokens(part) for part in told if isinstance(part, str))
        heard, said = round(seconds * _TOKENS_A_SECOND), account.count_tokens(text)
        usage = {
            "type": "tokens",
            "total_tokens": read + heard + said,
            "input_tokens": read + heard,
            "input_token_details": {"text_tokens": read, "audio_tokens": heard},
            "output_tokens": said,
        }
    if reply is not None and is_object(reply.usage):
        usage.update(plain(reply.usage))
        if usage["type"] == "tokens" and "total_tokens" not in reply.usage:
            usage["total_tokens"] = usage["input_tokens"] + usage["output_tokens"]
    return usage


# ------------------------------------------------------------------------------------------------ formats


def _verbose(body: Mapping[str, Any], given: Mapping[str, Any], seconds: float, task: str) -> JsonObject:
    """A transcript with its segments, its words, or both."""
    text: str = given["text"]
    code = body.get("language") or "en"
    made: JsonObject = {
        "task": task,
        "language": _LANGUAGES.get(code, code),
        "duration": seconds,
        "text": text,
        "segments": ABSENT,
    }
    grains = body.get("timestamp_granularities") or ["segment"]
    if "segment" in grains:
        made["segments"] = [_segment(text, seconds, body.get("temperature") or 0.0)]
    if "word" in grains:
        words = _WORD.findall(text)
        each = seconds / max(len(words), 1)
        made["words"] = [
            {"word": word, "start": round(place * each, 2), "end": round((place + 1) * each, 2)}
            for place, word in enumerate(words)
        ]
    return made


def _segment(text: str, seconds: float, temperature: float) -> JsonObject:
    return {
        "id": 0,
        "seek": 0,
        "start": 0.0,
        "end": seconds,
        "text": f" {text}",
        "tokens": [50_364, *range(400, 400 + len(split(text))), 50_364 + round(seconds * 50)],
        "temperature": temperature,
        "avg_logprob": -0.25,
        "compression_ratio": 0.9,
        "no_speech_prob": 0.002,
    }


def _with_speakers(request: Request, account: Backend, reply: Reply | None, made: JsonObject) -> JsonObject | Answer:
    """A transcript that says who speaks. Recorded: of what it was not told to cut into chunks, it tells no length."""
    if request.stream or (request.body or {}).get("chunking_strategy") or not is_installed(_WITH_SPEAKERS):
        return {**made, "task": "transcribe"}
    # Among the types of transcripts, nothing would tell which it is any more.
    made.update(task=ABSENT, duration=ABSENT)
    said = reply.value if reply is not None and reply.kind == "partial" else None
    return Answer(assemble(resolve(_WITH_SPEAKERS), made, said, defaults=account.defaults, request=request))


def _spoken(text: str, seconds: float) -> JsonObject:
    return {
        "type": "transcript.text.segment",
        "text": f" {text}",
        "speaker": "A",
        "start": 0.0,
        "end": seconds,
        "id": "seg_0",
    }


def _as_text(form: Any, given: Mapping[str, Any], seconds: float) -> Answer | None:
    """A transcript as text or as subtitles; None for the formats that are JSON."""
    if form == "text":
        return Answer(content=f"{given['text']}\n".encode(), content_type=_PLAIN)
    if form not in {"srt", "vtt"}:
        return None
    segments = given.get("segments")
    shown = segments if is_list(segments) and segments else [_spoken(given["text"], seconds)]
    comma = "," if form == "srt" else "."
    blocks = "" if form == "srt" else "WEBVTT\n\n"
    for number, segment in enumerate(map(as_object, shown), 1):
        start, end = (_clock(segment.get(name) or 0.0, comma) for name in ("start", "end"))
        head = f"{number}\n" if form == "srt" else ""
        blocks += f"{head}{start} --> {end}\n{str(segment.get('text', '')).strip()}\n\n"
    return Answer(content=f"{blocks}\n".encode() if form == "srt" else blocks.encode(), content_type=_PLAIN)


def _clock(seconds: float, comma: str) -> str:
    """A time in subtitles.

    Example:
        >>> _clock(61.5, ",")
        '00:01:01,500'
    """
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{comma}{milliseconds % 1000:03}"
