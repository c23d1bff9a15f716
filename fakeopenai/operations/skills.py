"""Skills and their versions: described by the front matter of their ``SKILL.md``, numbered from 1, kept as sent."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from ..replies import Reply
from ..request import Answer, Request
from . import JsonObject, crud, operation
from .resources import named

if TYPE_CHECKING:
    from ..backend import Backend

_VERSIONS = "skills.versions"
_ZIP = "application/zip"


def _described(request: Request) -> JsonObject:
    """Name and description, from the front matter of the ``SKILL.md`` among the files."""
    for name, content in _files(request):
        if name.rpartition("/")[2].lower() == "skill.md":
            return _front_matter(content.decode("utf-8", "replace"))
    return {"name": "", "description": ""}


def _files(request: Request) -> list[tuple[str, bytes]]:
    """The files that were sent; those of an archive where it is one."""
    found: list[tuple[str, bytes]] = []
    for _, (name, content, _) in request.files:
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                found += [(each, archive.read(each)) for each in archive.namelist() if not each.endswith("/")]
        else:
            found.append((name or "", content))
    return found


def _front_matter(text: str) -> JsonObject:
    found: JsonObject = {"name": "", "description": ""}
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        return found
    for line in lines[1:]:
        if line.strip() == "---":
            break
        name, _, value = line.partition(":")
        if name.strip() in found:
            found[name.strip()] = value.strip().strip("\"'")
    return found


def _archive(files: list[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for index, (name, content) in enumerate(files):
            archive.writestr(name or f"file-{index}", content)
    return packed.getvalue()


def _keep(request: Request, account: Backend, body: JsonObject) -> None:
    crud.keep(request, account, body)
    version = {
        "description": body["description"],
        "name": body["name"],
        "skill_id": body["id"],
        "version": body["latest_version"],
    }
    kept = {"content": _archive(_files(request)), "content_type": _ZIP}
    crud.put_new(account, _VERSIONS, version, body["id"], extra=kept)


@operation("skills.create", persist=_keep)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A skill, which is its first version."""
    return {**crud.create(request, account, reply), **_described(request)}


@operation("skills.update", persist=crud.keep)
def update(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """Another version by default, and with it another name and description. That it has to be there is inferred."""
    place, skill = crud.lookup(request, account, reply)
    made = crud.update(request, account, reply)
    versions = account.state.collection(_VERSIONS, str(place.key))
    key: str = made["default_version"]
    version = versions.get(key)
    if version is not None:
        made.update(name=version["name"], description=version["description"])
    elif reply is None and place.key in place.collection:
        made_before = map(str, range(1, int(skill["latest_version"] or 0) + 1))  # by a test that has put the skill
        if key not in made_before or versions.was_deleted(key):
            raise named(_VERSIONS).not_found(key)
    return made


def _keep_version(request: Request, account: Backend, body: JsonObject) -> None:
    skills, skill_id = account.state.collection("skills"), request.path_params["skill_id"]
    versions = account.state.collection(_VERSIONS, skill_id)
    versions.put(body, key=body["version"], extra={"content": _archive(_files(request)), "content_type": _ZIP})
    skill: Any = skills.get(skill_id)
    if skill is not None:
        skill["latest_version"] = body["version"]
        if (request.body or {}).get("default") in {True, "true"}:
            skill.update(default_version=body["version"], name=body["name"], description=body["description"])
        skills.put(skill)


@operation("skills.versions.create", persist=_keep_version)
def create_version(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """The next version of a skill."""
    made = crud.create(request, account, reply)
    latest = account.state.collection("skills").get(request.path_params["skill_id"]) or {}
    number = int(latest.get("latest_version") or 0) + 1
    return {**made, **_described(request), "version": str(number)}


@operation("skills.content.retrieve")
def content(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """The files of the default version, as an archive."""
    place, skill = crud.lookup(request, account, reply)
    versions = account.state.collection(_VERSIONS, str(place.key))
    return _packed(skill, versions.extra(skill["default_version"]))


@operation("skills.versions.content.retrieve")
def content_of_version(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """The files of a version, as an archive."""
    place, version = crud.lookup(request, account, reply)
    return _packed(version, place.collection.extra(str(place.key)))


def _packed(body: JsonObject, kept: JsonObject) -> Answer:
    """What was sent for a skill; for one that nobody has sent, the file that each has."""
    archive = kept.get("content")
    if archive is None:
        front = f"---\nname: {body['name']}\ndescription: {body['description']}\n---\n"
        archive = _archive([("SKILL.md", front.encode())])
    return Answer(content=archive, content_type=_ZIP)
