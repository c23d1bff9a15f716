"""The pytest plugin: fixtures, marker, options, the report of failed tests, and the guard against real calls.

Loaded into every session of everybody who has this package installed: it imports neither openai nor pydantic before a
test asks for it. All that opens and closes accounts is in `fakeopenai.mocking`; here it is put where pytest wants it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest

from .mocking.names import FIXTURES
from .mocking.settings import SETTINGS

if TYPE_CHECKING:
    from .backend import Backend
    from .client import FakeAsyncOpenAI, FakeOpenAI
    from .mocking.answering import Guard
    from .mocking.contexts import Account, Mock

_MOCKING = "_fakeopenai_mocking"  # the fixture that opens a test's account
_SECTION = "fakeopenai calls"

_failed = pytest.StashKey[bool]()


# ------------------------------------------------------------------------------------------------ options


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, and the ini options that stand for them."""
    group = parser.getgroup("fakeopenai", "fakeopenai: OpenAI accounts in memory")
    group.addoption(
        "--fakeopenai-strict",
        action="store_true",
        default=None,
        help="an unscripted call of a model is an error, not a default reply",
    )
    group.addoption(
        "--fakeopenai-block",
        action="store_true",
        default=None,
        help="any call of a real OpenAI client outside of a mock fails the test",
    )
    group.addoption(
        "--fakeopenai-transcript",
        choices=["always", "failed", "never"],
        help="when to report the calls that a test made (default: failed)",
    )
    group.addoption(
        "--fakeopenai-unused",
        choices=["error", "allow"],
        help="whether replies that were scripted and never used fail the test (default: error)",
    )
    parser.addini("fakeopenai_strict", "as --fakeopenai-strict", type="bool", default=False)
    parser.addini("fakeopenai_block", "as --fakeopenai-block", type="bool", default=False)
    parser.addini("fakeopenai_transcript", "as --fakeopenai-transcript: always, failed or never", default="failed")
    parser.addini("fakeopenai_unused", "as --fakeopenai-unused: error or allow", default="error")


def _option(config: pytest.Config, name: str, *allowed: str) -> Any:
    """The value of an option: from the command line, else from the ini file."""
    value = config.getoption(f"fakeopenai_{name}", None)  # it is missing where the plugin was loaded by a test module
    if value is None:
        value = config.getini(f"fakeopenai_{name}")
        if allowed and value not in allowed:
            raise pytest.UsageError(f"fakeopenai_{name} is one of {', '.join(allowed)}; got {value!r}")
    return value


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marker, and set what holds for the session."""
    config.addinivalue_line(
        "markers",
        "fakeopenai(path='', **keywords): mock OpenAI for the test, as @fakeopenai.mock.<path>(**keywords) does; "
        "on a decorated test: further options, such as unused='allow'",
    )
    _option(config, "transcript", "always", "failed", "never")
    _option(config, "unused", "error", "allow")
    before = (SETTINGS.unscripted, SETTINGS.journal)
    SETTINGS.unscripted = "error" if _option(config, "strict") else "default"
    SETTINGS.journal = []
    if _option(config, "block"):
        config.pluginmanager.register(_Block(), "fakeopenai-block")

    def restore() -> None:
        SETTINGS.unscripted, SETTINGS.journal = before

    config.add_cleanup(restore)


# ------------------------------------------------------------------------------------------------ fixtures


def _mock_of(item: pytest.Item) -> Mock[Any] | None:
    """The decorators and markers of a test as one mock, outermost first; None if there is neither."""
    function = getattr(item, "obj", None)
    decorated = hasattr(function, "__fakeopenai__")
    marks = [(mark, node is not item) for node, mark in item.iter_markers_with_node("fakeopenai")]
    if not decorated and not marks:
        return None
    from .mocking.contexts import Mock, layers_of
    from .mocking.layers import Layer

    inner = layers_of(function)
    paths = [mark.args[0] if mark.args else None if inner is not None else "" for mark, _ in marks]
    layers = [Layer(path, mark.kwargs, spare=shared) for (mark, shared), path in zip(marks, paths, strict=True)]
    return Mock[Any]("", tuple(reversed(layers))).around(inner)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Have the account of a decorated or marked test opened before the first fixture of its own scope."""
    names: list[str] | None = getattr(item, "fixturenames", None)
    if names is None or _MOCKING in names:
        return
    if hasattr(getattr(item, "obj", None), "__fakeopenai__") or item.get_closest_marker("fakeopenai"):
        names.insert(_first_of_function_scope(item, names), _MOCKING)


def _first_of_function_scope(item: Any, names: list[str]) -> int:
    definitions = item._fixtureinfo.name2fixturedefs
    for index, name in enumerate(names):
        found = definitions.get(name)
        if name == "request" or (found and found[-1].scope == "function"):
            return index
    return len(names)


class _Test:
    """The account of a test: opened by its decorators, or when a fixture first needs one."""

    def __init__(self, item: pytest.Item) -> None:
        self.mock = _mock_of(item)
        self.account: Account | None = None
        self.backend: Backend | None = None

    def open(self) -> Account:
        """Open the account, with the whole client mocked unless the test's decorators say otherwise."""
        if self.account is None:
            from .mocking.contexts import Mock
            from .mocking.layers import Layer

            mock = self.mock if self.mock is not None else Mock[Any]("", (Layer("", {}),))
            self.account = mock.open()
            self.backend = self.account.backend
        return self.account

    def injected(self) -> Backend:
        """The account for fakes that are injected: that of the test, or one that answers no real client."""
        if self.backend is None:
            from .backend import Backend

            self.backend = Backend(unscripted=SETTINGS.unscripted)
            if SETTINGS.journal is not None:
                SETTINGS.journal.append(self.backend)
        return self.backend

    def close(self, item: pytest.Item) -> None:
        """Close the account, and fail the test for replies that were never used, if nothing else has failed."""
        if self.account is not None:
            from .mocking.seam import close

            close(self.account)
        if self.backend is None or item.stash.get(_failed, False) or self._unused(item) == "allow":
            return
        unused = self.backend.unused()
        if unused:
            pytest.fail(
                f"{self.backend.incompleteness(unused)}\n"
                'or allow it: @fakeopenai.mock(..., unused="allow"), @pytest.mark.fakeopenai(unused="allow"), or '
                "--fakeopenai-unused=allow",
                pytrace=False,
            )

    def _unused(self, item: pytest.Item) -> str:
        layers = self.mock.layers if self.mock is not None else ()
        said = [layer.unused for layer in layers if layer.unused is not None]
        return said[-1] if said else _option(item.config, "unused")


@pytest.fixture(name=_MOCKING)
def _mocking(request: pytest.FixtureRequest) -> Iterator[_Test]:
    item = cast("pytest.Item", request.node)
    test = _Test(item)
    if test.mock is not None:
        test.open()
    yield test
    test.close(item)


@pytest.fixture
def openai_mock(request: pytest.FixtureRequest) -> FakeOpenAI:
    """The account of the test as a client, to script it and to look at its calls.

    Without a decorator on the test, the whole client is mocked for as long as the fixture lives.
    """
    return _test(request).open().client


@pytest.fixture
def fake_openai(request: pytest.FixtureRequest) -> FakeOpenAI:
    """A fake ``openai.OpenAI`` to inject; on the test's account, if it has one."""
    from .client import FakeOpenAI

    return FakeOpenAI(backend=_test(request).injected())


@pytest.fixture
def fake_async_openai(request: pytest.FixtureRequest) -> FakeAsyncOpenAI:
    """A fake ``openai.AsyncOpenAI`` to inject; on the same account as ``fake_openai``."""
    from .client import FakeAsyncOpenAI

    return FakeAsyncOpenAI(backend=_test(request).injected())


def _test(request: pytest.FixtureRequest) -> _Test:
    return cast("_Test", request.getfixturevalue(_MOCKING))


def _resource_fixture(name: str, path: str) -> Callable[..., Any]:
    def resource_mock(request: pytest.FixtureRequest) -> Any:
        test = _test(request)
        if test.account is None and "openai_mock" in request.fixturenames:
            test.open()
        if test.account is None or not _covers(test.account, path):
            pytest.fail(
                f"The fixture {name!r} gives the calls of what is mocked, and client.{path} isn't, in this test.\n"
                f"  to do:  decorate the test with @fakeopenai.mock.{path}(...), or @fakeopenai.mock() for the whole "
                "client; or ask for the fixture 'openai_mock', which mocks it without a decorator",
                pytrace=False,
            )
        from .mocking.contexts import mock_at

        return mock_at(test.account.client, path)

    resource_mock.__doc__ = f"The mock of ``client.{path}``, of a test decorated with ``@fakeopenai.mock.{path}(...)``."
    return pytest.fixture(name=name)(resource_mock)


def _covers(account: Account, path: str) -> bool:
    """Whether something at this path, above it or below it is mocked."""
    return any(
        not mocked or f"{path}.".startswith(f"{mocked}.") or mocked.startswith(f"{path}.") for mocked in account.paths
    )


for _name, _path in FIXTURES.items():
    if _path:
        globals()[f"_{_name}"] = _resource_fixture(_name, _path)


# ------------------------------------------------------------------------------------------------ reports


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Forget the test before, or an earlier run of this one."""
    item.stash[_failed] = False
    if SETTINGS.journal:
        from .mocking.answering import open_mocks

        SETTINGS.journal[:] = [mock.backend for mock in open_mocks()]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the transcript of the test's accounts to its report."""
    report = yield
    if call.excinfo is not None:
        item.stash[_failed] = True
    if not SETTINGS.journal:
        return report
    when = _option(item.config, "transcript")
    if (when == "failed" and report.failed) or (when == "always" and (report.failed or report.when == "call")):
        from .transcript import transcript

        accounts = list({id(account): account for account in SETTINGS.journal}.values())
        shown = [transcript(account) for account in accounts if account.calls or len(accounts) == 1]
        if shown:
            report.sections.append((_SECTION, "\n\n".join(shown)))
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """With ``--fakeopenai-transcript=always``, the transcripts of passed tests as well."""
    if _option(config, "transcript") != "always":
        return
    for report in terminalreporter.stats.get("passed", []):
        for title, text in report.sections:
            if title == _SECTION:
                terminalreporter.section(f"{_SECTION}: {report.nodeid}")
                terminalreporter.line(text)


# ------------------------------------------------------------------------------------------------ the guard


class _Block:
    """Fails every test in which a real client calls outside of a mock, even if the code swallows the error."""

    def __init__(self) -> None:
        self._guard: Guard | None = None

    def pytest_sessionstart(self) -> None:
        from .mocking.answering import Guard
        from .mocking.seam import set_guard

        self._guard = Guard()
        set_guard(self._guard)

    def pytest_unconfigure(self) -> None:
        from .mocking.seam import set_guard

        set_guard(None)

    def _watch(self) -> Generator[None, object, object]:
        refused: list[str] = self._guard.refused if self._guard is not None else []
        refused.clear()
        result = yield
        if refused:
            listed = "\n".join(f"  - {line}" for line in refused)
            pytest.fail(
                f"A real OpenAI client was called outside of every mock (--fakeopenai-block):\n{listed}\n"
                "  to do:  decorate the test with @fakeopenai.mock()",
                pytrace=False,
            )
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, object, object]:
        return (yield from self._watch())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        return (yield from self._watch())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        return (yield from self._watch())
