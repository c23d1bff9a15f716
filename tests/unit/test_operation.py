"""The operation table at run time: names that resolve, routes that match. Holds on every supported SDK."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any
from urllib.parse import quote

import hypothesis.strategies as st
import pydantic
import pytest
from hypothesis import given
from typing_extensions import is_typeddict

from fakeopenai import operation as module
from fakeopenai._table import CLASSES, OPERATIONS
from fakeopenai.operation import Operation, find, installed, match, operations, resolve, unlisted

INSTALLED = [operation for operation in OPERATIONS if installed(operation)]
BINARY = "openai._legacy_response.HttpxBinaryResponseContent"

# Operations that share a route: only the response type or the fixed query tells which one is meant.
COLLISIONS = {
    ("DELETE", "/responses/{}"): {"responses.delete", "beta.responses.delete"},
    ("GET", "/files/{}/content"): {"files.content", "files.retrieve_content"},
    ("GET", "/fine_tuning/checkpoints/{}/permissions"): {
        "fine_tuning.checkpoints.permissions.list",
        "fine_tuning.checkpoints.permissions.retrieve",
    },
    ("GET", "/responses/{}"): {"responses.retrieve", "beta.responses.retrieve"},
    ("GET", "/responses/{}/input_items"): {"responses.input_items.list", "beta.responses.input_items.list"},
    ("POST", "/responses"): {"responses.create", "beta.responses.create"},
    ("POST", "/responses/compact"): {"responses.compact", "beta.responses.compact"},
    ("POST", "/responses/input_tokens"): {"responses.input_tokens.count", "beta.responses.input_tokens.count"},
    ("POST", "/responses/{}/cancel"): {"responses.cancel", "beta.responses.cancel"},
}


def filled(operation: Operation, values: dict[str, str] | None = None) -> str:
    """The path of an operation with sample ids, and its fixed query."""
    values = values or {name: f"{name}-1" for name in operation.path_params}
    query = "&".join(f"{key}={value}" for key, value in operation.path_query)
    return operation.path.format(**values) + (f"?{query}" if query else "")


def expected_type(operation: Operation) -> str:
    """What the SDK passes for an operation as ``cast_to.__name__``."""
    item = operation.cast_to.rpartition(".")[2]
    return f"{operation.page}[{item}]" if operation.page else item


# --- matching --------------------------------------------------------------------------------------------------------


def test_every_operation_matches_its_own_route() -> None:
    """A filled path, with the response type and the query that the SDK sends, leads back to its operation and ids."""
    wrong = [
        operation.name
        for operation in OPERATIONS
        if match(operation.verb, filled(operation), expected_type(operation))
        != (operation, {name: f"{name}-1" for name in operation.path_params})
    ]
    assert wrong == []


def test_collisions_are_the_known_ones() -> None:
    """The routes that several operations share are listed here: a new one needs a way to tell them apart."""
    sharing: dict[tuple[str, str], set[str]] = defaultdict(set)
    for operation in OPERATIONS:
        sharing[operation.verb, re.sub(r"{\w+}", "{}", operation.path)].add(operation.name)
    assert {route: names for route, names in sharing.items() if len(names) > 1} == COLLISIONS


@pytest.mark.parametrize(
    ("verb", "path", "cast_to", "name"),
    [
        ("GET", "/files/file-1/content", "HttpxBinaryResponseContent", "files.content"),
        ("GET", "/files/file-1/content", "str", "files.retrieve_content"),
        ("GET", "/files/file-1/content", None, "files.content"),
        ("GET", "/files/file-1/content", "SomethingElse", "files.content"),
        ("POST", "/responses", "Response", "responses.create"),
        ("POST", "/responses", "BetaResponse", "beta.responses.create"),
        ("POST", "/responses", None, "responses.create"),
        ("POST", "/responses?beta=true", None, "beta.responses.create"),
        ("POST", "/responses/?x=1&beta=true", None, "beta.responses.create"),
        ("POST", "/responses?beta=false", None, "responses.create"),
        ("POST", "/responses?notbeta=true", None, "responses.create"),
        ("DELETE", "/responses/resp_1", "NoneType", "responses.delete"),
        ("DELETE", "/responses/resp_1?beta=true", "NoneType", "beta.responses.delete"),
        (
            "GET",
            "/fine_tuning/checkpoints/ckpt/permissions",
            "SyncConversationCursorPage[PermissionListResponse]",
            "fine_tuning.checkpoints.permissions.list",
        ),
        (
            "GET",
            "/fine_tuning/checkpoints/ckpt/permissions",
            "AsyncConversationCursorPage[PermissionListResponse]",
            "fine_tuning.checkpoints.permissions.list",
        ),
        (
            "GET",
            "/fine_tuning/checkpoints/ckpt/permissions",
            "PermissionRetrieveResponse",
            "fine_tuning.checkpoints.permissions.retrieve",
        ),
    ],
)
def test_shared_routes_are_told_apart(verb: str, path: str, cast_to: str | None, name: str) -> None:
    """By response type, then by the fixed query; otherwise it is what the SDK does not call deprecated."""
    found = match(verb, path, cast_to)
    assert found is not None
    assert found[0].name == name


def test_a_shared_route_is_an_operation_that_the_sdk_has() -> None:
    """What an older SDK calls can't be what it lacks, even if that has taken its place since."""
    found = match("GET", "/fine_tuning/checkpoints/ckpt/permissions")
    assert found is not None
    current, former = (find(f"fine_tuning.checkpoints.permissions.{method}") for method in ("list", "retrieve"))
    assert current is not None
    assert found[0] is (current if installed(current) else former)


@pytest.mark.parametrize(
    ("verb", "path", "name"),
    [
        ("POST", "/threads/runs", "beta.threads.create_and_run"),
        ("POST", "/responses/compact", "responses.compact"),
        ("POST", "/fine_tuning/alpha/graders/run", "fine_tuning.alpha.graders.run"),
        ("POST", "/organization/certificates/activate", "admin.organization.certificates.activate"),
        ("POST", "/videos/edits", "videos.edit"),
    ],
)
def test_literal_segments_come_before_parameters(verb: str, path: str, name: str) -> None:
    """``/threads/runs`` is no thread called "runs"."""
    found = match(verb, path)
    assert found is not None
    assert (found[0].name, found[1]) == (name, {})


def test_a_literal_that_leads_nowhere_gives_way_to_a_parameter() -> None:
    """``/threads/runs/messages`` can only be the messages of a thread called "runs"."""
    found = match("GET", "/threads/runs/messages")
    assert found is not None
    assert (found[0].name, found[1]) == ("beta.threads.messages.list", {"thread_id": "runs"})


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", ""),
        ("GET", "/"),
        ("GET", "/nothing/here"),
        ("GET", "/files/file-1/content/more"),
        ("GET", "/files//content"),
        ("DELETE", "/chat/completions"),
        ("PATCH", "/files"),
        ("get", "/files"),
        ("GET", "/FILES"),
        ("GET", "/v1/files"),
        ("GET", "/{}"),
    ],
)
def test_unknown_routes_match_nothing(verb: str, path: str) -> None:
    """A wrong verb, a missing id, another case, a prefix: none is guessed at."""
    assert match(verb, path) is None


@pytest.mark.parametrize("path", ["/files/file-1", "/files/file-1/", "files/file-1", "/files/file-1?limit=3"])
def test_slashes_at_the_ends_and_queries_do_not_matter(path: str) -> None:
    """All ways to write a path reach its operation."""
    found = match("GET", path)
    assert found is not None
    assert (found[0].name, found[1]) == ("files.retrieve", {"file_id": "file-1"})


@pytest.mark.parametrize("path", ["/files/", "files", "/files?limit=3", "/files/?limit=3"])
def test_routes_without_parameters_are_as_lenient(path: str) -> None:
    """The short cut for them takes the same spellings."""
    assert match("GET", path) == (operations()["files.list"], {})


def test_encoded_segments_stay_encoded() -> None:
    """A slash in an id does not split it, and decoding is left to the caller."""
    found = match("GET", "/models/org%2Fmodel%20x")
    assert found is not None
    assert (found[0].name, found[1]) == ("models.retrieve", {"model": "org%2Fmodel%20x"})


def test_the_route_of_an_older_sdk_is_known() -> None:
    """Before 3.54, the SDK cancelled an eval run at the path of the run itself."""
    expected = operations()["evals.runs.cancel"], {"eval_id": "eval_1", "run_id": "run_1"}
    assert match("POST", "/evals/eval_1/runs/run_1") == expected
    assert match("POST", "/evals/eval_1/runs/run_1/cancel") == expected


@given(operation=st.sampled_from(OPERATIONS), data=st.data())
def test_any_id_survives(operation: Operation, data: st.DataObject) -> None:
    """Whatever text an id is, encoded as the SDK does it, it comes back, and the operation is never another one."""
    taken = {segment for other in OPERATIONS for segment in other.path.split("/")}
    text = st.text(min_size=1).filter(lambda value: value not in taken)
    values = {name: quote(data.draw(text), safe="") for name in operation.path_params}
    assert match(operation.verb, filled(operation, values), expected_type(operation)) == (operation, values)


# --- names -----------------------------------------------------------------------------------------------------------


def test_names_resolve_or_are_missing_in_the_usual_way() -> None:
    """What an SDK lacks is an ImportError or AttributeError, never anything else; what it has is a type."""
    lacking: set[str] = set()
    for operation in OPERATIONS:
        try:
            assert operation.response_type is not None
            assert (operation.chunk_type is not None) == bool(operation.stream)
            assert (operation.page_type is not None) == bool(operation.page)
        except (ImportError, AttributeError):
            lacking.add(operation.name)
        assert all(is_typeddict(params) for params in operation.params_types)
    assert lacking.isdisjoint(operation.name for operation in INSTALLED)


def test_most_of_the_table_is_there() -> None:
    """The oldest supported SDK has the 121 operations that it is known to have; none gets lost."""
    assert len(INSTALLED) >= 121
    assert {"chat.completions.create", "responses.create", "files.create"} <= {it.name for it in INSTALLED}


def test_installed_operations_have_their_argument_types() -> None:
    """Each that takes arguments in body or query has at least one TypedDict that describes them."""
    bare = [operation.name for operation in INSTALLED if operation.params and not operation.params_types]
    assert bare == []


@pytest.mark.parametrize(
    "operation", [it for it in INSTALLED if it.cast_to not in {BINARY, "None"}], ids=lambda operation: operation.name
)
def test_pydantic_accepts_the_types(operation: Operation) -> None:
    """Response, chunk and page types can be validated against."""
    for kind in filter(None, (operation.response_type, operation.chunk_type, operation.page_type)):
        assert pydantic.TypeAdapter[Any](kind).validator is not None


def test_unions_keep_what_the_sdk_has() -> None:
    """A transcription is a model by default, and text in other formats; members that an SDK lacks are left out."""
    from openai.types.audio import Transcription

    union = operations()["audio.transcriptions.create"].response_type
    assert pydantic.TypeAdapter[Any](union).validate_python({"text": "x"}) == Transcription(text="x")
    assert pydantic.TypeAdapter[Any](union).validate_python("x") == "x"


def test_a_union_without_its_first_member_is_missing() -> None:
    """The first is the default answer; without it there is no such operation."""
    operation = Operation("x.y", "GET", "/x", "openai.types.nothing.Nothing | str")
    with pytest.raises(ImportError):
        _ = operation.response_type
    assert not installed(operation)


@pytest.mark.parametrize(
    ("name", "expected"), [("object", object), ("str", str), ("bytes", bytes), ("None", type(None))]
)
def test_builtins_resolve(name: str, expected: type) -> None:
    """The table's names for what is none of the SDK's types."""
    assert resolve(name) is expected


@pytest.mark.parametrize(
    "name", ["openai.no_such_module.X", "openai.types.NoSuchType", "no_such_package.X", "openai.types.chat.X.Y"]
)
def test_missing_names_raise(name: str) -> None:
    """A name that is not there is an import or attribute error."""
    with pytest.raises((ImportError, AttributeError)):
        resolve(name)


@pytest.mark.parametrize(
    ("missing", "changes"),
    [
        ("method", {"name": "files.no_such_method"}),
        ("response type", {"cast_to": "openai.types.no_such_type.NoSuchType"}),
        ("stream type", {"stream": "openai.types.no_such_type.NoSuchType"}),
        ("page type", {"page": "SyncNoSuchPage"}),
    ],
)
def test_an_operation_without_method_or_types_is_not_installed(missing: str, changes: dict[str, Any]) -> None:
    """Each thing that an SDK can lack counts."""
    row: dict[str, Any] = {"name": "files.list", "verb": "GET", "path": "/files", "cast_to": "openai.types.FileObject"}
    assert installed(Operation(**row))
    assert not installed(Operation(**{**row, **changes})), missing


def test_the_sdk_has_the_classes_of_its_operations() -> None:
    """Every installed operation is a method of the class that the table names."""
    for operation in INSTALLED:
        assert callable(getattr(resolve(CLASSES[operation.resource]), operation.method))


def test_parts_of_a_name() -> None:
    """Area, resource and method are read off the name."""
    operation = operations()["chat.completions.messages.list"]
    assert (operation.area, operation.resource, operation.method) == ("chat", "chat.completions.messages", "list")


def test_repr_says_what_it_is() -> None:
    """An operation in an error message can be read."""
    assert repr(operations()["files.retrieve"]) == "<Operation files.retrieve: GET /files/{file_id}>"


def test_rows_are_consistent() -> None:
    """What the rows say of arguments fits together."""
    for operation in OPERATIONS:
        arguments = set(operation.arguments)
        assert arguments.issuperset(operation.path_params), operation
        assert arguments.issuperset(operation.required), operation
        assert arguments.issuperset(operation.query), operation
        assert arguments.issuperset(operation.files), operation
        assert set(operation.positional) <= set(operation.path_params) <= set(operation.required), operation
        assert not (operation.plain and operation.multipart), operation


# --- operations that the table lacks ---------------------------------------------------------------------------------


def test_find_knows_listed_operations_only() -> None:
    """An unknown name is None, not an error."""
    assert find("files.create") is operations()["files.create"]
    assert find("files.nothing") is None
    assert find("") is None


def test_an_unlisted_operation_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer SDK's operation keeps its identity, can be found by name, and counts as installed."""
    monkeypatch.setattr(module, "_UNLISTED", {})
    made = unlisted("files.frobnicate", "POST", "/files/{file_id}/frobnicate", "openai.types.FileObject")
    assert unlisted("files.frobnicate", "GET", "/elsewhere", "str") is made
    assert find("files.frobnicate") is made
    assert (made.kind, made.plain, made.path_params) == ("other", False, ("file_id",))
    assert installed(unlisted("new_things.create", "POST", "/new_things", "object"))
