"""The envelope of a response: everything but what the model said. What was asked for, echoed, and the defaults.

Used by `responses`. What differs from model to model is in `model_facts`, tools are in `response_tools`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from .model_facts import Facts
from .moderation_results import moderated
from .narrowing import as_object
from .response_tools import echoed, offered_in

__all__ = ["ENDINGS", "envelope", "opened"]

JSON = dict[str, Any]

ENDINGS: Final = frozenset({"cancelled", "completed", "failed", "incomplete"})
"""The statuses from which nothing follows."""

_AUTO: Final = {None, "auto"}


def envelope(body: Mapping[str, Any], facts: Facts, *, id: str, model: str, now: int) -> JSON:
    """A completed response without output and usage, for the request that has this body."""
    get = body.get
    tier = get("service_tier")
    temperature, top_p, store = get("temperature"), get("top_p"), get("store")
    parallel, retention = get("parallel_tool_calls"), get("prompt_cache_retention")
    made: JSON = {
        "id": id,
        "object": "response",
        "created_at": now,
        "status": "completed",
        "background": bool(get("background")),
        "billing": {"payer": "developer"},
        "completed_at": now,
        "error": None,
        "frequency_penalty": 0.0,
        "incomplete_details": None,
        "instructions": get("instructions"),
        "max_output_tokens": get("max_output_tokens"),
        "max_tool_calls": get("max_tool_calls"),
        "model": model,
        "moderation": None,
        "output": [],
        "parallel_tool_calls": True if parallel is None else parallel,
        "presence_penalty": 0.0,
        "previous_response_id": get("previous_response_id"),
        "prompt_cache_key": get("prompt_cache_key"),
        "prompt_cache_retention": facts.retention if retention is None else retention,
        "reasoning": _reasoning(get("reasoning"), facts),
        "safety_identifier": get("safety_identifier"),
        "service_tier": "default" if tier in _AUTO else tier,
        "store": True if store is None else store,
        "temperature": 1.0 if temperature is None else float(temperature),
        "text": _text(get("text")),
        "tool_choice": get("tool_choice") or "auto",
        "tool_usage": {
            "image_gen": {
                "input_tokens": 0,
                "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
                "output_tokens": 0,
                "output_tokens_details": {"image_tokens": 0, "text_tokens": 0},
                "total_tokens": 0,
            },
            "web_search": {"num_requests": 0},
        },
        "tools": [],
        "top_logprobs": get("top_logprobs") or 0,
        "top_p": facts.top_p if top_p is None else float(top_p),
        "truncation": get("truncation") or "disabled",
        "usage": None,
        "user": get("user"),
        "metadata": get("metadata") or {},
    }
    items = get("input")
    loaded = offered_in(cast("list[Any]", items)) if isinstance(items, list) else []
    if get("tools") or loaded:
        made["tools"] = echoed(get("tools") or (), loaded)
    for name in _ONLY_IF_ASKED:
        if get(name) is not None:
            made[name] = get(name)
    if get("conversation") is not None:
        made["conversation"] = {"id": conversation_id(body)}
    if get("moderation") is not None:
        found = moderated(body["moderation"])
        made["moderation"] = {side: found[side]["results"][0] for side in ("input", "output")}
    if get("prompt") is not None:
        _fill_prompt(made, body["prompt"])
    return made


_ONLY_IF_ASKED: Final = ("prompt_cache_options",)
"""What is echoed if it was given, and isn't there otherwise."""


def conversation_id(body: Mapping[str, Any]) -> str | None:
    """The id of the conversation that a request belongs to; it may be given as an object."""
    given = body.get("conversation")
    return cast("Mapping[str, str]", given).get("id") if isinstance(given, Mapping) else given


def opened(response: Mapping[str, Any], status: str) -> JSON:
    """A background response as it looks before it has ended: nothing said, nothing counted."""
    waiting: JSON = {**response, "status": status, "output": [], "completed_at": None, "usage": None, "error": None}
    waiting["incomplete_details"] = None
    waiting.pop("billing", None)
    waiting["moderation"] = None
    if waiting.get("service_tier") == "default":
        waiting["service_tier"] = "auto"
    return waiting


def _reasoning(asked: Any, facts: Facts) -> JSON:
    given: Mapping[str, Any] = asked or {}
    if not facts.reasons:
        return {"context": None, "effort": given.get("effort"), "summary": given.get("summary")}
    summary = given.get("summary") or given.get("generate_summary")
    context = given.get("context")
    made: JSON = {
        "context": facts.context if context in _AUTO else context,
        "effort": given.get("effort") or facts.effort,
        "mode": given.get("mode") or "standard",
        "summary": "detailed" if summary == "auto" else summary,
    }
    if facts.summaries:
        made["generate_summary"] = None
    return made


def _text(asked: Any) -> JSON:
    given: Mapping[str, Any] = asked or {}
    format_ = given.get("format") or {"type": "text"}
    if format_.get("type") == "json_schema":
        strict = format_.get("strict")
        format_ = {
            "type": "json_schema",
            "description": format_.get("description"),
            "name": format_.get("name"),
            "schema": format_.get("schema"),
            "strict": True if strict is None else strict,
        }
    return {"format": format_, "verbosity": given.get("verbosity") or "medium"}


def _fill_prompt(made: JSON, asked: Mapping[str, Any]) -> None:
    """The prompt template as it was filled in. What it says, only the platform knows: the variables stand for it."""
    variables = {name: _variable(value) for name, value in as_object(asked.get("variables")).items()}
    made["prompt"] = {"id": asked.get("id"), "variables": variables, "version": asked.get("version")}
    if made["instructions"] is None:
        made["instructions"] = [
            {"type": "message", "content": [], "role": "developer"},
            {"type": "message", "content": list(variables.values()), "role": "user"},
        ]


def _variable(value: Any) -> JSON:
    if isinstance(value, str):
        return {"type": "input_text", "text": value}
    given: JSON = dict(value)
    kind = given.get("type")
    if kind == "input_image":
        return {"detail": "auto", "file_id": None, **given}
    if kind == "input_file":
        given.pop("file_data", None)  # which is long, and isn't echoed
        return {"file_id": None, **given}
    return given
