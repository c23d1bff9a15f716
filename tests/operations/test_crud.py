"""The generic engine: what is created comes back, changes and goes, wherever it lies; how the API misses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, VirtualClock
from fakeopenai.errors import UsageError

Needs = Callable[[str], None]


@pytest.fixture
def fake() -> FakeOpenAI:
    """A fake with a clock that stands still."""
    return FakeOpenAI(seed=1, clock=VirtualClock())


def _call(fake: Any, operation: str, *args: Any, **kwargs: Any) -> Any:
    """Call an operation by its name."""
    for name in operation.split("."):
        fake = getattr(fake, name)
    return fake(*args, **kwargs)


# ------------------------------------------------------------------------------------------------ the five


def test_a_created_object_carries_what_was_sent(fake: FakeOpenAI) -> None:
    """An id of the API's form, the time, what was sent, and the API's defaults for the rest."""
    store = fake.vector_stores.create(name="docs", metadata={"team": "a"})
    assert store.id.startswith("vs_")
    assert len(store.id) == 35
    assert store.created_at == store.last_active_at == int(fake.clock.now())
    assert (store.name, store.metadata, store.status) == ("docs", {"team": "a"}, "completed")
    assert store.file_counts.total == 0


def test_it_comes_back_the_same_from_every_read(fake: FakeOpenAI) -> None:
    """Retrieve and list give what create gave."""
    store = fake.vector_stores.create(name="docs")
    assert fake.vector_stores.retrieve(store.id) == store
    assert fake.vector_stores.list().data == [store]


def test_updates_merge_and_metadata_is_replaced_as_a_whole(fake: FakeOpenAI) -> None:
    """What isn't sent stays; a metadata that is sent replaces the one before."""
    store = fake.vector_stores.create(name="docs", metadata={"a": "1", "b": "2"})
    updated = fake.vector_stores.update(store.id, metadata={"b": "3"})
    assert (updated.name, updated.metadata) == ("docs", {"b": "3"})
    assert fake.vector_stores.retrieve(store.id) == updated


def test_null_clears(fake: FakeOpenAI) -> None:
    """A null sets a field back to what it is unasked."""
    store = fake.vector_stores.create(
        name="docs", expires_after={"anchor": "last_active_at", "days": 2}, metadata={"a": "1"}
    )
    assert store.expires_at == int(fake.clock.now()) + 2 * 86_400
    cleared = fake.vector_stores.update(store.id, name=None, expires_after=None, metadata=None)
    assert cleared.name is None
    assert (cleared.expires_after, cleared.expires_at, cleared.metadata) == (None, None, {})


def test_deleting_says_so_and_is_final(fake: FakeOpenAI) -> None:
    """A deletion answers in its own shape; from then on the object is a 404, for a second deletion too."""
    store = fake.vector_stores.create(name="docs")
    deleted = fake.vector_stores.delete(store.id)
    assert (deleted.id, deleted.deleted, deleted.object) == (store.id, True, "vector_store.deleted")
    for call in (fake.vector_stores.retrieve, fake.vector_stores.delete, fake.vector_stores.update):
        with pytest.raises(openai.NotFoundError):
            call(store.id)


def test_a_container_is_deleted_though_the_sdk_expects_nothing(fake: FakeOpenAI) -> None:
    """On the wire stands what the API sends, where the SDK's method gives None."""
    container = fake.containers.create(name="box")
    raw = fake.containers.with_raw_response.delete(container.id)
    assert raw.http_response.json() == {"id": container.id, "object": "container.deleted", "deleted": True}


def test_secrets_are_shown_once(fake: FakeOpenAI, needs: Needs) -> None:
    """The value of a key is in the answer to its creation, and in no other."""
    needs("admin.organization.admin_api_keys.create")
    needs("webhooks.create")
    key = fake.admin.organization.admin_api_keys.create(name="ci")
    assert key.value.startswith("sk-admin-")
    assert "value" not in fake.admin.organization.admin_api_keys.retrieve(key.id).to_dict()
    endpoint = fake.webhooks.create(name="w", url="https://example.com", event_types=["batch.completed"])
    rotated = fake.webhooks.rotate_secret(endpoint.id)
    assert endpoint.signing_secret.startswith("whsec_")
    assert rotated.signing_secret not in {"", endpoint.signing_secret}
    assert "signing_secret" not in fake.webhooks.retrieve(endpoint.id).to_dict()


def test_settings_are_there_without_being_created(fake: FakeOpenAI, needs: Needs) -> None:
    """A resource with one object and no id answers unasked; once deleted, it is missed until it is set again."""
    needs("admin.organization.spend_limit.update")
    limit = fake.admin.organization.spend_limit
    limit.update(currency="USD", interval="month", threshold_amount=5)
    assert limit.retrieve().threshold_amount == 5
    assert limit.delete().deleted
    with pytest.raises(openai.NotFoundError):
        limit.retrieve()
    assert fake.admin.organization.data_retention.retrieve().object == "organization.data_retention"


def test_a_renamed_argument_stands_under_its_other_name(fake: FakeOpenAI, needs: Needs) -> None:
    """``role_name`` is the role's name, ``suffix`` the job's ``user_provided_suffix``."""
    needs("admin.organization.roles.create")
    role = fake.admin.organization.roles.create(role_name="reader", permissions=["api.read"])
    assert (role.name, role.permissions) == ("reader", ["api.read"])
    job = fake.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-1", suffix="mine")
    assert job.to_dict()["user_provided_suffix"] == "mine"


# ------------------------------------------------------------------------------------------------ parents


def test_children_lie_below_their_parent(fake: FakeOpenAI) -> None:
    """What is created below one parent is not below another."""
    first, second = (fake.containers.create(name=name) for name in "ab")
    file = fake.containers.files.create(first.id, file=("a.txt", b"abc"))
    assert file.container_id == first.id
    assert [each.id for each in fake.containers.files.list(first.id)] == [file.id]
    assert fake.containers.files.list(second.id).data == []
    with pytest.raises(openai.NotFoundError, match="Container file with id"):
        fake.containers.files.retrieve(file.id, container_id=second.id)


def test_deleting_a_parent_takes_its_children(fake: FakeOpenAI) -> None:
    """The children of a deleted parent are gone from the store as well."""
    container = fake.containers.create(name="a")
    fake.containers.files.create(container.id, file=("a.txt", b"abc"))
    fake.containers.delete(container.id)
    assert len(fake.state.containers.files) == 0
    with pytest.raises(openai.NotFoundError, match="Container with id"):
        fake.containers.files.list(container.id)


@pytest.mark.parametrize(
    ("operation", "ids"),
    [
        ("vector_stores.files.list", {"vector_store_id": "vs_gone"}),
        ("vector_stores.files.create", {"vector_store_id": "vs_gone", "file_id": "file-1"}),
        ("evals.runs.list", {"eval_id": "eval_gone"}),
        ("evals.runs.output_items.list", {"eval_id": "eval_gone", "run_id": "evalrun_1"}),
        ("containers.files.list", {"container_id": "cntr_gone"}),
        ("fine_tuning.jobs.list_events", {"fine_tuning_job_id": "ftjob-gone"}),
    ],
)
def test_an_unknown_parent_is_missed(fake: FakeOpenAI, operation: str, ids: dict[str, str]) -> None:
    """Nothing can be read or made below an object that doesn't exist."""
    with pytest.raises(openai.NotFoundError, match="gone"):
        _call(fake, operation, **ids)
    assert list(fake.state.resources()) == []


def test_a_role_is_assigned_with_what_the_account_knows_of_it(fake: FakeOpenAI, needs: Needs) -> None:
    """An assignment names the role and the group in full, and is listed as the role."""
    needs("admin.organization.groups.roles.create")
    needs("admin.organization.projects.groups.roles.create")
    organization = fake.admin.organization
    role = organization.roles.create(role_name="reader", permissions=["api.read"])
    group = organization.groups.create(name="staff")
    assigned = organization.groups.roles.create(group.id, role_id=role.id)
    assert (assigned.group.name, assigned.role.name) == ("staff", "reader")
    project = organization.projects.create(name="docs")
    organization.projects.groups.create(project.id, group_id=group.id, role="member")
    inside = organization.projects.groups.roles.create(group.id, project_id=project.id, role_id=role.id)
    assert (inside.group.name, inside.group.object) == ("staff", "group")
    assert [each.permissions for each in organization.groups.roles.list(group.id)] == [["api.read"]]
    organization.groups.roles.delete(role.id, group_id=group.id)
    assert organization.groups.roles.list(group.id).data == []
    assert organization.roles.retrieve(role.id) == role


# ------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("operation", "key", "expected"),
    [
        ("files.retrieve", "fake_id", ("No such File object: fake_id", "id", None)),
        ("fine_tuning.jobs.cancel", "1", ("Could not find fine tune: 1", "fine_tune_id", "fine_tune_not_found")),
        ("vector_stores.retrieve", "vs_x", ("Vector store with id 'vs_x' not found.", None, None)),
        ("batches.retrieve", "batch_x", ("No batch found with id 'batch_x'.", None, None)),
        ("containers.retrieve", "cntr_x", ("Container with id 'cntr_x' not found.", None, None)),
        ("models.delete", "ft:123", ("The model 'ft:123' does not exist", "model", "model_not_found")),
    ],
)
def test_the_api_misses_each_resource_in_its_own_words(
    fake: FakeOpenAI, operation: str, key: str, expected: tuple[str, str | None, str | None]
) -> None:
    """Text, param and code of a 404 are those of the resource."""
    with pytest.raises(openai.NotFoundError) as caught:
        _call(fake, operation, key)
    error: Any = caught.value.body
    assert (error["message"], error["param"], error["code"]) == expected
    assert error["type"] == "invalid_request_error"


def test_an_id_of_another_kind_has_an_invalid_form(fake: FakeOpenAI) -> None:
    """Where the API looks at the form of an id, it says what it has to begin with."""
    with pytest.raises(openai.BadRequestError, match="Expected an ID that begins with 'vs'") as caught:
        fake.vector_stores.retrieve("thread_abc")
    assert (caught.value.param, caught.value.code) == ("vector_store_id", "invalid_value")


def test_an_object_with_an_unusual_id_is_found_all_the_same(fake: FakeOpenAI) -> None:
    """What a test has put is there, whatever its id looks like."""
    fake.state.vector_stores.put({"id": "mine", "name": "docs"})
    assert fake.vector_stores.retrieve("mine").name == "docs"


def test_an_empty_id_is_the_sdks_own_error(fake: FakeOpenAI) -> None:
    """An empty path parameter never leaves the SDK."""
    with pytest.raises(ValueError, match="Expected a non-empty value for `vector_store_id`"):
        fake.vector_stores.retrieve("")


def test_a_refused_call_changes_nothing(fake: FakeOpenAI) -> None:
    """A wrong type, a missing field, an unknown object: the account is as it was."""
    store = fake.vector_stores.create(name="docs")
    before = fake.state.changes
    update: Any = fake.vector_stores.update
    create: Any = fake.containers.create
    with pytest.raises(openai.BadRequestError):
        update(store.id, name=3)
    with pytest.raises(openai.BadRequestError):
        create(name=3)
    with pytest.raises(openai.NotFoundError):
        fake.vector_stores.delete("vs_none")
    with fake.vector_stores.delete.scripted(500), pytest.raises(openai.InternalServerError):
        fake.with_options(max_retries=0).vector_stores.delete(store.id)
    assert fake.state.changes == before


def test_a_deleted_object_cannot_be_referred_to(fake: FakeOpenAI) -> None:
    """A file that was deleted here is refused in a body; one never seen is accepted, unless asked otherwise."""
    store = fake.vector_stores.create()
    fake.vector_stores.files.create(store.id, file_id="file-from-production")
    fake.state.files.put({"id": "file-a", "filename": "a"})
    fake.files.delete("file-a")
    with pytest.raises(openai.NotFoundError, match="No such File object: file-a"):
        fake.vector_stores.files.create(store.id, file_id="file-a")
    strict = FakeOpenAI(validate_exists=True)
    with pytest.raises(openai.NotFoundError, match="No such File object: file-b"):
        strict.batches.create(input_file_id="file-b", endpoint="/v1/responses", completion_window="24h")
    with pytest.raises(openai.BadRequestError, match="invalid training_file: file-b"):
        strict.fine_tuning.jobs.create(model="gpt-4o", training_file="file-b")


def test_deleting_a_file_takes_it_out_of_vector_stores(fake: FakeOpenAI) -> None:
    """A vector store doesn't hold a file that is no more."""
    fake.state.files.put({"id": "file-a", "filename": "a"})
    store = fake.vector_stores.create(file_ids=["file-a"])
    fake.files.delete("file-a")
    assert fake.vector_stores.files.list(store.id).data == []


# ------------------------------------------------------------------------------------------------ made up


def test_synthesize_makes_up_what_was_never_created() -> None:
    """Reads, changes, lists and deletions of unknown ids answer in their shapes, with these ids."""
    fake = FakeOpenAI(missing="synthesize")
    assert fake.vector_stores.retrieve("any").id == "any"
    assert fake.vector_stores.files.retrieve("file-1", vector_store_id="any").vector_store_id == "any"
    assert fake.vector_stores.files.list("any").data == []
    assert fake.vector_stores.list(after="vs_any").data == []
    assert fake.containers.files.content.retrieve("cfile_1", container_id="any").read()
    deleted = fake.vector_stores.delete("any")
    assert (deleted.id, deleted.deleted) == ("any", True)


def test_what_nobody_says_looks_as_in_the_documentation() -> None:
    """Texts, constants, ids inside and times are documented ones; what is counted is zero, what may be null is."""
    fake = FakeOpenAI(missing="synthesize")
    file = fake.files.retrieve("file-1")
    assert (file.filename, file.bytes, file.expires_at) == ("mydata.jsonl", 0, None)
    assert file.created_at == int(fake.clock.now())
    batch = fake.batches.retrieve("batch_1")
    assert (batch.endpoint, batch.input_file_id) == ("/v1/chat/completions", "file-abc123")
    assert fake.uploads.cancel("upload_1").expires_at > fake.clock.now()


def test_a_key_that_is_made_up_has_an_owner(needs: Needs) -> None:
    """An object of which nothing is demanded isn't empty for that."""
    needs("admin.organization.admin_api_keys.retrieve")
    key = FakeOpenAI(missing="synthesize").admin.organization.admin_api_keys.retrieve("key_1")
    assert (key.owner.type, key.owner.name, key.owner.role) == ("user", "John Doe", "owner")
    assert key.redacted_value == "sk-admin...xyz"
    assert key.name is None


def test_what_nobody_says_is_not_taken_for_what_was_said() -> None:
    """Examples lie under all else: what is sent and what is scripted goes over them."""
    fake = FakeOpenAI(missing="synthesize")
    fake.files.retrieve.returns({"filename": "a.txt"})
    assert fake.files.retrieve("file-1").filename == "a.txt"
    container = fake.containers.create(name="mine")
    assert container.name == "mine"


def test_synthesize_keeps_what_was_changed_and_misses_what_was_deleted() -> None:
    """A change of a made-up object is kept; a deleted one is not made up again."""
    fake = FakeOpenAI(missing="synthesize")
    fake.vector_stores.update("any", name="docs")
    assert fake.vector_stores.retrieve("any").name == "docs"
    fake.vector_stores.delete("any")
    with pytest.raises(openai.NotFoundError):
        fake.vector_stores.retrieve("any")


def test_synthesize_keeps_all_of_what_was_changed(needs: Needs) -> None:
    """An answer that tells less of an object than is read of it later leaves nothing out of what is kept."""
    needs("admin.organization.groups.retrieve")
    groups = FakeOpenAI(missing="synthesize").admin.organization.groups
    groups.update("group_1", name="staff")
    assert (groups.retrieve("group_1").name, groups.retrieve("group_1").group_type) == ("staff", "group")


def test_one_operation_can_synthesize(fake: FakeOpenAI) -> None:
    """The setting of one operation is its own, until it is taken back or the fake is reset."""
    fake.vector_stores.retrieve.missing = "synthesize"
    assert fake.vector_stores.retrieve("vs_any").id == "vs_any"
    with pytest.raises(openai.NotFoundError):
        fake.vector_stores.delete("vs_any")
    fake.vector_stores.retrieve.missing = None
    with pytest.raises(openai.NotFoundError):
        fake.vector_stores.retrieve("vs_any")


def test_a_setting_that_is_none_is_said_to_be(fake: FakeOpenAI) -> None:
    """A misspelt setting lists what there is."""
    retrieve: Any = fake.vector_stores.retrieve
    with pytest.raises(UsageError, match="missing='synthesise' is not one of 'error', 'synthesize'"):
        retrieve.missing = "synthesise"


def test_a_scripted_read_needs_no_object(fake: FakeOpenAI) -> None:
    """What a test says of an object goes over what is computed, and the id is that of the call; nothing is stored."""
    fake.vector_stores.retrieve.returns({"name": "scripted"})
    store = fake.vector_stores.retrieve("vs_any")
    assert (store.id, store.name, store.status) == ("vs_any", "scripted", "completed")
    assert len(fake.state.vector_stores) == 0


def test_a_scripted_creation_is_what_is_kept(fake: FakeOpenAI) -> None:
    """What a test says of a new object is what later reads give."""
    fake.vector_stores.create.returns({"id": "vs_mine", "usage_bytes": 7})
    created = fake.vector_stores.create(name="docs")
    assert fake.vector_stores.retrieve("vs_mine") == created
    assert (created.name, created.usage_bytes) == ("docs", 7)


def test_a_text_is_no_answer_where_no_model_speaks(fake: FakeOpenAI) -> None:
    """The error says what can be scripted instead."""
    with pytest.raises(UsageError, match=r"no model speaks there.*VectorStore"):
        fake.vector_stores.create.returns("docs")


# ------------------------------------------------------------------------------------------------ actions, contents


def test_cancel_moves_the_object(fake: FakeOpenAI) -> None:
    """A cancelled object is in the state that its type has for it."""
    batch = fake.batches.create(input_file_id="file-1", endpoint="/v1/responses", completion_window="24h")
    assert fake.batches.cancel(batch.id).status == "cancelling"
    assert fake.batches.retrieve(batch.id).status == "cancelled"
    job = fake.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-1")
    assert fake.fine_tuning.jobs.cancel(job.id).status == "cancelled"
    assert fake.fine_tuning.jobs.retrieve(job.id).status == "cancelled"


def test_archive_hides_a_project(fake: FakeOpenAI, needs: Needs) -> None:
    """An archived project has its time, and is listed only when asked for."""
    needs("admin.organization.projects.archive")
    projects = fake.admin.organization.projects
    project = projects.create(name="p")
    archived = projects.archive(project.id)
    assert (archived.status, archived.archived_at) == ("archived", int(fake.clock.now()))
    assert projects.list().data == []
    assert projects.list(include_archived=True).data == [archived]


def test_contents_are_binary_responses(fake: FakeOpenAI, tmp_path: Any) -> None:
    """The bytes of a file come as the SDK's own binary response, with all its ways to write them."""
    container = fake.containers.create(name="box")
    file = fake.containers.files.create(container.id, file=("a.txt", b"abc"))
    content = fake.containers.files.content.retrieve(file.id, container_id=container.id)
    content.write_to_file(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_bytes() == content.read() == b"".join(content.iter_bytes()) == b"abc"


def test_an_operation_newer_than_the_table_answers_by_its_type(fake: FakeOpenAI) -> None:
    """A path that the table doesn't know answers from the type that the call asks for."""
    from openai.types import VectorStore

    answer = fake.post("/vector_stores/vs_1/something_new", cast_to=VectorStore, body={"name": "x"})
    assert (answer.object, answer.status) == ("vector_store", "completed")


async def test_both_clients_share_the_account() -> None:
    """What the one creates, the other reads, changes and deletes."""
    fake = FakeOpenAI()
    other = FakeAsyncOpenAI(backend=fake.backend)
    store = await other.vector_stores.create(name="docs")
    assert fake.vector_stores.retrieve(store.id) == store
    fake.vector_stores.update(store.id, name="new")
    assert [each.name async for each in other.vector_stores.list()] == ["new"]
    await other.vector_stores.delete(store.id)
    with pytest.raises(openai.NotFoundError):
        fake.vector_stores.retrieve(store.id)


def test_the_state_makes_ids_of_each_kind(fake: FakeOpenAI) -> None:
    """What a test puts without an id gets one of the resource's form."""
    assert fake.state.vector_stores.put({"name": "docs"}).id.startswith("vs_")
    assert fake.state.batches.put({}).id.startswith("batch_")
