"""Moderations: nothing is flagged but what a test scripts, and that is completed."""

from __future__ import annotations

from typing import Any

import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, UnknownField

PICTURE: Any = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
WORDS: Any = {"type": "text", "text": "Hi"}


def test_nothing_is_flagged(fake: FakeOpenAI) -> None:
    """All categories are there, none flagged, each with a small score."""
    found = fake.moderations.create(input="I will.")
    assert found.id.startswith("modr-")
    assert found.model == "omni-moderation-latest"
    (result,) = found.results
    assert not result.flagged
    assert len(result.categories.to_dict()) == 13
    assert not any(result.categories.to_dict().values())
    assert all(0 < score < 0.01 for score in result.category_scores.to_dict().values())  # type: ignore[operator]


@pytest.mark.parametrize(
    ("given", "count"), [("a", 1), (["a"], 1), (["a", "b", "c"], 3), ([WORDS], 1), ([WORDS, WORDS, PICTURE], 1)]
)
def test_a_result_for_each_input(fake: FakeOpenAI, given: Any, count: int) -> None:
    """One for each text; one for all parts together."""
    assert len(fake.moderations.create(input=given).results) == count


def test_kinds_of_input(fake: FakeOpenAI) -> None:
    """Each category says what it was applied to: some can't be seen in a picture."""
    applied = fake.moderations.create(input=[PICTURE]).results[0].category_applied_input_types
    assert (applied.violence, applied.hate) == (["image"], [])
    applied = fake.moderations.create(input=[PICTURE, WORDS]).results[0].category_applied_input_types
    assert (applied.self_harm, applied.harassment) == (["text", "image"], ["text"])


def test_a_script_is_completed(fake: FakeOpenAI) -> None:
    """From a category follow flag and score; inputs that the script doesn't speak of are clean."""
    fake.moderations.create.returns({"results": [{"categories": {"violence": True}}]})
    first, second = fake.moderations.create(input=["a", "b"]).results
    assert (first.flagged, first.categories.violence, first.categories.hate) == (True, True, False)
    assert first.category_scores.violence > 0.9 > first.category_scores.hate
    assert first.category_applied_input_types.violence == ["text"]
    assert not second.flagged


def test_scores_decide(fake: FakeOpenAI) -> None:
    """From a score follow category and flag; what is said outright holds."""
    fake.moderations.create.returns(
        {"results": [{"category_scores": {"self-harm": 0.7}}]}, {"results": [{"flagged": True}, {"flagged": True}]}
    )
    (result,) = fake.moderations.create(input="a").results
    assert (result.flagged, result.categories.self_harm, result.category_scores.self_harm) == (True, True, 0.7)
    assert [one.flagged for one in fake.moderations.create(input="a").results] == [True, True]


def test_an_unknown_category(fake: FakeOpenAI) -> None:
    """A slip of the test's is told at the line that scripts it."""
    with pytest.raises(UnknownField, match="violent"):
        fake.moderations.create.returns({"results": [{"categories": {"violent": True}}]})


def test_models(fake: FakeOpenAI) -> None:
    """Snapshots answer under their name."""
    assert fake.moderations.create(input="a", model="omni-moderation-2024-09-26").model == "omni-moderation-2024-09-26"
    assert fake.moderations.create(input="a", model="text-moderation-latest").model == "text-moderation-007"


def test_text_models_know_less(fake: FakeOpenAI) -> None:
    """What omni models have brought, older models don't send, unless a test says so."""
    fake.moderations.create.returns({"results": [{"categories": {"illicit": True}}]}, {"results": [{"flagged": False}]})
    sent: list[Any] = []
    for _ in "12":
        raw = fake.moderations.with_raw_response.create(input="a", model="text-moderation-latest")
        (result,) = raw.http_response.json()["results"]
        sent.append(result)
    assert [[name for name in each["categories"] if "illicit" in name] for each in sent] == [["illicit"], []]
    assert [each["flagged"] for each in sent] == [True, False]
    assert all(len(each["category_scores"]) == 11 for each in sent)
    assert all("category_applied_input_types" not in each for each in sent)


async def test_asynchronous(afake: FakeAsyncOpenAI) -> None:
    """The same through the asynchronous client."""
    afake.moderations.create.returns({"results": [{"categories": {"hate": True}}]})
    assert (await afake.moderations.create(input="a")).results[0].flagged
