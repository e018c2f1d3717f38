"""The lists of models, as Alt-M and /models open them."""

import time

import pytest
from msgspec.structs import replace
from urwid.testing import press, render_text

from protocol.commands import Command
from protocol.commands import Model as ChooseModel
from protocol.errors import ServerUnreachable
from protocol.identity import DEFAULT_SERVER, ConversationId, ServerName
from protocol.model_commands import Load, LookAtModels, ModelPart, Pull, Remove, ShowModel, StopPull, Unload
from protocol.model_events import JobChanged
from protocol.models import InstalledModel, RunningModel, ServerSurvey
from protocol.progress import Layer, Progress
from protocol.server_events import ServerSet
from protocol.server_names import ServerNames
from protocol.store import Job, JobId, JobState, PullModel
from protocol.ui import ServerChanged, UiEvent
from tests.support.addresses import Recorder
from tests.ui.models import model_after
from tests.ui.talk import TALK, started
from ui.chooser import Chooser
from ui.job_words import JobTeller
from ui.model_lists import ModelLists
from ui.outgoing import Written
from ui.warming import Warming

TINY = InstalledModel("tiny:1b", 1_300_000_000, "llama", "1B", "Q4_0", ("completion", "tools"))
SMALL = InstalledModel("small\x1b[2J", 90_000_000)
SURVEY = ServerSurvey("here", models=(TINY, SMALL), running=(RunningModel("tiny:1b", 2_000_000_000),))
SIZE = (60, 14)
HALF = Progress("pulling", (Layer("sha256:a", 4_000_000_000, 1_200_000_000),))
PULLING = Job(JobId("pull"), PullModel("llama"), progress=HALF)


class Desk:
    """The lists, the one that is open, and what came of it."""

    def __init__(self, *events: UiEvent, servers: ServerNames | None = None) -> None:
        self.model = model_after(started(), *events)
        self.model.servers = servers or self.model.servers
        self.list: Chooser | None = None
        self.submitted: Recorder[Written | Command] = Recorder()
        self.written = Recorder[str]()
        self.lists = ModelLists(
            self.model, self._show, self._hide, self.submitted.tell, self.written.tell, lambda: 1_795_339_200.0
        )

    def _show(self, chooser: Chooser) -> None:
        self.list = chooser

    def _hide(self) -> None:
        self.list = None

    def rows(self, columns: int = 60, rows: int = 14) -> list[str]:
        assert self.list is not None
        return [line.rstrip() for line in render_text(self.list, (columns, rows)) if line.strip()]

    def choose(self, *keys: str) -> None:
        assert self.list is not None
        press(self.list, SIZE, *keys)
        press(self.list, SIZE, "enter")


def test_the_pulls_of_other_servers_are_listed_where_these_answer() -> None:
    mill = ServerName("mill")
    there = replace(PULLING, id=JobId("there"), server=mill)
    desk = Desk(JobChanged(PULLING), JobChanged(there), servers=ServerNames((DEFAULT_SERVER, mill)))
    desk.lists.models()
    assert sum("pulling llama" in row for row in desk.rows()) == 1
    desk.model.apply(ServerSet(TALK, mill, None), 0.0)
    desk.model.apply(JobChanged(replace(there, state=JobState.DONE)), 0.0)
    desk.lists.models()
    assert not any("pulling llama" in row for row in desk.rows())


def test_where_models_are_not_managed_one_can_be_used_and_no_more() -> None:
    desk = Desk(ServerChanged(ServerSurvey("here", models=(TINY, SMALL), manages_models=False)))
    desk.lists.models()
    assert not any("get another" in row for row in desk.rows())
    desk.choose()
    assert desk.submitted.take() == [LookAtModels(), ChooseModel("tiny:1b")]


def test_a_model_is_listed_with_all_that_is_known_of_it_and_obeys_nothing() -> None:
    desk = Desk(ServerChanged(SURVEY), JobChanged(PULLING))
    desk.lists.models()
    assert desk.rows() == [
        "Models:                                                  4/4",
        "  tiny:1b                                             1.3 GB",
        "    llama 1B Q4_0 tools loaded: 2.0 GB on the CPU",
        "  small␛[2J                                            90 MB",
        "  pulling llama: 1.2 of 4.0 GB                       stop it",
        "  get another model                               /pull NAME",
    ]
    assert desk.submitted.take() == [LookAtModels()]


def test_of_a_server_that_is_away_that_is_said_and_it_is_looked_at_again() -> None:
    away = ServerUnreachable("No server answers at http://mill:11434.", "Start it.").failure
    desk = Desk(ServerChanged(ServerSurvey("http://mill:11434", failure=away)))
    desk.lists.models()
    assert desk.rows() == [
        "Models:                                                  2/2",
        "  No server answers at http://mill:11434.         look again",
        "    Start it.",
        "  get a model                                     /pull NAME",
    ]
    desk.choose()
    assert desk.list is not None
    assert desk.submitted.take() == [LookAtModels(), LookAtModels()]


def test_what_a_fresh_look_finds_comes_into_the_open_list() -> None:
    desk = Desk(ServerChanged(ServerSurvey("here")))
    desk.lists.models()
    desk.model.apply(ServerChanged(SURVEY), 1.0)
    desk.lists.refresh()
    assert desk.rows()[1].startswith("  tiny:1b")
    assert desk.list is not None
    press(desk.list, SIZE, "esc")
    desk.lists.refresh()
    assert desk.list is None


@pytest.mark.parametrize(
    ("downs", "told"),
    [
        (0, ChooseModel("tiny:1b")),
        (1, ShowModel(name="tiny:1b")),
        (2, Unload("tiny:1b")),
        (3, Pull("tiny:1b")),
        (6, ShowModel(ModelPart.LICENSE, "tiny:1b")),
        (10, ShowModel(ModelPart.MODELFILE, "tiny:1b")),
    ],
)
def test_what_is_chosen_for_a_model_is_done(downs: int, told: Command) -> None:
    desk = Desk(ServerChanged(SURVEY))
    desk.lists.models()
    desk.choose()
    desk.submitted.take()
    desk.choose(*["down"] * downs)
    assert desk.submitted.take() == [told]


def test_a_model_that_is_not_loaded_can_be() -> None:
    desk = Desk(ServerChanged(SURVEY))
    desk.lists.actions(SMALL)
    desk.choose("down", "down")
    assert desk.submitted.take() == [Load(SMALL.name)]


def test_a_model_is_deleted_only_by_a_second_answer_that_is_not_the_first_in_the_list() -> None:
    desk = Desk(ServerChanged(SURVEY))
    for keys, told in (((), []), (("down",), [Remove("tiny:1b", sure=True)])):
        desk.lists.actions(TINY)
        desk.choose(*["down"] * 5)
        assert desk.rows() == [
            "Delete tiny:1b for good:                                 2/2",
            "  no, keep it",
            "  yes, delete it                                      1.3 GB",
        ]
        desk.choose(*keys)
        assert desk.submitted.take() == told


def test_a_copy_and_a_pull_are_begun_where_one_writes_and_a_pull_is_stopped() -> None:
    desk = Desk(ServerChanged(SURVEY), JobChanged(PULLING))
    desk.lists.actions(TINY)
    desk.choose("down", "down", "down", "down")
    desk.lists.models()
    desk.choose("end")
    assert desk.written.take() == ["/cp tiny:1b ", "/pull "]
    desk.submitted.take()
    desk.lists.models()
    desk.choose("down", "down")
    assert desk.submitted.take() == [LookAtModels(), StopPull("llama")]


def test_ten_thousand_models_are_listed_and_searched() -> None:
    many = tuple(InstalledModel(f"model-{number}:1b", number) for number in range(10_000))
    desk = Desk(ServerChanged(ServerSurvey("here", models=many)))
    begin = time.monotonic()
    desk.lists.models()
    assert desk.list is not None
    press(desk.list, SIZE, *"9999", "end", "home")
    assert desk.rows()[1].startswith("  model-9999:1b")
    assert time.monotonic() - begin < 25.0  # a test that hangs, not a measurement


def test_a_pull_is_one_part_of_the_status_and_two_are_counted() -> None:
    model = model_after(started(), JobChanged(PULLING))
    assert model.jobs.words == "pulling 1.2 of 4.0 GB of llama"
    model.apply(JobChanged(Job(JobId("other"), PullModel("b"))), 1.0)
    assert model.jobs.words == "2 pulls 30 %"
    model.apply(JobChanged(Job(JobId("pull"), PullModel("llama"), JobState.STOPPED)), 1.0)
    assert model.jobs.words == "pulling b"
    model.apply(JobChanged(Job(JobId("other"), PullModel("b"), JobState.WAITING, delay=4.0)), 1.0)
    assert model.jobs.words == "pulling again in 4 s: b"


def test_those_who_listen_hear_of_each_quarter() -> None:
    teller = JobTeller()
    told = []
    for done in range(0, 1001, 50):
        progress = Progress("pulling", (Layer("a", 1000, done),))
        told += teller.tell(Job(JobId("pull"), PullModel("llama"), progress=progress))
    assert len(told) == 4
    assert teller.tell(Job(JobId("pull"), PullModel("llama"), JobState.DONE)) == []


def warmed(wanted: bool, *keys: list[str]) -> list[tuple[ConversationId, Load]]:
    model, told = model_after(started(model="tiny:1b")), list[tuple[ConversationId, Load]]()
    warming = Warming(model, lambda conversation, command: told.append((conversation, command)), wanted)
    for pressed in keys:
        warming.watch(pressed)
    return told


def test_the_first_key_that_writes_warms_the_model_once_where_that_is_wanted() -> None:
    assert warmed(True, ["up"], ["/"], ["h"], ["i"]) == [(TALK, Load(quiet=True))]
    assert warmed(False, ["h"]) == []
