"""Videos that aren't made yet, or never will be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai
import pytest

from fakeopenai import FakeOpenAI

Needs = Callable[[str], None]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # newer SDKs announce the end of videos


@pytest.fixture
def fake(needs: Needs) -> Any:
    """An account where nothing moves by itself."""
    needs("videos.remix")
    return FakeOpenAI(lifecycle="manual")


@pytest.mark.parametrize("status", ["queued", "in_progress", "failed"])
def test_only_what_is_made_can_be_downloaded(fake: Any, status: str) -> None:
    """Anything else is not there yet, in the API's words; afterwards it is."""
    video = fake.videos.create(prompt="a cat")
    if status != "queued":
        fake.advance(video, to=status)
    with pytest.raises(openai.NotFoundError, match=r"Video is not ready yet, use GET /v1/videos/{video_id}"):
        fake.videos.download_content(video.id)
    fake.advance(video, to="completed")
    assert fake.videos.download_content(video.id).read()


@pytest.mark.parametrize("path", ["/videos/{id}/remix", "/videos/edits", "/videos/extensions"])
def test_only_what_is_made_is_made_into_another(fake: Any, path: str) -> None:
    """A remix, an edit and an extension are of a completed video, which the SDK's own methods can only name for one."""
    video = fake.videos.create(prompt="a cat")
    body: dict[str, Any] = {"prompt": "a dog"} | ({} if "{id}" in path else {"video": {"id": video.id}})
    if path == "/videos/extensions":
        body["seconds"] = "4"

    def make() -> Any:
        return fake.post(path.format(id=video.id), body=body, cast_to=type(video))

    with pytest.raises(openai.BadRequestError, match="Video is not ready yet"):
        make()
    fake.advance(video, to="completed")
    assert make().remixed_from_video_id == video.id


def test_content_that_a_test_gives_can_be_downloaded(fake: Any) -> None:
    """Whatever the status, and for what nobody has made where that is made up."""
    fake.state.videos.put({"id": "video_1"}, extra={"content": b"film"})
    assert fake.videos.download_content("video_1").read() == b"film"
    lenient: Any = FakeOpenAI(missing="synthesize")
    assert lenient.videos.download_content("video_2").read()
    assert lenient.videos.remix("video_2", prompt="a dog").remixed_from_video_id == "video_2"
