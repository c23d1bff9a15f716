"""Moderations: what is bad about texts and pictures. Nothing is, unless a test scripts it.

A test says as little as it likes, ``{"results": [{"categories": {"violence": True}}]}``: whether that is flagged, with
which scores, and what was found in which kind of input, follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..assemble import assemble
from ..replies import Reply
from ..request import Answer, Request
from ..snapshot import plain
from . import JsonObject, operation
from .moderation_results import CATEGORIES, score
from .narrowing import as_object, is_list, is_object, objects_in

if TYPE_CHECKING:
    from ..backend import Backend

_MODEL = "omni-moderation-latest"
_ANSWERS_AS = {"text-moderation-latest": "text-moderation-007", "text-moderation-stable": "text-moderation-007"}
_SEEN_IN_PICTURES = frozenset(name for name in CATEGORIES if name.startswith(("self-harm", "violence"))) | {"sexual"}
_OMNI = frozenset(name for name in CATEGORIES if name.startswith("illicit"))
_CERTAIN = 0.95
_HALF = 0.5
_LONG_ID = 29


@operation("moderations.create")
def create(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """A result for each text; one for all parts of a multi-modal input."""
    body: Mapping[str, Any] = request.body or {}
    model = body.get("model") or _MODEL
    inputs = _kinds(body.get("input"))
    given: dict[str, Any] = plain(reply.value) if reply is not None and reply.kind == "partial" else {}
    scripted: list[Any] = given["results"] if is_list(given.get("results")) else []
    results = [
        _result(kinds, as_object(scripted[place]) if place < len(scripted) else {})
        for place, kinds in enumerate([*inputs, *inputs[-1:] * (len(scripted) - len(inputs))])
    ]
    computed: JsonObject = {
        "id": account.ids.make("modr-", _LONG_ID if model.startswith("text-") else None),  # recorded
        "model": _ANSWERS_AS.get(model, model),
        "results": results,
    }
    # Assembly would take the scripted results for whole; they are completed here, and only then laid over.
    layer = {**given, "results": results} if "results" in given else given or None
    answer = assemble(request.operation.response_type, computed, layer, defaults=account.defaults, request=request)
    if model.startswith("text-"):
        for place, result in enumerate(answer["results"]):
            _narrow(result, as_object(scripted[place]) if place < len(scripted) else {})
    return Answer(answer)


def _narrow(result: JsonObject, given: Mapping[str, Any]) -> None:
    """Take out of a result what only omni models know; what a test says of it stays."""
    for part in ("categories", "category_scores"):
        for name in _OMNI - as_object(given.get(part)).keys():
            result[part].pop(name, None)
    if "category_applied_input_types" not in given:
        result.pop("category_applied_input_types", None)


def _kinds(given: Any) -> list[list[str]]:
    """The kinds of input that each result is about."""
    parts = objects_in(given)
    if not parts:
        return [["text"]] * (len(given) if is_list(given) else 1)
    found = {"image" if part.get("type") == "image_url" else "text" for part in parts}
    return [[kind for kind in ("text", "image") if kind in found]]


def _result(kinds: list[str], given: Mapping[str, Any]) -> JsonObject:
    """One result, around what a test says of it."""
    applied = {name: [kind for kind in kinds if kind == "text" or name in _SEEN_IN_PICTURES] for name in CATEGORIES}
    scores = as_object(given.get("category_scores"))
    categories = {name: scores.get(name, 0) >= _HALF for name in CATEGORIES}
    if is_object(said := given.get("categories")):
        categories.update(said)
    usual = {name: _CERTAIN if categories[name] else score(name) if applied[name] else 0.0 for name in CATEGORIES}
    return {
        "flagged": any(categories.values()),
        **given,
        "categories": categories,
        "category_scores": {**usual, **scores},
        "category_applied_input_types": {**applied, **as_object(given.get("category_applied_input_types"))},
    }
