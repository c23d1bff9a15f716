"""One parameter of two, and files that were uploaded for something else."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, cast

import openai
import pytest

from fakeopenai import FakeOpenAI


def _batch(fake: Any, **files: Any) -> Any:
    return fake.vector_stores.file_batches.create(fake.vector_stores.create().id, **files)


def _container(fake: Any, **files: Any) -> Any:
    return fake.containers.files.create(fake.containers.create(name="c").id, **files)


@pytest.mark.parametrize(
    ("ask", "first", "second"),
    [
        (_batch, {"file_ids": ["file-1"]}, {"files": [{"file_id": "file-1"}]}),
        (_container, {"file": ("a.txt", b"a")}, {"file_id": "file-1"}),
    ],
)
def test_one_of_two_is_to_be_given(ask: Callable[..., Any], first: dict[str, Any], second: dict[str, Any]) -> None:
    """Neither and both are refused, either is taken, and an account that isn't strict takes all of it."""
    fake = FakeOpenAI()
    (name,), (other,) = first, second
    if other == "files" and other not in inspect.signature(fake.vector_stores.file_batches.create).parameters:
        pytest.skip("this SDK knows no files of a batch")
    with pytest.raises(openai.BadRequestError, match=f"Missing required parameter: '{name}'") as neither:
        ask(fake)
    assert (neither.value.param, neither.value.code) == (name, "missing_required_parameter")
    with pytest.raises(openai.BadRequestError, match=f"only providing one of: '{name}' or '{other}'") as both:
        ask(fake, **first, **second)
    assert both.value.code == "mutually_exclusive_parameters"
    for given in (first, second):
        assert ask(fake, **given)
    assert ask(FakeOpenAI(strict=False), **first, **second)


def test_a_batch_takes_files_for_batches() -> None:
    """A file that is here has to be for batches; one that the account doesn't know is taken."""
    fake = FakeOpenAI()
    wrong = fake.files.create(file=b"{}", purpose="fine-tune").id
    right = fake.files.create(file=("a.jsonl", b"{}"), purpose="batch").id

    def create(id: str) -> Any:
        return fake.batches.create(input_file_id=id, endpoint="/v1/responses", completion_window="24h")

    with pytest.raises(openai.BadRequestError, match="must be uploaded with the purpose 'batch'") as caught:
        create(wrong)
    assert caught.value.param == "input_file_id"
    assert [create(key).input_file_id for key in (right, "file-elsewhere")] == [right, "file-elsewhere"]
    fake.files.delete(right)
    with pytest.raises(openai.NotFoundError, match="No such File object"):
        create(right)


@pytest.mark.parametrize("name", ["training_file", "validation_file"])
def test_a_job_takes_files_for_fine_tuning(name: str) -> None:
    """A file that is here has to be for fine-tuning, and one that was deleted is no file."""
    fake: Any = FakeOpenAI()
    wrong = fake.files.create(file=("a.jsonl", b"{}"), purpose="batch").id
    right = fake.files.create(file=b"{}", purpose="fine-tune").id

    def create(id: str) -> Any:
        return fake.fine_tuning.jobs.create(model="gpt-4o-mini", **{"training_file": right, name: id})

    assert getattr(create(right), name) == right
    with pytest.raises(openai.BadRequestError, match=f"invalid {name}: {wrong}") as caught:
        create(wrong)
    assert caught.value.param == name


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # newer SDKs announce the end of assistants
def test_unknown_ids_in_bodies_are_refused_where_that_is_wanted() -> None:
    """With ``validate_exists`` an account knows all there is, wherever in the body an id stands."""
    fake = FakeOpenAI(validate_exists=True)
    store = fake.vector_stores.create()
    asked: list[Callable[[], Any]] = [
        lambda: fake.batches.create(input_file_id="file-x", endpoint="/v1/responses", completion_window="24h"),
        lambda: fake.vector_stores.create(file_ids=["file-x"]),
        lambda: fake.vector_stores.files.create(store.id, file_id="file-x"),
        lambda: fake.vector_stores.file_batches.create(store.id, file_ids=["file-x"]),
        lambda: fake.containers.create(name="c", file_ids=["file-x"]),
    ]
    for ask in asked:
        with pytest.raises(openai.NotFoundError, match="No such File object: file-x"):
            ask()
    assistants: Any = fake.beta.assistants
    threads: Any = fake.beta.threads
    searching: dict[str, Any] = {"type": "file_search", "vector_store_ids": ["vs_x"]}
    for ask in (
        lambda: assistants.create(model="gpt-4o", tool_resources={"file_search": {"vector_store_ids": ["vs_x"]}}),
        lambda: fake.responses.create(model="gpt-5", input="Hi", tools=cast("Any", [searching])),
    ):
        with pytest.raises(openai.NotFoundError, match="Vector store with id 'vs_x' not found"):
            ask()
    message: Any = {"role": "user", "content": "Hi", "attachments": [{"file_id": "file-x"}]}
    with pytest.raises(openai.NotFoundError, match="No such File object: file-x"):
        threads.create(messages=[message])
    with pytest.raises(openai.BadRequestError, match="invalid training_file: file-x"):
        fake.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-x")


def test_a_deleted_vector_store_is_not_searched() -> None:
    """One that the account doesn't know may be elsewhere; one that was deleted here is gone."""
    fake = FakeOpenAI()
    store = fake.vector_stores.create().id
    for key in ("vs_elsewhere", store):
        tools: Any = [{"type": "file_search", "vector_store_ids": [key]}]
        assert fake.responses.create(model="gpt-5", input="Hi", tools=tools).output_text
    fake.vector_stores.delete(store)
    with pytest.raises(openai.NotFoundError, match=f"Vector store with id '{store}' not found"):
        fake.responses.create(model="gpt-5", input="Hi", tools=tools)
