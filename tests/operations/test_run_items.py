"""What runs do besides talking and calling functions: hosted tools, citations, pictures; scripted as in responses."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from fakeopenai import FakeOpenAI, UsageError, items, reply, tool_call

# The SDK marks all of it as deprecated; the code that our users test still calls it.
# pyright: reportDeprecated=false
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")

CONTENT: Any = "step_details.tool_calls[*].file_search.results[*].content"
FOUND = {"file_id": "file-1", "filename": "foods.txt", "score": 0.7, "text": "Filip likes cake."}


def thread_of(fake: FakeOpenAI) -> str:
    """A new thread with one message of the user."""
    return fake.beta.threads.create(messages=[{"role": "user", "content": "Please."}]).id


def left_by(fake: FakeOpenAI, *said: Any, **params: Any) -> tuple[Any, list[Any]]:
    """A run that has said that, and its steps in order."""
    fake.beta.threads.runs.create.returns(list(said))
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id="asst_x", **params)
    return run, fake.beta.threads.runs.steps.list(run.id, thread_id=thread_id, order="asc").data


def message_of(fake: FakeOpenAI, *said: Any) -> Any:
    """The newest message of a run that has said that."""
    run, _ = left_by(fake, *said)
    return fake.beta.threads.messages.list(run.thread_id).data[0]


def test_code_is_a_step_of_its_own(fake: FakeOpenAI) -> None:
    """Code that was run is a call with its logs and pictures, before the message that tells of it."""
    plot = {"type": "image", "file_id": "file-plot"}
    run, steps = left_by(fake, items.code_interpreter_call("print(6 * 7)", "42", plot), "It is 42.")
    assert [(step.type, step.status) for step in steps] == [
        ("tool_calls", "completed"),
        ("message_creation", "completed"),
    ]
    (call,) = steps[0].step_details.tool_calls
    assert call.id.startswith("call_")
    assert call.to_dict() == {
        "id": call.id,
        "type": "code_interpreter",
        "code_interpreter": {
            "input": "print(6 * 7)",
            "outputs": [{"type": "logs", "logs": "42"}, {"type": "image", "image": {"file_id": "file-plot"}}],
        },
    }
    assert run.status == "completed"
    assert run.usage.total_tokens == sum(step.usage.total_tokens for step in steps)


def test_what_a_search_found_is_shown_in_full_on_demand(fake: FakeOpenAI) -> None:
    """The text of what was found is in a step only for those who ask to include it."""
    run, steps = left_by(fake, items.file_search_call("food", results=[FOUND]), "Cake.")
    path: Any = {"thread_id": run.thread_id, "run_id": run.id}
    read = fake.beta.threads.runs.steps.retrieve(steps[0].id, **path)
    (call,) = steps[0].step_details.tool_calls
    assert read == steps[0]
    assert call.file_search.to_dict() == {
        "ranking_options": {"ranker": "default_2024_08_21", "score_threshold": 0.0},
        "results": [{"file_id": "file-1", "file_name": "foods.txt", "score": 0.7, "attributes": {}}],
    }
    full: Any = fake.beta.threads.runs.steps.retrieve(steps[0].id, **path, include=[CONTENT])
    listed: Any = fake.beta.threads.runs.steps.list(**path, include=[CONTENT], order="asc").data[0]
    assert full == listed
    (result,) = full.step_details.tool_calls[0].file_search.results
    assert result.content[0].to_dict() == {"type": "text", "text": "Filip likes cake."}


def test_a_search_is_ranked_as_its_tool_says(fake: FakeOpenAI) -> None:
    """The ranking of a search is that of the run's tool."""
    tool = {"type": "file_search", "file_search": {"ranking_options": {"ranker": "auto", "score_threshold": 0.5}}}
    _, steps = left_by(fake, items.file_search_call("food"), "Cake.", tools=[tool])
    search = steps[0].step_details.tool_calls[0].file_search
    assert search.ranking_options.to_dict() == {"ranker": "auto", "score_threshold": 0.5}
    assert search.results == []


def test_a_failed_call_is_a_failed_step(fake: FakeOpenAI) -> None:
    """Code that failed is a step that has, with the API's error; the run goes on."""
    run, steps = left_by(fake, items.code_interpreter_call("1 / 0", status="failed"), "Sorry.")
    assert (run.status, steps[0].status, steps[0].last_error.code) == ("completed", "failed", "server_error")
    assert steps[0].failed_at
    assert steps[0].completed_at is None


def test_citations_get_their_marks(fake: FakeOpenAI) -> None:
    """A citation's mark is put into the text where the citation stands, and named by its annotation."""
    cited = items.message(
        "Cake. Or pizza?",
        annotations=[items.file_citation("file-2", "b.txt"), items.file_citation("file-1", "a.txt", index=4)],
    )
    text = message_of(fake, cited).content[0].text
    assert text.value == "Cake\u30104:0\u2020a.txt\u3011. Or pizza?\u30104:1\u2020b.txt\u3011"
    assert [(one.file_citation.file_id, text.value[one.start_index : one.end_index]) for one in text.annotations] == [
        ("file-1", "\u30104:0\u2020a.txt\u3011"),
        ("file-2", "\u30104:1\u2020b.txt\u3011"),
    ]
    assert all(one.text == text.value[one.start_index : one.end_index] for one in text.annotations)


def test_paths_are_found_in_the_text(fake: FakeOpenAI) -> None:
    """The path of a file stands for a link of the message; an annotation may also be written as threads have it."""
    told = "[a](sandbox:/mnt/data/a.csv) and sandbox:/mnt/data/b.csv."
    written = {"type": "file_citation", "text": "[a]", "file_citation": {"file_id": "file-3"}}
    annotations = [items.file_path("file-1"), items.file_path("file-2", index=1), written]
    text = message_of(fake, items.message(told, annotations=annotations)).content[0].text
    assert text.value == told
    assert [(one.type, one.text, one.start_index, one.end_index) for one in text.annotations] == [
        ("file_citation", "[a]", 0, 3),
        ("file_path", "sandbox:/mnt/data/a.csv", 4, 27),
        ("file_path", "sandbox:/mnt/data/b.csv", 33, 56),
    ]


def test_pictures_and_several_messages(fake: FakeOpenAI) -> None:
    """A message may hold pictures beside its text, and a turn several messages."""
    picture = {"type": "image_file", "image_file": {"file_id": "file-plot"}}
    _, steps = left_by(fake, items.message([picture, "A plot."]), items.message("And more."), "Done.")
    assert [step.type for step in steps] == ["message_creation"] * 3
    first = fake.beta.threads.messages.retrieve(
        steps[0].step_details.message_creation.message_id, thread_id=steps[0].thread_id
    )
    assert [block.to_dict() for block in first.content] == [
        {"type": "image_file", "image_file": {"file_id": "file-plot", "detail": "auto"}},
        {"type": "text", "text": {"value": "A plot.", "annotations": []}},
    ]


def test_an_assistant_nobody_has_seen_has_the_tools_it_uses(fake: FakeOpenAI) -> None:
    """The tools of a run of an unknown assistant are those that its script uses, each once."""
    code = items.code_interpreter_call("1")
    fake.beta.threads.runs.create.returns([code, items.file_search_call("q"), code, tool_call("f"), tool_call("f")])
    run: Any = fake.beta.threads.runs.create(thread_of(fake), assistant_id="asst_x")
    assert [tool.type for tool in run.tools] == ["code_interpreter", "file_search", "function"]
    assert run.tools[1].file_search.ranking_options.ranker == "default_2024_08_21"
    assert run.tools[2].function.name == "f"


def test_functions_are_called_after_what_was_done(fake: FakeOpenAI) -> None:
    """Code first, then the call that the run waits for, even where that is written as an item; usage is told apart."""
    call = items.function_call("get_weather", {"city": "Paris"}, call_id="call_mine")
    fake.beta.threads.runs.create.returns(
        reply([items.code_interpreter_call("1"), call], usage={"completion_tokens": 70}),
        reply("Sunny.", usage={"completion_tokens": 5}),
    )
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread_of(fake), assistant_id="asst_x")
    assert run.required_action
    (asked,) = run.required_action.submit_tool_outputs.tool_calls
    assert (asked.id, asked.function.arguments) == ("call_mine", '{"city":"Paris"}')
    output: Any = {"tool_call_id": asked.id, "output": "sunny"}
    fake.beta.threads.runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=run.thread_id, tool_outputs=[output])
    steps: list[Any] = fake.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id, order="asc").data
    assert [step.type for step in steps] == ["tool_calls", "tool_calls", "message_creation"]
    assert [step.usage.completion_tokens for step in steps[1:]] == [70, 5]


def test_streams_tell_of_code_and_searches(fake: FakeOpenAI) -> None:
    """A step of a hosted tool begins empty; its code comes in pieces, its outputs one by one, results at the end."""
    code = items.code_interpreter_call("print(6 * 7)", "42", {"type": "image", "file_id": "file-plot"})
    fake.beta.threads.runs.create.returns([code, items.file_search_call("q", results=[FOUND]), "It is 42."])
    stream = fake.beta.threads.runs.create(thread_of(fake), assistant_id="asst_x", include=[CONTENT], stream=True)
    events: list[Any] = list(stream)
    names = [event.event.removeprefix("thread.run.step.") for event in events]
    assert names[3:5] == ["created", "in_progress"]
    ends = [place for place, name in enumerate(names) if name == "completed"]
    first, second = events[5 : ends[0]], events[ends[0] + 1 : ends[1]]
    told = [event.data.delta.step_details.tool_calls[0].to_dict() for event in first]
    assert told[0]["code_interpreter"] == {"input": "", "outputs": []}
    assert "".join(each["code_interpreter"].get("input", "") for each in told) == "print(6 * 7)"
    assert [each["code_interpreter"]["outputs"] for each in told[-2:]] == [
        [{"index": 0, "type": "logs", "logs": "42"}],
        [{"index": 1, "type": "image", "image": {"file_id": "file-plot"}}],
    ]
    assert events[3].data.step_details.tool_calls == []
    assert [event.event for event in second] == [
        "thread.run.step.created",
        "thread.run.step.in_progress",
        "thread.run.step.delta",
    ]
    assert second[2].data.delta.step_details.tool_calls[0].file_search["results"] == []
    (result,) = events[ends[1]].data.step_details.tool_calls[0].file_search.results
    assert result.content[0].text == "Filip likes cake."


def test_a_stream_brings_citations_with_their_marks(fake: FakeOpenAI) -> None:
    """The mark of a citation is one delta, with its annotation; the pieces are the text."""
    fake.beta.threads.runs.create.returns(
        [items.message("Cake. Yes.", annotations=[items.file_citation("file-1", "a.txt", index=4)])]
    )
    stream = fake.beta.threads.runs.create(thread_of(fake), assistant_id="asst_x", stream=True)
    events: list[Any] = list(stream)
    deltas = [event.data.delta.content[0].text for event in events if event.event == "thread.message.delta"]
    (done,) = [event.data.content[0].text for event in events if event.event == "thread.message.completed"]
    assert "".join(delta.value for delta in deltas) == done.value
    assert deltas[0].annotations == []
    (marked,) = [delta for delta in deltas if delta.annotations]
    assert (marked.value, marked.annotations[0].index) == (done.annotations[0].text, 0)
    assert marked.annotations[0].file_citation.to_dict() == {"file_id": "file-1", "quote": ""}


def test_the_sdk_s_helper_gathers_hosted_tools(fake: FakeOpenAI) -> None:
    """The helper that the SDK has for streamed runs puts code, outputs and citations together again."""
    cited = items.message("Cake.", annotations=[items.file_citation("file-1", "a.txt")])
    fake.beta.threads.runs.create.returns([items.code_interpreter_call("print(1)", "1"), cited])
    with fake.beta.threads.runs.stream(thread_id=thread_of(fake), assistant_id="asst_x") as stream:
        stream.until_done()
        gathered: Any = stream.current_message_snapshot
        steps: list[Any] = stream.get_final_run_steps()
    assert steps[0].step_details.tool_calls[0].code_interpreter.outputs[0].logs == "1"
    text = gathered.content[0].text
    assert (text.value, text.annotations[0].file_citation.file_id) == ("Cake.\u30104:0\u2020a.txt\u3011", "file-1")


def test_the_sdk_s_handler_hears_of_code_and_its_outputs(fake: FakeOpenAI) -> None:
    """A handler of the SDK's sees code and outputs grow, and the call with all of it."""
    heard: list[Any] = []

    class Handler(openai.AssistantEventHandler):
        def on_tool_call_delta(self, delta: Any, snapshot: Any) -> None:
            heard.append(delta.code_interpreter.to_dict())

        def on_tool_call_done(self, tool_call: Any) -> None:
            heard.append(tool_call.code_interpreter.to_dict())

    fake.beta.threads.runs.create.returns([items.code_interpreter_call("x", "1"), "Done."])
    with fake.beta.threads.runs.stream(
        thread_id=thread_of(fake), assistant_id="asst_x", event_handler=Handler()
    ) as stream:
        stream.until_done()
    output = {"index": 0, "type": "logs", "logs": "1"}
    assert heard[:3] == [{"input": "x"}, {"outputs": [output]}, {"input": "x", "outputs": [output]}]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (items.web_search_call("weather"), "an item of type 'web_search_call'"),
        (items.code_interpreter_call("1", status="interpreting"), "'interpreting' in the end"),
        (items.code_interpreter_call("1", {"type": "image", "url": "https://x"}), "names none"),
        (items.message("Hi", annotations=[items.url_citation("https://x")]), "annotation of type 'url_citation'"),
        (items.message("Hi", annotations=[items.file_path("file-1")]), "nothing in the text 'Hi'"),
    ],
)
def test_what_no_run_has_is_the_test_s_mistake(fake: FakeOpenAI, said: Any, told: str) -> None:
    """Items, statuses, outputs and annotations that a run can't have are refused in our own words; nothing is kept."""
    fake.beta.threads.runs.create.returns([said])
    thread_id = thread_of(fake)
    with pytest.raises(UsageError, match=told):
        fake.beta.threads.runs.create(thread_id, assistant_id="asst_x")
    assert not fake.beta.threads.runs.list(thread_id).data
