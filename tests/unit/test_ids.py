"""Ids: the shapes of the API, uniqueness, reproducibility."""

from __future__ import annotations

import copy
import re
import threading
import timeit
from collections.abc import Callable

import pytest

from fakeopenai.ids import SHAPES, Ids

# What the API sends today, as its recorded answers show.
RECORDED = {
    "chatcmpl-": r"[0-9A-Za-z]{29}",
    "cmpl-": r"[0-9A-Za-z]{29}",
    "call_": r"[0-9A-Za-z]{24}",
    "asst_": r"[0-9A-Za-z]{24}",
    "thread_": r"[0-9A-Za-z]{24}",
    "run_": r"[0-9A-Za-z]{24}",
    "step_": r"[0-9A-Za-z]{24}",
    "ftjob-": r"[0-9A-Za-z]{24}",
    "ftevent-": r"[0-9A-Za-z]{24}",
    "file-": r"[0-9A-Za-z]{22}",
    "sess_": r"[0-9A-Za-z]{21}",
    "resp_": r"[0-9a-f]{50}",
    "msg_": r"[0-9a-f]{50}",
    "rs_": r"[0-9a-f]{50}",
    "fc_": r"[0-9a-f]{50}",
    "ws_": r"[0-9a-f]{50}",
    "fs_": r"[0-9a-f]{50}",
    "ci_": r"[0-9a-f]{50}",
    "mcp_": r"[0-9a-f]{50}",
    "mcpl_": r"[0-9a-f]{50}",
    "mcpr_": r"[0-9a-f]{50}",
    "cmp_": r"[0-9a-f]{50}",
    "cu_": r"[0-9a-f]{50}",
    "apc_": r"[0-9a-f]{50}",
    "tsc_": r"[0-9a-f]{50}",
    "tso_": r"[0-9a-f]{50}",
    "conv_": r"[0-9a-f]{48}",
    "cntr_": r"[0-9a-f]{48}",
    "skill_": r"[0-9a-f]{48}",
    "pmpt_": r"[0-9a-f]{48}",
    "req_": r"[0-9a-f]{32}",
    "vs_": r"[0-9a-f]{32}",
    "vsfb_": r"[0-9a-f]{32}",
    "batch_": r"[0-9a-f]{32}",
    "upload_": r"[0-9a-f]{32}",
    "part_": r"[0-9a-f]{32}",
    "cfile_": r"[0-9a-f]{32}",
    "audio_": r"[0-9a-f]{32}",
    "eval_": r"[0-9a-f]{32}",
    "evalrun_": r"[0-9a-f]{32}",
    "fp_": r"[0-9a-f]{10}",
    "modr-": r"[1-9][0-9]{3}",
}


@pytest.mark.parametrize("prefix", RECORDED)
def test_an_id_looks_like_the_api_s(prefix: str) -> None:
    """Prefix, length and alphabet are those of the API's recorded answers."""
    ids = Ids(seed=7)
    for _ in range(50):
        assert re.fullmatch(re.escape(prefix) + RECORDED[prefix], ids.make(prefix))


@pytest.mark.parametrize("prefix", SHAPES)
def test_every_row_of_the_table_is_obeyed(prefix: str) -> None:
    """What the table says is what comes out."""
    alphabet, length = SHAPES[prefix]
    made = Ids(seed=1).make(prefix).removeprefix(prefix)
    assert len(made) == length
    assert set(made) <= set(alphabet)


def test_an_unknown_prefix_gets_letters_and_digits() -> None:
    """Any prefix will do."""
    assert re.fullmatch(r"zebra_[0-9A-Za-z]{24}", Ids().make("zebra_"))
    assert re.fullmatch(r"[0-9A-Za-z]{24}", Ids().make(""))


def test_a_length_selects_the_other_shape_of_a_prefix() -> None:
    """Messages of threads and of responses share a prefix, but not their length and alphabet."""
    ids = Ids(seed=3)
    of_threads = [ids.make("msg_", 24) for _ in range(20)]
    assert all(re.fullmatch(r"msg_[0-9A-Za-z]{24}", made) for made in of_threads)
    assert any(re.search(r"[g-zA-Z]", made.removeprefix("msg_")) for made in of_threads)
    assert re.fullmatch(r"vs_[0-9a-f]{12}", ids.make("vs_", 12))
    assert re.fullmatch(r"call_[0-9A-Za-z]{7}", ids.make("call_", 7))
    assert re.fullmatch(r"modr-[1-9][0-9]{5}", ids.make("modr-", 6))


@pytest.mark.parametrize("prefix", ["chatcmpl-", "resp_", "req_", "file-", "modr-", "zebra_"])
def test_ids_are_unique_in_an_account(prefix: str) -> None:
    """No id comes twice, not even of the short ones."""
    ids = Ids(seed=11)
    made = [ids.make(prefix) for _ in range(8_000)]
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("seed", [0, 42, "a name", ""])
def test_a_seed_gives_the_same_ids_in_every_run(seed: int | str) -> None:
    """The sequence depends on nothing but the seed."""
    first, second = Ids(seed), Ids(seed)
    prefixes = list(SHAPES) * 2
    assert [first.make(prefix) for prefix in prefixes] == [second.make(prefix) for prefix in prefixes]
    assert first.random.random() == second.random.random()


def test_a_known_seed_gives_known_ids() -> None:
    """The sequence is the same on every machine and version of Python; it is part of what users may rely on."""
    ids = Ids(seed=1)
    assert ids.make("chatcmpl-") == "chatcmpl-9bFlIkpYt5HfavHYMD5hzcS7hsMnE"
    assert ids.make("resp_") == "resp_a678e510617311d8a3c2ce6f447ed4d57b1e2feb89414c343c"


def test_other_seeds_and_no_seed_give_other_ids() -> None:
    """Different accounts have different ids unless they are told otherwise."""
    assert len({Ids(seed).make("resp_") for seed in (0, 1, "1", None, None)}) == 5


def test_other_randomness_does_not_shift_the_ids() -> None:
    """Drawing random numbers leaves the sequence of ids as it was."""
    plain, drawn_from = Ids(seed=5), Ids(seed=5)
    drawn_from.random.random()
    assert drawn_from.make("resp_") == plain.make("resp_")


def test_hex_has_exactly_so_many_digits() -> None:
    """Leading zeros are kept."""
    ids = Ids(seed=2)
    for length in (0, 1, 2, 8, 33):
        for _ in range(40):
            assert re.fullmatch(rf"[0-9a-f]{{{length}}}", ids.hex(length))


@pytest.mark.parametrize("duplicate", [Ids.copy, copy.copy, copy.deepcopy])
def test_a_copy_goes_on_alike_and_independently(duplicate: Callable[[Ids], Ids]) -> None:
    """Copy and original make the same ids from then on, and neither moves the other."""
    ids = Ids(seed=9)
    ids.make("modr-")
    twin = duplicate(ids)
    expected = [twin.make(prefix) for prefix in ("resp_", "modr-", "call_")]
    number = twin.random.random()
    assert [ids.make(prefix) for prefix in ("resp_", "modr-", "call_")] == expected
    assert ids.random.random() == number


def test_threads_never_get_the_same_id() -> None:
    """One account may be used from several threads."""
    ids = Ids(seed=4)
    made: list[str] = []

    def work() -> None:
        made.extend(ids.make(prefix) for _ in range(200) for prefix in ("modr-", "call_", "resp_"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == 8 * 200 * 3


@pytest.mark.parametrize("prefix", ["chatcmpl-", "call_", "resp_", "req_"])
def test_making_an_id_is_cheap(prefix: str) -> None:
    """It is on the path of every call: about 0.4 µs; the bound leaves room for a busy machine."""
    ids = Ids(seed=1)
    best = min(timeit.repeat(lambda: ids.make(prefix), number=2_000, repeat=7)) / 2_000
    assert best < 3e-6
