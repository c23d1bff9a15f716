"""The organization: archived projects, certificates that are switched on and off, keys of service accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ApiError
from ..replies import Reply
from ..request import Request
from . import JsonObject, crud, guard, operation
from .resources import named

if TYPE_CHECKING:
    from ..backend import Backend

_CERTIFICATES = "admin.organization.certificates"
_PROJECTS = "admin.organization.projects"
_PROJECT_CERTIFICATES = f"{_PROJECTS}.certificates"
_ACCOUNTS = f"{_PROJECTS}.service_accounts"

_MEMBERS = (f"{_PROJECTS}.users", _ACCOUNTS)
"""What an archived project has no more of, and therefore doesn't even list."""


@guard(_PROJECTS)
def refuse_archived(request: Request, account: Backend, reply: Reply | None) -> None:
    """An archived project can't be used or updated: described, with the status. The sentence is inferred."""
    key, asked = request.path_params.get("project_id"), request.operation
    if key is None or reply is not None:
        return
    project = account.state.collection(_PROJECTS).get(key)
    if project is None or project.get("status") != "archived":
        return
    of_itself = asked.resource == _PROJECTS and asked.kind != "update"
    if not of_itself and (asked.verb != "GET" or asked.resource.startswith(_MEMBERS)):
        raise ApiError(400, f"Project '{key}' is archived. Archived projects cannot be used or updated.")


def _redacted(secret: str) -> str:
    return f"{secret[:6]}...{secret[-4:]}"


@operation("admin.organization.admin_api_keys.create", persist=crud.keep)
def create_key(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A key, whose value is shown this once."""
    made = crud.create(request, account, reply)
    made["value"] = account.ids.make("sk-admin-", 48)
    return {**made, "redacted_value": _redacted(made["value"])}


def _keep_account(request: Request, account: Backend, body: JsonObject) -> None:
    crud.keep(request, account, body)
    if body.get("api_key"):
        _keep_project_key(account, request.path_params["project_id"], body["api_key"], body)


@operation(f"{_ACCOUNTS}.create", persist=_keep_account)
def create_account(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A service account, with a key unless only the account was asked for."""
    made = crud.create(request, account, reply)
    if (request.body or {}).get("create_service_account_only"):
        return {**made, "api_key": None}
    key = {
        "id": account.ids.make("key_"),
        "created_at": made["created_at"],
        "name": "Secret Key",
        "value": account.ids.make("sk-svcacct-", 48),
    }
    return {**made, "api_key": key}


def _keep_account_key(request: Request, account: Backend, body: JsonObject) -> None:
    project_id, owner = request.path_params["project_id"], request.path_params["service_account_id"]
    crud.keep(request, account, body)
    known = account.state.collection(_ACCOUNTS, project_id).get(owner) or {"id": owner}
    _keep_project_key(account, project_id, body, known)


operation(f"{_ACCOUNTS}.api_keys.create", persist=_keep_account_key)(crud.create)


def _keep_project_key(account: Backend, project_id: str, key: Mapping[str, Any], owner: Mapping[str, Any]) -> None:
    """Have the key listed among those of the project, without its value."""
    shown = {name: owner[name] for name in ("id", "name", "created_at", "role") if owner.get(name)}
    partial: JsonObject = {
        "id": key["id"],
        "name": key.get("name") or "",
        "redacted_value": _redacted(str(key.get("value") or "")),
        "owner": {"type": "service_account", "service_account": shown},
    }
    crud.put_new(account, "admin.organization.projects.api_keys", partial, project_id)


# ------------------------------------------------------------------------------------------------ certificates


def _keep_certificates(request: Request, account: Backend, body: JsonObject) -> None:
    project = tuple(request.path_params.values())
    name = _PROJECT_CERTIFICATES if project else _CERTIFICATES
    collection = account.state.collection(name, *project)
    for each in body["data"]:
        collection.put({**each, **({} if project else collection.get(each["id"]) or {}), "active": each["active"]})


@operation(
    f"{_CERTIFICATES}.activate",
    f"{_CERTIFICATES}.deactivate",
    f"{_PROJECT_CERTIFICATES}.activate",
    f"{_PROJECT_CERTIFICATES}.deactivate",
    persist=_keep_certificates,
)
def switch(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """Certificates of the organization, switched on or off for it or for a project."""
    lenient = crud.tolerant(request, account, reply)
    if request.path_params and not lenient:
        crud.check_parents(request, account)
    known = account.state.collection(_CERTIFICATES)
    keys: Any = (request.body or {}).get("certificate_ids") or ()
    data: list[JsonObject] = []
    for key in keys:
        body = known.get(key)
        if body is None and not lenient:
            raise named(_CERTIFICATES).not_found(key)
        kept = {name: value for name, value in (body or {"id": key}).items() if name != "object"}
        data.append({**kept, "active": request.operation.method == "activate"})
    owner = "organization.project" if request.path_params else "organization"
    return {"object": f"{owner}.certificate.{request.operation.method[:-1]}ion", "data": data}


def _drop_certificate(request: Request, account: Backend, body: JsonObject) -> None:
    crud.drop(request, account, body)
    for _, _, held in list(account.state.resources(_PROJECT_CERTIFICATES)):
        held.delete(request.path_params["certificate_id"])


@operation(f"{_CERTIFICATES}.delete", persist=_drop_certificate)
def delete_certificate(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A certificate that is off everywhere: described. The sentence is the description's, the rest inferred."""
    key = request.path_params["certificate_id"]
    holding = [collection for _, _, collection in account.state.resources(_PROJECT_CERTIFICATES)]
    holding.append(account.state.collection(_CERTIFICATES))
    if reply is None and any((held.get(key) or {}).get("active") for held in holding):
        raise ApiError(400, "The certificate must be inactive for the organization and all projects.")
    return crud.delete(request, account, reply)


@operation(f"{_CERTIFICATES}.list", f"{_PROJECT_CERTIFICATES}.list")
def list_certificates(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """Certificates; in a list, their ``object`` says whose they are."""
    page = crud.list_(request, account, reply)
    owner = "organization.project" if request.path_params else "organization"
    return {**page, "data": [{**each, "object": f"{owner}.certificate"} for each in page["data"]]}
