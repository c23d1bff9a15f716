"""The generic engine: create, retrieve, update, list and delete, over the operation table, for every resource.

What an operation does follows from its row of the table (kind, path, response type, page), from what its resource keeps
and from the resource's exceptions (`resources`). Where its objects are is in `places`, other actions than these five
are in `verbs`, listings in `paging`, what moves by itself in `lifecycle`. An area's module that needs more for one
operation registers its own behaviour and builds it from these functions; each takes (request, account, reply) as any
behaviour does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..assemble import assemble
from ..model_shapes import UNSET, ModelShape, Run, Shape
from ..replies import Reply
from ..request import Request
from ..state import SINGLE, Collection
from . import JsonObject, lifecycle
from .narrowing import as_object, is_list
from .paging import empty_page, page_of
from .places import LASTS, Place, check_parents, find, lookup, made_up, place_of, stamps, target_of, tolerant
from .resources import Resource, known_fields, named, resource_of

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = [
    "Place",
    "check_parents",
    "check_references",
    "create",
    "delete",
    "drop",
    "echo",
    "find",
    "keep",
    "list_",
    "lookup",
    "made_up",
    "place_of",
    "put_new",
    "retrieve",
    "secrets",
    "stamps",
    "target_of",
    "tolerant",
    "update",
]

_TOUCHED = ("updated_at", "last_active_at")
_SECONDS = {"seconds": 1, "minutes": 60, "days": 86_400}

# What the API shows once, at the creation of a key or of an endpoint.
_SECRETS = {"value": "sk-", "signing_secret": "whsec_", "client_secret": "ek_"}

_REFERENCES = {
    "assistant_id": "beta.assistants",
    "file_id": "files",
    "file_ids": "files",
    "input_file_id": "files",
    "vector_store_ids": "vector_stores",
}


# ------------------------------------------------------------------------------------------------ the five


def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A new object: what was sent, an id, the time."""
    place = place_of(request, account, checked=not tolerant(request, account, reply))
    body: Mapping[str, Any] = request.body or {}
    check_references(body, account)
    resource, operation = place.resource, request.operation
    fields = known_fields(operation.cast_to)
    made = {**stamps(fields, account), **echo(request, fields, resource.row.renames)}
    row = resource.row
    key = body.get(row.key_from) if row.key_from else None
    if key is None:
        key = resource.new_id(account.ids)
    elif row.assigns:
        _assign(made, fields, place, key, account)
    if resource.id_field in fields:
        made.setdefault(resource.id_field, key)
        if "id" in fields:
            made.setdefault("id", resource.new_id(account.ids))
    _expiry(made, fields, body, account)
    if resource.expires and "expires_at" in fields:
        made.setdefault("expires_at", int(account.clock.now()) + LASTS)
    return {**secrets(fields, account), **made}


def retrieve(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A stored object. Something that takes time has moved one step on, unless the test says itself where it is."""
    place, body = lookup(request, account, reply)
    if reply is None and account.setting("lifecycle", request.operation) == "steps" and place.key in place.collection:
        lifecycle.step(account, place.collection, body)
    return _as_answered(body, place.resource, request)


def update(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A stored object with what was sent laid over: whole values replace whole values, null clears."""
    place, body = lookup(request, account, reply)
    sent: Mapping[str, Any] = request.body or {}
    check_references(sent, account)
    renames = place.resource.row.renames
    fields = known_fields(place.resource.kept.home)
    for name, value in echo(request, fields, renames).items():
        if type(value) is dict or type(value) is list:
            body[name] = next(shape for shape in fields[name] if _may_hold((shape,), value)).merge(UNSET, value, Run())
        else:
            body[name] = value
    cleared = [renames.get(name, name) for name, value in sent.items() if value is None]
    if cleared:
        initial: Any = place.resource.shape.default()
        body.update({name: initial.get(name) for name in cleared if name in fields})
    for name in _TOUCHED:
        if name in fields:
            body[name] = int(account.clock.now())
    _expiry(body, fields, sent, account)
    return _as_answered(body, place.resource, request)


def list_(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A page of stored objects. The objects that a test gives stand for all there are."""
    lenient = tolerant(request, account, reply)
    place = place_of(request, account, checked=not lenient)
    if reply is not None:
        return {**empty_page(request.operation), "data": []}
    page = page_of(request, place.resource, place.collection, lenient=lenient)
    if request.operation.cast_to not in {place.resource.kept.home, ""} and request.operation.page:
        shape = place.resource.shape
        item: Any = request.operation.response_type
        page["data"] = [assemble(item, _projected(body, shape, request)) for body in page["data"]]
    return page


def delete(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """What the API says of a deleted object. Deleting is `drop`'s business."""
    place = find(request, account, reply)
    assert place.key is not None
    resource, operation = place.resource, request.operation
    if operation.cast_to in {resource.kept.home, "None"}:
        body = place.collection.get(place.key) or made_up(place, request, account)
        if operation.cast_to != "None":
            return body
        return {"id": place.key, "object": f"{body.get('object', '')}.deleted", "deleted": True}
    parent = resource.above[-1][1] if resource.above else None
    if parent is not None and operation.cast_to == parent.kept.home:
        above = account.state.collection(parent.name, *place.parents[:-1])
        key = place.parents[-1]
        owner = Place(parent, place.parents[:-1], key, "", above)
        return above.get(key) or made_up(owner, request, account)
    fields = known_fields(operation.cast_to)
    answer: JsonObject = {name: True for name in ("deleted",) if name in fields}
    answer.update(dict.fromkeys({"id", resource.id_field, *request.path_params} & fields.keys(), place.key))
    answer.update(
        {name: value for name, value in zip(resource.kept.parents, place.parents, strict=True) if name in fields}
    )
    return answer


# ------------------------------------------------------------------------------------------------ what is kept


def put_new(
    account: Backend, name: str, partial: JsonObject, *parents: str, extra: Mapping[str, Any] | None = None
) -> JsonObject:
    """Make an object that nobody asked for directly (an event, an output file), and store it.

    Args:
        account: who is to have it.
        name: its resource.
        partial: what is known of it; id and time are added.
        parents: ids of the objects that it lies below.
        extra: hidden data to keep beside it.
    """
    resource = named(name)
    fields = known_fields(resource.kept.home)
    own: JsonObject = {"id": resource.new_id(account.ids), **stamps(fields, account), **partial}
    body: JsonObject = assemble(resource.kept.type, own)
    account.state.collection(resource.name, *parents).put(body, key=body[resource.id_field], extra=extra)
    return body


def keep(request: Request, account: Backend, body: JsonObject) -> None:
    """Store the object that was answered."""
    place = place_of(request, account, checked=False)
    stored = _stored(place, request, body)
    key = SINGLE if place.resource.kept.single else _key_in(stored, place, request)
    new = key not in place.collection
    if stored is not body and (not new or request.operation.kind == "update"):
        stored = {**(place.collection.get(key) or made_up(place, request, account)), **stored}
    place.collection.put(stored, key=key)
    if new and account.setting("lifecycle", request.operation) == "instant":
        lifecycle.begin(account, place.collection, stored)
        body.update({name: stored[name] for name in body if name in stored})


def drop(request: Request, account: Backend, body: JsonObject) -> None:
    """Delete the object that the path names, with everything below it, and wherever else it is held."""
    place = place_of(request, account, checked=False)
    assert place.key is not None
    forget(place.resource, place.parents, place.key, account)


def forget(resource: Resource, parents: tuple[str, ...], key: str, account: Backend) -> None:
    """Delete an object, with everything below it, and wherever else it is held."""
    with account.state.lock:
        collection = account.state.collection(resource.name, *parents)
        if not collection.delete(key) and not collection.was_deleted(key):
            collection.put({}, key=key)  # made up on the way; from now on it is one that was deleted
            collection.delete(key)
        account.state.drop(resource.name, *parents, *((key,) if key else ()))
        for holder in resource.row.holders:
            for _, _, held in list(account.state.resources(holder)):
                held.delete(key)


def _stored(place: Place, request: Request, body: JsonObject) -> JsonObject:
    """An answer as its resource keeps it: without the secrets of creation, under the type that it is read as."""
    resource = place.resource
    if request.operation.cast_to == resource.kept.home:
        return body
    fields = known_fields(resource.kept.home)
    if resource.id_field not in known_fields(request.operation.cast_to) and not resource.kept.single:
        for value in list(body.values()):
            if "permissions" in as_object(value):
                body = {**value, **body}
    kept = {name: value for name, value in body.items() if name in fields}
    return assemble(resource.kept.type, kept) if request.operation.kind == "create" else kept


def _key_in(stored: JsonObject, place: Place, request: Request) -> str:
    key_from = place.resource.row.key_from
    key = place.key or (request.body or {}).get(key_from) if key_from else place.key
    if key is None:
        return str(stored[place.resource.id_field])
    if not stored.get(place.resource.id_field):
        stored[place.resource.id_field] = key
    return str(key)


def _as_answered(body: JsonObject, resource: Resource, request: Request) -> JsonObject:
    """A stored object as an operation answers it, whose response type may know less or more of it."""
    if request.operation.cast_to == resource.kept.home:
        return body
    return _projected(body, resource.shape, request)


def _projected(body: JsonObject, shape: Shape, request: Request) -> JsonObject:
    fields = known_fields(request.operation.cast_to)
    declared = known_fields_of(shape)
    return {name: value for name, value in body.items() if name in fields or name not in declared}


def known_fields_of(shape: Shape) -> Mapping[str, Any]:
    """The fields that a shape declares; none if it is no model."""
    return shape.fields if isinstance(shape, ModelShape) else {}


# ------------------------------------------------------------------------------------------------ what follows


def secrets(fields: Mapping[str, Any], account: Backend) -> JsonObject:
    """New secrets, where the answer shows them."""
    return {name: account.ids.make(prefix, 48) for name, prefix in _SECRETS.items() if name in fields}


def echo(request: Request, fields: Mapping[str, tuple[Shape, ...]], renames: Mapping[str, str] = {}) -> JsonObject:
    """What was sent, and the ids in the path, as far as the response has a place for it."""
    found: JsonObject = {name: value for name, value in request.path_params.items() if name in fields}
    for name, value in (request.body or {}).items():
        field = renames.get(name, name) if renames else name
        if value is None:
            continue
        if field in fields:
            if _may_hold(fields[field], value):
                found[field] = value
        elif field != name:  # the API sends it, though the SDK doesn't declare it
            found[field] = value
    return found


def _may_hold(shapes: tuple[Shape, ...], value: Any) -> bool:
    """Whether a field can hold a value, once what is missing in it is completed."""
    return any(all(mismatch.value is UNSET for mismatch in shape.mismatches(value)) for shape in shapes)


def _expiry(made: JsonObject, fields: Mapping[str, Any], body: Mapping[str, Any], account: Backend) -> None:
    """When an object expires, from how long it was to last."""
    if "expires_at" not in fields:
        return
    lasts = as_object(body.get("expires_after"))
    seconds = body.get("expires_in_seconds")
    for unit, length in _SECONDS.items():
        if isinstance(lasts.get(unit), int):
            seconds = lasts[unit] * length
    if isinstance(seconds, int):
        made["expires_at"] = int(account.clock.now()) + seconds
    elif "expires_after" in body:
        made["expires_at"] = None


def _assign(made: JsonObject, fields: Mapping[str, Any], place: Place, key: str, account: Backend) -> None:
    """Put a known object under another one: a role or a user, as far as the account knows it."""
    known = _known(place.resource, place.parents, key, account)
    made.update({name: value for name, value in known.items() if name in fields and name not in {*made, "object"}})
    if "name" in known and "group_name" in fields:
        made["group_name"] = known["name"]
    for name, resource in place.resource.above:
        part = name.removesuffix("_id")
        if part in fields and resource is not None:
            depth = [above for above, _ in place.resource.above].index(name)
            key_above, further = place.parents[depth], place.parents[:depth]
            owner = _known(resource, further, key_above, account)
            owner = owner or account.state.collection(resource.name, *further).get(key_above) or {}
            # As a member of a project it is another kind of ``object`` than as such.
            made[part] = {**{field: value for field, value in owner.items() if field != "object"}, "id": key_above}
    if "role" in fields and isinstance(next(iter(fields["role"])), ModelShape):
        made["role"] = {**known, "id": key}


def _known(resource: Resource, parents: tuple[str, ...], key: str, account: Backend) -> JsonObject:
    """What the account knows of an object that is assigned, where it was made; nothing if it doesn't know it."""
    for name in resource.row.assigns:
        above = parents[: len(source.kept.parents)] if (source := resource_of(name)) else ()
        found = account.state.collection(name, *above).get(key)
        if found:
            return found
    return {}


def check_references(body: Mapping[str, Any], account: Backend) -> None:
    """Refuse ids in a body that name nothing: those of deleted objects; with ``validate_exists`` all unknown ones."""
    for name, value in body.items():
        target = _REFERENCES.get(name)
        if target is None:
            continue
        collection = account.state.collection(target)
        for key in value if is_list(value) else [value]:
            if isinstance(key, str) and gone(key, collection, account):
                raise named(target).not_found(key)


def gone(key: str, collection: Collection, account: Backend) -> bool:
    """Whether an id that a body names is to be refused."""
    return key not in collection and (account.validate_exists or collection.was_deleted(key))
