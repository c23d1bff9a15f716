"""The pytest plugin, in sessions of its own: fixtures, marker, options, reports, and the company of other plugins."""

import importlib.metadata
import itertools
import pathlib
from collections.abc import Callable

import pytest

import fakeopenai

pytest_plugins = ["pytester"]

_INSTALLED = "fakeopenai" in {entry.name for entry in importlib.metadata.entry_points(group="pytest11")}
_HEAD = """
import pytest
from openai import AsyncOpenAI, OpenAI
import fakeopenai

def say(client=None):
    client = client or OpenAI(api_key="sk-test")
    messages = [{"role": "user", "content": "Hello!"}]
    return client.chat.completions.create(model="gpt-5", messages=messages).choices[0].message.content

async def asay():
    messages = [{"role": "user", "content": "Hello!"}]
    answer = await AsyncOpenAI(api_key="sk-test").chat.completions.create(model="gpt-5", messages=messages)
    return answer.choices[0].message.content
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def modules_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a session in this process imports has to stay: openai imported twice would be two openais."""
    monkeypatch.setattr(pytest.Pytester, "_Pytester__take_sys_modules_snapshot", _keep, raising=True)


@pytest.fixture
def run(modules_stay: None, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a test file in a pytest session of its own, with the plugin, installed or not."""
    monkeypatch.setenv("PYTHONPATH", str(pathlib.Path(fakeopenai.__file__).parents[1]))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    def run(
        source: str, *arguments: str, ini: str = "", plugin: bool = True, head: str = _HEAD, process: bool = False
    ) -> pytest.RunResult:
        pytester.makeini(f"[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n{ini}")
        pytester.makepyfile(**{f"test_{next(_numbers)}": head + source})
        extra = ["-p", "fakeopenai.pytest_plugin"] if plugin and not _INSTALLED else []
        start = pytester.runpytest_subprocess if process else pytester.runpytest_inprocess
        order = [] if "randomly" in arguments else ["-p", "no:randomly"]
        result = start("-p", "no:cacheprovider", *order, *extra, *arguments)
        for path in pytester.path.glob("test_*.py"):
            path.unlink()
        return result

    return run


def _keep(_: object) -> "_Kept":
    return _Kept()


class _Kept:
    def restore(self) -> None:
        """Nothing is taken away."""


_numbers = itertools.count()


def test_a_decorated_test_and_its_fixtures_share_one_account(run: Run) -> None:
    """Stacked decorators, parametrize, other fixtures, async tests and classes: one account for each test."""
    result = run("""
@pytest.fixture
def client():
    return OpenAI(api_key="sk-before")

@pytest.mark.parametrize("word", ["a", "b"])
@fakeopenai.mock.chat.completions(choices=[{"message": {"content": "Hello"}}])
@fakeopenai.mock.embeddings()
def test_stacked(chat_completion_mock, embeddings_mock, openai_mock, client, word, tmp_path):
    assert say(client) == say() == "Hello"
    assert chat_completion_mock.create.route.calls.call_count == 2 == len(openai_mock.calls)
    assert not embeddings_mock.create.called
    assert word in "ab" and tmp_path.exists()

@fakeopenai.mock.chat.completions(choices=[{"message": {"content": "Hello"}}])
async def test_async(chat_completion_mock):
    assert await asay() == "Hello"
    assert chat_completion_mock.create.call_count == 1

@fakeopenai.mock.chat.completions(choices=[{"message": {"content": "Hello"}}])
class TestClass:
    def test_one(self, chat_completion_mock):
        assert say() == "Hello"
        assert chat_completion_mock.create.call_count == 1

    @fakeopenai.mock.files()
    def test_two(self, chat_completion_mock, files_mock):
        assert chat_completion_mock.create.call_count == 0

    @pytest.mark.parametrize("count", [1, 2])
    async def test_three(self, chat_completion_mock, count):
        for _ in range(count):
            await asay()
        assert chat_completion_mock.create.call_count == count

def test_without_a_decorator(openai_mock):
    openai_mock.chat.completions.create.returns("one", "two")
    assert [say(), say()] == ["one", "two"]

async def test_injection(fake_openai, fake_async_openai):
    fake_openai.chat.completions.create.returns("injected")
    assert say(fake_openai) == "injected"
    assert fake_async_openai.backend is fake_openai.backend

@fakeopenai.mock.chat.completions(choices=[{"message": {"content": "Hello"}}])
def test_injection_with_a_decorator(fake_openai, chat_completion_mock):
    assert say(fake_openai) == say() == "Hello"
    assert chat_completion_mock.create.call_count == 2

def test_nothing_is_left():
    import openai
    assert "_client" not in vars(openai._base_client.SyncAPIClient)
""")
    result.assert_outcomes(passed=11)


def test_the_account_is_open_for_fixtures_of_the_tests_own_scope(run: Run) -> None:
    """Function fixtures and setup methods may call; a session fixture's mock is outside, whichever is set up first."""
    result = run("""
@pytest.fixture(scope="session")
def session_mock():
    with fakeopenai.mock(replies=["outer"]) as mock:
        yield mock

@pytest.fixture
def said():
    return say()

@fakeopenai.mock(replies=["inner"])
def test_inner_answers(said, session_mock):
    assert said == "inner"
    assert not session_mock.calls

def test_outer_answers(session_mock):
    assert say() == "outer"

class TestSetup:
    def setup_method(self):
        self.said = say()

    @fakeopenai.mock(replies=["setup"])
    def test_it(self):
        assert self.said == "setup"
""")
    result.assert_outcomes(passed=3)


def test_the_set_up_of_a_decorated_class_has_an_account_of_its_own(run: Run) -> None:
    """``setup_class`` and ``teardown_class``, in each way of writing them; the tests have fresh accounts inside."""
    source = """
@fakeopenai.mock(clock=fakeopenai.VirtualClock(start=1))
class TestBoth:
    @classmethod
    def setup_class(cls):
        cls.client = OpenAI(api_key="sk-test")
        say(cls.client)

    def teardown_class(cls):
        say(cls.client)

    def test_it(self, openai_mock):
        assert not openai_mock.calls
        say(self.client)

class TestInherited(TestBoth):
    pass

@fakeopenai.mock()
class TestOne:
    @staticmethod
    def setup_class():
        say()

    def test_it(self):
        say()

@fakeopenai.mock.files()
class TestFails:
    def setup_class(self):
        say()

    def test_it(self):
        pass

def test_nothing_is_left():
    import openai
    assert "_client" not in vars(openai._base_client.SyncAPIClient)
"""
    result = run(source)
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(["*chat.completions.create was called, and it is not mocked here*"])


def test_a_fixture_without_the_decorator_names_it(run: Run) -> None:
    """The error says which decorator to add, and also when another one is there."""
    result = run("""
def test_bare(run_steps_mock):
    pass

@fakeopenai.mock.embeddings()
def test_other(chat_completion_mock):
    pass
""")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "*fixture 'run_steps_mock'*client.beta.threads.runs.steps*",
            "*@fakeopenai.mock.beta.threads.runs.steps(...)*@fakeopenai.mock()*",
            "*@fakeopenai.mock.chat.completions(...)*",
        ]
    )


def test_there_is_a_fixture_for_every_resource(run: Run) -> None:
    """Each resource of the client has a fixture, named after its class, with a line of help."""
    from fakeopenai._table import CLASSES
    from fakeopenai.mocking.names import FIXTURES

    assert set(CLASSES) <= set(FIXTURES.values())
    result = run("", "--fixtures", "-q")
    for name in ("chat_completion_mock", "files_mock", "threads_mock", "runs_mock", "run_steps_mock", "openai_mock"):
        result.stdout.fnmatch_lines([f"*{name}*"])
    result.stdout.no_fnmatch_line("*no docstring available*fakeopenai*")


UNUSED = """
@fakeopenai.mock.chat.completions(sequence={"create": ["one", "two", "three"]})
def test_it():
    say()
"""


def test_replies_that_were_never_used_fail_the_test_at_teardown(run: Run) -> None:
    """The list says what is left and which calls were made; it names the ways to allow it."""
    result = run(UNUSED)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_it*",
            "2 scripted replies were never used:",
            "  - chat.completions.create.sequence(...): reply 2 of 2, 'two'",
            "  - chat.completions.create.sequence('three'): never called",
            "calls made:",
            "  - chat.completions.create *",
            '*unused="allow"*--fakeopenai-unused=allow*',
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("source", "arguments", "ini"),
    [
        (UNUSED, ["--fakeopenai-unused=allow"], ""),
        (UNUSED, [], "fakeopenai_unused = allow"),
        (UNUSED.replace("@fake", "@pytest.mark.fakeopenai(unused='allow')\n@fake"), [], ""),
        (UNUSED.replace("completions(", "completions(unused='allow', "), [], ""),
        ("pytestmark = pytest.mark.fakeopenai(unused='allow')\n" + UNUSED, [], ""),
        (UNUSED.replace("say()", "pytest.skip()"), [], ""),
        (UNUSED.replace("def ", "class Test:\n  def ").replace("():\n    say()", "(self): say()"), [], ""),
    ],
    ids=["option", "ini", "marker", "argument", "module marker", "skipped", "shared by a class"],
)
def test_unused_replies_can_be_allowed(run: Run, source: str, arguments: list[str], ini: str) -> None:
    """By option, ini, marker and argument; a test that didn't pass isn't asked, nor what a class shares."""
    result = run(source, *arguments, ini=ini)
    result.assert_outcomes(passed=0 if "skip" in source else 1, skipped=int("skip" in source))


def test_strict_makes_unscripted_calls_errors(run: Run) -> None:
    """By option or ini; the argument of a mock goes before both."""
    source = """
@fakeopenai.mock()
def test_default():
    say()

@fakeopenai.mock(unscripted="default")
def test_said():
    say()

def test_with():
    with fakeopenai.mock():
        say()

def test_injected(fake_openai):
    say(fake_openai)
"""
    run(source).assert_outcomes(passed=4)
    for result in (run(source, "--fakeopenai-strict"), run(source, ini="fakeopenai_strict = true")):
        result.assert_outcomes(passed=1, failed=3)
        result.stdout.fnmatch_lines(["*UnscriptedCall: chat.completions.create was called, nothing is scripted*"])


def test_the_marker_takes_what_decorators_take(run: Run) -> None:
    """With a path or without, on tests, classes and modules; it adds options to a decorator."""
    result = run(
        """
@pytest.mark.fakeopenai("chat.completions", choices=[{"message": {"content": "Hello"}}])
def test_path(chat_completion_mock):
    assert say() == "Hello"
    with pytest.raises(fakeopenai.NetworkBlocked):
        OpenAI(api_key="sk-test").models.list()

@pytest.mark.fakeopenai(replies=["one", "two"])
class TestWhole:
    def test_one(self, openai_mock):
        assert [say(), say()] == ["one", "two"]

    @pytest.mark.fakeopenai(seed=1)
    def test_two(self, openai_mock):
        assert say() == "one"

@pytest.mark.fakeopenai(clock=fakeopenai.VirtualClock(start=1_000))
@fakeopenai.mock.chat.completions(failures=1)
def test_options(chat_completion_mock, openai_mock):
    say()
    assert openai_mock.clock.now() > 1_000
    with pytest.raises(fakeopenai.NetworkBlocked):
        OpenAI(api_key="sk-test").models.list()

STORE = fakeopenai.StateStore()

@pytest.mark.fakeopenai("chat.completions", sequence={"create": ["one", "two"]}, failures=[429], latency=(0, 0.001))
@pytest.mark.fakeopenai("files", state_store=STORE, validate_exists=True, create={"filename": "mine"})
def test_stacked(files_mock, chat_completion_mock):
    assert [say(), say(), say()] == ["one", "two", "two"]
    assert chat_completion_mock.create.calls[0].attempts == 2
    assert OpenAI(api_key="sk-test").files.create(file=b"{}", purpose="user_data").filename == "mine"
    assert len(list(STORE.files)) == 1

@pytest.mark.fakeopenai(fake=fakeopenai.FakeOpenAI(replies=["an account that exists"]))
def test_fake():
    assert say() == "an account that exists"
""",
        "--strict-markers",
    )
    result.assert_outcomes(passed=6)


def test_block_fails_every_test_that_calls_outside_of_a_mock(run: Run) -> None:
    """Even where the code swallows the error; in fixtures too; fakes and mocked calls pass."""
    source = """
@pytest.fixture
def early():
    try:
        say()
    except Exception:
        pass

def test_setup(early):
    pass

def test_raised():
    say()

def test_swallowed():
    try:
        OpenAI(api_key="sk-test", max_retries=0).models.list()
    except Exception:
        pass

async def test_async():
    try:
        await asay()
    except Exception:
        pass

def test_in_a_thread():
    import threading
    thread = threading.Thread(target=test_swallowed)
    thread.start()
    thread.join()

def test_socket():
    try:
        OpenAI(api_key="sk-test").realtime.connect(model="gpt-realtime").enter()
    except Exception:
        pass

@fakeopenai.mock()
def test_mocked():
    say()

def test_injected(fake_openai):
    say(fake_openai)
"""
    for result in (run(source, "--fakeopenai-block"), run(source, ini="fakeopenai_block = true")):
        result.assert_outcomes(passed=2, failed=5, errors=1)
        result.stdout.fnmatch_lines(
            ["A real OpenAI client was called outside of every mock*", "  - models.list", "*@fakeopenai.mock()*"],
        )
        result.stdout.fnmatch_lines(["  - realtime.connect"])


def test_a_failed_test_is_reported_with_its_calls(run: Run) -> None:
    """Operation, model, last message, reply, attempts and state; of contexts opened in the test as well."""
    source = """
@fakeopenai.mock(replies=["Hi there", fakeopenai.tool_call("look", at="it")], failures=1)
def test_failed(openai_mock):
    say(); say()
    assert False

def test_context():
    with fakeopenai.mock(replies=["in a context"]):
        say()
        assert False

@fakeopenai.mock(replies=["quiet"])
def test_passed():
    assert say() == "quiet"
"""
    result = run(source)
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*fakeopenai calls*",
            "1. chat.completions.create (gpt-5, 2 attempts)",
            "     user: Hello!",
            "     -> Hi there",
            "2. chat.completions.create (gpt-5)",
            "     user: Hello!",
            '     -> look({"at":"it"})',
            "     -> in a context",
        ]
    )
    result.stdout.no_fnmatch_line("*quiet*")
    always = run(source, "--fakeopenai-transcript=always")
    always.stdout.fnmatch_lines(["*fakeopenai calls: *::test_passed*", "*-> quiet"])
    never = run(source, ini="fakeopenai_transcript = never")
    never.stdout.no_fnmatch_line("*fakeopenai calls*")


def test_options_of_a_wrong_value_are_refused(run: Run) -> None:
    """An ini option with a typo stops the session and says what it can be."""
    result = run("", ini="fakeopenai_transcript = sometimes")
    result.stderr.fnmatch_lines(["*fakeopenai_transcript is one of always, failed, never; got 'sometimes'*"])


def test_loading_the_plugin_imports_no_openai(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither openai nor pydantic is imported by a session whose tests don't ask for it."""
    source = """
import sys

def test_it(request):
    assert "fakeopenai.pytest_plugin" in sys.modules
    assert not {"openai", "pydantic"} & sys.modules.keys()
"""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # other people's plugins may import them
    result = run(source, "-p", "fakeopenai.pytest_plugin", head="", plugin=False, process=True)
    result.assert_outcomes(passed=1)


def test_without_the_plugin_all_but_the_fixtures_works(run: Run) -> None:
    """With ``-p no:fakeopenai``, decorated functions open their account themselves."""
    source = """
@pytest.mark.parametrize("word", ["a", "b"])
@fakeopenai.mock.chat.completions(choices=[{"message": {"content": "Hello"}}])
def test_it(word, tmp_path):
    assert say() == "Hello"

@fakeopenai.mock(replies=["Hello"])
async def test_async():
    assert await asay() == "Hello"

@fakeopenai.mock(replies=["Hello"])
class TestClass:
    def test_it(self):
        assert say() == "Hello"

@pytest.fixture
@fakeopenai.mock(replies=["Hello"])
def said():
    yield say()

def test_fixture(said):
    assert said == "Hello"
"""
    arguments = ["-p", "no:fakeopenai"] if _INSTALLED else []
    run(source, *arguments, plugin=False).assert_outcomes(passed=5)


def test_decorated_fixtures_keep_their_account_open(run: Run) -> None:
    """Generators and async generators as fixtures, in every scope."""
    result = run("""
import pytest_asyncio

@pytest.fixture
@fakeopenai.mock(replies=["one", "two"])
def client():
    yield OpenAI(api_key="sk-test")

@pytest_asyncio.fixture
@fakeopenai.mock(replies=["async one", "async two"])
async def aclient():
    assert await asay() == "async one"
    yield AsyncOpenAI(api_key="sk-test")

@pytest.fixture(scope="module")
def module_mock():
    with fakeopenai.mock(replies=["module one", "module two"]) as mock:
        yield mock

def test_generator(client):
    assert [say(client), say(client)] == ["one", "two"]

async def test_async_generator(aclient):
    assert await asay() == "async two"

def test_module_one(module_mock):
    assert say() == "module one"

async def test_module_two(module_mock):
    assert await asay() == "module two"
    assert len(module_mock.calls) == 2
""")
    result.assert_outcomes(passed=4)


def test_unittest_classes(run: Run) -> None:
    """Methods and whole classes, with mock objects as keyword arguments; asynchronous ones, set-up and tear-down."""
    source = """
import unittest

@fakeopenai.mock.chat.completions(choices=[{"message": {"content": "Hello"}}])
class TestPlain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.before = OpenAI(api_key="sk-test")
        say(cls.before)

    def setUp(self):
        self.client = OpenAI(api_key="sk-test")
        self.addCleanup(say, self.client)
        say(self.client)

    def tearDown(self):
        say(self.before)

    def test_one(self):
        self.assertEqual(say(), "Hello")

    @fakeopenai.mock.embeddings()
    def test_two(self, chat_completion_mock=None, embeddings_mock=None):
        self.assertEqual(say(), "Hello")
        self.assertEqual(chat_completion_mock.create.call_count, 2)
        self.assertEqual(embeddings_mock.create.call_count, 0)

class TestAsync(unittest.IsolatedAsyncioTestCase):
    @fakeopenai.mock(replies=["Hello"])
    async def test_it(self, openai_mock):
        self.assertEqual(await asay(), "Hello")
        self.assertEqual(len(openai_mock.calls), 1)

"""
    run(source).assert_outcomes(passed=3)
    arguments = ["-p", "no:fakeopenai"] if _INSTALLED else []
    run(source, *arguments, plugin=False).assert_outcomes(passed=3)


def test_in_company_of_xdist(run: Run) -> None:
    """Reports with their transcripts come back from workers."""
    pytest.importorskip("xdist")
    result = run(
        """
@pytest.mark.parametrize("number", range(6))
@fakeopenai.mock(replies=["Hello"])
def test_it(number, openai_mock):
    assert say() == "Hello"
    assert number != 3
""",
        "-n",
        "2",
        process=True,
    )
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["*fakeopenai calls*", "*-> Hello"])


def test_in_company_of_anyio_and_trio(run: Run) -> None:
    """Tests under anyio's runner, on asyncio and on trio."""
    pytest.importorskip("trio")
    result = run(
        """
@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param

@pytest.mark.anyio
@fakeopenai.mock.chat.completions(choices=[{"message": {"content": "Hello"}}], failures=1)
async def test_it(chat_completion_mock):
    assert await asay() == "Hello"
    assert chat_completion_mock.create.call_count == 1

@pytest.mark.anyio
async def test_context():
    async with fakeopenai.mock(replies=["Hello"]):
        assert await asay() == "Hello"
""",
        "-p",
        "no:asyncio",
    )
    result.assert_outcomes(passed=4)


def test_in_company_of_randomly_and_rerunfailures(run: Run) -> None:
    """Any order; a rerun starts with a fresh account."""
    pytest.importorskip("pytest_randomly")
    pytest.importorskip("pytest_rerunfailures")
    result = run(
        """
runs = []

@fakeopenai.mock(replies=["Hello"])
def test_it(openai_mock):
    runs.append(1)
    assert not openai_mock.calls
    assert say() == "Hello"
    assert len(runs) == 2

@fakeopenai.mock(replies=["Hello"])
def test_other():
    assert say() == "Hello"
""",
        "--reruns",
        "2",
        "-p",
        "randomly",
    )
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*1 rerun*"])
