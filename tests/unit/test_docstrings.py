"""Every example in a docstring of the package runs, and says what it says."""

import doctest
import importlib
import pkgutil
from types import ModuleType
from typing import Any

import pytest

import fakeopenai


def modules() -> list[str]:
    """All modules of the package."""
    found = pkgutil.walk_packages(fakeopenai.__path__, "fakeopenai.")
    return ["fakeopenai", *(each.name for each in found if not each.name.endswith("__main__"))]


def examples_of(module: ModuleType) -> list[doctest.DocTest]:
    """The docstrings of a module that hold examples."""
    return [found for found in doctest.DocTestFinder(exclude_empty=True).find(module) if found.examples]


@pytest.mark.parametrize("name", modules())
def test_examples_run(name: str) -> None:
    """Each example gives the result that stands below it."""
    if name == "fakeopenai.state.contract":
        pytest.importorskip("hypothesis", reason="the contract's own module needs it")
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    written: list[str] = []
    for each in examples_of(module):
        runner.run(each, out=written.append)
    assert not runner.summarize(verbose=False).failed, "".join(written)


def test_examples_are_found() -> None:
    """The finder sees them: if it ever finds none, the test above would pass on nothing."""
    total: Any = sum(len(examples_of(importlib.import_module(name))) for name in ("fakeopenai", "fakeopenai.replies"))
    assert total >= 10
