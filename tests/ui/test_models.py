"""`chinwag models`: what it prints, asks and returns, over a store that follows a script."""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from io import StringIO
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from actors.cancel import CancelToken
from actors.model_store import WorkBody
from protocol.errors import ConnectionLost, InterfaceError, MalformedFrame, ServerRefusal, ServerUnreachable
from protocol.model_commands import ModelPart
from protocol.models import InstalledModel, RunningModel, ServerSurvey
from protocol.store import (
    AskDetails,
    CopyModel,
    CreateModel,
    DeleteModel,
    LoadModel,
    ModelCard,
    PullModel,
    StoreQuestion,
    StoreWork,
    UnloadModel,
)
from tests.support.store import ONE, OTHER, SUCCESS, ScriptedStore, layer, line
from ui.models import Models
from ui.models_arguments import ModelsOptions

TINY = InstalledModel("tiny:1b", 1_300_000_000, "llama", "1B", "Q4_0", ("completion", "vision"))
SURVEY = ServerSurvey(
    "here",
    "1",
    (
        InstalledModel("tiny:1b", 1_300_000_000, "llama", "1B", "Q4_0", ("completion", "vision")),
        InstalledModel("b\x1b"),
    ),
    (RunningModel("tiny:1b", 2_000_000_000, 4096, 500_000_000),),
)
CARD = ModelCard("tiny:1b", "llama", license="MIT\x1b[2J")
PULL = PullModel("tiny")


class Shelf:
    """Satisfies `ui.models.Store`."""

    def __init__(self, scripted: ScriptedStore, survey: ServerSurvey = SURVEY) -> None:
        self.scripted = scripted
        self._survey = survey

    def survey(self) -> ServerSurvey:
        return self._survey

    def ask(self, question: StoreQuestion) -> ModelCard | None:
        return self.scripted.ask(question, CancelToken())

    def work(self, work: StoreWork, patience: float = 1.0) -> AbstractContextManager[WorkBody]:
        return self.scripted.work(work, CancelToken(), patience)


class Typed(StringIO):
    """A terminal at which this is typed, or which shows what is written."""

    def isatty(self) -> bool:
        return True


class Done(NamedTuple):
    """How a run ended, what it printed, what it complained of, and how long it waited."""

    status: int
    out: str
    complaints: list[str]
    waits: list[float]


def run(
    options: ModelsOptions,
    *bodies: Sequence[bytes | Exception],
    shelf: Shelf | None = None,
    typed: str | None = None,
) -> Done:
    out, complaints, waits = (StringIO() if typed is None else Typed()), list[str](), list[float]()
    stdin = None if typed is None else Typed(typed)
    times = iter(range(10_000))
    store = shelf or Shelf(ScriptedStore(*bodies, answers={AskDetails: CARD}))
    face = Models(store, stdin, out, complaints.append, lambda: float(next(times)), waits.append, lambda: 0.0)
    return Done(face.run(options), out.getvalue(), complaints, waits)


def test_the_models_are_listed_a_line_each_and_obey_nothing() -> None:
    assert run(ModelsOptions("list")).out == ("tiny:1b  1.3 GB  llama  1B  Q4_0  vision  loaded\nb␛\n")
    assert run(ModelsOptions("ps")).out == "tiny:1b  2.0 GB, 25 % on the GPU  context 4096\n"


def test_the_list_for_programs_is_one_document() -> None:
    document = json.loads(run(ModelsOptions("list", as_json=True)).out)
    assert list(document) == ["format", "version", "server", "server_version", "models", "running"]
    assert (document["format"], document["version"]) == ("chinwag-models", 1)
    assert document["models"][0] == {
        "name": "tiny:1b",
        "size": 1_300_000_000,
        "family": "llama",
        "parameter_size": "1B",
        "quantization": "Q4_0",
        "capabilities": ["completion", "vision"],
        "modified": None,
        "digest": "",
        "context_length": None,
    }


def test_a_server_that_is_away_is_said_with_status_1() -> None:
    away = ServerSurvey("here", failure=ServerUnreachable("No server answers.", "Start it.").failure)
    done = run(ModelsOptions("list"), shelf=Shelf(ScriptedStore(), away))
    assert done[:3] == (1, "", ["No server answers. Start it."])


def test_a_server_without_models_is_no_error() -> None:
    done = run(ModelsOptions("list"), shelf=Shelf(ScriptedStore(), ServerSurvey("here")))
    assert done[:3] == (0, "", ["There is no model on here yet. Get one with: chinwag models pull NAME"])


def test_a_model_is_shown_in_part_or_as_a_document() -> None:
    options = ModelsOptions("show", ("tiny:1b",), part=ModelPart.LICENSE)
    assert run(options).out == "MIT␛[2J\n"
    document = json.loads(run(replace(options, as_json=True)).out)
    assert (document["format"], document["version"], document["model"]["license"]) == ("chinwag-model", 1, "MIT\x1b[2J")


def test_nothing_is_deleted_without_a_yes() -> None:
    options = ModelsOptions("rm", ("tiny:1b",))
    with pytest.raises(InterfaceError, match="Say --yes"):
        run(options)
    shelf = Shelf(ScriptedStore())
    done = run(options, shelf=shelf, typed="n\n")
    assert done[:3] == (1, "Delete tiny:1b (1.3 GB)? [y/N] ", ["Nothing is deleted."])
    assert shelf.scripted.asked == []
    assert run(options, shelf=shelf, typed="y\n").out.endswith("tiny:1b is deleted.\n")
    assert shelf.scripted.asked == [DeleteModel("tiny:1b")]


def test_what_cannot_be_deleted_does_not_keep_the_rest() -> None:
    refusal = ServerRefusal("The server refused.")
    shelf = Shelf(ScriptedStore(answers={DeleteModel: refusal}))
    done = run(ModelsOptions("rm", ("a", "b"), yes=True), shelf=shelf)
    assert done[:3] == (1, "", ["a is not deleted. The server refused.", "b is not deleted. The server refused."])


@pytest.mark.parametrize(
    ("options", "question", "words"),
    [
        (ModelsOptions("cp", ("a", "b")), CopyModel("a", "b"), "a is called b as well.\n"),
        (ModelsOptions("stop", ("a",)), UnloadModel("a"), "a is unloaded.\n"),
    ],
)
def test_what_is_short_is_done_and_said(options: ModelsOptions, question: StoreQuestion, words: str) -> None:
    shelf = Shelf(ScriptedStore())
    assert run(options, shelf=shelf)[:2] == (0, words)
    assert json.loads(run(replace(options, as_json=True), shelf=shelf).out) == {
        "format": "chinwag-models-done",
        "version": 1,
        "action": options.action,
        "model": options.names[-1],
    }
    assert shelf.scripted.asked == [question, question]


def test_a_model_is_warmed_for_as_long_as_wanted() -> None:
    shelf = Shelf(ScriptedStore([b'{"done":true,"done_reason":"load"}']))
    assert run(ModelsOptions("warm", ("tiny",), keep_alive="-1"), shelf=shelf).out == "tiny is loaded.\n"
    assert shelf.scripted.works == [(LoadModel("tiny", "-1"), 1.0)]


def test_a_pull_without_a_terminal_is_told_in_lines() -> None:
    pieces = [line(status="pulling manifest"), *(layer(ONE, n, 1000) for n in range(0, 1001, 10)), layer(OTHER, 5, 10)]
    assert run(ModelsOptions("pull", ("tiny",)), [*pieces, SUCCESS]).out == (
        "tiny: pulling manifest\n"
        "tiny: aaaaaaaaaaaa    0%  of 1 kB\n"
        "tiny: aaaaaaaaaaaa   25%  of 1 kB\n"
        "tiny: aaaaaaaaaaaa   50%  of 1 kB\n"
        "tiny: aaaaaaaaaaaa   75%  of 1 kB\n"
        "tiny: aaaaaaaaaaaa  100%  of 1 kB\n"
        "tiny: bbbbbbbbbbbb   50%  of 10 B\n"
        "tiny: success\n"
        "tiny: tiny is pulled\n"
    )


def test_a_pull_on_a_terminal_has_a_bar_for_each_layer() -> None:
    done = run(ModelsOptions("pull", ("tiny",)), [layer(ONE, 500), layer(OTHER, 10, 10), SUCCESS], typed="")
    *_, last = done.out.split("\x1b[J")
    assert last.splitlines() == [
        f"aaaaaaaaaaaa [{'#' * 27}{' ' * 27}]  50% 1 kB",
        f"bbbbbbbbbbbb [{'#' * 54}] 100% 10 B",
        "tiny: tiny is pulled",
    ]


def test_a_pull_for_programs_is_an_event_a_line() -> None:
    done = run(ModelsOptions("pull", ("tiny",), as_json=True), [layer(ONE, 500), SUCCESS])
    events = [json.loads(text) for text in done.out.splitlines()]
    assert [(one["event"], one["version"], one["model"], one["status"]) for one in events] == [
        ("progress", 1, "tiny", "pulling aaaaaaaaaaaa"),
        ("progress", 1, "tiny", "success"),
        ("done", 1, "tiny", "success"),
    ]
    assert events[-1]["layers"] == [{"digest": ONE, "total": 1000, "completed": 500}]


def test_a_pull_that_breaks_is_gone_on_with_and_never_goes_back() -> None:
    lost = ConnectionLost("The connection broke.")
    bodies: list[list[bytes | Exception]] = [
        [layer(ONE, 700), lost],
        [layer(ONE, 100), lost],
        [layer(ONE, 1000), SUCCESS],
    ]
    done = run(ModelsOptions("pull", ("tiny",), as_json=True), *bodies)
    events = [json.loads(text) for text in done.out.splitlines()]
    counted = [one["layers"][0]["completed"] for one in events]
    assert counted == sorted(counted)
    assert [one["delay"] for one in events if one["event"] == "retry"] == done.waits == [1.0, 2.0]
    assert (done.status, events[-1]["event"]) == (0, "done")


def _repeated(error: Exception, attempts: int) -> list[list[bytes | Exception]]:
    return [[error] for _ in range(attempts)]


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (ServerUnreachable("No server answers."), 3),
        (MalformedFrame("Garbage."), 3),
        (ServerRefusal("No."), 1),
        (ConnectionLost("It broke."), 10),
    ],
)
def test_a_pull_that_brings_nothing_is_given_up(error: Exception, attempts: int) -> None:
    done = run(ModelsOptions("pull", ("tiny",), as_json=True), *_repeated(error, attempts))
    assert (done.status, len(done.waits), done.complaints) == (1, attempts - 1, [f"tiny: {error}"])
    assert json.loads(done.out.splitlines()[-1])["error"] == str(error)


def test_an_error_line_is_the_end_of_a_pull_and_the_next_is_pulled() -> None:
    done = run(ModelsOptions("pull", ("a", "b")), [line(error="no such model")], [SUCCESS])
    assert (done.status, done.complaints) == (1, ["a: The server could not do it: no such model."])
    assert done.out.endswith("b: b is pulled\n")


def test_ctrl_c_says_that_a_pull_can_be_gone_on_with() -> None:
    class Interrupted(Shelf):
        def work(self, work: StoreWork, patience: float = 1.0) -> AbstractContextManager[WorkBody]:
            raise KeyboardInterrupt

    done = run(ModelsOptions("pull", ("tiny",)), shelf=Interrupted(ScriptedStore()))
    assert done[:3] == (130, "", ["Interrupted. The same command goes on where it was."])


def test_a_model_is_made_of_a_file() -> None:
    shelf = Shelf(ScriptedStore([SUCCESS]))
    options = ModelsOptions("create", ("new",), file="Modelfile", quantize="q4_0")
    assert run(options, shelf=shelf).out == "new: success\nnew: new is made\n"
    assert shelf.scripted.works == [(CreateModel("new", "Modelfile", "q4_0"), 1.0)]


@pytest.mark.parametrize("name", ["a b", "\x1b[2J", "", "x" * 300])
def test_a_name_that_cannot_be_is_wrong_usage(name: str) -> None:
    with pytest.raises(InterfaceError, match="no name of a model"):
        run(ModelsOptions("pull", (name,)))
