"""Streams of responses: the API's sequence and keys, the whole again for whoever accumulates them, and `fold`."""

from __future__ import annotations

import collections
import copy
import doctest
import functools
import gzip
import itertools
import json
import pathlib
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, get_args

import openai
import openai.types.responses
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakeopenai import items
from fakeopenai._sdk import httpx
from fakeopenai.streaming import responses
from fakeopenai.streaming.response_folding import fold
from fakeopenai.streaming.responses import events

SHARED = pathlib.Path(__file__).resolve().parents[2].parent / "shared"
OPENAPI = SHARED / "openai-openapi" / "openapi.json"
RECORDED = SHARED / "recorded" / "dev.jsonl.gz"

JSON = dict[str, Any]

LOGPROBS: list[JSON] = [
    {"token": "Hel", "bytes": [72, 101, 108], "logprob": -0.5, "top_logprobs": []},
    {"token": "lo", "bytes": [108, 111], "logprob": -0.25, "top_logprobs": []},
]

EXAMPLES: dict[str, JSON] = {
    "additional_tools": items.additional_tools(),
    "apply_patch_call": items.apply_patch_call("create_file", "a.md", "+hello"),
    "code_interpreter_call": items.code_interpreter_call("print(1)", "1"),
    "compaction": items.compaction("gAAAAA"),
    "computer_call": items.computer_call("screenshot"),
    "custom_tool_call": items.custom_tool_call("sql", "SELECT 1"),
    "file_search_call": items.file_search_call("q"),
    "function_call": items.function_call("get_weather", {"city": "Paris"}),
    "image_generation_call": items.image_generation_call(),
    "local_shell_call": items.local_shell_call("ls -a"),
    "mcp_approval_request": items.mcp_approval_request("search", server_label="docs"),
    "mcp_call": items.mcp_call("search", {"query": "x"}, server_label="docs", output="found"),
    "mcp_list_tools": items.mcp_list_tools("search", server_label="docs"),
    "message": items.message("Hello, hello.", annotations=[items.url_citation("https://example.com", "Example")]),
    "program": items.program("await tools.roll()"),
    "program_output": items.program_output("6"),
    "reasoning": items.reasoning_item("First this.", "Then that.", content="All of it."),
    "shell_call": items.shell_call("ls", "pwd", environment={"type": "local"}),
    "shell_call_output": items.shell_call_output("a.txt", "warning"),
    "tool_search_call": items.tool_search_call({"paths": ["a"]}),
    "tool_search_output": items.tool_search_output(),
    "web_search_call": items.web_search_call("weather"),
}


ITEM_TYPES: dict[str, Any] = {
    kind: model
    for model in get_args(get_args(openai.types.responses.ResponseOutputItem)[0])
    for kind in get_args(model.model_fields["type"].annotation)
}
EVENT_TYPES: dict[str, Any] = {
    kind: model
    for model in get_args(get_args(openai.types.responses.ResponseStreamEvent)[0])
    for kind in get_args(model.model_fields["type"].annotation)
}
"""What the installed SDK knows, by the value of ``type``."""


def cut(text: str) -> list[str]:
    """Pieces of at most four characters."""
    return [text[place : place + 4] for place in range(0, len(text), 4)]


def complete(output: Sequence[Mapping[str, Any]]) -> list[JSON]:
    """Items as they stand in a response."""
    numbers = itertools.count(1)
    return items.complete_output(output, lambda prefix: f"{prefix}{next(numbers)}")


def whole(*output: Mapping[str, Any], status: str = "completed", **fields: Any) -> JSON:
    """A response as the API gives it."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1767225600,
        "status": status,
        "background": False,
        "completed_at": 1767225601 if status == "completed" else None,
        "error": None,
        "frequency_penalty": 0.0,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "max_tool_calls": None,
        "metadata": {},
        "model": "gpt-5",
        "moderation": None,
        "output": complete(output),
        "parallel_tool_calls": True,
        "presence_penalty": 0.0,
        "previous_response_id": None,
        "prompt_cache_key": None,
        "reasoning": {"effort": None, "summary": None},
        "safety_identifier": None,
        "service_tier": "default",
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": 1,
            "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
            "output_tokens": 1,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 2,
        },
        "user": None,
        **fields,
    }


def stream(
    response: Mapping[str, Any],
    body: Mapping[str, Any] | None = None,
    *,
    pieces: Callable[[str], list[str]] = cut,
    obfuscate: Callable[[int], str] | None = None,
    start: int = 0,
) -> list[JSON]:
    """All events of a response, cut by fours."""
    return list(events(response, body or {}, pieces=pieces, obfuscate=obfuscate, start=start))


def kinds(told: Iterable[Mapping[str, Any]]) -> list[str]:
    """The short names of events."""
    return [event["type"].removeprefix("response.") for event in told]


def collapsed(names: Iterable[str]) -> list[str]:
    """Names with runs of the same one drawn together."""
    return [name for name, _ in itertools.groupby(names)]


def between(told: Iterable[Mapping[str, Any]]) -> list[str]:
    """What happens between the first item's beginning and the last one's end."""
    names = collapsed(kinds(told))
    assert names[:2] == ["created", "in_progress"]
    assert names[-1] in ("completed", "incomplete", "failed")
    return names[2:-1]


# ----------------------------------------------------------------------------------------------- sequence, kind by kind

LIFE: dict[str, list[str]] = {
    "apply_patch_call": ["apply_patch_call_operation_diff.delta", "apply_patch_call_operation_diff.done"],
    "code_interpreter_call": [
        "code_interpreter_call.in_progress",
        "code_interpreter_call_code.delta",
        "code_interpreter_call_code.done",
        "code_interpreter_call.interpreting",
        "code_interpreter_call.completed",
    ],
    "custom_tool_call": ["custom_tool_call_input.delta", "custom_tool_call_input.done"],
    "file_search_call": [
        "file_search_call.in_progress",
        "file_search_call.searching",
        "file_search_call.completed",
    ],
    "function_call": ["function_call_arguments.delta", "function_call_arguments.done"],
    "image_generation_call": [
        "image_generation_call.in_progress",
        "image_generation_call.generating",
        "image_generation_call.completed",
    ],
    "mcp_call": [
        "mcp_call.in_progress",
        "mcp_call_arguments.delta",
        "mcp_call_arguments.done",
        "mcp_call.completed",
    ],
    "mcp_list_tools": ["mcp_list_tools.in_progress", "mcp_list_tools.completed"],
    "message": [
        "content_part.added",
        "output_text.delta",
        "output_text.annotation.added",
        "output_text.done",
        "content_part.done",
    ],
    "reasoning": [
        "content_part.added",
        "reasoning_text.delta",
        "reasoning_text.done",
        "content_part.done",
        *(
            [
                "reasoning_summary_part.added",
                "reasoning_summary_text.delta",
                "reasoning_summary_text.done",
                "reasoning_summary_part.done",
            ]
            * 2
        ),
    ],
    "shell_call": ["shell_call_command.added", "shell_call_command.delta", "shell_call_command.done"] * 2,
    "shell_call_output": ["shell_call_output_content.delta", "shell_call_output_content.done"],
    "web_search_call": ["web_search_call.in_progress", "web_search_call.searching", "web_search_call.completed"],
}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_kind_has_its_sequence(kind: str) -> None:
    """Each kind of item is begun, told of in its own way, and done; most kinds have no more to tell."""
    told = stream(whole(EXAMPLES[kind]))
    assert between(told) == ["output_item.added", *LIFE.get(kind, []), "output_item.done"]


def test_examples_cover_the_sdk() -> None:
    """Each kind of output item that the installed SDK knows and the API makes is streamed here."""
    written_by_clients = {kind for kind in items.PREFIXES if kind.endswith(("_call_output", "_response"))}
    assert ITEM_TYPES.keys() <= EXAMPLES.keys() | (written_by_clients - {"shell_call_output"})


def test_all_events_of_the_sdk_are_written() -> None:
    """No event of the installed SDK is forgotten: what is never streamed here is not part of a response, or unseen."""
    told = [
        *stream(whole(*EXAMPLES.values(), tools=[{"type": "image_generation", "partial_images": 1}])),
        *stream(whole(items.message(refusal="No."), background=True, status="failed", error={"code": "server_error"})),
        *stream(whole(items.mcp_call("f", server_label="s", error="boom"), status="incomplete")),
        *stream(whole(items.mcp_list_tools(server_label="s", error="boom"))),
    ]
    audio = {f"response.audio.{part}" for part in ("delta", "done", "transcript.delta", "transcript.done")}
    unseen = {"response.compaction.compacting"}  # no recording shows it, not even among those with compactions
    assert EVENT_TYPES.keys() - {event["type"] for event in told} == (audio | unseen) & EVENT_TYPES.keys()


def test_items_begin_empty() -> None:
    """An item is added without what it will say, under way unless its status never changes, and done as it is."""
    told = stream(whole(*EXAMPLES.values()))
    added = {event["item"]["type"]: event["item"] for event in told if event["type"] == "response.output_item.added"}
    done = {event["item"]["type"]: event["item"] for event in told if event["type"] == "response.output_item.done"}
    assert list(done.values()) == told[-1]["response"]["output"]
    assert added["message"]["content"] == []
    assert added["reasoning"]["summary"] == added["reasoning"]["content"] == []
    assert added["function_call"]["arguments"] == added["mcp_call"]["arguments"] == ""
    assert added["mcp_call"]["output"] is None
    assert added["custom_tool_call"]["input"] == added["code_interpreter_call"]["code"] == ""
    assert added["code_interpreter_call"]["outputs"] == added["file_search_call"]["queries"] == []
    assert added["apply_patch_call"]["operation"] == {"type": "create_file", "diff": "", "path": "a.md"}
    assert added["shell_call"]["action"]["commands"] == added["local_shell_call"]["action"]["command"] == []
    assert added["tool_search_call"]["arguments"] == {}
    for kind in ("web_search_call", "image_generation_call"):
        assert added[kind] == {"id": done[kind]["id"], "type": kind, "status": "in_progress"}
    for kind, item in added.items():
        assert item["id"] == done[kind]["id"]
        settled = kind in ("program_output", "shell_call_output")
        assert item.get("status") == (done[kind].get("status") and ("completed" if settled else "in_progress"))


def test_items_keep_what_is_known_from_the_start() -> None:
    """A function call's name and ids are there when it is added; keys that an item lacks are not made up."""
    told = stream(whole(items.function_call("f", call_id="call_a", namespace="tools")))
    assert told[2]["item"] == {
        "id": "fc_1",
        "type": "function_call",
        "status": "in_progress",
        "arguments": "",
        "call_id": "call_a",
        "name": "f",
        "namespace": "tools",
    }
    bare: JSON = {"id": "rs_1", "type": "reasoning", "summary": []}
    assert stream({"output": [bare]})[2]["item"] == bare


def test_unknown_kinds_are_added_and_done() -> None:
    """An item of a kind that nobody here knows is added and done as it is."""
    item = {"id": "item_1", "type": "telepathy", "status": "completed", "thought": "?"}
    told = stream({"id": "resp_1", "status": "completed", "output": [item]})
    assert between(told) == ["output_item.added", "output_item.done"]
    assert told[2]["item"] == {**item, "status": "in_progress"}
    assert told[3]["item"] == item


def test_unknown_content_is_added_and_done() -> None:
    """So is a part of a message of an unknown kind."""
    part = {"type": "output_smell", "scent": "rose"}
    told = stream(whole({"type": "message", "content": [part]}))
    assert between(told) == ["output_item.added", "content_part.added", "content_part.done", "output_item.done"]
    assert told[3]["part"] == told[4]["part"] == part
    assert fold(told[2:-1])["output"][0]["content"] == [part]


def test_events_say_what_they_are_about() -> None:
    """Events carry their item's id and place, and the places of part, summary and command in it."""
    told = stream(whole(items.message(["One", "Two"]), items.reasoning_item("A", "B"), items.shell_call("ls", "pwd")))
    places: list[tuple[Any, ...]] = []
    for event in told:
        if event["type"].endswith(".delta"):
            place = event.get("content_index", event.get("summary_index", event.get("command_index")))
            places.append((event.get("item_id"), event["output_index"], place, event["delta"]))
    assert places == [
        ("msg_1", 0, 0, "One"),
        ("msg_1", 0, 1, "Two"),
        ("rs_2", 1, 0, "A"),
        ("rs_2", 1, 1, "B"),
        (None, 2, 0, "ls"),
        (None, 2, 1, "pwd"),
    ]


def test_empty_texts_have_no_deltas() -> None:
    """A text of nothing is done at once; a call without arguments streams its braces in one piece."""
    assert "output_text.delta" not in kinds(stream(whole(items.message(""))))
    assert "function_call_arguments.delta" not in kinds(stream(whole(items.function_call("f", ""))))
    told = stream(whole(items.function_call("f", "{}")), pieces=list)
    assert [event["delta"] for event in told if "delta" in event] == ["{}"]


def test_arguments_of_mcp_calls_come_in_one_piece() -> None:
    """The API knows them when it begins to stream."""
    told = stream(whole(EXAMPLES["mcp_call"]))
    assert [event["delta"] for event in told if "delta" in event] == ['{"query":"x"}']


def test_failures_of_tools_are_told() -> None:
    """A failed MCP call or list says so; other tools that did not complete don't claim they did."""
    failed = stream(whole(items.mcp_call("f", server_label="s", error="boom")))
    assert kinds(failed)[-3:-1] == ["mcp_call.failed", "output_item.done"]
    assert failed[2]["item"]["error"] is None
    listed = stream(whole(items.mcp_list_tools(server_label="s", error="boom")))
    assert kinds(listed)[3:5] == ["mcp_list_tools.in_progress", "mcp_list_tools.failed"]
    for item in (
        items.web_search_call("q", status="failed"),
        items.file_search_call("q", status="failed"),
        items.code_interpreter_call("1/0", status="failed"),
        items.image_generation_call(status="failed"),
        items.mcp_call("f", server_label="s", status="incomplete"),
    ):
        assert f"{item['type']}.completed" not in kinds(stream(whole(item)))


def test_pictures_have_as_many_previews_as_were_asked_for() -> None:
    """Partial images are numbered from 0, look like the picture, and come only if the tool asks for them."""
    response = whole(items.image_generation_call(b"png", size="1x1"))
    assert not [event for event in stream(response) if "partial_image_b64" in event]
    for body in ({"tools": [{"type": "web_search"}, {"type": "image_generation", "partial_images": 2}]}, {}):
        told = stream({**response, "tools": [{"type": "image_generation", "partial_images": 2}]}, body)
        partial = [event for event in told if event["type"].endswith(".partial_image")]
        assert [event["partial_image_index"] for event in partial] == [0, 1]
        assert partial[0]["partial_image_b64"] == response["output"][0]["result"]
        assert partial[0]["size"] == "1x1"
    assert kinds(told)[4:7] == ["image_generation_call.generating", *["image_generation_call.partial_image"] * 2]


# ------------------------------------------------------------------------------------------------- text and its company


def deltas(told: Iterable[Mapping[str, Any]]) -> list[str]:
    """The pieces of the texts of messages."""
    return [event["delta"] for event in told if event["type"] == "response.output_text.delta"]


def test_text_is_cut_into_tokens_by_default() -> None:
    """Without a cutter of one's own, a text comes in more than one piece, and whole."""
    told = list(events(whole(items.message("The quick brown fox jumps over the lazy dog.")), {}))
    assert len(deltas(told)) > 5
    assert "".join(deltas(told)) == "The quick brown fox jumps over the lazy dog."


def test_logprobs_decide_the_pieces() -> None:
    """With logprobs each token is a delta with its own; text and item have them all, the part none."""
    told = list(events(whole(items.message("Hello", logprobs=LOGPROBS)), {}))
    assert deltas(told) == ["Hel", "lo"]
    assert [event["logprobs"] for event in told if "delta" in event] == [[LOGPROBS[0]], [LOGPROBS[1]]]
    by_kind = {event["type"].removeprefix("response."): event for event in told}
    assert by_kind["output_text.done"]["logprobs"] == LOGPROBS
    assert by_kind["content_part.done"]["part"]["logprobs"] == []
    assert by_kind["output_item.done"]["item"]["content"][0]["logprobs"] == LOGPROBS


def test_tokens_may_be_less_than_a_character() -> None:
    """Tokens that only together make up a character come in one piece."""
    logprobs: list[JSON] = [
        {"token": "\\xf0\\x9f", "bytes": [0xF0, 0x9F], "logprob": -1.0, "top_logprobs": []},
        {"token": "\\x99\\x82", "bytes": [0x99, 0x82], "logprob": -1.0, "top_logprobs": []},
        {"token": "!", "logprob": -1.0, "top_logprobs": []},
    ]
    told = list(events(whole(items.message("\N{SLIGHTLY SMILING FACE}!", logprobs=logprobs)), {}))
    assert deltas(told) == ["\N{SLIGHTLY SMILING FACE}", "!"]
    assert [event["logprobs"] for event in told if "delta" in event] == [logprobs[:2], logprobs[2:]]


@pytest.mark.parametrize("text", ["Bye", "Hello there", "H", ""])
def test_logprobs_of_another_text_do_not_change_it(text: str) -> None:
    """Logprobs that are not about the text are dealt out to its pieces."""
    told = stream(whole(items.message(text, logprobs=LOGPROBS)))
    assert "".join(deltas(told)) == text
    dealt = [one for event in told if "delta" in event for one in event["logprobs"]]
    assert dealt == (LOGPROBS if text else [])


def test_annotations_follow_what_they_are_about() -> None:
    """An annotation comes once its place is written, in the given order, and all come before the text is done."""
    text = "0123456789"
    annotations = [
        items.url_citation("https://a", start_index=0, end_index=4),
        items.file_citation("file-1", "a.txt", index=6),
        items.url_citation("https://b", start_index=0, end_index=1),
        items.container_file_citation("cfile_1", "a.png", "cntr_1"),
        items.file_path("file-2", index=1),
    ]
    told = stream(whole(items.message(text, annotations=annotations)))
    names = [(name, event.get("annotation_index")) for name, event in zip(kinds(told), told, strict=True)][4:-3]
    cited = "output_text.annotation.added"
    assert names == [
        ("output_text.delta", None),
        (cited, 0),
        ("output_text.delta", None),
        (cited, 1),
        (cited, 2),
        ("output_text.delta", None),
        (cited, 3),
        (cited, 4),
        ("output_text.done", None),
    ]
    assert [event["annotation"] for event in told if "annotation" in event] == annotations


def test_refusals_have_deltas_of_their_own() -> None:
    """A refusal is streamed as such, bare of logprobs and padding."""
    told = stream(whole(items.message(refusal="I can't.")))
    assert between(told)[1:-1] == ["content_part.added", "refusal.delta", "refusal.done", "content_part.done"]
    assert told[3]["part"] == {"type": "refusal", "refusal": ""}
    assert told[4].keys() == {"type", "delta", "item_id", "output_index", "content_index", "sequence_number"}


# -------------------------------------------------------------------------------------------------------------- padding


def test_deltas_are_padded() -> None:
    """Padding makes the length of every delta a multiple of 16, and is the same in every run."""
    told = stream(whole(*EXAMPLES.values()))
    padded = [event for event in told if "obfuscation" in event]
    assert {event["type"] for event in told if event["type"].endswith(".delta")} - {
        event["type"] for event in padded
    } == {"response.shell_call_output_content.delta"}
    assert all((len(event["delta"]) + len(event["obfuscation"])) % 16 == 0 for event in padded)
    assert all(len(event["obfuscation"]) < 16 for event in padded)
    assert len({event["obfuscation"] for event in padded}) > len(padded) // 2
    assert told == stream(whole(*EXAMPLES.values()))


@pytest.mark.parametrize(
    ("body", "background", "padded"),
    [
        ({}, False, True),
        ({"stream_options": None}, False, True),
        ({"stream_options": {}}, False, True),
        ({"stream_options": {"include_obfuscation": False}}, False, False),
        ({"include_obfuscation": False}, False, False),
        ({}, True, False),
        ({"stream_options": {"include_obfuscation": True}}, True, True),
    ],
)
def test_padding_can_be_declined(body: JSON, background: bool, padded: bool) -> None:
    """``include_obfuscation`` decides; without it, all but background responses are padded."""
    told = stream(whole(items.message("Hello"), background=background), body)
    assert any("obfuscation" in event for event in told) is padded


def test_padding_may_come_from_elsewhere() -> None:
    """The maker of padding is asked for as many characters as are missing."""
    asked: list[int] = []

    def pad(length: int) -> str:
        asked.append(length)
        return "x" * length

    told = stream(whole(items.message("Hello")), obfuscate=pad)
    assert asked == [12, 15]
    assert [event["obfuscation"] for event in told if "delta" in event] == ["x" * 12, "x" * 15]


# -------------------------------------------------------------------------------------------------- the response's life


def test_response_begins_with_nothing_decided() -> None:
    """The first events show the response under way: no output, usage, end or error, and the tier that was asked for."""
    ending: JSON = {"status": "incomplete", "incomplete_details": {"reason": "x"}, "moderation": {"input": {}}}
    response = whole(items.message("Hi"), **ending)
    for event in stream(response)[:2]:
        begun = event["response"]
        assert begun.keys() == response.keys()
        assert begun["status"] == "in_progress"
        assert begun["output"] == []
        assert begun["service_tier"] == "auto"
        for key in ("completed_at", "error", "incomplete_details", "moderation", "usage"):
            assert begun[key] is None
    assert stream({"output": []})[0]["response"] == {"output": [], "status": "in_progress"}
    assert stream(response, {"service_tier": "default"})[0]["response"]["service_tier"] == "default"
    assert stream({**response, "service_tier": "flex"})[0]["response"]["service_tier"] == "flex"


@pytest.mark.parametrize("status", ["completed", "incomplete"])
def test_response_ends_as_it_ended(status: str) -> None:
    """The last event is named after the status and carries the response itself."""
    response = whole(items.message("Hi", status=status), status=status)
    last = stream(response)[-1]
    assert last["type"] == f"response.{status}"
    assert last["response"] == response


def test_failures_are_announced() -> None:
    """A failed response streams an error first, then itself; the SDK raises the error."""
    error = {"code": "insufficient_quota", "message": "You exceeded your current quota."}
    told = stream(whole(status="failed", error=error, usage=None))
    assert kinds(told) == ["created", "in_progress", "error", "failed"]
    assert told[0]["response"]["error"] is None
    assert told[2]["sequence_number"] == 2
    assert told[2]["error"] == {"type": "insufficient_quota", **error, "param": None}
    with pytest.raises(openai.APIError, match="exceeded your current quota") as caught:
        through_sdk(told)
    assert caught.value.code == "insufficient_quota"
    assert kinds(stream(whole(status="failed"))) == ["created", "in_progress", "failed"]


@pytest.mark.parametrize(
    ("error", "type"),
    [
        ({"code": "rate_limit_exceeded", "message": "x"}, "tokens"),
        ({"code": "rate_limit_exceeded", "message": "x", "type": "requests"}, "requests"),
        ({"code": None, "message": "x"}, "server_error"),
        ({"code": "context_length_exceeded", "message": "x"}, "invalid_request_error"),
    ],
)
def test_errors_have_a_type(error: JSON, type: str) -> None:
    """An error's type is the given one, or follows from its code."""
    event = stream(whole(status="failed", error=error, usage=None))[2]
    assert event["error"] == {"param": None, **error, "type": type}


def test_background_responses_are_queued_first() -> None:
    """A background response is created queued, is queued, then in progress."""
    told = stream(whole(items.message("Hi"), background=True))
    assert kinds(told)[:3] == ["created", "queued", "in_progress"]
    assert [event["response"]["status"] for event in told[:3]] == ["queued", "queued", "in_progress"]


@pytest.mark.parametrize(
    ("status", "names"),
    [
        ("queued", ["created", "queued"]),
        ("in_progress", ["created", "queued", "in_progress"]),
        ("cancelled", ["created", "queued", "in_progress"]),
    ],
)
def test_unfinished_responses_have_no_last_event(status: str, names: list[str]) -> None:
    """The stream of a response that has no end (yet) stops where the response is."""
    assert kinds(stream(whole(background=True, status=status))) == names


def test_events_are_numbered() -> None:
    """Sequence numbers count from 0, and a stream that is resumed goes on where it stopped."""
    response = whole(*EXAMPLES.values())
    told = stream(response)
    assert [event["sequence_number"] for event in told] == list(range(len(told)))
    assert stream(response, start=5) == told[5:]
    assert stream(response, start=-1) == told
    assert stream(response, start=len(told)) == []


def test_events_are_made_lazily() -> None:
    """Nothing is cut before it is asked for."""
    asked: list[str] = []

    def cutter(text: str) -> list[str]:
        asked.append(text)
        return [text]

    told = events(whole(items.message("One"), items.message("Two")), {}, pieces=cutter)
    assert not asked
    for _ in range(6):
        next(told)
    assert asked == ["One"]
    assert isinstance(told, types.GeneratorType)


def test_the_response_is_left_alone() -> None:
    """Streaming changes nothing in the response, and events don't share what differs between them."""
    response = whole(*EXAMPLES.values())
    before = copy.deepcopy(response)
    told = stream(response)
    assert response == before
    numbers = [id(event) for event in told]
    assert len(set(numbers)) == len(numbers)
    told[2]["item"].clear()
    told[0]["response"].clear()
    assert response == before


# ------------------------------------------------------------------------------------------------------- stream = whole


def sse(told: Iterable[Mapping[str, Any]]) -> bytes:
    """Events as the API sends them."""
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in told).encode()


def client(content: bytes) -> openai.OpenAI:
    """A real client to which everything is answered with this stream."""

    def answer(_: Any) -> Any:
        return httpx.Response(200, content=content, headers={"content-type": "text/event-stream; charset=utf-8"})

    transport = httpx.MockTransport(answer)
    return openai.OpenAI(api_key="sk-none", max_retries=0, http_client=httpx.Client(transport=transport))


def through_sdk(told: Iterable[Mapping[str, Any]]) -> tuple[list[Any], JSON]:
    """The SDK's own events, and the response it ends up with, without what it parsed."""
    with client(sse(told)).responses.stream(model="gpt-5", input="Hi") as answer:
        seen = list(answer)
        final = answer.get_final_response()
    return seen, unparsed(final.to_dict())


def unparsed(response: JSON) -> JSON:
    """A response without the fields that the SDK adds."""

    def kept(entries: JSON) -> JSON:
        return {key: value for key, value in entries.items() if key not in ("parsed", "parsed_arguments")}

    return dict(json.loads(json.dumps(response), object_hook=kept))


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


def a_message(text: str, refusal: str | None, annotations: list[JSON], phase: str | None) -> JSON:
    """A message from what hypothesis draws."""
    message = items.message(text, refusal=refusal, annotations=annotations)
    return {**message, "phase": phase} if phase else message


def a_response(output: list[JSON], background: bool) -> JSON:
    """A response from what hypothesis draws."""
    return whole(*output, background=background)


MESSAGES = st.builds(
    a_message,
    TEXT,
    st.none() | TEXT,
    st.lists(
        st.builds(items.url_citation, st.just("https://example.com"), TEXT, end_index=st.integers(0, 40))
        | st.builds(items.file_path, TEXT),
        max_size=3,
    ),
    st.sampled_from([None, "final_answer"]),
)
ITEMS = st.one_of(
    MESSAGES,
    st.builds(items.function_call, TEXT, st.dictionaries(TEXT, TEXT, max_size=3)),
    st.builds(items.custom_tool_call, TEXT, TEXT),
    st.lists(TEXT, max_size=3).map(lambda parts: items.reasoning_item(*parts)),
    st.builds(items.reasoning_item, TEXT, content=TEXT),
    st.builds(items.web_search_call, TEXT),
    st.lists(TEXT, max_size=2).map(lambda queries: items.file_search_call(*queries)),
    st.builds(items.code_interpreter_call, TEXT, TEXT),
    st.builds(items.mcp_call, TEXT, st.dictionaries(TEXT, TEXT, max_size=2), server_label=TEXT, output=TEXT),
    st.lists(TEXT, max_size=3).map(lambda commands: items.shell_call(*commands)),
    st.builds(items.shell_call_output, TEXT, TEXT),
    st.builds(items.apply_patch_call, st.sampled_from(["create_file", "delete_file"]), TEXT, st.none() | TEXT),
    st.sampled_from(list(EXAMPLES.values())),
)
RESPONSES = st.builds(
    a_response,
    st.lists(ITEMS.filter(lambda item: item["type"] in ITEM_TYPES), max_size=4),  # others, an older SDK misreads
    st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(RESPONSES)
def test_the_sdk_arrives_at_the_whole(response: JSON) -> None:
    """The SDK's accumulator, fed with the stream, ends with the response; its snapshots end with the texts."""
    seen, final = through_sdk(stream(response))
    assert final == response
    texts: dict[tuple[int, int], str] = {}
    arguments: dict[int, str] = {}
    for event in seen:
        if event.type == "response.output_text.delta":
            texts[event.output_index, event.content_index] = event.snapshot
        elif event.type == "response.function_call_arguments.delta":
            arguments[event.output_index] = event.snapshot
    for index, item in enumerate(response["output"]):
        if item["type"] == "function_call":
            assert arguments.get(index, "") == item["arguments"]
        for place, part in enumerate(item.get("content", ())):
            if part["type"] == "output_text":
                assert texts.get((index, place), "") == part["text"]


@given(RESPONSES)
def test_fold_arrives_at_the_whole(response: JSON) -> None:
    """Folding a stream gives the response; without the responses in it, still the output; without ends, the texts."""
    told = stream(response)
    assert fold(told) == response
    items_only = [event for event in told if "response" not in event]
    assert fold(items_only)["output"] == response["output"]
    unfinished = [event for event in items_only if not event["type"].endswith(("output_item.done", ".completed"))]
    for item, finished in zip(fold(unfinished)["output"], response["output"], strict=True):
        for key in ("content", "summary", "arguments", "input", "code", "operation"):
            if key in finished and finished["type"] not in ("mcp_approval_request", "program", "tool_search_call"):
                assert item[key] == finished[key]


@given(RESPONSES, st.data())
def test_resuming_misses_nothing(response: JSON, data: st.DataObject) -> None:
    """What came before a break and what comes after it are the stream."""
    told = stream(response)
    stop = data.draw(st.integers(0, len(told)))
    assert told[:stop] + stream(response, start=stop) == told


# --------------------------------------------------------------------------------------------- the SDK's types, OpenAPI


@functools.lru_cache(maxsize=1)
def openapi_events() -> dict[str, Any]:
    """The OpenAPI description's validators of events by name."""
    if not OPENAPI.exists():
        pytest.skip(f"needs the OpenAPI description at {OPENAPI.parent.name}/{OPENAPI.name}")
    jsonschema: Any = pytest.importorskip("jsonschema")
    schemas = json.loads(OPENAPI.read_text())["components"]["schemas"]
    options = schemas["ResponseStreamEvent"]["anyOf" if "anyOf" in schemas["ResponseStreamEvent"] else "oneOf"]
    return {
        kind: jsonschema.Draft202012Validator({**option, "components": {"schemas": schemas}})
        for option in options
        for kind in schemas[option["$ref"].rpartition("/")[2]]["properties"]["type"]["enum"]
    }


def told_of(kind: str) -> list[JSON]:
    """The stream of the example of a kind, with previews of pictures."""
    return stream(whole(EXAMPLES[kind], tools=[]), {"tools": [{"type": "image_generation", "partial_images": 1}]})


@pytest.mark.parametrize("kind", EXAMPLES)
def test_events_are_what_the_sdk_expects(kind: str) -> None:
    """Each event validates as the SDK's type, but for what the API itself sends otherwise."""
    if kind not in ITEM_TYPES:
        pytest.skip(f"openai {openai.__version__} has no {kind}")
    for event in told_of(kind):
        name = event["type"]
        if name.startswith("response.apply_patch_call_operation_diff"):  # no SDK knows them
            assert name not in EVENT_TYPES
            continue
        if name not in EVENT_TYPES:
            pytest.skip(f"openai {openai.__version__} has no {name}")
        if name == "response.output_item.added" and kind == "web_search_call":  # the SDK wants an action
            continue
        if name == "response.function_call_arguments.done":  # the SDK wants a name
            event = {**event, "name": "f"}
        EVENT_TYPES[name].model_validate(event)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_events_are_what_openapi_describes(kind: str) -> None:
    """Each event validates against the OpenAPI description, but for what the API itself sends otherwise."""
    validators = openapi_events()
    for event in told_of(kind):
        name = event["type"]
        if name.startswith("response.apply_patch_call_operation_diff"):  # not described
            assert name not in validators
            continue
        if name == "response.output_item.added" and kind in ("image_generation_call", "web_search_call"):
            continue  # a result and an action are required there
        described = copy.deepcopy(event)
        if name == "response.function_call_arguments.done":  # a name is required there
            described["name"] = "f"
        for key in ("usage", "user"):  # not nullable there
            if "response" in event and event["response"][key] is None:
                del described["response"][key]
        errors = [f"{name}: {error.message}"[:300] for error in validators[name].iter_errors(described)]
        assert not errors


# ----------------------------------------------------------------------------------------------------------- recordings


def expanded(entries: JSON) -> Any:
    """A recorded object; the mark of a long string is filled up to one again."""
    return str(entries.get("_head") or "").ljust(entries["_cut"], "A") if "_cut" in entries else entries


def recorded() -> list[JSON]:
    """The streams of responses among the recorded exchanges."""
    if not RECORDED.exists():
        pytest.skip(f"needs the recordings at {RECORDED.parent.name}/{RECORDED.name}")
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        exchanges = [json.loads(line, object_hook=expanded) for line in lines]
    return [one for one in exchanges if one.get("sse") and one["operation"].startswith("responses.")]


def told_by(exchange: JSON) -> list[JSON]:
    """The events of a recorded exchange."""
    return [event["data"] for event in exchange["sse"] if event["data"] != "[DONE]"]


def without_annotations(names: Iterable[str]) -> list[str]:
    """Names collapsed, wherever among the deltas the annotations stand."""
    return collapsed(name for name in names if name != "output_text.annotation.added")


def test_recorded_streams_are_written_again() -> None:
    """From the response that each recorded stream ends with comes the same sequence, with the same keys throughout."""
    seen: collections.Counter[str] = collections.Counter()
    for exchange in recorded():
        real = told_by(exchange)
        response = fold(real)
        ours = stream(response, exchange["request"] or {}, start=real[0].get("sequence_number", 0))
        assert without_annotations(kinds(ours)) == without_annotations(kinds(real)), exchange["id"]
        later: set[str] = set()  # what the API did not send yet
        if exchange["recorded_at"] < "2025-08":
            later |= {"obfuscation"}
        if exchange["recorded_at"] < "2025-06":
            later |= {"logprobs", "sequence_number"}
        for name in set(kinds(real)):
            seen[name] += 1
            keys = [
                {key for event in told if event["type"] == f"response.{name}" for key in event} for told in (real, ours)
            ]
            assert keys[1] - later == keys[0], (exchange["id"], name)
        for one, other in zip(
            *([event for event in told if "item" in event or "part" in event] for told in (real, ours)), strict=True
        ):
            for key in ("item", "part"):
                if key in one:
                    assert other[key].keys() - later == one[key].keys()
                    assert other[key].get("status") == one[key].get("status")
            encrypted = one.get("item", {}).get("type") in ("reasoning", "compaction")  # anew for each event
            if one["type"].endswith(".added") and not encrypted and not later:
                assert {**other, "sequence_number": 0} == {**one, "sequence_number": 0}
    assert seen["output_text.delta"] > 20
    assert len(seen) > 30


def test_recorded_padding_follows_the_rule() -> None:
    """The API pads as we do: to a multiple of 16 characters, background responses and refusals not at all."""
    lengths: collections.Counter[int] = collections.Counter()
    for exchange in recorded():
        for event in told_by(exchange):
            if "obfuscation" in event and "REDACTED" not in event["obfuscation"]:
                lengths[(len(event["delta"]) + len(event["obfuscation"])) % 16] += 1
                assert event["type"] != "response.refusal.delta"
    assert lengths.keys() == {0}


def test_recorded_streams_fold_to_what_they_tell() -> None:
    """Without the responses in it, a recorded stream folds to the same output, but for what is encrypted anew."""

    def comparable(output: Any) -> Any:
        return [{key: part for key, part in item.items() if key != "encrypted_content"} for item in output]

    for exchange in recorded():
        real = told_by(exchange)
        output = fold(event for event in real if "response" not in event)["output"]
        assert comparable(output) == comparable(real[-1]["response"]["output"])


# ------------------------------------------------------------------------------------------------------ streams by hand


def test_fold_makes_up_what_was_left_out() -> None:
    """Deltas alone are enough: their items are made up, one after the other."""
    told: list[JSON] = [
        {"type": "response.reasoning_summary_text.delta", "delta": "Hm."},
        {"type": "response.output_text.delta", "delta": "Hel"},
        {"type": "response.output_text.delta", "delta": "lo"},
        {"type": "response.function_call_arguments.delta", "delta": "{", "item_id": "fc_1"},
        {"type": "response.function_call_arguments.delta", "delta": "}", "item_id": "fc_1"},
        {"type": "response.function_call_arguments.done", "arguments": "{}", "item_id": "fc_2"},
        {"type": "response.completed"},
    ]
    folded = fold(told)
    assert folded["status"] == "completed"
    reasoning, message, *calls = folded["output"]
    assert reasoning == {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}
    assert message["content"][0]["text"] == "Hello"
    assert message["status"] == "completed"
    assert [call.get("arguments") for call in calls] == ["{}"]


def test_fold_of_nothing_is_a_response_without_output() -> None:
    """No events, and events that say nothing of a response, fold to an empty one."""
    assert fold([]) == {"output": []}
    strange: list[JSON] = [{"type": "ping"}, {"no": "type"}, {"type": "response.something.new", "output_index": 0}]
    assert fold(strange) == {"output": []}


def test_fold_takes_models() -> None:
    """The SDK's own events fold as well."""
    response = whole(items.message("Hello"), items.function_call("f", {"a": 1}))
    with client(sse(stream(response))).responses.create(model="gpt-5", input="Hi", stream=True) as answer:
        assert fold(answer) == response


def test_fold_takes_the_last_response() -> None:
    """What a later response says counts, and an output there counts more than items."""
    first: JSON = {"id": "resp_1", "status": "in_progress", "output": [], "model": "gpt-5"}
    item: JSON = {"id": "msg_1", "type": "message", "content": []}
    told: list[JSON] = [
        {"type": "response.created", "response": first},
        {"type": "response.output_item.done", "item": item},
        {"type": "response.completed", "response": {"status": "completed", "output": [{**item, "id": "msg_2"}]}},
    ]
    assert fold(told) == {**first, "status": "completed", "output": [{**item, "id": "msg_2"}]}
    assert fold(told[:2]) == {**first, "output": [item]}


@pytest.mark.parametrize("nested", [True, False])
def test_fold_takes_errors(nested: bool) -> None:
    """An error event makes the response a failed one, in the API's form or in the SDK's."""
    error = {"code": "server_error", "message": "Oh."}
    event = {"type": "error", **({"error": error} if nested else error)}
    assert fold([{"type": "response.created", "response": {"id": "resp_1"}}, event]) == {
        "id": "resp_1",
        "status": "failed",
        "error": error,
        "output": [],
    }


def test_fold_shares_nothing() -> None:
    """The folded response has no part in common with the events."""
    told = stream(whole(*EXAMPLES.values()))
    before = copy.deepcopy(told)
    folded = fold(told)
    for item in folded["output"]:
        item.clear()
    folded["metadata"]["a"] = "b"
    assert told == before


def test_fold_finds_items_without_their_place() -> None:
    """Events without an ``output_index`` are about the item with their id, or else about the last one."""
    told: list[JSON] = [
        {"type": "response.output_item.added", "item": {"id": "msg_1", "type": "message", "content": []}},
        {"type": "response.output_item.added", "item": {"id": "msg_2", "type": "message", "content": []}},
        {"type": "response.output_text.delta", "item_id": "msg_1", "delta": "one"},
        {"type": "response.output_text.delta", "delta": "two"},
        {"type": "response.refusal.done", "item_id": "msg_2", "content_index": 1, "refusal": "no"},
        {"type": "response.shell_call_command.delta", "command_index": 1, "delta": "ls"},
        {"type": "response.shell_call_output_content.delta", "delta": {"stdout": "a"}},
        {"type": "response.shell_call_output_content.delta", "delta": {"stdout": "b", "stderr": "c"}},
        {"type": "response.apply_patch_call_operation_diff.delta", "delta": "+x"},
    ]
    first, second, shell, output, patch = fold(told)["output"]
    assert [part["text"] for part in first["content"]] == ["one"]
    assert second["content"][0]["text"] == "two"
    assert second["content"][1] == {"type": "refusal", "refusal": "no"}
    assert shell["action"]["commands"] == ["", "ls"]
    assert output["output"][0] == {"outcome": {"type": "exit", "exit_code": 0}, "stderr": "c", "stdout": "ab"}
    assert patch["operation"] == {"diff": "+x"}


def test_examples_in_docstrings_run() -> None:
    """Every example of the module gives what it says."""
    assert doctest.testmod(responses).failed == 0
