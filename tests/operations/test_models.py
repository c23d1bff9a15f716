"""Models: those of every account, and those that it has fine-tuned."""

from __future__ import annotations

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI


def test_common_models(fake: FakeOpenAI) -> None:
    """Each that is listed can be retrieved, and is the same."""
    listed = list(fake.models.list())
    assert {"gpt-4o", "gpt-5", "text-embedding-3-small", "whisper-1"} <= {model.id for model in listed}
    assert all(fake.models.retrieve(model.id) == model for model in listed)
    assert fake.models.retrieve("gpt-4o-mini").created == 1721172741


def test_no_such_model(fake: FakeOpenAI) -> None:
    """In the API's words."""
    for ask in (fake.models.retrieve, fake.models.delete):
        with pytest.raises(openai.NotFoundError, match="The model 'gpt-0' does not exist") as caught:
            ask("gpt-0")
        assert (caught.value.code, caught.value.param) == ("model_not_found", "model")


def test_fine_tuned_models(fake: FakeOpenAI) -> None:
    """They come last, and can be deleted, once."""
    job = fake.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-1")
    done = fake.advance(job, to="succeeded")
    assert [model.id for model in fake.models.list()][-1] == done.fine_tuned_model
    assert fake.models.delete(done.fine_tuned_model).deleted
    assert done.fine_tuned_model not in [model.id for model in fake.models.list()]
    with pytest.raises(openai.NotFoundError):
        fake.models.delete(done.fine_tuned_model)


def test_common_models_stay(fake: FakeOpenAI) -> None:
    """What belongs to OpenAI can't be deleted."""
    with pytest.raises(openai.PermissionDeniedError):
        fake.models.delete("gpt-4o")
    assert fake.models.retrieve("gpt-4o").id == "gpt-4o"


def test_models_of_the_account() -> None:
    """An account that was said to have certain models lists them and no others, known to us or not."""
    fake = FakeOpenAI(models=["my-model", "gpt-5"])
    assert [model.id for model in fake.models.list()] == ["gpt-5", "my-model"]
    assert fake.models.retrieve("my-model").owned_by == "system"
    with pytest.raises(openai.NotFoundError) as caught:
        fake.models.retrieve("gpt-4o")
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.PermissionDeniedError):
        fake.models.delete("my-model")
    fake.state.models.put({"id": "ft:gpt-5:mine"})
    assert [model.id for model in fake.models.list()][-1] == "ft:gpt-5:mine"


def test_scripted(fake: FakeOpenAI) -> None:
    """A list of a test's stands for all there are."""
    fake.models.list.returns([{"id": "my-model"}])
    assert [model.id for model in fake.models.list()] == ["my-model"]
    fake.models.retrieve.returns({"owned_by": "me"})
    assert fake.models.retrieve("gpt-4o").owned_by == "me"


async def test_asynchronous(afake: FakeAsyncOpenAI) -> None:
    """The same through the asynchronous client."""
    assert [model.id async for model in afake.models.list()]
