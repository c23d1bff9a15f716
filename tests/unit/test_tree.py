"""The resource tree: every real resource is faked, by walking it, and what the table doesn't know works as well."""

# A request is unpacked from a dict here, as applications do; pyright can't tell by that which overload is called.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
from typing import Any, cast

import pytest
from openai._resource import AsyncAPIResource, SyncAPIResource
from openai.resources import Files
from openai.types import Model

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, _tree, operation
from fakeopenai import operations as behaviours
from fakeopenai._table import CLASSES
from fakeopenai.endpoint import AsyncEndpoint
from fakeopenai.operation import Operation, installed, operations

PRESENT = [found for found in operations().values() if installed(found)]


def reach(client: Any, path: str) -> Any:
    """What stands at a dotted path of a client."""
    for name in path.split("."):
        client = getattr(client, name)
    return client


@pytest.mark.parametrize("found", PRESENT, ids=lambda found: found.name)
def test_every_operation_is_an_endpoint(found: Operation) -> None:
    """Each operation of the table is reached by its path, sync and async, as an endpoint of that operation."""
    for client in (FakeOpenAI(), FakeAsyncOpenAI()):
        endpoint = reach(client, found.name)
        assert endpoint.operation is found
        assert isinstance(reach(client, found.resource), SyncAPIResource | AsyncAPIResource)


def test_fake_classes_are_subclasses_named_systematically() -> None:
    """FakeFiles is a Files; the module gives each by its name."""
    fake = FakeOpenAI()
    assert isinstance(fake.files, Files)
    assert type(fake.files).__name__ == "FakeFiles"
    assert _tree.FakeFiles is type(fake.files)
    assert _tree.FakeAsyncFiles is type(FakeAsyncOpenAI().files)
    with pytest.raises(AttributeError, match="FakeNothing"):
        _ = _tree.FakeNothing  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]


def test_every_resource_class_has_a_path() -> None:
    """The table's classes are those that the tree is made of."""
    assert len(CLASSES) > 80
    assert all(dotted.startswith("openai.resources.") for dotted in CLASSES.values())


@pytest.fixture
def newer_sdk(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An SDK that has ``models.retrieve``, with a table that hasn't."""
    table = {name: found for name, found in operations().items() if name != "models.retrieve"}
    monkeypatch.setattr(operation, "operations", lambda: table)
    monkeypatch.setattr(operation, "_routes", operation._routes.__wrapped__)
    monkeypatch.setattr(_tree, "_BUILT", {})
    for root in (_tree.FakeOpenAITree, _tree.FakeAsyncOpenAITree):
        monkeypatch.setattr(vars(root)["models"], "cls", None)
    monkeypatch.setattr(operation, "_UNLISTED", {})
    behaviours.load_area("models")  # what the table doesn't know has no behaviour of its own either
    monkeypatch.delitem(behaviours._BEHAVIOURS, "models.retrieve", raising=False)


@pytest.mark.usefixtures("newer_sdk")
def test_an_operation_newer_than_the_table_works_through_the_tree() -> None:
    """It can be scripted, called and asserted on like any other."""
    fake = FakeOpenAI()
    fake.models.retrieve.returns({"id": "gpt-9"})
    model = fake.models.retrieve("gpt-9")
    assert type(model) is Model
    assert model.id == "gpt-9"
    fake.models.retrieve.assert_called_once()
    assert fake.calls[-1].operation == "models.retrieve"


@pytest.mark.usefixtures("newer_sdk")
def test_an_operation_newer_than_the_table_works_async() -> None:
    """The same on the asynchronous client."""
    fake = FakeAsyncOpenAI()
    fake.models.retrieve.returns({"id": "gpt-9"})
    assert asyncio.run(fake.models.retrieve("gpt-9")).id == "gpt-9"
    assert fake.models.retrieve.call_count == 1


def test_helpers_are_inherited() -> None:
    """What is no API method is the SDK's own."""
    fake = FakeOpenAI()
    assert cast("Any", fake.files.wait_for_processing).__func__ is Files.wait_for_processing
    assert not hasattr(fake.files.wait_for_processing, "returns")


def test_classes_are_asynchronous_by_what_they_are() -> None:
    """Not by their names: on some SDKs, calls of realtime are served by a class that is called ``_AsyncCalls``."""
    client = FakeAsyncOpenAI()
    for found in PRESENT:
        assert type(reach(client, found.name)) is AsyncEndpoint, found.name
        assert type(reach(client, found.resource)).__name__.startswith("FakeAsync")
