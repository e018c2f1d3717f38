"""What every command of the table asks, and of whom."""

import pytest

from actors.orders import Asked, UserCommand, order, question
from protocol.archivist import (
    ArchiveQuestion,
    DeleteConversation,
    ListConversations,
    Reopen,
    SearchConversations,
    SetTitle,
    UndeleteConversation,
)
from protocol.command_table import COMMANDS, parse_command
from protocol.commands import Advice, Attach, Debug, Help, Quit, SetFormatFile, Show, Unknown
from protocol.compare_words import CompareJudge, CompareMerge
from protocol.comparison import (
    Compare,
    CompareAgain,
    Contestant,
    DropComparison,
    JudgeAnswers,
    MergeAnswers,
    PickAnswer,
    PrepareComparison,
    ShowComparison,
)
from protocol.context import CompactConversation, ShowContext
from protocol.coordinator import (
    CancelAll,
    CancelConversation,
    ChooseModel,
    ChooseVersion,
    ContinueReply,
    DropQueued,
    EditPrompt,
    EditQueued,
    ForkConversation,
    MoveQueued,
    RedoPrompt,
    RetryNow,
    RetryReply,
    SendNow,
    SetSystemPrompt,
    ShowConversation,
    ShowModels,
    ShowQueue,
    ShowSystemPrompt,
    StartConversation,
    UndoPrompt,
)
from protocol.drawn_images import SaveDrawnImages
from protocol.identity import ConversationId, ServerName
from protocol.model_commands import (
    Copy,
    Create,
    Load,
    ModelPart,
    Models,
    Pull,
    Pulls,
    Remove,
    Running,
    ShowModel,
    StopPull,
    Unload,
)
from protocol.model_work import ModelOrder
from protocol.parameter_changes import SetOption
from protocol.parameter_commands import (
    ChangeParameters,
    ListParameters,
    ShowParameters,
    ShowPresets,
    UsePreset,
)
from protocol.server_commands import ChooseServer, ShowPool, ShowServers

TALK = ConversationId("talk")
ORDERS: list[tuple[str, UserCommand]] = [
    ("/new", StartConversation(like=TALK)),
    ("/model", ShowModels(TALK)),
    ("/model tiny:1b", ChooseModel(TALK, "tiny:1b")),
    ("/system", ShowSystemPrompt(TALK)),
    ("/system Be brief, please.", SetSystemPrompt(TALK, "Be brief, please.")),
    ("/system -", SetSystemPrompt(TALK, "")),
    ("/compare", ShowComparison(TALK)),
    ("/compare a b", PrepareComparison(TALK, (Contestant("a"), Contestant("b")))),
    ("/compare a b -- Why?", Compare(TALK, (Contestant("a"), Contestant("b")), "Why?")),
    ("/compare again", CompareAgain(TALK)),
    ("/compare pick 2", PickAnswer(TALK, 2)),
    ("/compare judge a", JudgeAnswers(TALK, "a")),
    ("/compare merge a", MergeAnswers(TALK, "a")),
    ("/compare drop", DropComparison(TALK)),
    ("/cancel", CancelConversation(TALK)),
    ("/cancel all", CancelAll()),
    ("/retry", RetryReply(TALK)),
    ("/continue", ContinueReply(TALK)),
    ("/edit", EditPrompt(TALK)),
    ("/undo", UndoPrompt(TALK)),
    ("/redo", RedoPrompt(TALK)),
    ("/version", ChooseVersion(TALK, 1)),
    ("/version back", ChooseVersion(TALK, -1)),
    ("/fork", ForkConversation(TALK)),
    ("/compact", CompactConversation(TALK, 2)),
    ("/compact 0", CompactConversation(TALK, 0)),
    ("/context", ShowContext(TALK)),
    ("/queue", ShowQueue(TALK)),
    ("/queue edit 2", EditQueued(TALK, 2)),
    ("/queue drop 2", DropQueued(TALK, 2)),
    ("/queue move 2 1", MoveQueued(TALK, 2, 1)),
    ("/queue now", SendNow(TALK)),
    ("/queue now 2", SendNow(TALK, 2)),
    ("/now", RetryNow(TALK)),
    ("/save-images", SaveDrawnImages(TALK)),
    ('/save-images "my pictures"', SaveDrawnImages(TALK, "my pictures")),
    (" /NEW ", StartConversation(like=TALK)),
    ("/models", ModelOrder(TALK, Models())),
    ("/pull", ModelOrder(TALK, Pulls())),
    ("/pull tiny:1b", ModelOrder(TALK, Pull("tiny:1b"))),
    ("/pull --insecure hub/tiny", ModelOrder(TALK, Pull("hub/tiny", insecure=True))),
    ("/pull stop tiny:1b", ModelOrder(TALK, StopPull("tiny:1b"))),
    ("/show", ModelOrder(TALK, ShowModel())),
    ("/show license", ModelOrder(TALK, ShowModel(ModelPart.LICENSE))),
    ("/show tiny:1b", ModelOrder(TALK, ShowModel(name="tiny:1b"))),
    ("/show template tiny:1b", ModelOrder(TALK, ShowModel(ModelPart.TEMPLATE, "tiny:1b"))),
    ("/ps", ModelOrder(TALK, Running())),
    ("/load", ModelOrder(TALK, Load())),
    ("/load tiny:1b", ModelOrder(TALK, Load("tiny:1b"))),
    ("/unload", ModelOrder(TALK, Unload())),
    ("/unload tiny:1b", ModelOrder(TALK, Unload("tiny:1b"))),
    ("/rm tiny:1b", ModelOrder(TALK, Remove("tiny:1b"))),
    ("/rm tiny:1b yes", ModelOrder(TALK, Remove("tiny:1b", sure=True))),
    ("/cp tiny:1b other", ModelOrder(TALK, Copy("tiny:1b", "other"))),
    ("/create pirate my file", ModelOrder(TALK, Create("pirate", "my file"))),
]
SETTINGS: list[tuple[str, UserCommand]] = [
    ("/set", ListParameters(TALK)),
    ("/set temperature", ListParameters(TALK, "temperature")),
    ("/set temperature 0.2", ChangeParameters(TALK, SetOption("temperature", 0.2))),
    ("/set system Be brief.", SetSystemPrompt(TALK, "Be brief.")),
    ("/show parameters", ShowParameters(TALK)),
    ("/show system", ShowSystemPrompt(TALK)),
    ("/preset", ShowPresets(TALK)),
    ("/server", ShowServers(TALK)),
    ("/servers", ShowPool(TALK)),
    ("/server mill", ChooseServer(TALK, ServerName("mill"))),
    ("/preset coder", UsePreset(TALK, "coder")),
]
QUESTIONS: list[tuple[str, ArchiveQuestion]] = [
    ("/chats", ListConversations(TALK)),
    ("/open Capital of", Reopen(TALK, "Capital of")),
    ("/title", SetTitle(TALK, "")),
    ("/title The sea", SetTitle(TALK, "The sea")),
    ("/search deep sea", SearchConversations(TALK, "deep sea")),
    ("/delete", DeleteConversation(TALK)),
    ("/delete The sea", DeleteConversation(TALK, "The sea")),
    ("/undelete", UndeleteConversation(TALK)),
]


@pytest.mark.parametrize(("text", "told"), ORDERS + SETTINGS, ids=[text for text, _ in ORDERS + SETTINGS])
def test_a_command_is_an_order_to_the_coordinator(text: str, told: UserCommand) -> None:
    command = parse_command(text)
    assert not isinstance(command, Asked | Help | Debug | Quit | Unknown | Advice | Attach | SetFormatFile)
    assert order(TALK, command) == told


def test_a_question_to_a_judge_goes_as_it_was_edited() -> None:
    assert order(TALK, CompareJudge("a", "Which?")) == JudgeAnswers(TALK, "a", "Which?")
    assert order(TALK, CompareMerge("a", "All?")) == MergeAnswers(TALK, "a", "All?")


@pytest.mark.parametrize(("text", "told"), QUESTIONS, ids=[text for text, _ in QUESTIONS])
def test_a_command_is_a_question_to_the_archivist(text: str, told: ArchiveQuestion) -> None:
    command = parse_command(text)
    assert isinstance(command, Asked)
    assert question(TALK, command) == told


def test_every_command_of_the_table_but_those_of_the_input_handler_is_held_here() -> None:
    held = {text.split()[0].lower() for text, _ in [*ORDERS, *SETTINGS, *QUESTIONS]}
    assert held == {f"/{entry.name}" for entry in COMMANDS} - {"/attach", "/debug", "/help", "/quit"}


def test_a_key_leads_to_an_open_conversation_without_the_archive() -> None:
    other = ConversationId("other")
    assert order(TALK, Show(other)) == ShowConversation(other)
