"""Calls whose answers are held to the API's description, besides the plainest one of each operation. Tables only."""

from __future__ import annotations

from typing import Any

from fakeopenai import items, reasoning, refusal, tool_call
from tests.contract._openapi_reach import ANSWERED, TOOL

__all__ = ["ASKED", "SCRIPTS", "STREAMS", "VARIANTS"]

_SOUND = {"file": ("a.mp3", bytes(32_000))}
_PICTURE = ("a.png", b"\x89PNG\r\n\x1a\n")
_CHAT: dict[str, Any] = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}
_SPOKEN = {**_CHAT, "model": "gpt-audio", "modalities": ["text", "audio"]}
_WEIGHED = {**ANSWERED, "model": "gpt-4o", "include": ["message.output_text.logprobs"]}
_GPT = {"model": "gpt-image-1", "prompt": "A cat"}
_VERBOSE = {**_SOUND, "model": "whisper-1", "response_format": "verbose_json"}
_DIARIZED = {**_SOUND, "model": "gpt-4o-transcribe-diarize", "response_format": "diarized_json"}
_SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
_FUNCTION = {"type": "function", "name": "look_up", "parameters": _SCHEMA, "strict": True}

VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("audio.transcriptions.create", {**_SOUND, "model": "gpt-4o-transcribe"}),
    ("audio.transcriptions.create", {**_SOUND, "model": "gpt-4o-transcribe", "include": ["logprobs"]}),
    ("audio.transcriptions.create", {**_SOUND, "model": "whisper-1", "response_format": "srt"}),
    ("audio.transcriptions.create", _VERBOSE),
    ("audio.transcriptions.create", {**_VERBOSE, "timestamp_granularities": ["word", "segment"]}),
    ("audio.transcriptions.create", _DIARIZED),
    ("audio.translations.create", _VERBOSE),
    ("audio.translations.create", {**_SOUND, "model": "whisper-1", "response_format": "vtt"}),
    ("audio.voices.create", {"name": "abc", "type": "prompt", "prompt": "warm"}),
    ("batches.list", {"limit": 1}),
    ("chat.completions.create", {**_CHAT, "n": 2, "logprobs": True, "top_logprobs": 2}),
    ("chat.completions.create", {**_CHAT, "tools": [TOOL], "tool_choice": "required"}),
    (
        "chat.completions.create",
        {**_SPOKEN, "audio": {"voice": "nova", "format": "wav"}},
    ),
    (
        "chat.completions.create",
        {**_CHAT, "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": _SCHEMA}}},
    ),
    ("completions.create", {"model": "gpt-3.5-turbo-instruct", "prompt": ["a", "b"], "n": 2, "logprobs": 2}),
    ("embeddings.create", {"input": ["a", "b"], "model": "text-embedding-3-small", "encoding_format": "float"}),
    (
        "evals.create",
        {"data_source_config": {"type": "logs", "metadata": {"a": 1}}, "testing_criteria": []},
    ),
    ("files.create", {"file": ("a.jsonl", b"{}"), "purpose": "evals"}),
    ("images.create_variation", {"image": _PICTURE, "model": "dall-e-2", "response_format": "b64_json"}),
    ("images.edit", {**_GPT, "image": _PICTURE}),
    ("images.generate", {**_GPT, "size": "1536x1024", "quality": "low", "output_format": "webp"}),
    ("images.generate", {"model": "dall-e-3", "prompt": "A cat"}),
    ("moderations.create", {"input": ["a", "b"], "model": "omni-moderation-latest"}),
    ("realtime.client_secrets.create", {"session": {"type": "transcription"}}),
    ("responses.create", {**ANSWERED, "background": True}),
    ("responses.create", {**ANSWERED, "tools": [_FUNCTION], "tool_choice": "required"}),
    (
        "responses.create",
        {**ANSWERED, "text": {"format": {"type": "json_schema", "name": "a", "schema": _SCHEMA, "strict": True}}},
    ),
    (
        "responses.create",
        {**_WEIGHED, "top_logprobs": 2},
    ),
    ("responses.create", {**ANSWERED, "reasoning": {"effort": "low", "summary": "auto"}}),
]
"""Arguments that change the shape of an answer."""

STREAMS: list[tuple[str, dict[str, Any]]] = [
    ("audio.speech.create", {"model": "gpt-4o-mini-tts", "input": "Hi", "voice": "alloy", "stream_format": "sse"}),
    ("audio.transcriptions.create", {**_SOUND, "model": "gpt-4o-transcribe", "include": ["logprobs"]}),
    ("audio.transcriptions.create", _DIARIZED),
    ("beta.responses.create", ANSWERED),
    ("beta.responses.retrieve", {}),
    ("beta.threads.create_and_run", {}),
    ("beta.threads.runs.create", {"tools": [], "tool_choice": "auto"}),
    ("beta.threads.runs.create", {}),
    ("beta.threads.runs.submit_tool_outputs", {}),
    ("chat.completions.create", {**_CHAT, "stream_options": {"include_usage": True}}),
    ("chat.completions.create", {**_CHAT, "n": 2, "logprobs": True, "top_logprobs": 2}),
    ("chat.completions.create", {**_CHAT, "tools": [TOOL], "tool_choice": "required"}),
    (
        "chat.completions.create",
        {**_SPOKEN, "audio": {"voice": "nova", "format": "pcm16"}},
    ),
    ("completions.create", {"model": "gpt-3.5-turbo-instruct", "prompt": ["a", "b"], "logprobs": 2}),
    ("images.edit", {**_GPT, "image": _PICTURE, "partial_images": 2}),
    ("images.generate", {**_GPT, "partial_images": 2}),
    ("responses.create", ANSWERED),
    ("responses.create", {**ANSWERED, "background": True}),
    ("responses.create", {**ANSWERED, "tools": [_FUNCTION], "tool_choice": "required"}),
    ("responses.create", {**ANSWERED, "reasoning": {"effort": "low", "summary": "auto"}}),
    (
        "responses.create",
        {**_WEIGHED, "top_logprobs": 2},
    ),
    ("responses.retrieve", {}),
]
"""Streams, by what is asked; ``stream=True`` is added, and what a path names is made before."""

SCRIPTS: dict[str, Any] = {
    "text": "Hello there.",
    "refusal": refusal("No."),
    "call": tool_call("get_weather", city="Paris"),
    "calls": [tool_call("get_weather", city="Paris"), tool_call("sql", input="SELECT 1")],
    "reasoning": [reasoning("Hm."), "Hello."],
    "search": [
        items.web_search_call("x", sources=["https://x.y"]),
        items.message("Hi", annotations=[items.url_citation("https://x.y", "x")]),
    ],
    "files": [items.file_search_call("x"), items.message("Hi", annotations=[items.file_citation("file-1", "a.txt")])],
    "code": [items.code_interpreter_call("print(1)", "1", container_id="cntr_1"), "1"],
    "picture": [items.image_generation_call(b"png"), "Here."],
    "mcp": [items.mcp_list_tools("roll", server_label="dice"), items.mcp_call("roll", server_label="dice", output="6")],
    "approval": [items.mcp_approval_request("roll", server_label="dice")],
    "shells": [items.local_shell_call("ls"), items.shell_call("ls"), items.shell_call_output("a.txt")],
    "patch": [items.apply_patch_call("create_file", "a.txt", "+a")],
    "computer": [items.computer_call("screenshot")],
    "compaction": ["Hi", items.compaction("opaque")],
}
"""What a model can say."""

ASKED: dict[str, dict[str, Any]] = {
    "plainly": {},
    "with everything": {
        "instructions": "Be brief.",
        "metadata": {"a": "b"},
        "reasoning": {"effort": "low", "summary": "auto"},
        "tools": [
            {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}, "strict": True},
            {"type": "web_search"},
            {"type": "file_search", "vector_store_ids": ["vs_1"]},
        ],
        "text": {"verbosity": "low"},
        "top_logprobs": 1,
        "include": ["message.output_text.logprobs"],
    },
}
"""What it can be asked with."""
