import pytest

from protocol.errors import ConnectionLost, ServerUnreachable
from protocol.model_commands import ModelPart
from protocol.model_words import (
    card_words,
    job_words,
    jobs_words,
    memory_words,
    models_words,
    progress_words,
    running_words,
    size_words,
    unfit_name,
    until_words,
)
from protocol.models import InstalledModel, RunningModel, ServerSurvey, describe_emptiness
from protocol.ollama_store import decode_show
from protocol.progress import Layer, Progress
from protocol.store import Job, JobId, JobState, LoadModel, ModelCard, PullModel
from tests.support.recordings import recording

HALF = Progress("pulling", (Layer("sha256:aaaaaaaaaaaaaaaa", 4_000_000_000, 1_200_000_000), Layer("b", 0)))
PULL = Job(JobId("pull"), PullModel("tiny:1b"), progress=HALF)


def test_sizes_are_said_as_people_say_them() -> None:
    assert [size_words(size) for size in (0, 5, 5_120, 98_362_813, 7_365_960_935)] == [
        "",
        "5 B",
        "5 kB",
        "98 MB",
        "7.4 GB",
    ]


def test_a_pull_is_told_in_bytes_and_layer_by_layer() -> None:
    assert progress_words(HALF) == "1.2 of 4.0 GB"
    assert progress_words(Progress("pulling manifest")) == "pulling manifest"
    assert jobs_words([PULL]) == (
        "pulling tiny:1b: 1.2 of 4.0 GB\n  aaaaaaaaaaaa   30%  of 4.0 GB\n  b    0%  of unknown size"
    )
    assert jobs_words([]) == "Nothing is being pulled. Get a model with /pull NAME."


def test_a_pull_that_broke_says_when_it_is_tried_again_and_why() -> None:
    failure = ConnectionLost("The connection broke.").failure
    job = Job(JobId("pull"), PullModel("tiny"), JobState.WAITING, HALF, failure, 4.0)
    assert job_words(job) == "pulling tiny: tried again in 4 s (The connection broke), 1.2 of 4.0 GB"
    assert job_words(Job(JobId("load"), LoadModel("tiny"))) == "loading tiny: begun"


def test_the_memory_and_the_end_of_a_loaded_model_are_said() -> None:
    assert memory_words(RunningModel("a", 2_000_000_000)) == "2.0 GB on the CPU"
    assert memory_words(RunningModel("a", 2_000_000_000, size_vram=2_000_000_000)) == "2.0 GB on the GPU"
    assert memory_words(RunningModel("a", 2_000_000_000, size_vram=500_000_000)) == "2.0 GB, 25 % on the GPU"
    assert (until_words(None), until_words(11_017_760_850.0)) == ("", "for ever")
    assert running_words(ServerSurvey("here", running=())) == "No model is loaded."
    assert running_words(ServerSurvey("here")) == "here does not say which models are loaded."


def test_models_are_listed_with_what_is_known_of_them_and_the_chosen_one_marked() -> None:
    tiny = InstalledModel("tiny:latest", 950_000_000, "llama", "1B", "Q4_0", capabilities=("completion", "vision"))
    models = tiny, InstalledModel("huge:70b", 40_200_000_000, "llama", "70B"), InstalledModel("bare")
    running = RunningModel("huge:70b"), RunningModel("bare", expires=5e9)
    assert models_words(ServerSurvey("here", models=models, running=running), "huge:70b").splitlines() == [
        "Models on here (choose with /model NAME):",
        "   tiny:latest  950 MB  llama  1B  Q4_0  vision",
        " * huge:70b  40.2 GB  llama  70B  loaded",
        "   bare  loaded, for ever",
    ]


def test_without_models_it_is_said_how_to_get_one() -> None:
    assert models_words(ServerSurvey("here"), None) == describe_emptiness(ServerSurvey("here"))


def test_a_server_that_is_away_is_said_to_be_away() -> None:
    away = ServerSurvey("here", failure=ServerUnreachable("No server answers.", "Start it.").failure)
    assert models_words(away, "tiny") == "No server answers. Start it."


def test_the_recorded_model_is_shown_part_by_part() -> None:
    card = decode_show("smollm2:135m", recording("show_smollm2").body)
    info = card_words(card, ModelPart.INFO).splitlines()
    assert info[:5] == [
        "smollm2:135m",
        "  architecture        llama",
        "  parameters          134.52M",
        "  quantization        Q4_1",
        "  context length      8,192",
    ]
    assert card_words(card, ModelPart.SYSTEM).startswith("You are a helpful AI assistant")
    assert card_words(card, ModelPart.LICENSE) == "smollm2:135m comes without a license."


@pytest.mark.parametrize("part", ModelPart)
def test_of_a_model_of_which_nothing_is_known_that_is_said(part: ModelPart) -> None:
    assert "old" in card_words(ModelCard("old"), part)


@pytest.mark.parametrize("name", ["", "a b", "a\x1b[2J", "a\n", "\u202egnp", "x" * 256])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    assert unfit_name(name)


@pytest.mark.parametrize("name", ["tiny", "hf.co/some/One-GGUF:Q4_K_M", "http://127.0.0.1:5000/a/b:c"])
def test_a_name_with_slashes_is_a_name(name: str) -> None:
    assert not unfit_name(name)


def test_what_a_server_says_of_a_model_stays_in_its_line() -> None:
    forged = InstalledModel("tiny\n\nchinwag: all is well", family="llama\nchinwag", size=10**6)
    running = RunningModel("tiny\nchinwag", 10**6)
    survey = ServerSurvey("here", models=(forged,), running=(running,))
    assert models_words(survey, None).split("\n")[1:] == ["   tiny chinwag: all is well  1 MB  llama chinwag"]
    assert running_words(survey) == "tiny chinwag  1 MB on the CPU"
