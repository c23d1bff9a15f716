"""What the tests of operations share."""

from collections.abc import Callable

import openai
import pytest

from fakeopenai.operation import find, installed


@pytest.fixture
def needs() -> Callable[[str], None]:
    """Skips the test where the installed SDK lacks an operation."""

    def skip_without(name: str) -> None:
        operation = find(name)
        assert operation is not None, name
        if not installed(operation):
            pytest.skip(f"openai {openai.__version__} has no {name}")

    return skip_without
