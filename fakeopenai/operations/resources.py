"""What the generic engine knows of each resource: read from the operation table, and from one table of exceptions.

A resource without a row in `ROWS` is served by what the table says of it. A row says only where it differs: the form of
its ids, the words in which the API misses one of its objects, how it is listed. Imports leaves, `messages` and the
state's layout; `crud`, `paging`, `verbs` and the areas' modules import it.
"""

from __future__ import annotations

import contextlib
import functools
from typing import Literal

from ..assemble import shape_of
from ..errors import ApiError
from ..ids import Ids
from ..messages import DetailedError
from ..model_shapes import ModelShape, Shape, UnionShape
from ..operation import Operation, resolve
from ..state import Kept, canonical, kept

__all__ = ["Resource", "Row", "known_fields", "levels_of", "named", "resource_of", "singular"]

Order = Literal["asc", "desc"]


class Row:
    """Where one resource differs from what is usual.

    Attributes:
        prefix: what its ids begin with.
        length: number of characters after the prefix, where it isn't the usual one.
        begins: what an id in a path has to begin with, lest the API call its form invalid; ``""`` if anything goes.
        label: what its objects are called in the API's sentences: ``"Vector store"``.
        missing: the sentence for an id that names nothing, with ``{id}`` and ``{label}``.
        param: the parameter that the 404 names.
        code: the code of the 404.
        default_limit: objects on a page, unless asked otherwise.
        maximum: how many can be asked for at most.
        order: in which a listing comes, unless asked otherwise.
        key_from: the argument of ``create`` that gives the id, where it isn't a new one.
        assigns: the resources in which the object of that id is looked up, the nearest first.
        renames: arguments that stand under another name in the object.
        hides: a filter of the listing that is there unasked: field and value of the objects that are left out, and the
            argument that brings them back.
        holders: resources whose objects of the same key go when one is deleted here.
        filters: arguments of the listing that are about a value deeper in the objects, with the places where that may
            be; ``{type}`` stands for the object's type.
    """

    __slots__ = (
        "assigns",
        "begins",
        "code",
        "default_limit",
        "filters",
        "hides",
        "holders",
        "key_from",
        "label",
        "length",
        "maximum",
        "missing",
        "order",
        "param",
        "prefix",
        "renames",
    )

    def __init__(
        self,
        prefix: str = "",
        *,
        length: int | None = None,
        begins: str = "",
        label: str = "",
        missing: str = "{label} with id '{id}' not found.",
        param: str | None = None,
        code: str | None = None,
        default_limit: int = 20,
        maximum: int = 100,
        order: Order = "desc",
        key_from: str = "",
        assigns: tuple[str, ...] = (),
        renames: dict[str, str] | None = None,
        hides: tuple[str, str, str] | None = None,
        holders: tuple[str, ...] = (),
        filters: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.prefix = prefix
        self.length = length
        self.begins = begins
        self.label = label
        self.missing = missing
        self.param = param
        self.code = code
        self.default_limit = default_limit
        self.maximum = maximum
        self.order: Order = order
        self.key_from = key_from
        self.assigns = assigns
        self.renames = renames or {}
        self.hides = hides
        self.holders = holders
        self.filters = filters or {}


_NO_FOUND = "No {label} found with id '{id}'."
_ROLES = ("admin.organization.projects.roles", "admin.organization.roles")

# Sentences: recorded for chat completions, files, fine-tuning jobs, models, responses and run steps; reported for
# assistants, threads, runs, messages, batches, vector stores, conversations; the others follow the newer of the two
# common forms. Ids: recorded, or as in the API's own examples. Limits and orders: the API's description.
ROWS: dict[str, Row] = {
    "admin.organization.admin_api_keys": Row("key_", label="Admin API key", order="asc"),
    "admin.organization.audit_logs": Row(
        "audit_log-",
        label="Audit log",
        filters={
            "event_types": ("type",),
            "project_ids": ("project.id",),
            "actor_ids": (
                *("actor.session.user.id", "actor.api_key.id", "actor.api_key.user.id"),
                "actor.api_key.service_account.id",
            ),
            "actor_emails": ("actor.session.user.email", "actor.api_key.user.email"),
            "resource_ids": ("{type}.id",),
        },
    ),
    "admin.organization.certificates": Row("cert_"),
    "admin.organization.external_keys": Row("ekey_"),
    "admin.organization.external_storage": Row("extstore_", label="External storage configuration"),
    "admin.organization.groups": Row("group_", default_limit=100, maximum=1000, order="asc"),
    "admin.organization.groups.roles": Row(key_from="role_id", assigns=_ROLES[1:], default_limit=1000, maximum=1000),
    "admin.organization.groups.users": Row(
        key_from="user_id", assigns=("admin.organization.users",), default_limit=100, maximum=1000
    ),
    "admin.organization.invites": Row("invite-"),
    "admin.organization.projects": Row("proj_", hides=("status", "archived", "include_archived")),
    "admin.organization.projects.api_keys": Row("key_", label="API key"),
    "admin.organization.projects.certificates": Row("cert_"),
    "admin.organization.projects.groups": Row(key_from="group_id", assigns=("admin.organization.groups",), order="asc"),
    "admin.organization.projects.groups.roles": Row(
        key_from="role_id", assigns=_ROLES, default_limit=1000, maximum=1000
    ),
    "admin.organization.projects.rate_limits": Row("rl-", default_limit=100),
    "admin.organization.projects.roles": Row(
        "role_", default_limit=1000, maximum=1000, order="asc", renames={"role_name": "name"}
    ),
    "admin.organization.projects.service_accounts": Row("svc_acct_"),
    "admin.organization.projects.service_accounts.api_keys": Row("key_", label="API key"),
    "admin.organization.projects.spend_alerts": Row("alert_", order="asc"),
    "admin.organization.projects.users": Row("user_", key_from="user_id", assigns=("admin.organization.users",)),
    "admin.organization.projects.users.roles": Row(
        key_from="role_id", assigns=_ROLES, default_limit=1000, maximum=1000
    ),
    "admin.organization.roles": Row(
        "role_", default_limit=1000, maximum=1000, order="asc", renames={"role_name": "name"}
    ),
    "admin.organization.spend_alerts": Row("alert_", order="asc"),
    "admin.organization.users": Row("user-"),
    "admin.organization.users.roles": Row(key_from="role_id", assigns=_ROLES[1:], default_limit=1000, maximum=1000),
    "admin.organization.workload_identity_providers": Row("wip_"),
    "admin.organization.workload_identity_providers.federation_rules": Row("wifr_"),
    "audio.voice_consents": Row("cons_"),
    "audio.voices": Row("voice_"),
    "batches": Row("batch_", label="batch", missing=_NO_FOUND),
    "beta.agents.environments": Row("env_"),
    "beta.agents.environments.files": Row(key_from="path"),
    "beta.agents.environments.templates": Row("envtmpl_", label="Environment template"),
    "beta.agents.sessions": Row("sess_", filters={"agent_id": ("agent.id",)}),
    "beta.assistants": Row("asst_", begins="asst", label="assistant", missing=_NO_FOUND),
    "beta.chatkit.sessions": Row("cksess_"),
    "beta.chatkit.threads": Row("cthr_"),
    "beta.threads": Row("thread_", begins="thread", label="thread", missing=_NO_FOUND),
    "beta.threads.messages": Row("msg_", length=24, begins="msg", label="message", missing=_NO_FOUND),
    "beta.threads.runs": Row("run_", begins="run", label="run", missing=_NO_FOUND),
    "beta.threads.runs.steps": Row("step_", begins="step", label="run step", missing=_NO_FOUND),
    "chat.completions": Row("chatcmpl-", missing="Completion {id} not found", param="completion_id", code="not_found"),
    "chat.completions.messages": Row("chatcmpl-", order="asc"),
    "containers": Row("cntr_", begins="cntr"),
    "containers.files": Row("cfile_", label="Container file"),
    "conversations": Row("conv_", begins="conv"),
    "conversations.items": Row("msg_", label="Item"),
    "evals": Row("eval_", order="asc"),
    "evals.runs": Row("evalrun_", label="Eval run", order="asc"),
    "evals.runs.output_items": Row("outputitem_", label="Output item", order="asc"),
    "files": Row(
        "file-",
        missing="No such File object: {id}",
        param="id",
        default_limit=10_000,
        maximum=10_000,
        holders=("vector_stores.files",),
    ),
    "fine_tuning.checkpoints.permissions": Row("cp_", label="Checkpoint permission", default_limit=10),
    "fine_tuning.jobs": Row(
        "ftjob-",
        missing="Could not find fine tune: {id}",
        param="fine_tune_id",
        code="fine_tune_not_found",
        renames={"suffix": "user_provided_suffix"},
    ),
    "fine_tuning.jobs.checkpoints": Row("ftckpt_", default_limit=10),
    "fine_tuning.jobs.events": Row("ftevent-"),
    "models": Row(missing="The model '{id}' does not exist", param="model", code="model_not_found", order="asc"),
    "responses": Row("resp_", begins="resp"),
    "responses.input_items": Row("msg_"),
    "skills": Row("skill_", begins="skill"),
    "skills.versions": Row("skillver_", label="Skill version"),
    "uploads": Row("upload_", label="upload", missing=_NO_FOUND),
    "uploads.parts": Row("part_"),
    "vector_stores": Row("vs_", begins="vs"),
    "vector_stores.file_batches": Row("vsfb_", begins="vsfb", label="file batch", missing=_NO_FOUND),
    "vector_stores.files": Row(key_from="file_id", label="file", missing=_NO_FOUND),
    "videos": Row("video_", begins="video"),
    "videos.characters": Row("char_"),
    "webhooks": Row("we_", label="Webhook endpoint"),
}


class Resource:
    """What the API keeps under one path of the client.

    Attributes:
        kept: what the operation table says of it.
        row: where it differs from what is usual.
        name: its path on the client, as the store has it.
    """

    __slots__ = ("__dict__", "kept", "name", "row")

    def __init__(self, entry: Kept) -> None:
        self.kept = entry
        self.name = canonical(entry.resource)
        self.row = ROWS.get(self.name) or Row(f"{singular(self.name.rpartition('.')[2])}_")

    @functools.cached_property
    def id_field(self) -> str:
        """The field of an object that it is found by; ``"id"`` where no object has one."""
        return self.kept.id_field or "id"

    @property
    def label(self) -> str:
        """What an object is called: ``"Vector store"``."""
        return self.row.label or singular(self.name.rpartition(".")[2]).replace("_", " ").capitalize()

    @functools.cached_property
    def above(self) -> tuple[tuple[str, Resource | None], ...]:
        """The names of the ids above, outermost first, each with its resource.

        None for one that the client has no resource for: the checkpoints of fine-tuning.
        """
        found: list[tuple[str, Resource | None]] = []
        for depth, name in enumerate(self.kept.parents):
            found.append((name, _parent(self.kept.resource, depth, name)))
        return tuple(found)

    @functools.cached_property
    def shape(self) -> Shape:
        """The shape of the stored objects."""
        return shape_of(self.kept.type)

    @functools.cached_property
    def expires(self) -> bool:
        """Whether each of its objects says when it expires."""
        field = self.shape.fields.get("expires_at") if isinstance(self.shape, ModelShape) else None
        return field is not None and field.required and not field.nullable

    def new_id(self, ids: Ids) -> str:
        """An id for a new object."""
        return ids.make(self.row.prefix, self.row.length)

    def not_found(self, key: str, param: str = "") -> ApiError:
        """The API's refusal of an id that names nothing.

        Args:
            key: the id.
            param: what the path calls it; given, an id of another kind is told so.
        """
        row = self.row
        if param and row.begins and not key.startswith(row.begins):
            return ApiError(
                400,
                f"Invalid '{param}': '{key}'. Expected an ID that begins with '{row.begins}'.",
                param=param,
                code="invalid_value",
            )
        message = row.missing.format(label=self.label, id=key)
        if self.name == "files":
            return DetailedError(404, message, param=row.param, code=row.code)
        return ApiError(404, message, param=row.param, code=row.code)

    def __repr__(self) -> str:
        return f"<Resource {self.name}>"


def singular(name: str) -> str:
    """What one of several is called: ``"policy"``, ``"box"``, ``"file"``."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    for ending in ("sses", "ches", "shes", "xes"):
        if name.endswith(ending):
            return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


@functools.cache
def resource_of(name: str) -> Resource | None:
    """The resource of that path on the client; None if it keeps nothing."""
    entry = kept().get(name)
    return None if entry is None else Resource(entry)


def named(name: str) -> Resource:
    """The resource of that path, which is known to keep objects."""
    found = resource_of(name)
    assert found is not None, name
    return found


def _parent(resource: str, depth: int, key: str) -> Resource | None:
    """The resource below which ``resource`` lies with its path parameter number ``depth``."""
    while resource := resource.rpartition(".")[0]:
        entry = kept().get(resource)
        if entry is not None and not entry.single and len(entry.parents) == depth and entry.key in {key, ""}:
            return resource_of(resource)
    return None


@functools.cache
def levels_of(operation: Operation) -> tuple[Resource, ...]:
    """The resources whose objects the path of an operation names, outermost first, as far as the client has them.

    Example:
        >>> from fakeopenai.operation import find
        >>> levels_of(find("evals.runs.cancel"))
        (<Resource evals>, <Resource evals.runs>)
    """
    found: list[Resource] = []
    for depth, name in enumerate(operation.path_params):
        candidate = _parent(f"{operation.resource}.", depth, name)
        if candidate is None and operation.method.startswith("get_"):
            candidate = resource_of(f"{operation.resource}.{operation.method[4:]}s")
        if candidate is not None:
            found.append(candidate)
    return tuple(found)


@functools.cache
def known_fields(cast_to: str) -> dict[str, tuple[Shape, ...]]:
    """The fields of a response type, by wire name; of a union those of all its members.

    Those that it declares, and those that the API sends though an older SDK doesn't declare them.
    """
    first, *others = cast_to.split(" | ")
    shapes: list[Shape] = [shape_of(resolve(first))]
    for name in others:
        with contextlib.suppress(ImportError, AttributeError):  # an older SDK lacks it
            shapes.append(shape_of(resolve(name)))
    fields: dict[str, tuple[Shape, ...]] = {}
    while shapes:
        shape = shapes.pop(0)
        if isinstance(shape, UnionShape):
            shapes = [*shape.members, *shapes]
        elif isinstance(shape, ModelShape):
            for name, known in shape.known.items():
                fields[name] = (*fields.get(name, ()), known)
    return fields
