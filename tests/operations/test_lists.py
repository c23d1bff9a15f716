"""Lists of the generic engine: pages, cursors, bounds, order, filters, and every page class of the SDK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI

Needs = Callable[[str], None]


def _stores(fake: FakeOpenAI, count: int) -> list[str]:
    return [fake.vector_stores.create(name=str(number)).id for number in range(count)]


def test_newest_first_twenty_at_a_time() -> None:
    """Unasked, a page holds the twenty newest, and says that there are more."""
    fake = FakeOpenAI()
    ids = _stores(fake, 25)
    page: Any = fake.vector_stores.list()
    assert [store.id for store in page.data] == ids[:4:-1]
    assert (page.has_more, page.first_id, page.last_id) == (True, ids[-1], ids[5])


@given(count=st.integers(0, 12), limit=st.integers(1, 5), order=st.sampled_from(["asc", "desc"]))
def test_auto_paging_gives_everything_once(count: int, limit: int, order: Any) -> None:
    """However long the pages, iterating gives each object once, in order."""
    fake = FakeOpenAI()
    ids = _stores(fake, count)
    found = [store.id for store in fake.vector_stores.list(limit=limit, order=order)]
    assert found == (ids if order == "asc" else ids[::-1])
    assert fake.vector_stores.list.call_count == max(1, -(-count // limit))


async def test_auto_paging_of_the_asynchronous_client() -> None:
    """The same for the asynchronous client."""
    fake = FakeOpenAI()
    ids = _stores(fake, 7)
    other = FakeAsyncOpenAI(backend=fake.backend)
    assert [store.id async for store in other.vector_stores.list(limit=2)] == ids[::-1]


def test_before_gives_the_page_in_front() -> None:
    """``before`` holds what comes just before an object, in the same order."""
    fake = FakeOpenAI()
    ids = _stores(fake, 6)
    page = fake.vector_stores.list(order="asc", before=ids[4], limit=2)
    assert [store.id for store in page.data] == ids[2:4]


def test_a_deleted_cursor_still_marks_its_place() -> None:
    """Deleting while paging skips nothing."""
    fake = FakeOpenAI()
    ids = _stores(fake, 5)
    for store in fake.vector_stores.list(limit=1, order="asc"):
        fake.vector_stores.delete(store.id)
    assert fake.vector_stores.list().data == []
    assert len(fake.vector_stores.delete.calls) == len(ids)


@pytest.mark.parametrize(
    ("limit", "side", "bound"),
    [(0, "below minimum", ">= 1"), (-5, "below minimum", ">= 1"), (200, "above maximum", "<= 100")],
)
def test_limits_out_of_bounds_are_refused(limit: int, side: str, bound: str) -> None:
    """The API's sentence, param and code."""
    with pytest.raises(openai.BadRequestError) as caught:
        FakeOpenAI().vector_stores.list(limit=limit)
    body: Any = caught.value.body
    expected = f"Invalid 'limit': integer {side} value. Expected a value {bound}, but got {limit} instead."
    assert (body["message"], body["param"]) == (expected, "limit")
    assert (
        body["code"] == {"below minimum": "integer_below_min_value", "above maximum": "integer_above_max_value"}[side]
    )


def test_each_resource_has_its_own_bounds(needs: Needs) -> None:
    """Files can be listed by the ten thousand, groups by the thousand."""
    needs("admin.organization.groups.list")
    fake = FakeOpenAI()
    assert fake.files.list(limit=10_000).data == []
    assert fake.admin.organization.groups.list(limit=1_000).data == []
    with pytest.raises(openai.BadRequestError, match="<= 10000, but got 10001"):
        fake.files.list(limit=10_001)


@pytest.mark.parametrize("name", ["after", "before"])
def test_a_cursor_that_never_was_is_refused(name: str) -> None:
    """A cursor names an object that is, or was, in this list."""
    fake = FakeOpenAI()
    _stores(fake, 2)
    arguments: dict[str, Any] = {name: "vs_none"}
    with pytest.raises(openai.BadRequestError, match=f"Invalid '{name}'") as caught:
        fake.vector_stores.list(**arguments)
    assert caught.value.param == name


def test_a_wrong_order_is_refused() -> None:
    """With and without the checks of strict."""
    order: Any = "up"
    for strict in (True, False):
        with pytest.raises(openai.BadRequestError, match="up"):
            FakeOpenAI(strict=strict).vector_stores.list(order=order)


# ------------------------------------------------------------------------------------------------ filters


def test_files_by_purpose() -> None:
    """A filter named after a field leaves the objects that have the value, and pages follow it."""
    fake = FakeOpenAI()
    for number in range(6):
        fake.state.files.put({"id": f"file-{number}", "purpose": "batch" if number % 2 else "vision"})
    assert [file.id for file in fake.files.list(purpose="batch", limit=2)] == ["file-5", "file-3", "file-1"]


def test_vector_store_files_by_status() -> None:
    """``filter`` is the status of the file."""
    fake = FakeOpenAI(lifecycle="manual")
    store = fake.vector_stores.create(file_ids=["file-a", "file-b"])
    fake.advance(fake.vector_stores.files.retrieve("file-a", vector_store_id=store.id), to="failed")
    failed = fake.vector_stores.files.list(store.id, filter="failed")
    assert [file.id for file in failed] == ["file-a"]


def test_several_values_and_metadata(needs: Needs) -> None:
    """A filter with several values takes any of them; one on metadata compares the keys that it names."""
    needs("admin.organization.users.list")
    fake = FakeOpenAI()
    for name in ("a", "b", "c"):
        fake.state.admin.organization.users.put({"id": f"user-{name}", "email": f"{name}@example.com"})
    found = fake.admin.organization.users.list(emails=["a@example.com", "c@example.com"])
    assert [user.id for user in found] == ["user-c", "user-a"]
    job = fake.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-1", metadata={"k": "v", "x": "y"})
    fake.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-1")
    assert [each.id for each in fake.fine_tuning.jobs.list(metadata={"k": "v"})] == [job.id]


# ------------------------------------------------------------------------------------------------ page classes


def _groups(fake: Any, names: list[str], **query: Any) -> Any:
    groups = fake.admin.organization.groups
    for name in names:
        groups.create(name=name)
    return groups.list(order="asc", **query)


def _projects(fake: Any, names: list[str], **query: Any) -> Any:
    projects = fake.admin.organization.projects
    for name in names:
        projects.create(name=name)
    return projects.list(**query)


def _paths(fake: Any, names: list[str], **query: Any) -> Any:
    fake.state.beta.agents.environments.put({"id": "env_1"})
    files = fake.beta.agents.environments.files
    for name in names:
        files.create("env_1", file_id="file-1", path=name, type="file")
    return files.list("env_1", order="asc", **query)


@pytest.mark.parametrize(
    ("pages", "name", "operation"),
    [
        (_groups, "SyncNextCursorPage", "admin.organization.groups.list"),
        (_projects, "SyncConversationCursorPage", "admin.organization.projects.list"),
        (_paths, "SyncTokenPage", "beta.agents.environments.files.list"),
    ],
)
def test_the_other_page_classes_page_on(pages: Callable[..., Any], name: str, operation: str, needs: Needs) -> None:
    """``next``, ``last_id`` and page tokens lead on as ``after`` does."""
    needs(operation)
    page = pages(FakeOpenAI(strict=False), list("abcde"), limit=2)
    assert type(page).__name__.partition("[")[0] == name
    found = list(page)
    assert len(found) == 5
    assert len({str(each) for each in found}) == 5


def test_versions_page_by_their_ids(needs: Needs) -> None:
    """Objects that are found by another key than their id are paged by the id, as the SDK does."""
    needs("skills.versions.create")
    fake = FakeOpenAI()
    skill = fake.skills.create(files=[("SKILL.md", b"---\nname: a\ndescription: d\n---\n")])
    for _ in range(3):
        fake.skills.versions.create(skill.id, files=[("SKILL.md", b"---\nname: b\n---\n")])
    assert [each.version for each in fake.skills.versions.list(skill.id, limit=1)] == ["4", "3", "2", "1"]


# ------------------------------------------------------------------------------------------------ scripts


def test_pages_of_fine_tuning_name_no_ids() -> None:
    """Jobs and their events are listed without the ids of the first and the last, as recorded."""
    fake = FakeOpenAI()
    job = fake.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-t")
    for raw in (
        fake.fine_tuning.jobs.with_raw_response.list(),
        fake.fine_tuning.jobs.with_raw_response.list_events(job.id),
    ):
        assert raw.http_response.json().keys() == {"object", "data", "has_more"}
    assert len(list(fake.fine_tuning.jobs.list_events(job.id, limit=1))) == 2


def test_a_scripted_list_is_all_there_is() -> None:
    """Scripted elements replace the stored ones; first and last id follow them, and nothing more comes."""
    fake = FakeOpenAI()
    _stores(fake, 3)
    fake.vector_stores.list.returns([{"id": "vs_a"}, {"id": "vs_b"}])
    page: Any = fake.vector_stores.list()
    assert (page.first_id, page.last_id, page.has_more) == ("vs_a", "vs_b", False)
    assert [store.id for store in page] == ["vs_a", "vs_b"]


def test_a_scripted_page_can_say_that_there_are_more() -> None:
    """``has_more`` is the script's to say; the next page is asked for by the last id."""
    fake = FakeOpenAI()
    fake.vector_stores.list.returns(
        {"data": [{"id": "vs_a"}], "has_more": True}, {"data": [{"id": "vs_b"}], "has_more": False}
    )
    assert [store.id for store in fake.vector_stores.list()] == ["vs_a", "vs_b"]
    fake.vector_stores.list.assert_called_with(after="vs_a")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"event_types": ["project.created"]}, ["audit_log-1"]),
        ({"event_types": ["project.created", "login.failed"]}, ["audit_log-2", "audit_log-1"]),
        ({"project_ids": ["proj_1"]}, ["audit_log-1"]),
        ({"actor_ids": ["user-1"]}, ["audit_log-1"]),
        ({"actor_ids": ["key_1"]}, ["audit_log-2"]),
        ({"actor_emails": ["ada@example.com"]}, ["audit_log-1"]),
        ({"resource_ids": ["proj_9"]}, ["audit_log-1"]),
        ({"effective_at": {"gt": 5}}, ["audit_log-2"]),
        ({"effective_at": {"gte": 5, "lt": 9}}, ["audit_log-1"]),
        ({"event_types": ["login.failed"], "effective_at": {"lte": 5}}, []),
    ],
)
@pytest.mark.parametrize("way", ["direct", "wire"])
def test_filters_by_what_lies_deeper(needs: Needs, way: str, asked: dict[str, Any], found: list[str]) -> None:
    """Audit logs are found by who did what to what, and by when, also when the SDK writes the query."""
    needs("admin.organization.audit_logs.list")
    fake: Any = FakeOpenAI()
    logs = fake.state.admin.organization.audit_logs
    ada = {"type": "session", "session": {"user": {"id": "user-1", "email": "ada@example.com"}}}
    first = {"id": "audit_log-1", "type": "project.created", "effective_at": 5, "project.created": {"id": "proj_9"}}
    logs.put({**first, "actor": ada, "project": {"id": "proj_1"}})
    by_key = {"type": "api_key", "api_key": {"id": "key_1"}}
    logs.put({"id": "audit_log-2", "type": "login.failed", "effective_at": 9, "actor": by_key})
    more = {"extra_headers": {"x-way": "wire"}} if way == "wire" else {}
    assert [log.id for log in fake.admin.organization.audit_logs.list(**asked, **more)] == found
