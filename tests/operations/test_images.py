"""Images: what each family of models answers, streamed and scripted."""

from __future__ import annotations

import base64
import warnings
from typing import Any

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI

PIXEL = ("pixel.png", b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("model", ["gpt-image-1", "gpt-image-2", "gpt-image-9-nova"])
def test_gpt_image(fake: FakeOpenAI, model: str) -> None:
    """Pictures as base64, and what they look like and cost."""
    found = fake.images.generate(model=model, prompt="A cat", n=2, size="1024x1024", quality="low")
    assert found.data is not None
    assert found.usage is not None
    assert len(found.data) == 2
    assert base64.b64decode(found.data[0].b64_json or "").startswith(b"\x89PNG")
    assert (found.background, found.output_format, found.quality, found.size) == ("opaque", "png", "low", "1024x1024")
    assert found.usage.output_tokens == 2 * 272
    assert found.usage.total_tokens == found.usage.input_tokens + found.usage.output_tokens


@pytest.mark.parametrize(("form", "magic"), [("png", b"\x89PNG"), ("jpeg", b"\xff\xd8"), ("webp", b"RIFF")])
def test_formats(fake: FakeOpenAI, form: Any, magic: bytes) -> None:
    """The picture is in the format that was asked for."""
    found = fake.images.generate(model="gpt-image-1", prompt="A cat", output_format=form)
    assert found.data is not None
    assert found.output_format == form
    assert base64.b64decode(found.data[0].b64_json or "").startswith(magic)


def test_auto_is_what_the_model_chooses(fake: FakeOpenAI) -> None:
    """An answer never says ``auto``."""
    found = fake.images.generate(model="gpt-image-2", prompt="A cat", size="auto", quality="auto", background="auto")
    assert (found.size, found.quality, found.background) == ("1024x1024", "medium", "opaque")


def test_dall_e(fake: FakeOpenAI) -> None:
    """Addresses, or base64 if asked for; the newer one tells how it understood the prompt. Nothing else."""
    found = fake.images.generate(model="dall-e-3", prompt="A cat").to_dict()
    assert list(found) == ["created", "data"]
    (picture,) = fake.images.generate(model="dall-e-3", prompt="A cat", response_format="url").data or []
    assert (picture.url or "").startswith("https://")
    assert picture.revised_prompt == "A cat"
    (picture,) = fake.images.generate(model="dall-e-2", prompt="A cat", response_format="b64_json").data or []
    assert (picture.url, picture.revised_prompt) == (None, None)
    assert base64.b64decode(picture.b64_json or "")


def test_without_a_model(fake: FakeOpenAI) -> None:
    """What is asked for decides which family answers."""
    (old,) = fake.images.generate(prompt="A cat").data or []
    assert old.url
    (new,) = fake.images.generate(prompt="A cat", background="transparent").data or []
    assert new.b64_json
    (edited,) = fake.images.edit(image=PIXEL, prompt="Green").data or []
    assert edited.b64_json
    (small,) = fake.images.edit(image=PIXEL, prompt="Green", size="256x256").data or []
    assert small.url


def test_edits_see_the_pictures(fake: FakeOpenAI) -> None:
    """Each picture that is sent counts."""
    one = fake.images.edit(model="gpt-image-1", image=PIXEL, prompt="Green").usage
    two = fake.images.edit(model="gpt-image-1", image=[PIXEL, PIXEL], prompt="Green").usage
    assert one is not None
    assert two is not None
    assert two.input_tokens_details.image_tokens == 2 * one.input_tokens_details.image_tokens > 0


def test_variations(fake: FakeOpenAI) -> None:
    """As many as asked for, as addresses; no two alike."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer SDKs warn
        create: Any = fake.images.create_variation
        found: Any = create(image=PIXEL, n=3).data
    assert len({picture.url for picture in found}) == 3


@pytest.mark.parametrize("partial", [0, 1, 3])
def test_streamed(fake: FakeOpenAI, partial: int) -> None:
    """Partial pictures from 0 on, then the whole with what it cost; edits the same under another name."""
    made = list(fake.images.generate(model="gpt-image-1", prompt="A cat", stream=True, partial_images=partial))
    assert [event.type for event in made] == [
        *["image_generation.partial_image"] * partial,
        "image_generation.completed",
    ]
    indexes = [event.partial_image_index for event in made if event.type == "image_generation.partial_image"]
    assert indexes == list(range(partial))
    last: Any = made[-1]
    assert last.b64_json
    assert last.usage.total_tokens > 0
    edited = fake.images.edit(model="gpt-image-1", image=PIXEL, prompt="A", stream=True, partial_images=partial)
    assert [event.type.partition(".")[0] for event in edited] == ["image_edit"] * (partial + 1)


def test_scripted(fake: FakeOpenAI) -> None:
    """The picture of the script, in the envelope that follows from the request; streamed too."""
    fake.images.generate.returns({"data": [{"b64_json": "QUJD"}, {"b64_json": "REVG"}]})
    found = fake.images.generate(model="gpt-image-1", prompt="A cat", quality="low")
    assert found.usage is not None
    assert [picture.b64_json for picture in found.data or ()] == ["QUJD", "REVG"]
    assert found.usage.output_tokens == 2 * 272
    stream = fake.images.generate(model="gpt-image-1", prompt="A cat", stream=True)
    assert [event.b64_json for event in stream] == ["QUJD", "REVG"]


def test_refused(fake: FakeOpenAI) -> None:
    """A value that there isn't is refused in the API's words."""
    nowhere: Any = "nowhere"
    with pytest.raises(openai.BadRequestError, match=r"Invalid value: 'nowhere'\. Supported values are: 'transparent'"):
        fake.images.generate(model="gpt-image-1", prompt="A cat", background=nowhere)


async def test_asynchronous(afake: FakeAsyncOpenAI) -> None:
    """The same through the asynchronous client."""
    stream = await afake.images.generate(model="gpt-image-1", prompt="A cat", stream=True, partial_images=1)
    assert [event.type async for event in stream] == ["image_generation.partial_image", "image_generation.completed"]
