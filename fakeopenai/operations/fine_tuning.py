"""Fine-tuning: jobs with their events, checkpoints and the model at the end; permissions of checkpoints; graders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..assemble import ABSENT
from ..errors import ApiError
from ..replies import Reply
from ..request import Request
from ..state import Collection
from . import JsonObject, crud, operation
from .lifecycle import Course, course
from .narrowing import as_object
from .refusing import check_purpose
from .resources import named

if TYPE_CHECKING:
    from ..backend import Backend

_SNAPSHOTS = {
    "gpt-3.5-turbo": "gpt-3.5-turbo-0125",
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14",
    "o4-mini": "o4-mini-2025-04-16",
}
_METHODS = ("supervised", "dpo", "reinforcement")


def _keep_job(request: Request, account: Backend, body: JsonObject) -> None:
    _event(account, body["id"], f"Validating training file: {body['training_file']}")
    _event(account, body["id"], f"Created fine-tuning job: {body['id']}")
    crud.keep(request, account, body)


@operation("fine_tuning.jobs.create", persist=_keep_job)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A job whose files are being validated.

    A file that is gone is refused as reported; that one for something else is refused alike is inferred.
    """
    sent: Mapping[str, Any] = request.body or {}
    for name in ("training_file", "validation_file"):
        key = sent.get(name)
        invalid = ApiError(400, f"invalid {name}: {key}", param=name)
        if isinstance(key, str) and crud.gone(key, account.state.collection("files"), account):
            raise invalid
        check_purpose(account, key, "fine-tune", invalid)
    made = crud.create(request, account, reply)
    made["model"] = _SNAPSHOTS.get(made["model"], made["model"]) if "model" in made else ""
    made["status"] = "validating_files"  # recorded; in the API's own examples it is queued
    made.setdefault("seed", account.ids.random.randrange(2**31))
    method = as_object(sent.get("method"))
    kind: str = method["type"] if method.get("type") in _METHODS else "supervised"
    details = as_object(method.get(kind))
    chosen = as_object(details.get("hyperparameters") or sent.get("hyperparameters"))
    made["method"] = {"type": kind, "supervised": ABSENT, kind: {**details, "hyperparameters": chosen}}
    made["hyperparameters"] = {name: value for name, value in chosen.items() if name in _COMMON}
    return made


_COMMON = {"n_epochs", "batch_size", "learning_rate_multiplier"}


def _event(account: Backend, job_id: str, message: str) -> None:
    crud.put_new(account, "fine_tuning.jobs.events", {"level": "info", "message": message}, job_id)


_SAID = {
    "queued": "Files validated, moving job to queued state",
    "running": "Fine-tuning job started",
    "cancelled": "Fine-tuning job cancelled",
    "failed": "Fine-tuning job failed",
    "paused": "Fine-tuning job paused",
}


def _moved(account: Backend, collection: Collection, body: JsonObject, before: str) -> None:
    status = body["status"]
    if status == "succeeded":
        _succeed(account, body)
    if status in {"succeeded", "failed"}:
        body["finished_at"] = int(account.clock.now())
        body["estimated_finish"] = None
    if status in _SAID:
        _event(account, body["id"], _SAID[status])


def _succeed(account: Backend, body: JsonObject) -> None:
    """The model, a checkpoint of it, and what is said about them."""
    suffix = body.get("user_provided_suffix") or ""
    model = f"ft:{body['model']}:{body['organization_id'].removeprefix('org-')[:12]}:{suffix}:{body['id'][-8:]}"
    body["fine_tuned_model"] = model
    body["trained_tokens"] = body.get("trained_tokens") or 0
    checkpoint = {"fine_tuned_model_checkpoint": model, "fine_tuning_job_id": body["id"], "step_number": 1}
    crud.put_new(account, "fine_tuning.jobs.checkpoints", checkpoint, body["id"])
    crud.put_new(account, "models", {"id": model, "owned_by": body["organization_id"]})
    _event(account, body["id"], f"New fine-tuned model created: {model}")
    _event(account, body["id"], "The job has successfully completed")


course(
    Course(
        "fine_tuning.jobs",
        ("validating_files", "queued", "running", "succeeded"),
        arrive=dict.fromkeys([*_SAID, "succeeded"], _moved),
        others=("paused",),
    )
)


def _keep_permissions(request: Request, account: Backend, body: JsonObject) -> None:
    collection = account.state.collection(
        "fine_tuning.checkpoints.permissions", request.path_params["fine_tuned_model_checkpoint"]
    )
    for each in body["data"]:
        collection.put(each)


@operation("fine_tuning.checkpoints.permissions.create", persist=_keep_permissions)
def permit(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """One permission for each project."""
    resource = named("fine_tuning.checkpoints.permissions")
    now = int(account.clock.now())
    projects: Any = (request.body or {}).get("project_ids") or ()
    return {
        "object": "list",
        "data": [{"id": resource.new_id(account.ids), "created_at": now, "project_id": each} for each in projects],
        "has_more": False,
    }
