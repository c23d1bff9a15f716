"""Tests for stores of your own: everything that accounts rely on, one promise each.

Derive a test class and say how a store is made::

    from fakeopenai.state.contract import StoreContract

    class TestMyStore(StoreContract):
        def make_store(self) -> MyStore:
            return MyStore()

Needs pytest, hence imported by nothing else.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

import pytest

from .protocol import Collection, Page, Store

__all__ = ["StoreContract"]


def _ids(page: Page) -> list[str]:
    return [item["id"] for item in page.items]


def _filled(store: Store, count: int, resource: str = "files", *parents: str) -> Collection:
    """A collection with ``o0``, ``o1``, ..., put in this order."""
    collection = store.collection(resource, *parents)
    for number in range(count):
        collection.put({"id": f"o{number}", "number": number})
    return collection


def _listed(store: Store) -> set[tuple[str, tuple[str, ...], int]]:
    return {(resource, parents, len(collection)) for resource, parents, collection in store.resources()}


class StoreContract:
    """What every `Store` promises. Derive from it; see the module."""

    def make_store(self) -> Store:
        """A new, empty store."""
        raise NotImplementedError("Define make_store() in your test class: it returns a new, empty store.")

    @pytest.fixture
    def store(self) -> Store:
        """A new, empty store for each test."""
        return self.make_store()

    # ------------------------------------------------------------------------------------------------- keeping

    def test_is_a_store(self, store: Store) -> None:
        """It has everything that `Store` names."""
        assert isinstance(store, Store)

    def test_put_then_get(self, store: Store) -> None:
        """What was put comes back equal, by its id."""
        body: dict[str, Any] = {"id": "file-a", "bytes": 3, "tags": ["x", None, True, 1.5], "nested": {"ä": [{}]}}
        store.collection("files").put(body)
        assert store.collection("files").get("file-a") == body

    def test_put_under_a_key_of_its_own(self, store: Store) -> None:
        """A key may be given, the empty one as well; the id inside plays no part then."""
        versions = store.collection("skills.versions", "skill_a")
        versions.put({"id": "skillver_a", "version": "1"}, key="1")
        store.collection("admin.organization.spend_limit").put({"amount": 5}, key="")
        assert versions.get("1") == {"id": "skillver_a", "version": "1"}
        assert versions.get("skillver_a") is None
        assert store.collection("admin.organization.spend_limit").get("") == {"amount": 5}

    @pytest.mark.parametrize("body", [{}, {"id": None}, {"id": ""}, {"id": 7}])
    def test_put_without_an_id_is_refused(self, store: Store, body: dict[str, Any]) -> None:
        """Without a key, the body needs a string as its id; nothing is kept otherwise."""
        with pytest.raises(TypeError, match="files"):
            store.collection("files").put(body)
        assert store.existing("files") is None

    def test_get_what_is_not_there(self, store: Store) -> None:
        """An unknown key gives None, in a collection that exists and in one that doesn't."""
        _filled(store, 1)
        assert store.collection("files").get("o1") is None
        assert store.collection("batches").get("o0") is None

    def test_detached_going_in(self, store: Store) -> None:
        """Changing what was put, at any depth, changes nothing in the store."""
        body: dict[str, Any] = {"id": "a", "metadata": {"x": [1]}}
        store.collection("files").put(body)
        body["metadata"]["x"].append(2)
        body["new"] = True
        assert store.collection("files").get("a") == {"id": "a", "metadata": {"x": [1]}}

    def test_detached_coming_out(self, store: Store) -> None:
        """Changing what came out, of get or of a page, changes nothing in the store."""
        collection = store.collection("files")
        collection.put({"id": "a", "metadata": {"x": [1]}})
        for out in (collection.get("a"), collection.page().items[0]):
            assert out is not None
            out["metadata"]["x"].append(2)
            del out["id"]
        assert collection.get("a") == {"id": "a", "metadata": {"x": [1]}}

    def test_replace_keeps_the_place(self, store: Store) -> None:
        """Putting a key again replaces the whole object where it stands."""
        collection = _filled(store, 3)
        collection.put({"id": "o1", "other": True})
        assert collection.keys() == ["o0", "o1", "o2"]
        assert collection.get("o1") == {"id": "o1", "other": True}

    def test_size_and_membership(self, store: Store) -> None:
        """Length, membership and keys agree; keys are in order of insertion."""
        collection = _filled(store, 3)
        assert len(collection) == 3
        assert "o2" in collection
        assert "o3" not in collection
        assert collection.keys() == ["o0", "o1", "o2"]
        assert len(store.collection("batches")) == 0
        assert "o0" not in store.collection("batches")
        assert store.collection("batches").keys() == []

    # ----------------------------------------------------------------------------------------------- hidden data

    def test_extra_is_no_part_of_the_object(self, store: Store) -> None:
        """Hidden data stands beside the object, any Python value in it."""
        store.collection("files").put({"id": "a"}, extra={"content": b"\x00\xff", "steps": (1, 2)})
        assert store.collection("files").get("a") == {"id": "a"}
        assert store.collection("files").extra("a") == {"content": b"\x00\xff", "steps": (1, 2)}

    def test_extra_survives_a_replacement(self, store: Store) -> None:
        """Replacing the object leaves hidden data as it is, unless other is given."""
        collection = store.collection("files")
        collection.put({"id": "a"}, extra={"content": b"x", "seen": 1})
        collection.put({"id": "a", "status": "processed"})
        assert collection.extra("a") == {"content": b"x", "seen": 1}
        collection.put({"id": "a"}, extra={"seen": 2})
        assert collection.extra("a") == {"seen": 2}
        collection.put({"id": "a"}, extra={})
        assert collection.extra("a") == {}

    def test_set_extra_merges(self, store: Store) -> None:
        """set_extra sets what it names and leaves the rest; an unknown object is a KeyError."""
        collection = store.collection("files")
        collection.put({"id": "a"}, extra={"seen": 1, "content": b"x"})
        collection.set_extra("a", seen=2, polls=[1])
        assert collection.extra("a") == {"seen": 2, "content": b"x", "polls": [1]}
        for unknown in (collection, store.collection("batches")):
            with pytest.raises(KeyError):
                unknown.set_extra("b", seen=1)

    def test_extra_of_nothing_is_empty(self, store: Store) -> None:
        """No hidden data, or no such object: an empty dict."""
        _filled(store, 1)
        assert store.collection("files").extra("o0") == {}
        assert store.collection("files").extra("o1") == {}
        assert store.collection("batches").extra("o0") == {}

    def test_extra_is_detached(self, store: Store) -> None:
        """Hidden data shares nothing mutable with the caller, in either direction."""
        collection = store.collection("files")
        events = [{"n": 1}]
        collection.put({"id": "a"}, extra={"events": events})
        events[0]["n"] = 2
        collection.extra("a")["events"].append({})
        collection.extra("a")["new"] = 1
        more = [1]
        collection.set_extra("a", more=more)
        more.append(2)
        assert collection.extra("a") == {"events": [{"n": 1}], "more": [1]}

    # -------------------------------------------------------------------------------------------------- deleting

    def test_delete(self, store: Store) -> None:
        """Delete says whether the object was there, and it is gone, hidden data included."""
        collection = _filled(store, 3)
        collection.set_extra("o1", seen=1)
        assert collection.delete("o1") is True
        assert collection.delete("o1") is False
        assert collection.delete("never") is False
        assert store.collection("batches").delete("o1") is False
        assert collection.get("o1") is None
        assert collection.extra("o1") == {}
        assert collection.keys() == ["o0", "o2"]
        assert len(collection) == 2

    def test_deleted_ones_are_remembered(self, store: Store) -> None:
        """A key that was deleted here can be told from one that never was, until it is put again."""
        collection = _filled(store, 2)
        collection.delete("o0")
        assert collection.was_deleted("o0")
        assert not collection.was_deleted("o1")
        assert not collection.was_deleted("never")
        assert not store.collection("batches").was_deleted("o0")
        collection.put({"id": "o0"})
        assert not collection.was_deleted("o0")

    def test_put_after_delete_goes_to_the_end(self, store: Store) -> None:
        """An object that is put again after its deletion is a new one."""
        collection = _filled(store, 3)
        collection.set_extra("o0", seen=1)
        collection.delete("o0")
        collection.put({"id": "o0"})
        assert collection.keys() == ["o1", "o2", "o0"]
        assert collection.extra("o0") == {}

    # ---------------------------------------------------------------------------------------------------- paging

    def test_page_defaults(self, store: Store) -> None:
        """A page holds the 20 newest, newest first, and says that there are more."""
        collection = _filled(store, 21)
        page = collection.page()
        assert _ids(page) == [f"o{n}" for n in range(20, 0, -1)]
        assert page.has_more is True
        assert collection.page(limit=21).has_more is False

    def test_page_of_nothing(self, store: Store) -> None:
        """A collection that is empty or doesn't exist has an empty page."""
        assert store.collection("files").page() == Page([], has_more=False)
        _filled(store, 1).delete("o0")
        assert store.collection("files").page() == Page([], has_more=False)

    def test_page_order_and_after(self, store: Store) -> None:
        """After a cursor comes what follows it in the order asked for."""
        collection = _filled(store, 5)
        assert _ids(collection.page(order="asc", after="o1", limit=2)) == ["o2", "o3"]
        assert _ids(collection.page(order="desc", after="o3", limit=2)) == ["o2", "o1"]
        assert collection.page(order="asc", after="o1", limit=2).has_more is True
        assert collection.page(order="asc", after="o2", limit=2).has_more is False
        assert collection.page(order="asc", after="o4") == Page([], has_more=False)

    def test_page_before(self, store: Store) -> None:
        """Before a cursor stands what directly precedes it, in the order asked for."""
        collection = _filled(store, 5)
        assert _ids(collection.page(order="asc", before="o3", limit=2)) == ["o1", "o2"]
        assert collection.page(order="asc", before="o3", limit=2).has_more is True
        assert _ids(collection.page(order="desc", before="o1", limit=2)) == ["o3", "o2"]
        assert _ids(collection.page(order="asc", before="o2")) == ["o0", "o1"]
        assert collection.page(order="asc", before="o2").has_more is False
        assert collection.page(order="asc", before="o0") == Page([], has_more=False)

    def test_page_between(self, store: Store) -> None:
        """With both cursors, the page holds what lies between them; nothing, if they are the wrong way round."""
        collection = _filled(store, 6)
        assert _ids(collection.page(order="asc", after="o1", before="o4")) == ["o2", "o3"]
        assert _ids(collection.page(order="desc", after="o4", before="o1")) == ["o3", "o2"]
        page = collection.page(order="asc", after="o0", before="o5", limit=2)
        assert (_ids(page), page.has_more) == (["o1", "o2"], True)
        assert collection.page(order="asc", after="o4", before="o1") == Page([], has_more=False)

    def test_page_limits(self, store: Store) -> None:
        """None is no limit, and 0 only tells whether there is anything."""
        collection = _filled(store, 30)
        assert len(collection.page(limit=None).items) == 30
        assert collection.page(limit=None).has_more is False
        assert collection.page(limit=0) == Page([], has_more=True)
        assert collection.page(limit=0, after="o0") == Page([], has_more=False)

    @pytest.mark.parametrize("cursor", [{"after": "never"}, {"before": "never"}, {"after": "o0", "before": "never"}])
    def test_page_with_an_unknown_cursor(self, store: Store, cursor: dict[str, str]) -> None:
        """A cursor that never was a key here is a KeyError that names it."""
        _filled(store, 2)
        with pytest.raises(KeyError, match="never"):
            store.collection("files").page(**cursor)  # type: ignore[arg-type]

    def test_page_with_a_cursor_into_nothing(self, store: Store) -> None:
        """A cursor into a collection that doesn't exist is a KeyError as well."""
        with pytest.raises(KeyError, match="never"):
            store.collection("files").page(after="never")

    def test_page_from_a_deleted_cursor(self, store: Store) -> None:
        """A deleted object marks the place where it stood, also when its neighbours go too."""
        collection = _filled(store, 6)
        for key in ("o2", "o3", "o1"):
            collection.delete(key)
        assert _ids(collection.page(order="asc", after="o2")) == ["o4", "o5"]
        assert _ids(collection.page(order="desc", after="o2")) == ["o0"]
        assert _ids(collection.page(order="asc", before="o3")) == ["o0"]
        assert _ids(collection.page(order="desc", before="o1")) == ["o5", "o4"]
        collection.delete("o0")
        assert _ids(collection.page(order="asc", after="o0")) == ["o4", "o5"]

    def test_deleting_while_paging_reaches_all(self, store: Store) -> None:
        """A program that deletes each page before it asks for the next one meets every object once."""
        collection = _filled(store, 10)
        met: list[str] = []
        page = collection.page(limit=3)
        while page.items:
            met += _ids(page)
            for key in _ids(page):
                collection.delete(key)
            page = collection.page(limit=3, after=met[-1])
        assert met == [f"o{n}" for n in range(9, -1, -1)]

    def test_page_where(self, store: Store) -> None:
        """Only what matches is listed and counted for has_more; a cursor needn't match."""
        collection = _filled(store, 9)

        def odd(body: dict[str, Any]) -> bool:
            return bool(body["number"] % 2)

        assert _ids(collection.page(order="asc", where=odd)) == ["o1", "o3", "o5", "o7"]
        page = collection.page(order="asc", where=odd, after="o2", limit=2)
        assert (_ids(page), page.has_more) == (["o3", "o5"], True)
        page = collection.page(order="asc", where=odd, after="o4", limit=2)
        assert (_ids(page), page.has_more) == (["o5", "o7"], False)
        assert _ids(collection.page(order="asc", where=odd, before="o6", limit=2)) == ["o3", "o5"]

    def test_pages_put_together_are_the_whole(self, store: Store) -> None:
        """Paging forwards and backwards, in both orders, gives each object once."""
        collection = _filled(store, 7)
        for order in ("asc", "desc"):
            whole = collection.page(order=order, limit=None).items
            forwards, backwards = (
                collection.page(order=order, limit=3),
                collection.page(order=order, limit=3, before=whole[-1]["id"]),
            )
            items, tail = list(forwards.items), [*backwards.items, whole[-1]]
            while forwards.has_more:
                forwards = collection.page(order=order, limit=3, after=items[-1]["id"])
                items += forwards.items
            while backwards.has_more:
                backwards = collection.page(order=order, limit=3, before=tail[0]["id"])
                tail = [*backwards.items, *tail]
            assert items == whole == tail

    # -------------------------------------------------------------------------------------------- the collections

    def test_reading_creates_nothing(self, store: Store) -> None:
        """A collection exists from the first put on; looking into it doesn't make it exist."""
        collection = store.collection("files")
        collection.get("a")
        collection.page()
        collection.delete("a")
        assert store.existing("files") is None
        assert list(store.resources()) == []
        collection.put({"id": "a"})
        assert store.existing("files") is not None

    def test_emptied_is_not_gone(self, store: Store) -> None:
        """A collection whose last object is deleted still exists."""
        _filled(store, 1).delete("o0")
        assert store.existing("files") is not None
        assert _listed(store) == {("files", (), 0)}

    def test_handles_share_what_they_are_handles_of(self, store: Store) -> None:
        """All handles of one collection see the same objects, those taken before the first put too."""
        early = store.collection("files")
        _filled(store, 2)
        assert early.keys() == store.collection("files").keys() == ["o0", "o1"]

    def test_parents_separate(self, store: Store) -> None:
        """The same id below different parents, or in different resources, is a different object."""
        store.collection("beta.threads.messages", "thread_a").put({"id": "m", "n": 1})
        store.collection("beta.threads.messages", "thread_b").put({"id": "m", "n": 2})
        store.collection("beta.threads.runs", "thread_a").put({"id": "m", "n": 3})
        assert store.collection("beta.threads.messages", "thread_a").get("m") == {"id": "m", "n": 1}
        assert store.collection("beta.threads.messages", "thread_b").get("m") == {"id": "m", "n": 2}
        assert store.existing("beta.threads.messages") is None
        assert store.existing("beta.threads.runs", "thread_b") is None

    def test_collections_know_where_they_are(self, store: Store) -> None:
        """A collection has its resource and its parents."""
        collection = store.collection("beta.threads.runs.steps", "thread_a", "run_a")
        assert (collection.resource, collection.parents) == ("beta.threads.runs.steps", ("thread_a", "run_a"))

    def test_two_names_of_one_resource(self, store: Store) -> None:
        """What the API serves under two names of the client is one collection, whichever name is used."""
        store.collection("beta.responses").put({"id": "resp_a"})
        store.collection("responses.input_items", "resp_a").put({"id": "msg_a"})
        assert store.collection("responses").get("resp_a") == {"id": "resp_a"}
        assert store.collection("beta.responses").resource == "responses"
        assert store.existing("beta.responses.input_items", "resp_a") is not None
        assert [parents for _, parents, _ in store.resources("beta.responses.input_items")] == [("resp_a",)]
        store.drop("beta.responses", "resp_a")
        assert store.existing("responses.input_items", "resp_a") is None

    def test_resources(self, store: Store) -> None:
        """All collections are listed with resource and parents, or those of one resource."""
        _filled(store, 2)
        _filled(store, 1, "beta.threads.messages", "thread_a")
        _filled(store, 3, "beta.threads.messages", "thread_b")
        messages = {("beta.threads.messages", ("thread_a",), 1), ("beta.threads.messages", ("thread_b",), 3)}
        assert _listed(store) == {("files", (), 2), *messages}
        found = store.resources("beta.threads.messages")
        assert {(resource, parents, len(collection)) for resource, parents, collection in found} == messages
        assert list(store.resources("beta.threads")) == []

    def test_resources_may_be_changed_while_listed(self, store: Store) -> None:
        """Dropping and putting while walking over the collections is safe."""
        for thread in ("thread_a", "thread_b", "thread_c"):
            _filled(store, 1, "beta.threads.messages", thread)
        for _, (thread,), _ in store.resources():
            store.drop("beta.threads", thread)
            store.collection("files").put({"id": thread})
        assert _listed(store) == {("files", (), 3)}

    def test_drop_removes_what_lies_below(self, store: Store) -> None:
        """Drop takes everything below one object, at every depth, and nothing else."""
        for thread in ("thread_a", "thread_b"):
            _filled(store, 1, "beta.threads.messages", thread)
            _filled(store, 1, "beta.threads.runs", thread)
            _filled(store, 1, "beta.threads.runs.steps", thread, "run_a")
            _filled(store, 1, "beta.threads.runs.steps", thread, "run_b")
        _filled(store, 1, "beta.threadsafe.things", "thread_a")
        _filled(store, 1, "beta.threads")
        store.drop("beta.threads.runs", "thread_a", "run_a")
        assert store.existing("beta.threads.runs.steps", "thread_a", "run_a") is None
        assert store.existing("beta.threads.runs.steps", "thread_a", "run_b") is not None
        assert store.existing("beta.threads.runs.steps", "thread_b", "run_a") is not None
        store.drop("beta.threads", "thread_a")
        assert _listed(store) == {
            ("beta.threads", (), 1),
            ("beta.threadsafe.things", ("thread_a",), 1),
            ("beta.threads.messages", ("thread_b",), 1),
            ("beta.threads.runs", ("thread_b",), 1),
            ("beta.threads.runs.steps", ("thread_b", "run_a"), 1),
            ("beta.threads.runs.steps", ("thread_b", "run_b"), 1),
        }

    def test_drop_without_parents_takes_all_below(self, store: Store) -> None:
        """Without parents, drop takes what lies below any object of the resource."""
        _filled(store, 1, "beta.threads")
        _filled(store, 1, "beta.threads.messages", "thread_a")
        _filled(store, 1, "beta.threads.messages", "thread_b")
        store.drop("beta.threads")
        assert _listed(store) == {("beta.threads", (), 1)}

    def test_dropped_is_forgotten(self, store: Store) -> None:
        """After a drop, handles are empty, and what is put next is the first."""
        collection = _filled(store, 2, "beta.threads.messages", "thread_a")
        collection.delete("o0")
        store.drop("beta.threads", "thread_a")
        assert len(collection) == 0
        assert not collection.was_deleted("o0")
        collection.put({"id": "o9"})
        assert collection.keys() == ["o9"]

    def test_clear(self, store: Store) -> None:
        """Clear forgets everything, deletions included; handles stay good."""
        collection = _filled(store, 2)
        collection.delete("o0")
        store.clear()
        assert list(store.resources()) == []
        assert not collection.was_deleted("o0")
        collection.put({"id": "o5"})
        assert collection.keys() == ["o5"]

    # ------------------------------------------------------------------------------------------- the whole store

    @pytest.mark.parametrize("how", ["copy", "copy.copy", "copy.deepcopy"])
    def test_copies_are_independent(self, store: Store, how: str) -> None:
        """A copy has the same content, deletions and hidden data included, and from then on its own."""
        collection = _filled(store, 4)
        collection.set_extra("o1", seen=[1])
        collection.delete("o2")
        _filled(store, 1, "beta.threads.messages", "thread_a")
        ways: dict[str, Callable[[], Store]] = {
            "copy": store.copy,
            "copy.copy": lambda: copy.copy(store),
            "copy.deepcopy": lambda: copy.deepcopy(store),
        }
        twin = ways[how]()
        assert type(twin) is type(store)
        assert _listed(twin) == _listed(store)
        other = twin.collection("files")
        assert other.page() == collection.page()
        assert other.extra("o1") == {"seen": [1]}
        assert other.was_deleted("o2")
        assert other.page(after="o2", order="asc") == collection.page(after="o2", order="asc")

        other.put({"id": "new"})
        other.set_extra("o1", seen=[2])
        other.delete("o0")
        collection.delete("o3")
        twin.drop("beta.threads", "thread_a")
        assert collection.keys() == ["o0", "o1"]
        assert other.keys() == ["o1", "o3", "new"]
        assert collection.extra("o1") == {"seen": [1]}
        assert not collection.was_deleted("o0")
        assert store.existing("beta.threads.messages", "thread_a") is not None

    def test_changes_are_counted(self, store: Store) -> None:
        """Every change moves the counter; reading, and a deletion of nothing, doesn't."""
        collection = store.collection("files")
        seen = [store.changes]

        def moved() -> bool:
            seen.append(store.changes)
            return seen[-1] > seen[-2]

        collection.put({"id": "a"})
        assert moved()
        collection.put({"id": "a"})
        assert moved()
        collection.set_extra("a", x=1)
        assert moved()
        collection.get("a")
        collection.extra("a")
        collection.page()
        list(store.resources())
        collection.delete("never")
        store.drop("beta.threads", "thread_a")
        assert not moved()
        collection.delete("a")
        assert moved()
        store.collection("beta.threads.messages", "thread_a").put({"id": "a"})
        assert moved()
        store.drop("beta.threads", "thread_a")
        assert moved()
        store.clear()
        assert moved()

    def test_the_lock_is_reentrant(self, store: Store) -> None:
        """Operations work while the lock is held by the same thread."""
        with store.lock, store.lock:
            _filled(store, 1)
            assert len(store.collection("files").page().items) == 1

    def test_the_lock_keeps_others_out(self, store: Store) -> None:
        """What one thread changes while it holds the lock, others see all at once."""
        collection = store.collection("files")
        seen: list[int] = []
        writing = threading.Event()

        def read() -> None:
            while not writing.is_set():
                seen.extend((len(collection), len(collection.keys()), len(collection.page(limit=None).items)))

        reader = threading.Thread(target=read)
        reader.start()
        for number in range(100):
            with store.lock:
                collection.put({"id": f"left{number}"})
                collection.put({"id": f"right{number}"})
        writing.set()
        reader.join(60)
        assert [count for count in seen if count % 2] == []

    def test_threads_lose_nothing(self, store: Store) -> None:
        """Putting, deleting and paging from several threads at once loses and doubles nothing."""
        failures: list[BaseException] = []

        def work(name: str) -> None:
            collection = store.collection("files")
            try:
                for number in range(200):
                    collection.put({"id": f"{name}{number}"})
                    if number % 2:
                        collection.delete(f"{name}{number - 1}")
                    assert len(_ids(collection.page(limit=5))) <= 5
            except BaseException as failure:  # noqa: BLE001 - told to the main thread
                failures.append(failure)

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failures == []
        listed = _ids(store.collection("files").page(limit=None))
        assert sorted(listed) == sorted(f"{name}{number}" for name in "abcd" for number in range(1, 200, 2))
        assert sorted(store.collection("files").keys()) == sorted(listed)
