"""Files, uploads, audio, images, embeddings, moderations and models are what the OpenAPI description says."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, cast

import jsonschema
import openai.types.audio
import pytest
import referencing
from referencing.jsonschema import DRAFT202012

from fakeopenai import FakeOpenAI

DESCRIPTION = Path(__file__).parents[2].parent / "shared" / "openai-openapi" / "openapi.json"
pytestmark = [
    pytest.mark.skipif(not DESCRIPTION.exists(), reason="the OpenAPI description is not beside the project"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # newer SDKs warn of what was retired
]

EXCEPTIONS = {
    "expires_at: None": "null in every recorded file that does not expire",
    "status_details: None": "null in every recorded file",
}

SOUND = ("a.mp3", bytes(32_000))
PICTURE = ("a.png", b"\x89PNG\r\n\x1a\n")
LINES = ("a.jsonl", b'{"a": 1}\n')


@functools.cache
def validator(name: str) -> Any:
    """The validator of one schema of the description."""
    contents: Any = json.loads(DESCRIPTION.read_text())
    registry = cast("Any", referencing).Registry().with_resource("urn:openapi", DRAFT202012.create_resource(contents))
    return jsonschema.Draft202012Validator({"$ref": f"urn:openapi#/components/schemas/{name}"}, registry=registry)


def faults(name: str, value: Any) -> list[str]:
    """What the description has against a value, known disagreements left out."""
    found = [f"{error.json_path}: {error.message[:300]}" for error in validator(name).iter_errors(value)]
    return [fault for fault in found if not any(known in fault for known in EXCEPTIONS)]


def wire(fake: FakeOpenAI, name: str, **arguments: Any) -> Any:
    """What an operation answers, as it is sent."""
    resource, _, method = name.rpartition(".")
    found: Any = fake
    for part in resource.split("."):
        found = getattr(found, part)
    return json.loads(getattr(found.with_raw_response, method)(**arguments).text)


DIARIZED = {
    "model": "gpt-4o-transcribe-diarize",
    "response_format": "diarized_json",
    "chunking_strategy": "auto",  # without it, the API leaves out what the description demands
}
VERBOSE = {"model": "whisper-1", "response_format": "verbose_json"}
GPT = {"model": "gpt-image-1", "prompt": "A cat"}

SINGLE: list[tuple[str, str, dict[str, Any]]] = [
    ("CreateTranscriptionResponseJson", "audio.transcriptions.create", {"model": "gpt-4o-transcribe"}),
    ("CreateTranscriptionResponseJson", "audio.transcriptions.create", {"model": "whisper-1"}),
    ("CreateTranscriptionResponseJson", "audio.transcriptions.create", {"model": "gpt-transcribe"}),
    (
        "CreateTranscriptionResponseJson",
        "audio.transcriptions.create",
        {"model": "gpt-4o-transcribe", "include": ["logprobs"]},
    ),
    ("CreateTranscriptionResponseVerboseJson", "audio.transcriptions.create", VERBOSE),
    (
        "CreateTranscriptionResponseVerboseJson",
        "audio.transcriptions.create",
        {**VERBOSE, "timestamp_granularities": ["word", "segment"]},
    ),
    ("CreateTranscriptionResponseDiarizedJson", "audio.transcriptions.create", DIARIZED),
    ("CreateTranslationResponseJson", "audio.translations.create", {"model": "whisper-1"}),
    ("CreateTranslationResponseVerboseJson", "audio.translations.create", VERBOSE),
    ("ImagesResponse", "images.generate", GPT),
    ("ImagesResponse", "images.generate", {**GPT, "size": "1536x1024", "quality": "low", "output_format": "webp"}),
    ("ImagesResponse", "images.generate", {"model": "dall-e-3", "prompt": "A cat"}),
    ("ImagesResponse", "images.edit", {**GPT, "image": PICTURE}),
    ("ImagesResponse", "images.create_variation", {"image": PICTURE}),
    ("CreateEmbeddingResponse", "embeddings.create", {"input": ["a", "b"], "model": "m", "encoding_format": "float"}),
    ("CreateModerationResponse", "moderations.create", {"input": ["a", "b"]}),
    ("ListModelsResponse", "models.list", {}),
    ("Model", "models.retrieve", {"model": "gpt-4o"}),
    ("OpenAIFile", "files.create", {"file": LINES, "purpose": "fine-tune"}),
]


@pytest.mark.parametrize(
    ("schema", "name", "arguments"), SINGLE, ids=lambda value: value if isinstance(value, str) else ""
)
def test_answers(schema: str, name: str, arguments: dict[str, Any]) -> None:
    """An answer is one, with each option that changes its shape."""
    if arguments is DIARIZED and not hasattr(openai.types.audio, "TranscriptionDiarized"):
        pytest.skip("this openai knows no transcripts with speakers")
    sent = {"file": SOUND} if name.startswith("audio") else {}
    assert faults(schema, wire(FakeOpenAI(strict=False), name, **sent, **arguments)) == []


def test_files() -> None:
    """A file is one in every later read, and when it is gone."""
    fake = FakeOpenAI()
    made = fake.files.create(file=LINES, purpose="batch")
    assert faults("OpenAIFile", wire(fake, "files.retrieve", file_id=made.id)) == []
    assert faults("ListFilesResponse", wire(fake, "files.list")) == []
    assert faults("DeleteFileResponse", wire(fake, "files.delete", file_id=made.id)) == []


def test_uploads() -> None:
    """An upload is one at every stage."""
    fake = FakeOpenAI()
    asked = {"bytes": 1, "filename": "a.txt", "mime_type": "text/plain", "purpose": "assistants"}
    upload, other = (wire(fake, "uploads.create", **asked) for _ in range(2))
    part = wire(fake, "uploads.parts.create", upload_id=upload["id"], data=b"x")
    assert faults("Upload", upload) == []
    assert faults("UploadPart", part) == []
    done = wire(fake, "uploads.complete", upload_id=upload["id"], part_ids=[part["id"]])
    assert faults("Upload", done) == []
    assert faults("OpenAIFile", wire(fake, "files.retrieve", file_id=done["file"]["id"])) == []
    assert faults("Upload", wire(fake, "uploads.cancel", upload_id=other["id"])) == []


def test_events() -> None:
    """Each event of each stream is one."""
    fake = FakeOpenAI(strict=False)
    streams: list[tuple[str, Any]] = [
        ("ImageGenStreamEvent", fake.images.generate(model="gpt-image-1", prompt="A", stream=True, partial_images=2)),
        (
            "ImageEditStreamEvent",
            fake.images.edit(model="gpt-image-1", prompt="A", image=PICTURE, stream=True, partial_images=2),
        ),
        (
            "CreateTranscriptionResponseStreamEvent",
            fake.audio.transcriptions.create(model="gpt-4o-transcribe", file=SOUND, stream=True, include=["logprobs"]),
        ),
    ]
    for schema, stream in streams:
        events = [event.to_dict() for event in stream]
        assert len(events) > 1
        assert [fault for event in events for fault in faults(schema, event)] == []


def test_speech_events() -> None:
    """Streamed speech is made of the API's events."""
    speech = FakeOpenAI().audio.speech.create(model="gpt-4o-mini-tts", voice="nova", input="Hi", stream_format="sse")
    events = [json.loads(line[6:]) for line in speech.text.splitlines() if line.startswith("data: ")]
    assert [fault for event in events for fault in faults("CreateSpeechResponseStreamEvent", event)] == []
    assert len(events) == 2
