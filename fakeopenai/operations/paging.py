"""Lists: one page of a collection, as the operation's page class has it, with cursors, bounds, order and filters.

Used by the generic engine, and by operations with listings of their own: `page_of` takes any collection and any rows of
the table in `resources`. Nothing here changes state.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, cast

from ..errors import ApiError
from ..messages import integer_above_max, integer_below_min, invalid_type, invalid_value
from ..operation import Operation
from ..request import Request
from ..state import Collection, Page
from .narrowing import as_object, is_list, is_object
from .resources import Order, Resource, known_fields

__all__ = ["bounds", "empty_page", "page_body", "page_of"]

Where = Callable[[dict[str, Any]], bool]

_CURSORS = frozenset({"after", "before", "limit", "order", "order_by", "page", "include"})
_ANONYMOUS = frozenset({"fine_tuning.jobs.list", "fine_tuning.jobs.list_events"})  # whose pages name no ids; recorded
_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_ORDERS: dict[Any, Order] = {"asc": "asc", "desc": "desc", "ascending": "asc", "descending": "desc"}


def bounds(request: Request, resource: Resource, *, lenient: bool = False) -> tuple[int, Order]:
    """How many objects are asked for, and in which order; refused as the API refuses what is out of bounds.

    Args:
        request: what is asked for.
        resource: whose bounds apply.
        lenient: whether a number out of bounds counts as the nearest within, as where answers are made up anyway.
    """
    query, row = request.query, resource.row
    limit = query.get("limit")
    if limit is None:
        limit = row.default_limit
    elif isinstance(limit, str) and limit.lstrip("-").isdigit():
        limit = int(limit)
    if type(limit) is not int:
        raise invalid_type("limit", "an integer", limit)
    if lenient:
        limit = min(max(limit, 1), row.maximum)
    if limit < 1:
        raise integer_below_min("limit", limit, 1)
    if limit > row.maximum:
        raise integer_above_max("limit", limit, row.maximum)
    given = query.get("order")
    order = row.order if given is None else _ORDERS.get(given)
    if order is None:
        raise invalid_value("order", str(given), ("asc", "desc"))
    return limit, order


def page_of(
    request: Request, resource: Resource, collection: Collection, *, lenient: bool = False, also: Where | None = None
) -> dict[str, Any]:
    """One page of a collection, as the API answers it.

    Args:
        request: what is asked for: cursors, limit, order and filters are its query.
        resource: what the collection keeps.
        collection: the objects.
        lenient: whether a cursor that was never there gives an empty page instead of the API's refusal, and a limit
            out of bounds the nearest within.
        also: which objects belong to the listing, besides what the query says.
    """
    limit, order = bounds(request, resource, lenient=lenient)
    query = request.query
    where = _both(_filter(request, resource), also)
    after = query.get("after") or query.get("page")
    before = query.get("before")
    try:
        if query.get("order_by") == "updated_at":
            page = _by_update(collection, after, limit, order, where)
        else:
            page = collection.page(
                after=_key(collection, after), before=_key(collection, before), limit=limit, order=order, where=where
            )
    except KeyError as unknown:
        if not lenient:
            raise _unknown_cursor("before" if before == unknown.args[0] else "after", unknown.args[0]) from None
        page = Page([], has_more=False)
    return page_body(request.operation, page, resource.id_field)


def page_body(operation: Operation, page: Page, id_field: str = "id") -> dict[str, Any]:
    """A page as the operation's page class has it, in the API's order of keys."""
    items, kind = page.items, operation.page
    if operation.name in _ANONYMOUS:
        return {"object": "list", "data": items, "has_more": page.has_more}
    if kind == "SyncPage":
        return {"object": "list", "data": items}
    if kind in {"SyncNextCursorPage", "SyncTokenPage"}:
        following = items[-1].get(id_field) if page.has_more and items else None
        return {"object": "list", "data": items, "has_more": page.has_more, "next": following}
    cursor = "id" if items and "id" in items[0] else id_field
    return {
        "object": "list",
        "data": items,
        "first_id": items[0].get(cursor) if items else None,
        "last_id": items[-1].get(cursor) if items else None,
        "has_more": page.has_more,
    }


def empty_page(operation: Operation) -> dict[str, Any]:
    """A page without objects."""
    return page_body(operation, Page([], has_more=False))


def _key(collection: Collection, cursor: Any) -> str | None:
    """The key of the object that a cursor means: an id, even where objects are found by something else (a version)."""
    if not cursor:
        return None
    if cursor in collection or collection.was_deleted(cursor):
        return cast("str", cursor)
    for body in collection.page(limit=1).items:
        if "id" in body and body["id"] not in collection:
            found = collection.page(limit=1, where=lambda each: each["id"] == cursor).items
            if found:
                return next(key for key in collection.keys() if collection.get(key) == found[0])  # noqa: SIM118
    raise KeyError(cursor)


def _by_update(collection: Collection, after: str | None, limit: int, order: Order, where: Where | None) -> Page:
    """A page ordered by when objects were last changed: the one order that the store does not keep."""
    items = collection.page(limit=None, order="asc", where=where).items
    items.sort(key=lambda body: body.get("updated_at") or body.get("created_at") or 0, reverse=order == "desc")
    start = 0
    if after:
        places = [index for index, body in enumerate(items) if body.get("id") == after]
        if not places:
            raise KeyError(after)
        start = places[0] + 1
    return Page(items[start : start + limit], has_more=len(items) > start + limit)


def _unknown_cursor(param: str, cursor: str) -> ApiError:
    return ApiError(400, f"Invalid '{param}': no object with id '{cursor}'.", param=param, code="invalid_value")


# ------------------------------------------------------------------------------------------------ filters


def _both(first: Where | None, second: Where | None) -> Where | None:
    if first is None or second is None:
        return first or second
    return lambda body: first(body) and second(body)


def _filter(request: Request, resource: Resource) -> Where | None:
    """What the query says of the objects besides where the page begins and ends; None if nothing."""
    query = request.query
    hides = resource.row.hides
    names = [name for name in query if name.partition("[")[0] not in _CURSORS and query[name] is not None]
    if not names and hides is None:
        return None
    fields = known_fields(request.operation.cast_to)
    deeper = resource.row.filters
    tests = [
        test
        for name in names
        if (test := _deep(deeper[name], query[name]) if name in deeper else _test(name, query[name], fields))
        is not None
    ]
    if hides is not None and not query.get(hides[2]):
        field, hidden, _ = hides
        tests.append(lambda body: body.get(field) != hidden)
    return (lambda body: all(test(body) for test in tests)) if tests else None


def _deep(places: tuple[str, ...], value: Any) -> Where:
    """The test that the value at one of some places is the one that is asked for, or one of them."""
    wanted = value if is_list(value) else [value]
    return lambda body: any(_at(body, place) in wanted for place in places)


def _at(body: Mapping[str, Any], place: str) -> Any:
    found: Any = body
    for part in place.split("."):
        found = as_object(found).get(body.get("type", "") if part == "{type}" else part)
    return found


def _test(name: str, value: Any, fields: Mapping[str, Any]) -> Where | None:
    """The test that one filter stands for; None for one that the objects themselves cannot answer.

    A filter is named after the field (``purpose``, ``status``, ``metadata``), or after several values of it
    (``emails``); ``filter`` is the status.
    """
    field = "status" if name == "filter" else name
    if field not in fields and field.endswith("s") and field[:-1] in fields:
        field = field[:-1]
    if field not in fields and field != "metadata":  # stored chat completions have it, though their type does not
        return None
    if is_object(value) and field != "metadata" and value.keys() <= _BOUNDS.keys():
        return lambda body: all(_BOUNDS[sign](body.get(field) or 0, bound) for sign, bound in value.items())
    if is_object(value):
        return lambda body: all(as_object(body.get(field)).get(key) == item for key, item in value.items())
    if is_list(value):
        return lambda body: body.get(field) in value
    return lambda body: body.get(field) == value
