"""Which reply answers the next request: queues, conditions, failures, functions that pass, and what is left over."""

import copy
import threading
from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeopenai import FakeOpenAI, ScriptExhausted, UnconsumedReplies
from fakeopenai.operation import Operation, operations
from fakeopenai.request import Request
from fakeopenai.script import Script

CREATE = operations()["chat.completions.create"]


def asked(model: str = "gpt-5", **more: Any) -> Request:
    """A request for a chat completion."""
    return Request(CREATE, {"model": model, "messages": [], **more})


def text(fake: FakeOpenAI, model: str = "gpt-5") -> str | None:
    """What the fake answers."""
    return (
        fake.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hi"}])
        .choices[0]
        .message.content
    )


@pytest.fixture
def script() -> Script:
    """An empty script of chat completions."""
    return Script("chat.completions.create", CREATE)


def taken(script: Script, request: Request | None = None) -> Any:
    """The next reply, as it was written; None if nothing is scripted."""
    reply = script.take(request or asked())
    return None if reply is None else reply.source


# ------------------------------------------------------------------------------------------------ order


def test_nothing_scripted_is_no_reply(script: Script) -> None:
    """An empty script has nothing to say, which is no error."""
    assert taken(script) is None
    assert not script.active


def test_one_reply_is_for_every_call(script: Script) -> None:
    """``returns(a)`` answers as often as one asks; a second one takes its place."""
    script.returns("always")
    assert [taken(script) for _ in range(3)] == ["always"] * 3
    script.returns("from now on")
    assert taken(script) == "from now on"


def test_several_replies_are_one_each(script: Script) -> None:
    """``returns(a, b)`` answers two calls; a third is an error."""
    script.returns("a", "b")
    assert [taken(script), taken(script)] == ["a", "b"]
    with pytest.raises(ScriptExhausted):
        taken(script)
    with pytest.raises(ScriptExhausted):
        taken(script)


def test_queues_follow_one_another(script: Script) -> None:
    """A second ``returns(c, d)`` goes on where the first one ends."""
    script.returns("a", "b")
    script.returns("c", "d")
    assert [taken(script) for _ in range(4)] == ["a", "b", "c", "d"]


def test_a_queue_goes_before_the_reply_for_every_call(script: Script) -> None:
    """Whatever the order of declaration, the queue is used up first, and is no error then."""
    script.returns("always")
    script.returns("a", "b")
    assert [taken(script) for _ in range(4)] == ["a", "b", "always", "always"]


def test_failures_for_some_calls_give_way(script: Script) -> None:
    """``raises(..., times=2)`` fails twice, and then leaves the word to whatever else is scripted, or the default."""
    script.raises(503, times=2)
    assert [taken(script), taken(script), taken(script)] == [503, 503, None]
    script.raises(429, times=1)
    script.returns("at last")
    assert [taken(script), taken(script)] == [429, "at last"]


def test_a_failure_without_times_is_for_every_call(script: Script) -> None:
    """``raises(error)`` is sticky, and replaced by a later ``returns(a)``."""
    script.raises(openai.RateLimitError)
    assert [taken(script), taken(script)] == [openai.RateLimitError] * 2
    script.returns("back")
    assert taken(script) == "back"


def test_conditions_go_first_in_order_of_declaration(script: Script) -> None:
    """The first condition that is met answers; a request that meets none falls through."""
    script.returns("otherwise")
    script.returns("big", matcher=script.when(None, {"model": "gpt-5"}))
    script.returns("any", matcher=script.when(lambda request: request.get("n") == 2, {}))
    assert taken(script, asked("gpt-5", n=2)) == "big"
    assert taken(script, asked("gpt-4o", n=2)) == "any"
    assert taken(script, asked("gpt-4o")) == "otherwise"


def test_a_condition_used_up_falls_through(script: Script) -> None:
    """Once the replies of a condition are used, later rules answer; if there are none, that is an error."""
    script.returns("a", "b", matcher=script.when(None, {"model": "gpt-5"}))
    script.returns("otherwise")
    assert [taken(script) for _ in range(3)] == ["a", "b", "otherwise"]


def test_a_condition_takes_parameters_and_function_together(script: Script) -> None:
    """Both have to hold."""
    script.returns("both", matcher=script.when(lambda request: request.stream, {"model": "gpt-5"}))
    assert taken(script) is None
    streaming = asked()
    streaming.stream = True
    assert taken(script, streaming) == "both"


def test_what_a_condition_compares(fake: FakeOpenAI) -> None:
    """Values are compared with ``==``, nested ones too; ``openai.NOT_GIVEN`` expects that a parameter is not sent."""
    create = fake.chat.completions.create
    create.returns("otherwise")
    create.when(messages=[{"role": "user", "content": "Hi"}], temperature=openai.NOT_GIVEN).returns("met")
    assert text(fake) == "met"
    answer = create(model="gpt-5", messages=[{"role": "user", "content": "Hi"}], temperature=1)
    assert answer.choices[0].message.content == "otherwise"


def test_the_endpoint_goes_before_the_turns(fake: FakeOpenAI) -> None:
    """An endpoint's own script answers first; the account's turns go to what falls through."""
    fake.script("turn 1", "turn 2")
    fake.chat.completions.create.when(model="gpt-4o").returns("own")
    assert [text(fake), text(fake, "gpt-4o"), text(fake)] == ["turn 1", "own", "turn 2"]
    with pytest.raises(ScriptExhausted):
        text(fake)


# ------------------------------------------------------------------------------------------------ functions


def test_a_function_may_pass_to_the_next_rule(fake: FakeOpenAI) -> None:
    """``NotImplemented`` passes the request on to what would have answered it otherwise, and uses nothing up."""
    create = fake.chat.completions.create
    create.when(model="gpt-5").returns(lambda request: NotImplemented)
    create.when(model="gpt-5").returns("second condition")
    assert [text(fake), text(fake)] == ["second condition"] * 2


def test_a_function_may_pass_to_the_turns_and_to_the_default(fake: FakeOpenAI) -> None:
    """After the endpoint's own script come the turns; after those, the default reply."""
    fake.chat.completions.create.returns(lambda request: NotImplemented)
    assert text(fake) == "This is a default reply. Script your own with returns(...)."
    fake.script("a turn")
    assert text(fake) == "a turn"


def test_functions_may_pass_one_after_another(fake: FakeOpenAI) -> None:
    """A chain of functions is asked in order, each once."""
    seen: list[str] = []

    def ask(name: str, answer: Any) -> Any:
        def function(request: Request) -> Any:
            seen.append(name)
            return answer

        return function

    create = fake.chat.completions.create
    create.when(model="gpt-5").returns(ask("a", NotImplemented))
    create.when(where=lambda request: True).returns(ask("b", NotImplemented))
    create.returns(ask("c", "from c"))
    assert text(fake) == "from c"
    assert seen == ["a", "b", "c"]
    assert fake.chat.completions.create.call_count == 1


def test_a_responder_is_a_function_for_all_turns() -> None:
    """``replies=`` takes a function instead of a list."""
    fake = FakeOpenAI(replies=lambda request: f"You are {request.params['model']}.")
    assert [text(fake), text(fake, "gpt-4o")] == ["You are gpt-5.", "You are gpt-4o."]


# ------------------------------------------------------------------------------------------------ scopes and leftovers


def test_a_scope_puts_back_what_was_scripted(fake: FakeOpenAI) -> None:
    """Inside ``scripted(...)`` only its replies hold; afterwards, what was there before, its place in a queue too."""
    create = fake.chat.completions.create
    create.returns("a", "b", "c")
    assert text(fake) == "a"
    with create.scripted("inside"):
        assert [text(fake), text(fake)] == ["inside", "inside"]
    assert [text(fake), text(fake)] == ["b", "c"]


def test_a_scope_is_left_by_an_exception_too(fake: FakeOpenAI) -> None:
    """Whatever happens inside, the script is put back."""
    create = fake.chat.completions.create
    create.returns("before")
    with pytest.raises(RuntimeError, match="inside"), create.scripted("inside"):
        raise RuntimeError("inside")
    assert text(fake) == "before"


def test_response_reads_and_sets_the_reply_for_every_call(fake: FakeOpenAI) -> None:
    """``create.response = reply`` is ``returns(reply)``; reading gives the reply as it was written."""
    create: Any = fake.chat.completions.create
    assert create.response is None
    create.response = {"choices": [{"message": {"content": "set"}}]}
    assert create.response == {"choices": [{"message": {"content": "set"}}]}
    assert text(fake) == "set"


def test_complete_when_all_was_used(fake: FakeOpenAI) -> None:
    """``assert_complete()`` passes once each reply was given; a failure for some calls counts as a reply."""
    create = fake.chat.completions.create
    create.returns("a", "b")
    create.when(model="gpt-4o").raises(openai.BadRequestError)
    with pytest.raises(UnconsumedReplies):
        fake.assert_complete()
    assert [text(fake), text(fake)] == ["a", "b"]
    with pytest.raises(openai.BadRequestError):
        text(fake, "gpt-4o")
    fake.assert_complete()


def test_reset_forgets_scripts_and_calls(fake: FakeOpenAI) -> None:
    """``create.reset()`` is for one endpoint, ``fake.reset()`` for all, turns and defaults included; state stays."""
    create = fake.chat.completions.create
    create.returns("a", "b")
    fake.script("turn")
    text(fake)
    create.reset()
    assert (create.call_count, create.response) == (0, None)
    assert text(fake) == "turn"
    fake.script("never")
    fake.defaults.set("ChatCompletionMessage", {"content": "mine"})
    kept = create(model="gpt-5", messages=[{"role": "user", "content": "Hi"}], store=True)
    fake.reset()
    fake.assert_complete()
    assert len(fake.calls) == 0
    assert text(fake) == "This is a default reply. Script your own with returns(...)."
    assert fake.chat.completions.retrieve(kept.id).id == kept.id


def test_a_script_is_copied_with_its_account(fake: FakeOpenAI) -> None:
    """A deep copy goes on from the same place in the queue, on its own; the operation stays the same object."""
    create = fake.chat.completions.create
    create.returns("a", "b", "c")
    create.when(model="gpt-4o").returns("big")
    assert text(fake) == "a"
    twin = copy.deepcopy(fake)
    assert [text(twin), text(twin), text(twin, "gpt-4o")] == ["b", "c", "big"]
    assert [text(fake), text(fake)] == ["b", "c"]
    assert twin.chat.completions.create.operation is CREATE


# ------------------------------------------------------------------------------------------------ threads, properties


def test_threads_get_each_reply_once(fake: FakeOpenAI) -> None:
    """Several threads that ask at once share the queue: nothing is given twice, nothing lost."""
    count, workers = 400, 8
    fake.chat.completions.create.returns(*map(str, range(count // 2)))
    fake.chat.completions.create.returns(*map(str, range(count // 2, count)))
    got: list[str | None] = []

    def work() -> None:
        got.extend(text(fake) for _ in range(count // workers))

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, got), key=int) == [str(number) for number in range(count)]
    fake.assert_complete()


rules = st.lists(
    st.tuples(
        st.sampled_from(["one", "several", "raises", "when one", "when several"]), st.integers(min_value=2, max_value=3)
    ),
    max_size=6,
)


@given(rules, st.lists(st.booleans(), max_size=12))
def test_a_script_does_what_its_rules_say(written: list[tuple[str, int]], calls: list[bool]) -> None:
    """Against a plain model: conditions in order, then queues in order, then the last reply for every call."""
    script = Script("chat.completions.create", CREATE)
    conditional: list[tuple[list[str], bool]] = []
    queued: list[tuple[list[str], bool]] = []
    sticky: list[str] = []
    for number, (kind, size) in enumerate(written):
        names = [f"{number}.{index}" for index in range(1 if kind.endswith("one") else size)]
        match kind:
            case "one":
                script.returns(*names)
                sticky = names
            case "several":
                script.returns(*names)
                queued.append((names, False))
            case "raises":
                script.raises(RuntimeError(str(number)), times=size)
                queued.append(([f"RuntimeError('{number}')"] * size, True))
            case _:
                script.returns(*names, matcher=script.when(None, {"model": "met"}))
                conditional.append((names, kind == "when one"))
    exhausted = False
    for met in calls:
        expected: str | None = None
        run_out = False
        for left, for_ever in conditional if met else ():
            if left:
                expected = left[0] if for_ever else left.pop(0)
                break
            run_out = True
        if expected is None:
            for left, optional in queued:
                if left:
                    expected = left.pop(0)
                    break
                exhausted = exhausted or not optional
            else:
                expected = sticky[0] if sticky else None
        request = asked("met" if met else "other")
        if expected is None and (exhausted or run_out):
            with pytest.raises(ScriptExhausted):
                script.take(request)
        else:
            reply = script.take(request)
            source = None if reply is None else reply.source
            assert (source if isinstance(source, str) or source is None else repr(source)) == expected


@pytest.mark.parametrize("found", [CREATE, operations()["files.list"]], ids=lambda found: found.name)
def test_a_matcher_shows_what_was_written(found: Operation) -> None:
    """The repr of a condition is how it is written."""

    def late(request: Request) -> bool:
        return True

    matcher = Script(found.name, found).when(late, {})
    assert repr(matcher) == "when(where=late)"
    assert repr(FakeOpenAI().chat.completions.create.when(model="gpt-5")) == (
        "<chat.completions.create.when(model='gpt-5'): now write .returns(...) or .raises(...)>"
    )
