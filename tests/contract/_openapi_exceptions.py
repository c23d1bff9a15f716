"""What the API's description doesn't describe, and what it has wrong: the one table of exceptions, with reasons.

Reasons are not taken on trust. Each exception names its evidence, which is looked up: an answer that was recorded, an
example of the description's own, or a type of the SDK's. One that the fake doesn't need is an error too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import jsonschema
import openai

from fakeopenai.operation import Operation
from tests.contract._openapi import Description, Fault

__all__ = [
    "EXCEPTIONS",
    "OTHER_CONTENT",
    "STREAMED",
    "UNDESCRIBED",
    "Exception_",
    "bodies",
    "check",
    "check_refusal",
    "events",
]

UNDESCRIBED: dict[str, str] = {
    "admin.organization.external_keys.": "newer than the description",
    "admin.organization.external_storage.": "newer than the description",
    "admin.organization.projects.api_keys.update": "newer than the description",
    "admin.organization.projects.service_tier_settings.": "newer than the description",
    "admin.organization.usage.decisions": "newer than the description",
    "admin.organization.workload_identity_providers.": "newer than the description",
    "audio.voices.delete": "newer than the description",
    "beta.agents.": "newer than the description",
    "decisions.": "newer than the description",
    "live.": "newer than the description, which has only realtime",
    "safety.": "newer than the description",
    "webhooks.": "newer than the description, which has only the events that are sent to webhooks",
}
"""Operations of the SDK that the description hasn't: what their names begin with, and why."""

OTHER_CONTENT: dict[str, tuple[str, str]] = {
    "audio.speech.create": ("audio/.+", "described as octets; recorded with the type of the format asked for"),
    "audio.transcriptions.create": ("text/plain", "described for the formats that are JSON only"),
    "audio.translations.create": ("text/plain", "described for the formats that are JSON only"),
    "beta.responses.delete": ("application/json", "described without content; responses.delete is recorded with it"),
    "containers.delete": ("application/json", "described without content; recorded with it"),
    "containers.files.content.retrieve": ("application/octet-stream", "described without content; recorded with it"),
    "containers.files.delete": ("application/json", "described without content; recorded with it"),
    "files.content": ("application/octet-stream", "described as a string in JSON; recorded as the bytes of the file"),
    "files.retrieve_content": ("application/octet-stream", "described as a string in JSON; it is files.content"),
    "responses.delete": ("application/json", "described without content; recorded with it"),
}
"""Operations whose answer has a content type that the description doesn't give (a pattern), and why."""

STREAMED: dict[str, str] = {
    "beta.responses.retrieve": "BetaResponseStreamEvent",
    "beta.threads.create_and_run": "AssistantStreamEvent",
    "beta.threads.runs.create": "AssistantStreamEvent",
    "beta.threads.runs.submit_tool_outputs": "AssistantStreamEvent",
    "completions.create": "CreateCompletionResponse",
    "responses.retrieve": "ResponseStreamEvent",
}
"""Operations that can stream, though the description doesn't say so there, and its schema for what they stream."""


class Exception_(NamedTuple):
    """Something that the API sends although its description rules it out.

    Attributes:
        schemas: a pattern for the names of the schemas that rule it out.
        keys: the properties.
        what: what is true of them: they may be ``"null"``, ``"absent"`` or ``"unknown"``, or have this ``"value"``.
        evidence: ``"recorded"``, ``"example"``, the name of a type of the SDK's that has it so, or ``"reported"``,
            which nothing here can prove.
        reason: in words.
        value: of another value, or of an unknown property: the schema.
    """

    schemas: str
    keys: tuple[str, ...]
    what: str
    evidence: str
    reason: str
    value: Any = True

    def covers(self, fault: Fault) -> bool:
        """Whether it speaks of a fault."""
        if fault.what != self.what or fault.key not in self.keys or not re.fullmatch(self.schemas, fault.schema):
            return False
        return self.value is True or not list(jsonschema.Draft202012Validator(self.value).iter_errors(fault.value))


_NOTHING = "null where there is nothing"
_STEPS = ("in_progress_at", "finalizing_at", "completed_at", "failed_at", "expired_at", "cancelling_at", "cancelled_at")

EXCEPTIONS: tuple[Exception_, ...] = (
    Exception_(r".*(List|Resource|Response)", ("first_id", "last_id"), "null", "recorded", "of a page without items"),
    Exception_("(Beta)?ModelResponseProperties", ("user",), "null", "recorded", _NOTHING),
    Exception_("(Beta)?Response", ("usage",), "null", "recorded", "until the response is done"),
    Exception_("CreateChatCompletion(Stream)?Response", ("system_fingerprint",), "null", "recorded", _NOTHING),
    Exception_("CreateChatCompletionResponse", ("logprobs",), "absent", "recorded", "newer models have none"),
    Exception_(
        "ChatCompletionResponseMessage", ("tool_calls", "function_call"), "null", "recorded", "in stored completions"
    ),
    Exception_("CreateChatCompletionStreamResponse", ("finish_reason",), "absent", "recorded", "in chunks of a sound"),
    Exception_(
        "CreateCompletionResponse", ("finish_reason",), "null", "recorded", "in all chunks of a choice but the last"
    ),
    Exception_(
        r".*~1audio~1(transcriptions|translations)/post/.*",
        ("",),
        "value",
        "recorded",
        "one of several schemas, says the description, but the plain one allows the verbose as well",
    ),
    Exception_("ResponseFunctionCallArgumentsDoneEvent", ("name",), "absent", "recorded", "in all recordings"),
    Exception_(
        "Response.*Event",
        ("type",),
        "value",
        "reported",
        "newer than the description; other public clients of the API read these events",
        {"pattern": r"^response\.apply_patch_call_operation_diff\.(delta|done)$"},
    ),
    Exception_("WebSearchToolCall", ("action",), "absent", "recorded", "when a search begins"),
    Exception_(
        "ImageGenToolCall",
        ("result",),
        "absent",
        "openai.types.responses.response_output_item.ImageGenerationCall",
        "when a picture begins; optional in the SDK",
    ),
    Exception_("TextResponseFormatJsonSchema", ("description",), "null", "recorded", _NOTHING),
    Exception_("ChatCompletionResponseMessage", ("refusal",), "absent", "recorded", "in stored completions"),
    Exception_(
        "ChatCompletionResponseMessage",
        ("role",),
        "value",
        "recorded",
        "stored requests list their messages by this schema, which is that of answers",
        {"enum": ["developer", "system", "user", "tool", "function"]},
    ),
    Exception_("VectorStoreObject", ("name", "expires_after"), "null", "recorded", _NOTHING),
    Exception_(
        "VectorStoreFileBatchObject",
        ("object",),
        "value",
        "recorded",
        "a batch of files, not of file",
        {"const": "vector_store.file_batch"},
    ),
    Exception_("OpenAIFile", ("status_details", "expires_at"), "null", "recorded", _NOTHING),
    Exception_(
        "OpenAIFile",
        ("purpose",),
        "value",
        "openai.types.file_create_params.FileCreateParams",
        "as asked for; the request has it, by the description as by the type",
        {"const": "evals"},
    ),
    Exception_("Batch", ("model", "errors", "output_file_id", "error_file_id"), "null", "recorded", _NOTHING),
    Exception_("Batch", _STEPS, "null", "recorded", "until the batch is there"),
    Exception_("Batch", ("expires_at",), "null", "example", "of one that nobody created"),
    Exception_("FineTuningJob", ("error",), "value", "recorded", "an empty object where there is none", {"const": {}}),
    Exception_("FineTuningJob", ("status",), "value", "example", "of a job that was paused", {"const": "paused"}),
    Exception_("EvalRun(OutputItem)?", ("error",), "null", "example", _NOTHING),
    Exception_("RunObject", ("instructions",), "null", "recorded", _NOTHING),
    Exception_("RunStepObject", ("expired_at", "metadata"), "absent", "recorded", "left out, and optional in the SDK"),
    Exception_(
        "MessageObject",
        ("status", "incomplete_details", "completed_at", "incomplete_at", "attachments"),
        "absent",
        "recorded",
        "left out, and optional in the SDK",
    ),
    Exception_(
        "Realtime(Transcription)?SessionCreateResponseGA",
        ("include", "noise_reduction", "transcription"),
        "null",
        "recorded",
        _NOTHING,
    ),
    Exception_(
        "Embedding",
        ("embedding",),
        "value",
        "recorded",
        "base64, which the SDK asks for and decodes",
        {"type": "string"},
    ),
    Exception_("VoiceResource", ("type", "prompt"), "unknown", "openai.types.audio.voice.Voice", "newer"),
    Exception_(
        "Eval(Logs|StoredCompletions)DataSourceConfig",
        ("metadata",),
        "value",
        "openai.types.eval_create_params.DataSourceConfigLogs",
        "echoed as sent; the request takes any values, by the description as by the type",
    ),
)
"""What the API sends although its description rules it out, as far as the fake sends it too."""


def events(response: Any) -> list[dict[str, Any]]:
    """The events of a stream, as ``event`` and ``data``; the ``[DONE]`` at the end of some isn't JSON."""
    found: list[dict[str, Any]] = []
    for block in response.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        if fields.get("data", "[DONE]") != "[DONE]":
            found.append({"event": fields.get("event"), "data": json.loads(fields["data"])})
    return found


def bodies(description: Description, operation: Operation, response: Any) -> Iterator[tuple[str, Any]]:
    """What there is to judge in an answer, each with its schema; none in sounds, pictures and archives.

    Raises:
        AssertionError: it is empty, or of another content type than described.
    """
    contents = description.contents(operation, response.status_code)
    kind = response.headers["content-type"].partition(";")[0]
    if not response.content:
        assert not contents, f"{operation.name} answers with nothing where it is described with {list(contents)}"
    elif kind == "text/event-stream":
        schema = contents.get(kind) or STREAMED[operation.name]
        whole = schema == "AssistantStreamEvent"  # of which the name of the event is part
        yield from ((schema, event if whole else event["data"]) for event in events(response))
    elif kind == "application/json" and kind in contents:
        yield contents[kind], response.json()
    elif kind not in contents:
        other, _ = OTHER_CONTENT.get(operation.name, ("", ""))
        assert re.fullmatch(other, kind), f"{operation.name} answers with {kind}, not {list(contents)}"


def check(description: Description, operation: Operation, response: Any) -> None:
    """Fail if the description has anything against the answer to an operation, but for what is excepted."""
    wrong = [
        str(fault)
        for schema, body in bodies(description, operation, response)
        for fault in description.faults(schema, body, _is_excepted)
    ]
    assert not wrong, f"{operation.name} answers otherwise than described:\n" + "\n".join(wrong)


def check_refusal(description: Description, refusal: openai.APIStatusError) -> None:
    """Fail if the description has anything against what a refusal says."""
    wrong = [str(fault) for fault in description.faults("ErrorResponse", refusal.response.json())]
    assert not wrong, f"{refusal!r} is worded otherwise than described:\n" + "\n".join(wrong)


def _is_excepted(fault: Fault) -> bool:
    return any(exception.covers(fault) for exception in EXCEPTIONS)
