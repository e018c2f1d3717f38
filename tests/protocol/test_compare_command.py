"""`/compare`, in all its forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.command_table import parse_command
from protocol.commands import Command, Unknown
from protocol.compare_words import (
    CompareAll,
    CompareDrop,
    CompareJudge,
    CompareLook,
    CompareMerge,
    ComparePick,
    CompareRepeat,
)
from protocol.comparison import Contestant
from protocol.identity import ServerName

A, B = Contestant("a"), Contestant("b")
MILL, BARN = ServerName("mill"), ServerName("barn")
HOW = "Write it like /compare llama3.2 mistral, or /compare llama3.2 seeds 3 -- Why is the sky blue?"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/compare", CompareLook()),
        ("/compare a b", CompareAll((A, B))),
        ("/Compare  a\n b -- Why?", CompareAll((A, B), "Why?")),
        ("/compare a b -- Two\n\nlines -- and more", CompareAll((A, B), "Two\n\nlines -- and more")),
        ("/compare a b --\nWhy?", CompareAll((A, B), "Why?")),
        ("/compare a a", CompareAll((A, A))),
        ("/compare a seeds 2", CompareAll((Contestant("a", seed=1), Contestant("a", seed=2)))),
        ("/compare a b seeds 1", CompareAll((Contestant("a", seed=1), Contestant("b", seed=1)))),
        ("/compare a on mill barn", CompareAll((Contestant("a", MILL), Contestant("a", BARN)))),
        (
            "/compare a b on mill barn",
            CompareAll((Contestant("a", MILL), Contestant("a", BARN), Contestant("b", MILL), Contestant("b", BARN))),
        ),
        (
            "/compare a seeds 2 on mill -- Why?",
            CompareAll((Contestant("a", MILL, seed=1), Contestant("a", MILL, seed=2)), "Why?"),
        ),
        ("/compare presets p q", CompareAll((Contestant(preset="p"), Contestant(preset="q")))),
        ("/compare drop", CompareDrop()),
        ("/compare -", CompareDrop()),
        ("/compare again", CompareRepeat()),
        ("/compare Pick 2", ComparePick(2)),
        ("/compare judge m", CompareJudge("m")),
        ("/compare merge m", CompareMerge("m")),
    ],
)
def test_a_comparison_is_understood(text: str, command: Command) -> None:
    assert parse_command(text) == command


@pytest.mark.parametrize(
    ("rest", "explanation"),
    [
        ("a", f"One answer is nothing to compare: name another model, seeds or servers. {HOW}"),
        ("a on mill", f"One answer is nothing to compare: name another model, seeds or servers. {HOW}"),
        ("presets p", f"One answer is nothing to compare: name another model, seeds or servers. {HOW}"),
        ("presets", f"No preset is named. {HOW}"),
        ("-- Why?", HOW),
        ("a b --", "There is no prompt after --: write it, or leave -- out and send the prompt next."),
        ("a seeds", "seeds takes how many there are to be, as in seeds 3: the seeds 1, 2 and 3."),
        ("a seeds 0", "seeds takes how many there are to be, as in seeds 3: the seeds 1, 2 and 3."),
        ("a seeds 2 b", "seeds takes how many there are to be, as in seeds 3: the seeds 1, 2 and 3."),
        ("a b on", "on takes the names of servers: /server lists them."),
        ("a seeds 17", "These are 17 answers, and 16 is the most: name fewer."),
        ("a seeds 999 on mill barn", "These are 1,998 answers, and 16 is the most: name fewer."),
        ("pick", "Write it like /compare pick 2: the number above the answer."),
        ("pick two", "Write it like /compare pick 2: the number above the answer."),
        ("judge", "Write it like /compare judge MODEL: one model, which is shown all answers."),
        ("merge a b", "Write it like /compare merge MODEL: one model, which is shown all answers."),
        ("drop 2", "/compare drop takes nothing more."),
        ("again -- Why?", "/compare again takes nothing more."),
        ("judge m -- Which?", "/compare judge m shows what will be asked, with all answers: change it there."),
        ("merge m --", "/compare merge m shows what will be asked, with all answers: change it there."),
    ],
)
def test_a_mistake_is_said_in_a_sentence(rest: str, explanation: str) -> None:
    assert parse_command(f"/compare {rest}") == Unknown(explanation)


@given(st.text())
def test_whatever_is_written_is_understood_or_explained(rest: str) -> None:
    parse_command(f"/compare {rest}")
