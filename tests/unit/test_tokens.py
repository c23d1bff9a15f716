"""Counting tokens: the estimate, the cut into pieces, prompts, and tokenizers of the user's own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeopenai.errors import UsageError
from fakeopenai.tokens import coerce_tokenizer, count_messages, count_prompt, estimate, split


@given(st.text())
def test_pieces_are_the_text(text: str) -> None:
    """Joined, the pieces are the text again; none of them is empty, none long."""
    pieces = split(text)
    assert "".join(pieces) == text
    assert all(pieces)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("Hello", ["Hello"]),
        ("Hello! How can I help?", ["Hello", "!", " How", " can", " I", " help", "?"]),
        ("I'm 12345 years_old", ["I", "'m", " ", "123", "45", " years", "_old"]),
        ("{}", ["{}"]),
        ('{"a":1}', ['{"', "a", '":', "1", "}"]),
        ("a\n\nb", ["a", "\n\n", "b"]),
        ("  x", [" ", " x"]),
        ("你好世界", ["你好", "世界"]),
        ("👩‍👩‍👧!", ["👩‍👩‍👧!"]),
        ("x" * 40, ["x" * 16, "x" * 16, "x" * 8]),
    ],
)
def test_pieces_look_like_tokens(text: str, pieces: list[str]) -> None:
    """Words keep the space before them, punctuation stays together, numbers come in threes."""
    assert split(text) == pieces


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("orange", 1),
        ("hello world", 2),
        ("Southern Ocean.", 3),
        ("Hello! How can I assist you today?", 10),
        ("Rust values memory safety and predictable performance.", 9),
        ('{"final_answer":"4"}', 6),
        ("你好世界", 4),
        ("Straße", 3),
    ],
)
def test_estimate_is_near(text: str, about: int) -> None:
    """Within two tokens of what OpenAI's encodings say, or 60 % where a text has long or short words."""
    assert abs(estimate(text) - about) <= max(2, 0.6 * about)


@given(st.text(), st.text())
def test_estimate_is_sound(text: str, more: str) -> None:
    """Zero only for nothing, never negative, more for more text; lone surrogates included."""
    assert (estimate(text) == 0) is (text == "")
    assert estimate(text) <= estimate(text + more)
    assert estimate(text + "\ud800") >= estimate(text)


# ------------------------------------------------------------------------------------------------------- tokenizers


class Words:
    """A tokenizer as the protocol wants it."""

    def count(self, text: str) -> int:
        """A token for each word."""
        return len(text.split())


class Codec:
    """Like a tiktoken Encoding, which refuses special tokens in `encode`."""

    def encode(self, text: str) -> list[int]:
        """A token for each character."""
        if "<|endoftext|>" in text:
            raise ValueError("disallowed special token")
        return [1] * len(text)

    def encode_ordinary(self, text: str) -> list[int]:
        """A token for each character, special tokens or not."""
        return [1] * len(text)


class Encoder:
    """An encoding that has only `encode`, and can be called as well, for something else."""

    def encode(self, text: str) -> tuple[int, ...]:
        """A token for each character."""
        return (0,) * len(text)

    def __call__(self, text: str) -> dict[str, list[int]]:
        """What transformers do."""
        raise AssertionError("not for counting")


class Numpyish:
    """An integer that is no int, as numpy has them."""

    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize(
    ("tokenizer", "text", "tokens"),
    [
        (Words(), "a b c", 3),
        (Words().count, "a b c", 3),
        (len, "abc", 3),
        (lambda text: Numpyish(), "abc", 7),  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        (Codec(), "<|endoftext|>", 13),
        (Encoder(), "abcd", 4),
        (None, "abcde", estimate("abcde")),
        (estimate, "abcde", estimate("abcde")),
    ],
)
def test_tokenizers_are_accepted(tokenizer: Any, text: str, tokens: int) -> None:
    """An object that counts, one that encodes, a function, or nothing."""
    assert coerce_tokenizer(tokenizer)(text) == tokens


def test_default_costs_nothing_extra() -> None:
    """Without a tokenizer, the estimate itself is used."""
    assert coerce_tokenizer(None) is estimate
    assert coerce_tokenizer(estimate) is estimate


async def counts_later(text: str) -> int:
    """A function that can't be used."""
    return len(text)


class CountsLater:
    async def count(self, text: str) -> int:
        """A method that can't be used."""
        return len(text)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("cl100k_base", "pass tiktoken.get_encoding('cl100k_base')"),
        (Words, "it is a class, pass Words(...)"),
        (counts_later, "it is asynchronous"),
        (CountsLater(), "it is asynchronous"),
        (["a"], "can't count tokens. Expected an object with count"),
        ({"encode": len}, "Expected an object with count"),
        (b"abc", "Expected an object with count"),
        (4, "tokenizer=4 can't count tokens"),
        (object(), "or None for the built-in estimate"),
    ],
)
def test_wrong_tokenizers_are_refused(wrong: Any, hint: str) -> None:
    """What can't count is refused at once, with what to pass instead."""
    with pytest.raises(UsageError) as failure:
        coerce_tokenizer(wrong)
    assert hint in str(failure.value)


@pytest.mark.parametrize("returned", [None, "3", 2.5, -1, [1, 2]])
def test_wrong_counts_are_refused(returned: Any) -> None:
    """A tokenizer that returns no number of tokens is named, with what it returned."""

    def count(text: str) -> Any:
        return returned

    with pytest.raises(UsageError, match="expected a number of tokens") as failure:
        coerce_tokenizer(count)("some text")
    assert f"returned {returned!r} for 'some text'" in str(failure.value)


def test_exceptions_of_a_tokenizer_are_its_own() -> None:
    """What a tokenizer raises reaches the test as it is."""

    def count(text: str) -> int:
        raise LookupError(text)

    with pytest.raises(LookupError, match="Hi"):
        coerce_tokenizer(count)("Hi")


# ---------------------------------------------------------------------------------------------------------- prompts


def words(text: str) -> int:
    """One token for each word."""
    return len(text.split())


@pytest.mark.parametrize(
    ("messages", "tokens"),
    [
        ([], 3),
        ([{"role": "user", "content": "one two"}], 3 + 4 + 2),
        ([{"role": "system", "content": "one"}, {"role": "user", "content": "two"}], 3 + 5 + 5),
        ([{"role": "user", "name": "Ann", "content": "one"}], 3 + 4 + 1 + 1 + 1),
        ([{"role": "assistant", "content": None}], 3 + 4),
        ([{"role": "assistant", "content": None, "refusal": "I can't"}], 3 + 4 + 2),
        ([{"role": "user", "content": [{"type": "text", "text": "a b"}, {"type": "text", "text": "c"}]}], 3 + 4 + 3),
        ([{"role": "assistant", "content": [{"type": "refusal", "refusal": "no no"}]}], 3 + 4 + 2),
        ([{"role": "tool", "tool_call_id": "call_1", "content": "a b"}], 3 + 4 + 2),
    ],
)
def test_messages_cost_what_openai_documents(messages: list[dict[str, Any]], tokens: int) -> None:
    """Three tokens and a role for each message, one more for a name, three for the reply to begin."""
    assert count_messages(messages, None, words) == tokens


def test_calls_in_the_history_count() -> None:
    """Names and arguments of earlier calls are part of the prompt, of whichever kind the calls are."""
    function = {"name": "a", "arguments": '{"b": 1}'}
    calls: list[Any] = [
        {"id": "1", "type": "function", "function": function},
        {"id": "2", "type": "custom", "custom": {"name": "c", "input": "d e f"}},
    ]
    bare = count_messages([{"role": "assistant", "content": None}], None, words)
    assert (
        count_messages([{"role": "assistant", "tool_calls": calls, "content": None}], None, words) == bare + 6 + 3 + 4
    )
    assert count_messages([{"role": "assistant", "content": None, "function_call": function}], None, words) == bare + 6


def test_tools_cost_by_their_size() -> None:
    """Tools make a prompt dearer, each of them and by what it says."""
    function: dict[str, Any] = {"name": "add", "parameters": {"type": "object"}}
    small = {"type": "function", "function": function}
    large = {"type": "function", "function": {**function, "description": "Adds two numbers. " * 5}}
    costs = [count_messages([], tools) for tools in (None, [], [small], [large], [small, large])]
    assert costs[0] == costs[1] < costs[2] < costs[3] < costs[4]


def test_pictures_sounds_and_files_are_flat() -> None:
    """What isn't text costs something, whatever it is; a picture in low detail costs less."""

    def cost(*parts: dict[str, Any]) -> int:
        return count_messages([{"role": "user", "content": list(parts)}]) - 7

    url = "data:image/png;base64," + "A" * 10_000
    high = cost({"type": "image_url", "image_url": {"url": url}})
    low = cost({"type": "image_url", "image_url": {"url": url, "detail": "low"}})
    sound = cost({"type": "input_audio", "input_audio": {"data": url, "format": "wav"}})
    file = cost({"type": "file", "file": {"file_data": url}})
    assert 0 < low < high < 1000
    assert 0 < sound < 1000
    assert 0 < file < 1000
    assert cost({"type": "input_audio"}, {"type": "file"}) == sound + file


@pytest.mark.parametrize(
    ("prompt", "tokens"),
    list[tuple[Any, int]](
        [
            ("a b", 2),
            ("", 0),
            (None, 0),
            ([], 0),
            (["a b", "c"], 3),
            ([1, 2, 3], 3),
            ([[1, 2], [3]], 3),
            ([[]], 0),
        ]
    ),
)
def test_prompts_of_all_shapes_are_counted(prompt: Any, tokens: int) -> None:
    """A text, several, tokens, or several lists of tokens."""
    assert count_prompt(prompt, words) == tokens


@given(st.lists(st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": st.text()})))
def test_tokenizer_sees_every_text(messages: list[dict[str, Any]]) -> None:
    """A tokenizer of one's own is asked for each content, and its numbers are the ones added."""
    seen = list[str]()

    def count(text: str) -> int:
        seen.append(text)
        return 10

    total = count_messages(messages, None, coerce_tokenizer(count))
    assert seen == [message["content"] for message in messages]
    assert total == 3 + 14 * len(messages)
