"""The store: its contract on the one in memory, a model test, what the table says of it, and what test authors use."""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys
import timeit
import tracemalloc
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import openai
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from openai.types import FileObject
from openai.types.beta import Thread
from openai.types.beta.threads import Message
from openai.types.responses import Response
from typing_extensions import assert_type

from fakeopenai.errors import UnknownField, UsageError
from fakeopenai.operation import operations
from fakeopenai.state import SINGLE, Group, Kept, Objects, Page, StateStore, Store, canonical, kept
from fakeopenai.state import _stub as stub
from fakeopenai.state.contract import StoreContract
from fakeopenai.state.layout import children


def file_body(number: int) -> dict[str, Any]:
    """A file as the API gives it."""
    return {
        "id": f"file-{number:022d}",
        "object": "file",
        "bytes": 120_000 + number,
        "created_at": 1_735_689_600 + number,
        "filename": f"training-{number}.jsonl",
        "purpose": "fine-tune",
        "status": "processed",
        "expires_at": None,
        "status_details": None,
    }


def needs(resource: str) -> None:
    """Skip the test if the installed SDK is older than this resource."""
    try:
        assert kept()[resource].models
    except UsageError as error:
        pytest.skip(str(error))


def message(id: str, thread_id: str = "thread_a", **fields: Any) -> Message:
    """A whole message."""
    return Message.model_validate(
        {
            "id": id,
            "thread_id": thread_id,
            "object": "thread.message",
            "created_at": 1,
            "role": "user",
            "status": "completed",
            "content": [],
            **fields,
        }
    )


# ------------------------------------------------------------------------------------------------ the store in memory


class TestStateStore(StoreContract):
    """The store in memory keeps the contract."""

    def make_store(self) -> StateStore:
        """A new store."""
        return StateStore()


class Subclassed(StateStore):
    """A store that somebody has derived and given an attribute of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []


class TestSubclass(StoreContract):
    """Classes derived from it keep the contract too."""

    def make_store(self) -> Subclassed:
        """A new store."""
        return Subclassed()


def test_contract_says_what_to_define() -> None:
    """Deriving the contract without make_store() says what is missing."""
    with pytest.raises(NotImplementedError, match="make_store"):
        StoreContract().make_store()


def test_attributes_of_subclasses_are_copied() -> None:
    """copy() takes along what a derived class added; a deep copy doesn't share it."""
    store = Subclassed()
    store.notes.append("a")
    shallow, deep = store.copy(), copy.deepcopy(store)
    store.notes.append("b")
    assert shallow.notes == ["a", "b"]
    assert deep.notes == ["a"]


def test_pickled_store_is_the_same() -> None:
    """A store can be pickled: objects, order, hidden data and deletions; the maker of ids stays behind."""
    store = StateStore()
    files = store.collection("files")
    for number in range(4):
        files.put({"id": f"o{number}"}, extra={"content": b"x"})
    files.delete("o2")
    store.ids = lambda resource: resource
    twin = pickle.loads(pickle.dumps(store))
    assert twin.collection("files").page() == files.page()
    assert twin.collection("files").extra("o1") == {"content": b"x"}
    assert twin.collection("files").page(after="o2") == files.page(after="o2")
    assert (twin.changes, twin.ids) == (store.changes, None)


def test_copies_keep_the_maker_of_ids() -> None:
    """A copy makes ids as the original does; a deep copy has a maker of its own."""

    class Maker:
        def __call__(self, resource: str) -> str:
            return f"{resource}-1"

    store = StateStore()
    store.ids = Maker()
    assert store.copy().ids is store.ids
    deep = copy.deepcopy(store)
    assert isinstance(deep.ids, Maker)
    assert deep.ids is not store.ids


def test_copying_shares_the_frozen_objects() -> None:
    """A copy of a large store costs the structure, not the objects."""
    store = StateStore()
    for number in range(1000):
        store.collection("files").put({"id": f"o{number}", "text": "x" * 10_000})
    tracemalloc.start()
    try:
        twin = store.copy()
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(twin.files) == 1000
    assert size < 1_000_000


def test_what_the_api_would_get_is_kept() -> None:
    """Tuples, models and enums go in as the JSON that they would be sent as."""
    store = StateStore()
    store.collection("files").put({"id": "a", "pair": (1, 2), "message": message("msg_a"), "n": {1: None}})
    body = store.collection("files").get("a")
    assert body is not None
    assert body["pair"] == [1, 2]
    assert body["message"]["id"] == "msg_a"
    assert body["n"] == {"1": None}


@pytest.mark.parametrize("arguments", [{"order": "up"}, {"limit": -1}])
def test_page_refuses_what_it_cannot_do(arguments: dict[str, Any]) -> None:
    """An unknown order and a negative limit are mistakes of the caller's, not an empty page."""
    with pytest.raises(UsageError, match="order"):
        StateStore().collection("files").page(**arguments)


def test_collection_repr() -> None:
    """A collection shows what it is and how much is in it."""
    store = StateStore()
    steps = store.collection("beta.threads.runs.steps", "thread_a", "run_a")
    steps.put({"id": "step_a"})
    assert repr(steps) == "<beta.threads.runs.steps below run_a below thread_a: 1>"


def test_an_object_is_small() -> None:
    """A small object takes less than 2 KiB, its key included; a deleted one leaves less than 512 bytes behind."""
    store = StateStore()
    files = store.collection("files")
    bodies = [file_body(number) for number in range(2000)]
    gc.collect()
    tracemalloc.start()
    try:
        for body in bodies:
            files.put(dict(body, id=str(body["id"])))
        kept_size, _ = tracemalloc.get_traced_memory()
        for body in bodies:
            files.delete(body["id"])
        deleted_size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept_size / 2000 < 2048
    assert deleted_size / 2000 < 512


def _best(store: StateStore, key: str) -> tuple[float, float, float]:
    files = store.collection("files")
    looks = (
        lambda: files.get(key),
        lambda: files.page(limit=10),
        lambda: files.page(limit=4, after=key),
    )
    first, second, third = (min(timeit.repeat(look, number=100, repeat=15)) for look in looks)
    return first, second, third


def test_reading_takes_the_same_time_in_large_stores() -> None:
    """Retrieving and listing cost the same among 100,000 objects as among 10, within half."""
    small, large = StateStore(), StateStore()
    for store, count in ((small, 10), (large, 100_000)):
        files = store.collection("files")
        for number in range(count):
            files.put(file_body(number))
    ratios: list[float] = []
    for _ in range(5):  # other processes disturb the measurement; they never make it faster
        pairs = zip(_best(small, file_body(5)["id"]), _best(large, file_body(50_000)["id"]), strict=True)
        ratios = [slow / fast for fast, slow in pairs]
        if max(ratios) < 1.5:
            break
    assert max(ratios) < 1.5, ratios


@pytest.mark.parametrize("order", ["oldest first", "newest first", "inside out"])
def test_deleting_many_is_fast_and_leaves_a_working_store(order: str) -> None:
    """Deleting 50,000 objects in any order is linear in all, and the places they had still lead to what is left."""
    store = StateStore()
    files = store.collection("files")
    count = 50_000
    for number in range(count):
        files.put({"id": f"o{number}"})
    left = count // 2
    doomed = [number for number in range(count) if number != left]
    if order == "newest first":
        doomed.reverse()
    elif order == "inside out":
        doomed.sort(key=lambda number: abs(number - left))
    for number in doomed:
        files.delete(f"o{number}")
    assert files.keys() == [f"o{left}"]
    for number in (0, left - 1):
        assert [item["id"] for item in files.page(order="asc", after=f"o{number}").items] == [f"o{left}"]
        assert files.page(order="desc", after=f"o{number}").items == []
    for number in (left + 1, count - 1):
        assert [item["id"] for item in files.page(order="desc", after=f"o{number}").items] == [f"o{left}"]
        assert files.page(order="asc", after=f"o{number}").items == []


# --------------------------------------------------------------------------------------------------- the model test


@dataclass
class Entry:
    """An object of the model, or where one stood."""

    key: str
    body: dict[str, Any]
    extra: dict[str, Any]
    there: bool = True


@dataclass
class Model:
    """A store as plain lists, one for each collection."""

    entries: dict[tuple[str, tuple[str, ...]], list[Entry]] = field(
        default_factory=dict[tuple[str, tuple[str, ...]], list[Entry]]
    )

    def put(self, address: tuple[str, tuple[str, ...]], key: str, body: dict[str, Any], extra: Any) -> None:
        """Replace in place, or drop the old place and append."""
        listed = self.entries.setdefault(address, [])
        for entry in listed:
            if entry.key == key and entry.there:
                entry.body = body
                entry.extra = entry.extra if extra is None else extra
                return
        self.entries[address] = [entry for entry in listed if entry.key != key]
        self.entries[address].append(Entry(key, body, extra or {}))

    def there(self, address: tuple[str, tuple[str, ...]]) -> list[Entry]:
        """What is there, in order."""
        return [entry for entry in self.entries.get(address, []) if entry.there]

    def page(
        self,
        address: tuple[str, tuple[str, ...]],
        *,
        after: str | None,
        before: str | None,
        limit: int | None,
        order: str,
        even: bool,
    ) -> Page | None:
        """The page, by slicing; None for an unknown cursor."""
        listed = self.entries.get(address, [])
        listed = listed if order == "asc" else listed[::-1]
        places = {entry.key: place for place, entry in enumerate(listed)}
        if any(cursor is not None and cursor not in places for cursor in (after, before)):
            return None
        first = 0 if after is None else places[after] + 1
        last = len(listed) if before is None else places[before]
        found = [e.body for e in listed[first:last] if e.there and (not even or e.body["n"] % 2 == 0)]
        limit = len(found) if limit is None else limit
        backwards = before is not None and after is None
        items = found[max(len(found) - limit, 0) :] if backwards else found[:limit]
        return Page(items, len(found) > limit)


ADDRESSES: list[tuple[str, tuple[str, ...]]] = [
    ("files", ()),
    ("beta.threads.messages", ("thread_a",)),
    ("beta.threads.runs.steps", ("thread_a", "run_a")),
    ("beta.threads.messages", ("thread_b",)),
]
addresses = st.sampled_from(ADDRESSES)
some_keys = st.sampled_from("abcdefg")
cursors = st.none() | some_keys
numbers = st.integers(0, 9)


class StoreMachine(RuleBasedStateMachine):
    """A store and plain lists, side by side."""

    @initialize()
    def begin(self) -> None:
        """Both are empty."""
        self.store = StateStore()
        self.model = Model()
        self.changes = 0

    def collection(self, address: tuple[str, tuple[str, ...]]) -> Any:
        """The real collection."""
        return self.store.collection(address[0], *address[1])

    @rule(address=addresses, keys=st.lists(some_keys, max_size=5), n=numbers, extra=st.none() | numbers)
    def put(self, address: tuple[str, tuple[str, ...]], keys: list[str], n: int, extra: int | None) -> None:
        """Insert or replace a few."""
        for key in keys:
            hidden = None if extra is None else {"x": extra}
            self.collection(address).put({"id": key, "n": n}, extra=hidden)
            self.model.put(address, key, {"id": key, "n": n}, hidden)

    @rule(address=addresses, key=some_keys)
    def delete(self, address: tuple[str, tuple[str, ...]], key: str) -> None:
        """Delete, or try to."""
        found = [entry for entry in self.model.there(address) if entry.key == key]
        assert self.collection(address).delete(key) is bool(found)
        for entry in found:
            entry.there = False
            entry.extra = {}

    @rule(address=addresses, key=some_keys, n=numbers)
    def set_extra(self, address: tuple[str, tuple[str, ...]], key: str, n: int) -> None:
        """Set hidden data, or try to."""
        found = [entry for entry in self.model.there(address) if entry.key == key]
        if not found:
            with pytest.raises(KeyError):
                self.collection(address).set_extra(key, y=n)
        else:
            self.collection(address).set_extra(key, y=n)
            found[0].extra = {**found[0].extra, "y": n}

    @rule(
        address=addresses,
        after=cursors,
        before=cursors,
        limit=st.none() | st.integers(0, 5),
        order=st.sampled_from(["asc", "desc"]),
        even=st.booleans(),
    )
    def page(
        self,
        address: tuple[str, tuple[str, ...]],
        after: str | None,
        before: str | None,
        limit: int | None,
        order: Literal["asc", "desc"],
        *,
        even: bool,
    ) -> None:
        """Any page is the slice of the list that it should be."""

        def is_even(body: Mapping[str, Any]) -> bool:
            return bool(body["n"] % 2 == 0)

        expected = self.model.page(address, after=after, before=before, limit=limit, order=order, even=even)
        arguments = {
            "after": after,
            "before": before,
            "limit": limit,
            "order": order,
            "where": is_even if even else None,
        }
        if expected is None:
            with pytest.raises(KeyError):
                self.collection(address).page(**arguments)
        else:
            assert self.collection(address).page(**arguments) == expected

    @rule(how=st.sampled_from(["copy", "deepcopy", "pickle"]))
    def go_on_with_a_copy(self, how: str) -> None:
        """A copy is as good as the original, which what happens to the copy doesn't touch."""
        before = self.store
        if how == "copy":
            self.store = before.copy()
        elif how == "deepcopy":
            self.store = copy.deepcopy(before)
        else:
            self.store = pickle.loads(pickle.dumps(before))
        before.clear()

    @rule(
        prefix=st.sampled_from(["beta.threads", "beta.threads.runs", "files"]),
        parents=st.sampled_from([(), ("thread_a",)]),
    )
    def drop(self, prefix: str, parents: tuple[str, ...]) -> None:
        """Remove what lies below."""
        self.store.drop(prefix, *parents)
        for address in list(self.model.entries):
            if address[0].startswith(f"{prefix}.") and address[1][: len(parents)] == parents:
                del self.model.entries[address]

    @rule()
    def clear(self) -> None:
        """Start again."""
        self.store.clear()
        self.model.entries.clear()

    @invariant()
    def agrees(self) -> None:
        """Everything that can be asked gets the answer that the lists give."""
        assert {(name, parents) for name, parents, _ in self.store.resources()} == {
            address for address, listed in self.model.entries.items() if listed
        }
        for address in ADDRESSES:
            collection = self.collection(address)
            there = self.model.there(address)
            assert collection.keys() == [entry.key for entry in there]
            assert len(collection) == len(there)
            by_key = {entry.key: entry for entry in self.model.entries.get(address, [])}
            for key in "abcdefg":
                entry = by_key.get(key)
                assert (key in collection) is (entry is not None and entry.there)
                assert collection.get(key) == (entry.body if entry is not None and entry.there else None)
                assert collection.extra(key) == (entry.extra if entry is not None else {})
                assert collection.was_deleted(key) is (entry is not None and not entry.there)


TestStoreMachine = StoreMachine.TestCase


# ------------------------------------------------------------------------------------------- what the table says of it


def test_two_resources_with_one_route_are_one() -> None:
    """What the API serves under the same paths has one canonical name, and nothing else has."""
    paths: dict[str, set[str]] = {}
    for operation in operations().values():
        if operation.resource in kept():
            paths.setdefault(operation.path, set()).add(operation.resource)
    shared = [resources for resources in paths.values() if len(resources) > 1]
    assert shared
    for resources in shared:
        assert len({canonical(resource) for resource in resources}) == 1
    names = [canonical(resource) for resource in kept()]
    doubled = {name for name in names if names.count(name) > 1}
    assert doubled == {canonical(resource) for resources in shared for resource in resources} | {
        "responses.input_items"
    } & {*names}


def test_kept_resources() -> None:
    """The table says which resources keep objects, of which types, below which parents."""
    steps = kept()["beta.threads.runs.steps"]
    assert (steps.parents, steps.key, steps.single) == (("thread_id", "run_id"), "step_id", False)
    assert steps.type_name == "RunStep"
    assert kept()["admin.organization.spend_limit"].single
    assert kept()["admin.organization.projects.spend_limit"].parents == ("project_id",)
    assert kept()["uploads.parts"].parents == ("upload_id",)
    assert kept()["fine_tuning.jobs.events"].type_name == "FineTuningJobEvent"
    assert kept()["videos.characters"].parents == ()
    for nothing in ("embeddings", "moderations", "images", "audio.speech", "responses.input_tokens"):
        assert nothing not in kept()
    assert "vector_stores.file_batches.files" not in kept()


def test_every_retrievable_object_is_kept() -> None:
    """Each resource with an object that can be retrieved by id has a place in the store."""
    for operation in operations().values():
        if operation.kind == "retrieve" and operation.method == "retrieve":
            assert operation.resource in kept(), operation


def test_attributes_hide_no_methods() -> None:
    """No resource has the name of a method, neither of the store nor of what keeps objects."""
    assert not set(children("")) & set(dir(super(StateStore, StateStore())))
    own = {name for name in vars(StateStore) if not name.startswith("_")} | {"ids", "lock"}
    assert not set(children("")) & own
    methods = {name for name in vars(Objects) if not name.startswith("_")}
    assert methods == {"put", "get", "list", "delete"}
    for path in kept():
        assert not set(children(path)) & methods


def test_the_stub_is_up_to_date(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The generated stub is what would be generated now, and the check notices when it isn't."""
    assert stub.main(["--check"]) == 0
    monkeypatch.setattr(stub, "render", lambda: "something else")
    assert stub.main(["--check"]) == 1
    assert "python -m fakeopenai.state._stub" in capsys.readouterr().err


def test_the_stub_has_every_attribute() -> None:
    """Each attribute that there is at run time is a property in the stub, of the same resource's type."""
    text = stub.render()
    for resource, entry in kept().items():
        assert f"    def {resource.rpartition('.')[2]}(self) -> " in text
        assert f"Objects[{entry.types[0]}, " in text


def _below(entry: Kept) -> dict[str, str]:
    return {name: f"{name}-1" for name in entry.parents}


def _minimal(entry: Kept) -> dict[str, Any]:
    field = entry.id_field
    return {} if entry.single or field is None else {field: "x"}


@pytest.mark.parametrize("resource", sorted(kept()))
def test_every_resource_can_be_filled(resource: str) -> None:
    """Whatever the account keeps can be put as a dict with nothing but its id, and is found again, as a model."""
    needs(resource)
    entry = kept()[resource]
    store = StateStore()
    found: Any = store
    for name in resource.split("."):
        found = getattr(found, name)
    body = {**_minimal(entry), **({"type": "message"} if resource.endswith("items") and "type" in entry.fields else {})}
    model = found.put(body, **_below(entry))
    assert isinstance(model, entry.models)
    key = SINGLE if entry.single else "x"
    assert found.get(key) == model
    assert found(*_below(entry).values()).list() == [model]
    assert found.delete(key)
    assert found.get(key) is None


def test_importing_the_store_imports_no_types() -> None:
    """Neither the store nor its attributes import a type of openai's before an object of that type is used."""
    code = (
        "import sys, openai\n"
        "known = set(sys.modules)\n"
        "from fakeopenai.state import StateStore\n"
        "store = StateStore()\n"
        "store.collection('files').put({'id': 'a'})\n"
        "repr(store), dir(store), store.beta.threads.messages, len(store.files)\n"
        "new = {name for name in set(sys.modules) - known if name.startswith(('openai.types.', 'openai.resources.'))}\n"
        "print(', '.join(new), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


# -------------------------------------------------------------------------------------------- what test authors use


def test_put_a_model() -> None:
    """A model goes in and comes out equal, and never the same object."""
    store = StateStore()
    file = FileObject.model_validate(file_body(1))
    assert store.files.put(file) == file
    assert store.files.get(file.id) == file
    assert store.files.get(file.id) is not file


def test_put_a_dict_completes_it_by_type() -> None:
    """Any part of an object is enough: the rest is completed, and the API sees the whole."""
    store = StateStore()
    file = store.files.put({"id": "file-a", "filename": "train.jsonl"})
    assert isinstance(file, FileObject)
    assert (file.filename, file.object) == ("train.jsonl", "file")
    body = store.collection("files").get("file-a")
    assert body is not None
    assert body["object"] == "file"


def test_put_refuses_unknown_fields() -> None:
    """A typo in a dict fails, and names the field that was meant."""
    store = StateStore()
    with pytest.raises(UnknownField, match="filename"):
        store.files.put({"id": "file-a", "filenam": "train.jsonl"})
    assert len(store.files) == 0


def test_what_was_put_is_detached() -> None:
    """Changing the model or dict that was put, or that came out, changes nothing in the store."""
    store = StateStore()
    partial = {"id": "thread_a", "metadata": {"x": "1"}}
    store.beta.threads.put(partial)
    partial["metadata"] = {}
    thread = store.beta.threads.get("thread_a")
    assert thread is not None
    thread.metadata = {"x": "2"}
    again = store.beta.threads.get("thread_a")
    assert again is not None
    assert again.metadata == {"x": "1"}


def test_a_model_stays_as_it_is() -> None:
    """A model that is not valid, as the SDK may make them, is kept and given back as it is."""
    store = StateStore()
    odd = FileObject.construct(id="file-a", status="teleported")
    assert store.files.put(odd).to_dict() == {"id": "file-a", "status": "teleported"}
    found = store.files.get("file-a")
    assert found is not None
    assert found.to_dict() == {"id": "file-a", "status": "teleported"}
    store.responses.put(Response.construct(id="resp_a", output="not a list"))  # and no warning either
    assert store.responses.list()[0].id == "resp_a"


def test_put_the_wrong_model() -> None:
    """A model of another resource is refused with the place where it belongs; so is anything else."""
    store = StateStore()
    thread = Thread(id="thread_a", created_at=1, object="thread")
    with pytest.raises(
        UsageError, match=r"store\.files keeps FileObject.*Got Thread.*store\.beta\.threads keeps Thread"
    ):
        store.files.put(cast("Any", thread))
    for nonsense in ("file-a", None, [file_body(1)]):
        with pytest.raises(UsageError, match=r"store\.files keeps FileObject"):
            store.files.put(cast("Any", nonsense))


def test_put_what_another_operation_of_the_resource_gives() -> None:
    """A resource takes each type in which the API gives its objects: a created container is a container."""
    store = StateStore()
    created = store.containers.put({"id": "cntr_a", "name": "box"})
    made = openai.types.ContainerCreateResponse.model_validate(created.to_dict())
    assert store.containers.put(made) == created


def test_put_without_an_id() -> None:
    """Without an id there is an error that says what to write; with a maker of ids attached, it is asked."""
    store = StateStore()
    with pytest.raises(UsageError, match=r'put\(\{"id": '):
        store.files.put({"filename": "a"})
    store.ids = lambda resource: f"{resource}-made"
    assert store.files.put({"filename": "a"}).id == "files-made"
    with pytest.raises(UsageError, match="is a string; got int 3"):
        store.files.put({"id": 3})


def test_objects_are_found_by_what_their_path_says() -> None:
    """The versions of a skill are found by version, not by id, as the API does it."""
    needs("skills.versions")
    store = StateStore()
    store.skills.versions.put({"id": "skillver_a", "version": "2", "skill_id": "skill_a"})
    found = store.skills.versions.get("2")
    assert found is not None
    assert (found.id, found.skill_id) == ("skillver_a", "skill_a")
    assert store.skills.versions.get("skillver_a") is None


def test_a_single_object_needs_no_id() -> None:
    """Resources with one object are read without an id; others ask for it."""
    needs("admin.organization.spend_limit")
    store = StateStore()
    limits = store.admin.organization.spend_limit
    assert limits.get() is None
    limits.put({"currency": "USD"})
    found = limits.get()
    assert found is not None
    assert found.currency == "USD"
    assert repr(limits) == "<admin.organization.spend_limit: OrganizationSpendLimit>"
    assert limits.delete()
    store.admin.organization.projects.spend_limit.put({}, "proj_a")
    assert store.admin.organization.projects.spend_limit.get(project_id="proj_a") is not None
    with pytest.raises(UsageError, match="by id"):
        store.files.get()


@pytest.mark.parametrize("how", ["name", "position", "bound", "object"])
def test_parents_of_nested_objects(how: str) -> None:
    """What an object lies below is said by name, by position, beforehand, or by the object itself."""
    store = StateStore()
    messages = store.beta.threads.messages
    if how == "name":
        messages.put({"id": "msg_a"}, thread_id="thread_a")
    elif how == "position":
        messages.put({"id": "msg_a"}, "thread_a")
    elif how == "bound":
        messages("thread_a").put({"id": "msg_a"})
    else:
        messages.put(message("msg_a"))
    assert store.collection("beta.threads.messages", "thread_a").keys() == ["msg_a"]
    found = messages.get("msg_a")
    assert found is not None
    assert found.thread_id == "thread_a"


def test_ids_of_parents_reach_deeper() -> None:
    """Ids given on the way down hold for what lies below: thread, then run, then its steps."""
    store = StateStore()
    store.beta.threads.runs("thread_a").steps("run_a").put({"id": "step_a"})
    store.beta.threads.runs("thread_b").steps("run_a").put({"id": "step_b"})
    steps = store.beta.threads.runs.steps
    assert [step.id for step in steps] == ["step_a", "step_b"]
    assert [step.id for step in steps(run_id="run_a").list(thread_id="thread_b")] == ["step_b"]
    assert [step.thread_id for step in store.beta.threads.runs("thread_a").steps] == ["thread_a"]
    assert [step.id for step in steps.list("thread_a")] == ["step_a"]


def test_parents_that_are_missing_or_contradict() -> None:
    """A nested object needs its parent's id, and only one."""
    store = StateStore()
    with pytest.raises(UsageError, match=r'put\(\.\.\., thread_id="\.\.\."\)'):
        store.beta.threads.messages.put({"id": "msg_a"})
    with pytest.raises(UsageError, match=r"thread_id='thread_a'.*thread_id='thread_b'"):
        store.beta.threads.messages("thread_b").put(message("msg_a"))
    with pytest.raises(UsageError, match="lie below thread_id; got tread_id='a'"):
        store.beta.threads.messages(tread_id="a")
    with pytest.raises(UsageError, match="lie below nothing; got 'a'"):
        store.files("a")
    with pytest.raises(UsageError, match="Pass its id, 'thread_a'"):
        store.beta.threads.messages(cast("Any", Thread(id="thread_a", created_at=1, object="thread")))
    assert list(store.resources()) == []


def test_the_same_id_below_several_parents() -> None:
    """One file may be in several vector stores: which is meant must be said, to read and to delete."""
    store = StateStore()
    files = store.vector_stores.files
    for vector_store in ("vs_a", "vs_b"):
        files.put({"id": "file-a"}, vector_store)
    with pytest.raises(
        UsageError, match=r"2 collections of vector_stores\.files: below vs_a and vs_b.*vector_store_id=\.\.\."
    ):
        files.get("file-a")
    with pytest.raises(UsageError, match="2 collections"):
        files.delete("file-a")
    found = files.get("file-a", vector_store_id="vs_b")
    assert found is not None
    assert found.vector_store_id == "vs_b"
    assert files("vs_b").delete("file-a")
    found = files.get("file-a")
    assert found is not None
    assert found.vector_store_id == "vs_a"


def test_list_and_filters() -> None:
    """A list is in order of insertion, and filters compare fields and parents."""
    store = StateStore()
    for number, role in enumerate(["user", "assistant", "user"]):
        store.beta.threads.messages.put({"id": f"msg_{number}", "role": role}, f"thread_{number % 2}")
    messages = store.beta.threads.messages

    class Any_:
        def __eq__(self, other: object) -> bool:
            return other in {"user", "assistant"}

        __hash__ = None  # type: ignore[assignment]

    def ids(found: Iterable[Message]) -> list[str]:
        return [each.id for each in found]

    assert ids(messages.list()) == ["msg_0", "msg_2", "msg_1"]
    assert ids(messages.list(role="user")) == ["msg_0", "msg_2"]
    assert ids(messages.list(role=Any_(), thread_id="thread_1")) == ["msg_1"]
    assert ids(messages("thread_0").list(role="assistant")) == []
    assert ids(messages.list("thread_1")) == ["msg_1"]
    with pytest.raises(UsageError, match="no field 'rol' to look for; did you mean 'role'"):
        messages.list(rol="user")
    with pytest.raises(UsageError, match="no field 'zzz' to look for: id, "):
        messages.list(zzz=1)


def test_len_in_iter_and_truth() -> None:
    """Objects of a resource behave as a collection of models, by id."""
    store = StateStore()
    assert not store.files
    store.files.put({"id": "file-a"})
    store.files.put({"id": "file-b"})
    assert store.files
    assert len(store.files) == 2
    assert "file-a" in store.files
    assert "file-c" not in store.files
    assert [file.id for file in store.files] == ["file-a", "file-b"]


def test_delete_takes_what_lies_below() -> None:
    """Deleting an object says whether it was there, and takes everything below it along."""
    store = StateStore()
    store.beta.threads.put({"id": "thread_a"})
    store.beta.threads.messages.put(message("msg_a"))
    store.beta.threads.messages.put(message("msg_b", "thread_b"))
    store.beta.threads.runs("thread_a").steps("run_a").put({"id": "step_a"})
    assert store.beta.threads.delete("thread_a") is True
    assert store.beta.threads.delete("thread_a") is False
    assert [each.id for each in store.beta.threads.messages] == ["msg_b"]
    assert len(store.beta.threads.runs.steps) == 0
    assert store.collection("beta.threads").was_deleted("thread_a")


def test_hidden_data_of_an_object() -> None:
    """What is to be kept beside an object is put with it."""
    store = StateStore()
    store.files.put({"id": "file-a"}, extra={"content": b"x"})
    assert store.collection("files").extra("file-a") == {"content": b"x"}


def test_two_names_of_one_resource() -> None:
    """A response is one object under both its names, read as the type of the name; beta.chat is chat."""
    needs("beta.responses")
    store = StateStore()
    store.responses.put({"id": "resp_a", "model": "gpt-5"})
    found = store.beta.responses.get("resp_a")
    assert type(found).__name__ == "BetaResponse"
    store.beta.chat.completions.put({"id": "chatcmpl-a"})
    assert repr(store) == "<StateStore responses: 1, chat.completions: 1>"
    assert "chatcmpl-a" in store.chat.completions
    store.ids = lambda resource: f"{resource}-made"
    assert store.beta.responses.put({}).id == "responses-made"


def test_reprs() -> None:
    """A store, a part of it and the objects of a resource say what is in them."""
    store = StateStore()
    assert repr(store) == "<StateStore: empty>"
    assert repr(store.files) == "<files: empty>"
    for number in range(7):
        store.files.put({"id": f"file-{number}"})
    store.beta.threads.messages.put(message("msg_a"))
    store.beta.threads.messages.put(message("msg_b", "thread_b"))
    store.batches.put({"id": "batch_a"})
    store.batches.delete("batch_a")
    assert repr(store) == "<StateStore files: 7, beta.threads.messages: 2>"
    assert repr(store.files) == "<files: file-0, file-1, file-2, file-3, file-4 and 2 more>"
    assert repr(store.beta.threads.messages) == "<beta.threads.messages: msg_a, msg_b>"
    assert repr(store.beta).startswith("<beta: ")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("file", r"The store has no 'file'; did you mean 'files'\?"),
        ("threads", r"did you mean .*store\.beta\.threads"),
        ("messages", r"did you mean store\.beta\.threads\.messages or store\.chat\.completions\.messages\?"),
        ("embeddings", r"the API keeps no objects of client\.embeddings"),
        ("quux", r"The store has no 'quux'; it has admin, "),
        ("beta.thread", r"store\.beta has no 'thread'; did you mean 'threads'\?"),
        ("beta.put", r"store\.beta has no 'put'; it has agents, "),
        ("files.create", r"store\.files has no 'create': that is a method of the client\. It has delete\(\), get\(\)"),
        ("files.lst", r"store\.files has no 'lst'; did you mean 'list'\?"),
        ("files.quux", r"store\.files has no 'quux'; it has delete\(\), get\(\), list\(\), put\(\)\."),
        ("_private", r"The store has no '_private'"),
    ],
)
def test_unknown_attributes_name_the_nearest(path: str, said: str) -> None:
    """An attribute that isn't there says what may have been meant, and where."""
    found: Any = StateStore()
    *way, last = path.split(".")
    for name in way:
        found = getattr(found, name)
    with pytest.raises(AttributeError, match=said):
        getattr(found, last)
    assert not hasattr(found, last)


def test_dir_lists_the_resources() -> None:
    """Completion in a shell or an editor shows methods and resources."""
    store = StateStore()
    assert {"files", "beta", "collection", "clear"} <= set(dir(store))
    assert {"threads", "chat"} <= set(dir(store.beta))
    assert {"messages", "put"} <= set(dir(store.beta.threads))
    assert isinstance(store.beta, Group)


def test_types_that_the_installed_sdk_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an SDK older than the table, using such a resource says so, and the others work."""
    entry = Kept("files", (), "file_id", ("openai.types.no_such_module.NoSuchType",))
    monkeypatch.setitem(kept(), "files", entry)
    store = StateStore()
    with pytest.raises(UsageError, match=r"openai \d.* has no files: it lacks the type openai\.types\.no_such_module"):
        store.files.put({"id": "file-a"})
    assert len(store.files) == 0
    assert store.batches.put({"id": "batch_a"}).id == "batch_a"


def test_types() -> None:
    """Checkers know the attributes and the models behind them, and a store is a `Store`."""
    store = StateStore()
    plain: Store = store
    assert isinstance(plain, Store)
    assert_type(store.files.get("file-a"), "FileObject | None")
    assert_type(store.files.put({"id": "file-a"}), FileObject)
    assert_type(store.files.list(), "list[FileObject]")
    assert_type(store.beta.threads.messages("thread_a").list(role="user"), "list[Message]")
    assert_type(store.responses.get("resp_a"), "Response | None")
    assert_type(store.copy(), StateStore)
