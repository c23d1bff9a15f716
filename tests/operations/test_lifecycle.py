"""Things that take time: one step per retrieve, at once, or when a test says so; and what comes out at the end."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from fakeopenai import FakeOpenAI
from fakeopenai.errors import UsageError

Needs = Callable[[str], None]


def _batch(fake: FakeOpenAI) -> Any:
    return fake.batches.create(input_file_id="file-in", endpoint="/v1/chat/completions", completion_window="24h")


def test_one_step_per_retrieve() -> None:
    """Each retrieve finds the object one status further, with the time of its arrival, and it stays at the end."""
    fake = FakeOpenAI()
    batch = _batch(fake)
    assert (batch.status, batch.expires_at - batch.created_at) == ("validating", 86_400)
    statuses = [fake.batches.retrieve(batch.id).status for _ in range(4)]
    assert statuses == ["in_progress", "finalizing", "completed", "completed"]
    done = fake.batches.retrieve(batch.id)
    assert done.in_progress_at
    assert done.completed_at
    assert done.failed_at is None


def test_instant() -> None:
    """At once, creation answers with the end; for one operation or for all."""
    fake = FakeOpenAI(lifecycle="instant")
    assert _batch(fake).status == "completed"
    assert fake.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-1").status == "succeeded"
    assert fake.vector_stores.create(file_ids=["file-1"]).file_counts.completed == 1
    single = FakeOpenAI()
    single.batches.create.lifecycle = "instant"
    assert _batch(single).status == "completed"
    assert single.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-1").status == "validating_files"


def test_manual() -> None:
    """Nothing moves but by advance, which gives the object as it is then."""
    fake = FakeOpenAI(lifecycle="manual")
    batch = _batch(fake)
    assert fake.batches.retrieve(batch.id).status == "validating"
    assert fake.advance(batch).status == "in_progress"
    assert fake.advance(batch.id, to="completed").status == "completed"
    assert fake.batches.retrieve(batch.id).status == "completed"


def test_any_status_of_the_type_can_be_reached() -> None:
    """A failure is a status like any other, with its time."""
    fake = FakeOpenAI()
    failed = fake.advance(_batch(fake), to="expired")
    assert failed.status == "expired"
    assert failed.expired_at


def test_a_scripted_status_is_left_alone() -> None:
    """A test that says itself what retrieve gives does not move the object."""
    fake = FakeOpenAI()
    batch = _batch(fake)
    fake.batches.retrieve.returns({"status": "failed"}, {"status": "failed"})
    assert [fake.batches.retrieve(batch.id).status for _ in range(2)] == ["failed", "failed"]
    fake.batches.retrieve.reset()
    assert fake.batches.retrieve(batch.id).status == "in_progress"


@pytest.mark.parametrize(
    ("asked", "to", "message"),
    [
        ("batch_none", None, "This account has no object 'batch_none'"),
        (3, None, "takes an object of the account or its id; got int 3"),
        ("batch", "complete", "A Batch has no status 'complete'; did you mean 'completed'"),
        ("eval", None, "is one of evals, and those don't move by themselves"),
        ("done", None, "nothing follows by itself. Say where to move it"),
        ("file-x", None, "is below several objects"),
    ],
)
def test_misuse_of_advance_is_explained(asked: Any, to: str | None, message: str) -> None:
    """What isn't there, doesn't move or has no such status is said to be so."""
    fake = FakeOpenAI()
    batch = _batch(fake)
    fake.state.evals.put({"id": "eval_1"})
    for _ in range(2):
        fake.vector_stores.create(file_ids=["file-x"])
    if asked == "done":
        fake.advance(batch, to="completed")
    known = {"batch": batch, "eval": "eval_1", "done": batch.id}
    with pytest.raises(UsageError, match=message):
        fake.advance(known.get(asked, asked), to=to)


# ------------------------------------------------------------------------------------------------ what comes out


def _lines(*bodies: dict[str, Any]) -> bytes:
    asked = [
        {"custom_id": f"c{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}
        for number, body in enumerate(bodies)
    ]
    return "\n".join(map(json.dumps, asked)).encode()


def _content(fake: FakeOpenAI, file_id: str | None) -> list[Any]:
    assert file_id is not None
    return [json.loads(line) for line in fake.files.content(file_id).text.splitlines()]


def test_a_batch_answers_its_lines() -> None:
    """Each line is answered as the account would answer the call, scripts included; failures go into another file."""
    fake = FakeOpenAI()
    good: dict[str, Any] = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}
    content = b"\n".join([_lines(good, good, {"model": "gpt-4o"}), b"no JSON"])
    fake.state.files.put({"id": "file-in", "filename": "in.jsonl", "purpose": "batch"}, extra={"content": content})
    fake.chat.completions.create.returns("first", "second")
    batch = fake.advance(_batch(fake), to="completed")
    assert (batch.request_counts.total, batch.request_counts.completed, batch.request_counts.failed) == (4, 2, 2)
    answers = _content(fake, batch.output_file_id)
    assert [each["custom_id"] for each in answers] == ["c0", "c1"]
    assert [each["response"]["body"]["choices"][0]["message"]["content"] for each in answers] == ["first", "second"]
    refused, unreadable = _content(fake, batch.error_file_id)
    assert refused["response"]["body"]["error"]["param"] == "messages"
    assert unreadable["error"]["code"] == "invalid_json_line"
    assert batch.usage.total_tokens == batch.usage.input_tokens + batch.usage.output_tokens > 0
    assert not fake.chat.completions.create.called  # the code under test called batches, not this


def test_a_job_ends_with_a_model() -> None:
    """A fine-tuning job leaves its model, a checkpoint and events, the newest event first."""
    fake = FakeOpenAI()
    job = fake.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-1", suffix="mine")
    assert job.model == "gpt-4o-mini-2024-07-18"
    done = fake.advance(job, to="succeeded")
    assert done.fine_tuned_model.startswith("ft:gpt-4o-mini-2024-07-18:")
    assert ":mine:" in done.fine_tuned_model
    assert done.finished_at
    assert fake.models.retrieve(done.fine_tuned_model).id == done.fine_tuned_model
    messages = [event.message for event in fake.fine_tuning.jobs.list_events(job.id)]
    assert (messages[0], messages[-1]) == (
        "The job has successfully completed",
        "Validating training file: file-1",
    )
    (checkpoint,) = fake.fine_tuning.jobs.checkpoints.list(job.id)
    assert checkpoint.fine_tuned_model_checkpoint == done.fine_tuned_model


def test_a_store_counts_its_files() -> None:
    """However files come, move and go, the store's counts and bytes are theirs."""
    fake = FakeOpenAI()
    fake.state.files.put({"id": "file-a", "bytes": 5})
    store = fake.vector_stores.create(file_ids=["file-a"])
    assert (store.status, store.file_counts.in_progress) == ("in_progress", 1)
    done = fake.vector_stores.files.create_and_poll("file-b", vector_store_id=store.id)
    assert done.status == "completed"
    batch = fake.vector_stores.file_batches.create_and_poll(store.id, file_ids=["file-c", "file-d"])
    assert (batch.status, batch.file_counts.completed) == ("completed", 2)
    store = fake.vector_stores.retrieve(store.id)
    assert (store.status, store.file_counts.completed, store.usage_bytes) == ("completed", 4, 5)
    fake.vector_stores.files.delete("file-a", vector_store_id=store.id)
    store = fake.vector_stores.retrieve(store.id)
    assert (store.file_counts.total, store.usage_bytes) == (3, 0)


def test_a_store_is_described() -> None:
    """The description of a store comes back, though its type has none."""
    fake = FakeOpenAI(strict=False)  # older SDKs don't know the parameter either
    raw = fake.vector_stores.with_raw_response.create(extra_body={"description": "All there is."})
    assert raw.http_response.json()["description"] == "All there is."
    stored: Any = fake.vector_stores.retrieve(raw.http_response.json()["id"])
    assert stored.description == "All there is."


def test_a_cancelled_batch_of_files_cancels_what_is_in_progress() -> None:
    """Its files are cancelled with it, in the store's counts as well."""
    fake = FakeOpenAI()
    store = fake.vector_stores.create()
    batch = fake.vector_stores.file_batches.create(store.id, file_ids=["file-a", "file-b"])
    cancelled = fake.vector_stores.file_batches.cancel(batch.id, vector_store_id=store.id)
    assert (cancelled.status, cancelled.file_counts.cancelled) == ("cancelled", 2)
    listed = fake.vector_stores.file_batches.list_files(batch.id, vector_store_id=store.id)
    assert {file.status for file in listed} == {"cancelled"}
    assert fake.vector_stores.retrieve(store.id).file_counts.cancelled == 2


def test_a_batch_of_files_that_is_done_can_t_be_cancelled_any_more() -> None:
    """It stays completed, whether the account knows that or the test says that nothing is in progress."""
    fake = FakeOpenAI(missing="synthesize")
    store = fake.vector_stores.create()
    batch = fake.vector_stores.file_batches.create_and_poll(store.id, file_ids=["file-a"])
    asked: Any = {"vector_store_id": store.id}
    assert fake.vector_stores.file_batches.cancel(batch.id, **asked).status == "completed"
    fake.vector_stores.file_batches.cancel.returns(
        {"file_counts": {"completed": 1, "total": 1}}, {"file_counts": {"in_progress": 1, "total": 1}}
    )
    found = [fake.vector_stores.file_batches.cancel(f"vsfb_{number}", **asked) for number in "12"]
    assert [each.status for each in found] == ["completed", "cancelled"]
    assert {str(each.object) for each in [batch, *found]} == {"vector_store.file_batch"}


def test_a_job_pauses_and_goes_on(needs: Needs) -> None:
    """A job of fine-tuning is paused, and queued again when it is resumed; one that nobody created, too."""
    needs("fine_tuning.jobs.pause")
    fake = FakeOpenAI(missing="synthesize")
    job = fake.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-t")
    for key in (job.id, "ftjob-1"):
        assert str(fake.fine_tuning.jobs.pause(key).status) == "paused"
        assert fake.fine_tuning.jobs.resume(key).status == "queued"


def test_search_finds_the_words() -> None:
    """The file that shares most words with the query comes first; filters are on attributes."""
    fake = FakeOpenAI()
    for name, text in (("a", b"shipping is free"), ("b", b"the return policy is thirty days")):
        fake.state.files.put({"id": f"file-{name}", "filename": f"{name}.txt"}, extra={"content": text})
    store = fake.vector_stores.create()
    for name in "ab":
        fake.vector_stores.files.create_and_poll(f"file-{name}", vector_store_id=store.id, attributes={"letter": name})
    found = fake.vector_stores.search(store.id, query="What is the return policy?").data
    assert [hit.filename for hit in found] == ["b.txt", "a.txt"]
    only = fake.vector_stores.search(
        store.id, query="is", filters={"type": "eq", "key": "letter", "value": "a"}, max_num_results=1
    )
    assert [hit.file_id for hit in only] == ["file-a"]


def test_a_video_is_made_and_made_again(needs: Needs) -> None:
    """Polling ends with a film; a remix remembers what it was made from."""
    needs("videos.remix")
    fake: Any = FakeOpenAI()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer SDKs announce the end of videos
        video = fake.videos.create(prompt="a cat")
        done = fake.videos.poll(video.id)
        remix = fake.videos.remix(video.id, prompt="a dog")
        content = fake.videos.download_content(video.id)
    assert (done.status, done.progress) == ("completed", 100)
    assert (remix.remixed_from_video_id, remix.prompt, remix.status) == (video.id, "a dog", "queued")
    assert content.read()
