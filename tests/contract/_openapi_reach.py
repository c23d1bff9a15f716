"""How a strict fake with real state is brought to where an operation can be called: what its path names is made first.

What the path names is created by the operation that creates such things, else it is one that is listed (a model, the
step of a run), else it is put into the state, for things that come about outside of the API (users, rate limits).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from fakeopenai import FakeOpenAI
from fakeopenai.operation import Operation, operations
from tests.contract._openapi import nameless
from tests.strategies import method_of, plainest

__all__ = ["ANSWERED", "TOOL", "ask", "fitting", "id_of", "reach"]

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}},
}
ANSWERED = {"model": "gpt-5", "input": "Hi"}

FITTING: dict[str, dict[str, Any]] = {
    "beta.responses.create": ANSWERED,
    "beta.threads.runs.create": {"tools": [TOOL], "tool_choice": "required"},
    "chat.completions.create": {"store": True},
    "containers.files.create": {"file": ("a.txt", b"abc")},
    "files.create": {"file": ("a.jsonl", b"{}"), "purpose": "fine-tune"},  # nobody can download what is for assistants
    "responses.create": ANSWERED,
    "skills.update": {"default_version": "1"},
    "vector_stores.file_batches.create": {"file_ids": ["file-abc"]},
}
"""Arguments that the API takes where it refuses the plainest ones, and by which more can be reached."""

TOLD: dict[str, Callable[[FakeOpenAI, dict[str, Any]], dict[str, Any]]] = {
    "admin.organization.certificates.activate": lambda fake, given: _certificate(fake),
    "admin.organization.certificates.deactivate": lambda fake, given: _certificate(fake),
    "admin.organization.projects.certificates.activate": lambda fake, given: _certificate(fake),
    "admin.organization.projects.certificates.deactivate": lambda fake, given: _certificate(fake),
    "beta.responses.cancel": lambda fake, given: {"response_id": _in_background(fake.beta.responses)},
    "beta.threads.runs.submit_tool_outputs": lambda fake, given: {"tool_outputs": _outputs(fake, **given)},
    "models.delete": lambda fake, given: {"model": fake.state.models.put({"id": "ft:gpt-4o-mini:acme::abc"}).id},
    "responses.cancel": lambda fake, given: {"response_id": _in_background(fake.responses)},
    "videos.download_content": lambda fake, given: {"video_id": _done(fake.videos, **given)},
    "videos.remix": lambda fake, given: {"video_id": _done(fake.videos, **given)},
    "uploads.complete": lambda fake, given: {"part_ids": [fake.uploads.parts.create(given["upload_id"], data=b"a").id]},
}
"""What a call has to name besides what is in its path, by operation."""


def ask(fake: FakeOpenAI, operation: Operation, arguments: dict[str, Any]) -> Any:
    """The http response that an operation gets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        raw = getattr(method_of(fake, operation.resource).with_raw_response, operation.method)
        response = raw(**arguments).http_response
    response.read()
    return response


def fitting(operation: Operation) -> dict[str, Any]:
    """Arguments without those in the path."""
    given = {**plainest(operation), **FITTING.get(operation.name, {})}
    return {name: value for name, value in given.items() if name not in operation.path_params}


def reach(fake: FakeOpenAI, operation: Operation) -> dict[str, Any]:
    """Make what the path of an operation names, outermost first, and say with which arguments it is to be called."""
    found: dict[str, str] = {}
    parts = operation.path.split("/")
    for at, part in enumerate(parts):
        if part.startswith("{"):
            name = part.strip("{}")
            found[name] = _made(fake, "/".join(parts[:at]), name, operation, found)
    told = TOLD.get(operation.name)
    return {**fitting(operation), **found, **(told(fake, found) if told else {})}


def _made(fake: FakeOpenAI, prefix: str, param: str, operation: Operation, above: dict[str, str]) -> str:
    """The id of an object that is there, below a path and what stands above it."""
    for path in (prefix, f"/organization{prefix}"):
        creating = _at("POST", path, operation)
        if creating is not None:
            arguments = {**fitting(creating), **dict(zip(creating.path_params, above.values(), strict=True))}
            return id_of(ask(fake, creating, arguments), param) or str(arguments[param])
    listing = _at("GET", prefix, operation)
    if listing is None:
        assert prefix == "/fine_tuning/checkpoints", f"nothing makes or lists what is below {prefix}"
        return "ft:gpt-4o-mini-2024-07-18:acme::AbCdEfGh"  # a model that a job ended with; the API keeps no list
    listed = ask(fake, listing, dict(zip(listing.path_params, above.values(), strict=True))).json()["data"]
    if listed:
        return str(listed[0]["id"])
    collection: Any = method_of(fake.state, listing.resource)
    return str(collection.put({"id": f"{param}_1"}, *above.values()).id)


def id_of(created: Any, param: str) -> str:
    """By what the answer to a creation is found again: its id, or its first element's, or what its location says."""
    if "location" in created.headers:
        return str(created.headers["location"].rpartition("/")[2])
    body = created.json()
    body = body["data"][0] if "data" in body else body
    return str((body.get("version") if param == "version" else body.get("id")) or body.get(param) or "")


def _at(verb: str, path: str, operation: Operation) -> Operation | None:
    """What is called by that verb at a path; of two, what is of the same area as an operation."""
    found = [it for it in operations().values() if it.verb == verb and nameless(it.path) == nameless(path)]
    return min(found, key=lambda it: it.area != operation.area, default=None)


def _certificate(fake: FakeOpenAI) -> dict[str, Any]:
    return {"certificate_ids": [fake.admin.organization.certificates.create(certificate="PEM").id]}


def _in_background(responses: Any) -> str:
    return str(responses.create(**ANSWERED, background=True).id)


def _done(videos: Any, video_id: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return str(videos.poll(video_id).id)


def _outputs(fake: FakeOpenAI, thread_id: str, run_id: str) -> list[dict[str, str]]:
    """What the tools put out that a run is waiting for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        runs: Any = fake.beta.threads.runs
        run = runs.poll(run_id, thread_id=thread_id)
    assert run.required_action is not None
    calls = run.required_action.submit_tool_outputs.tool_calls
    return [{"tool_call_id": call.id, "output": "42"} for call in calls]
