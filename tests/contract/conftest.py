"""What the contract tests share: the option ``--live``, and the client that the same test is run with.

``pytest tests/contract --live`` runs the tests that ask for ``client`` against the real API as well, with the key in
``OPENAI_API_KEY``. Without the option, or without a key, that half of them is skipped.
"""

import os
import pathlib
from collections.abc import Iterator

import openai
import pytest

from fakeopenai import FakeOpenAI
from tests.contract._openapi import Description

SHARED = pathlib.Path(__file__).parents[3] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer ``--live``."""
    parser.addoption("--live", action="store_true", default=False, help="run contract tests against the real API too")


@pytest.fixture(scope="session")
def shared() -> pathlib.Path:
    """Where the API's description and the recordings stand beside a checkout, where they are at all."""
    return SHARED


@pytest.fixture(scope="session")
def description(shared: pathlib.Path) -> Description:
    """The API's description."""
    path = shared / "openai-openapi" / "openapi.json"
    if not path.exists():
        pytest.skip(f"no description of the API beside this checkout: {path}")
    return Description(path)


@pytest.fixture(params=["fake", "live"])
def client(request: pytest.FixtureRequest) -> Iterator[openai.OpenAI]:
    """A fake, and in a second run of the same test a real client."""
    if request.param == "fake":
        yield FakeOpenAI()
        return
    if not request.config.getoption("--live", default=False):
        pytest.skip("against the real API only with --live")
    if not os.environ.get("OPENAI_API_KEY"):
        pytest.skip("--live takes a key of your own, in OPENAI_API_KEY")
    with openai.OpenAI() as real:
        yield real
