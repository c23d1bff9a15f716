"""Decorated classes of unittest, run by unittest itself: what is mocked around their tests."""

# Classes are made here whose methods are called by unittest only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
import unittest
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI
from openai._base_client import SyncAPIClient

import fakeopenai
from fakeopenai import ChatCompletionMock, FakeOpenAI, NetworkBlocked

ASK: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello!"}]}
HELLO: dict[str, Any] = {"choices": [{"message": {"content": "Hello"}}]}


def say(real: OpenAI) -> str:
    """What the model says to a real client."""
    create: Any = real.chat.completions.create
    return str(create(**ASK).choices[0].message.content)


async def asay(real: AsyncOpenAI) -> str:
    """What the model says to a real asynchronous client."""
    create: Any = real.chat.completions.create
    return str((await create(**ASK)).choices[0].message.content)


def run(cls: type[unittest.TestCase]) -> unittest.TestResult:
    """Run a class as unittest's own runner does."""
    result = unittest.TestResult()
    unittest.TestSuite([unittest.defaultTestLoader.loadTestsFromTestCase(cls)]).run(result)
    assert "_client" not in vars(SyncAPIClient)
    return result


def passed(cls: type[unittest.TestCase]) -> int:
    """How many tests of a class have passed; none may fail."""
    result = run(cls)
    assert result.wasSuccessful(), result.failures + result.errors
    return result.testsRun


def test_set_up_tear_down_and_clean_ups_belong_to_the_test() -> None:
    """``setUp`` builds the client and calls it: the same account answers that and the test, a fresh one for each."""
    counts: list[int] = []

    @fakeopenai.mock.chat.completions(**HELLO)
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.client = OpenAI(api_key="sk-test")
            self.addCleanup(say, self.client)
            assert say(self.client) == "Hello"

        def tearDown(self) -> None:
            assert say(self.client) == "Hello"

        def test_one(self, chat_completion_mock: ChatCompletionMock) -> None:
            counts.append(chat_completion_mock.create.call_count)

        @fakeopenai.mock.models()
        def test_stacked(self, openai_mock: FakeOpenAI) -> None:
            self.client.models.list()
            counts.append(len(openai_mock.calls))

    assert passed(Case) == 2
    assert sorted(counts) == [1, 2]


def test_set_up_of_a_class_has_an_account_of_its_own() -> None:
    """It is open from ``setUpClass`` to the class's clean-ups; the tests still have fresh ones."""
    seen: list[str] = []

    @fakeopenai.mock.chat.completions(**HELLO)
    class Case(unittest.TestCase):
        client: OpenAI

        @classmethod
        def setUpClass(cls) -> None:
            cls.client = OpenAI(api_key="sk-test")
            cls.addClassCleanup(lambda: seen.append(say(cls.client)))
            seen.append(say(cls.client))

        @classmethod
        def tearDownClass(cls) -> None:
            seen.append(say(cls.client))

        def test_it(self, openai_mock: FakeOpenAI) -> None:
            assert len(openai_mock.calls) == 0

    assert passed(Case) == 1
    assert seen == ["Hello"] * 3


def test_asynchronous_cases() -> None:
    """``asyncSetUp`` and ``asyncTearDown`` as well, beside ``setUp``."""

    @fakeopenai.mock.chat.completions(**HELLO)
    class Case(unittest.IsolatedAsyncioTestCase):
        def setUp(self) -> None:
            say(OpenAI(api_key="sk-test"))

        async def asyncSetUp(self) -> None:
            self.client = AsyncOpenAI(api_key="sk-test")
            assert await asay(self.client) == "Hello"

        async def asyncTearDown(self) -> None:
            assert await asyncio.create_task(asay(self.client)) == "Hello"
            await self.client.close()

        async def test_async(self, chat_completion_mock: ChatCompletionMock) -> None:
            assert chat_completion_mock.create.call_count == 2
            with fakeopenai.mock(replies=["inner"]):
                assert await asay(self.client) == "inner"

        def test_sync(self, chat_completion_mock: ChatCompletionMock) -> None:
            assert chat_completion_mock.create.call_count == 2

    assert passed(Case) == 2


def test_subclasses_are_mocked_with_their_own_tests() -> None:
    """A subclass of a decorated class may override ``setUp`` and add tests."""

    @fakeopenai.mock.chat.completions(**HELLO)
    class Base(unittest.TestCase):
        def test_inherited(self) -> None:
            assert say(self.client) == "Hello"

        def setUp(self) -> None:
            self.client = OpenAI(api_key="sk-test")

    class Case(Base):
        def setUp(self) -> None:
            self.client = OpenAI(api_key="sk-other")
            say(self.client)

        def test_added(self) -> None:
            assert say(self.client) == "Hello"

    @fakeopenai.mock.models()
    class Again(Base):
        def test_both(self, openai_mock: FakeOpenAI) -> None:
            self.client.models.list()
            with pytest.raises(NetworkBlocked):
                self.client.files.list()

    assert passed(Case) == 2
    assert passed(Again) == 2


def test_what_goes_wrong_is_reported_and_put_back() -> None:
    """Failures anywhere, skips, mocks left open, replies left unused: an error of that test, and of no other."""

    @fakeopenai.mock.chat.completions(**HELLO)
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            if "set_up" in self.id():
                raise KeyError

        def test_fails_in_set_up(self) -> None:
            """Never runs."""

        def test_fails(self) -> None:
            self.fail("as it should")

        @fakeopenai.mock(replies=["unused"], unused="error")
        def test_unused(self) -> None:
            """Asks nothing."""

        @fakeopenai.mock(replies=["unused"], unused="error")
        def test_failed_and_unused(self) -> None:
            self.fail("the only error")

        @unittest.skip("not now")
        def test_skipped(self) -> None:
            """Never runs."""

        def test_left_open(self) -> None:
            fakeopenai.mock.files().__enter__()

        def test_passes(self) -> None:
            say(OpenAI(api_key="sk-test"))

    result = run(Case)
    texts = {case.id().rpartition(".")[2]: text for case, text in result.failures + result.errors}
    assert set(texts) == {
        "test_fails_in_set_up",
        "test_fails",
        "test_unused",
        "test_failed_and_unused",
        "test_left_open",
    }
    assert "1 scripted reply was never used" in texts["test_unused"]
    assert "never used" not in texts["test_failed_and_unused"]
    assert "fakeopenai.mock.files() was still open inside of it" in texts["test_left_open"]
    assert len(result.skipped) == 1


def test_a_set_up_of_a_class_that_fails_is_put_back() -> None:
    """Its tests don't run, and nothing stays open."""

    @fakeopenai.mock.chat.completions(**HELLO)
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            OpenAI(api_key="sk-test").models.list()

        def test_it(self) -> None:
            """Never runs."""

    result = run(Case)
    assert result.testsRun == 0
    assert "models.list was called, and it is not mocked here" in result.errors[0][1]


def test_a_case_without_tests_is_refused() -> None:
    """As any class without tests."""
    with pytest.raises(fakeopenai.UsageError, match="which has no tests"):

        @fakeopenai.mock()
        class _Empty(unittest.TestCase):
            """Nothing to run."""
