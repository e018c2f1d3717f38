"""What goes with a prompt that goes to many: it goes to all of them, and is there once an answer is picked."""

from pathlib import Path

from msgspec.structs import replace

from protocol.archivist import Resume
from protocol.attachments import lightened
from protocol.chat import Attachment, ChatMessage, Role
from protocol.comparison import (
    AnswersBrought,
    Compare,
    CompareAgain,
    ComparisonBegan,
    ComparisonChanged,
    Contestant,
    JudgeAnswers,
    PickAnswer,
    PrepareComparison,
    RestoreComparison,
)
from protocol.coordinator import RestoreConversation, ServerSurveyed, Submit
from protocol.errors import InterfaceError
from protocol.identity import ServerName, TurnId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.models import InstalledModel, ServerSurvey
from protocol.reply import Reply
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.ui import ConversationRetold, InputRefused, PathShown, TurnAccepted, TurnQueued, WaitReason
from tests.actors.test_archive_comparisons import (
    BROUGHT,
    COLUMNS_STARTED,
    COMPARISON,
    LEFT,
    PROMPT,
    REPLY,
    RIGHT,
    SMALL_ANSWERS,
)
from tests.support.archiving import STARTED, answered, keeping, kept
from tests.support.comparing import BOTH, Names
from tests.support.coordinating import MODEL, A, Desk, asked, failed, finished, stream, submit, surveyed
from tests.support.keeping import TALK, left_by_a_kill
from tests.support.pictures import png

PICTURE, NOTES = Attachment("a.png", "image/png", png()), Attachment("notes.txt", "text/plain", b"Hi")
WITH_IT = (PICTURE, NOTES)
LOOK = Submit(A, "Why?", attachments=WITH_IT)
BLIND, SEEING = (InstalledModel(name, capabilities=sees) for name, sees in (("small", ("completion",)), ("large", ())))
SEES = ServerSurvey("here", models=(BLIND, replace(SEEING, capabilities=("completion", "vision"))))
NO_EYES = replace(SEES, models=(*SEES.models, InstalledModel(MODEL, capabilities=("completion",))))
REFUSAL = "small cannot see images. These can: large. Choose another with /model or -m, or send it without the image."


def prepared(survey: ServerSurvey | None = None) -> tuple[Desk, Names]:
    """A desk at which the next prompt goes to two."""
    desk = Desk()
    desk.given(surveyed() if survey is None else ServerSurveyed(survey, None), PrepareComparison(A, BOTH))
    return desk, Names(1)


def streams(told: list[object]) -> list[OpenStream]:
    return [one for one in told if isinstance(one, OpenStream)]


def test_it_goes_to_every_one() -> None:
    desk, names = prepared()
    told = desk.after(LOOK)
    assert [one for one in told if isinstance(one, ComparisonBegan | TurnAccepted)] == [
        ComparisonBegan(A, names.comparison, WITH_IT),
        TurnAccepted(names.left, names.first.turn, "Why?", attachments=WITH_IT),
        TurnAccepted(names.right, names.second.turn, "Why?", attachments=WITH_IT),
    ]
    asks = (ChatMessage(Role.USER, "Why?", attachments=WITH_IT),)
    assert [one.request.messages for one in streams(told)] == [asks, asks]


def test_nothing_goes_with_a_command() -> None:
    desk = Desk()
    (began,) = [one for one in desk.after(surveyed(), Compare(A, BOTH, "Why?")) if isinstance(one, ComparisonBegan)]
    assert began.attachments == ()


def test_when_one_is_picked_it_goes_with_the_prompt_of_the_chat() -> None:
    desk, names = prepared()
    desk.given(LOOK, finished(names.first, "Small."), finished(names.second, "Large."))
    told = desk.after(PickAnswer(A, 2))
    (brought,) = [one for one in told if isinstance(one, AnswersBrought)]
    (shown,) = [one for one in told if isinstance(one, PathShown)]
    assert brought.prompt.attachments == shown.exchanges[0].attachments == WITH_IT
    (opened,) = streams(desk.after(submit(A, "And?")))
    assert opened.request.messages[0] == ChatMessage(Role.USER, "Why?", attachments=WITH_IT)


def test_an_answer_that_is_picked_has_the_images_that_were_drawn_in_it() -> None:
    desk, names = prepared()
    drawn = Reply("There.", images=(PICTURE,))
    desk.given(LOOK, replace(finished(names.first), reply=drawn), finished(names.second, "Large."))
    (brought,) = [one for one in desk.after(PickAnswer(A, 1)) if isinstance(one, AnswersBrought)]
    assert brought.replies[0].reply == drawn


def test_it_is_sent_again_when_they_answer_again() -> None:
    desk, names = prepared()
    desk.given(LOOK, finished(names.first, "Small."), finished(names.second, "Large."))
    asks = (ChatMessage(Role.USER, "Why?", attachments=WITH_IT),)
    assert [one.request.messages for one in streams(desk.after(CompareAgain(A)))] == [asks, asks]


def test_nothing_goes_with_the_question_to_a_judge() -> None:
    desk, names = prepared()
    desk.given(LOOK, finished(names.first, "Small."), finished(names.second, "Large."))
    (opened,) = streams(desk.after(JudgeAnswers(A, "large", "Which?")))
    assert opened.request == asked("Which?", model="large")


def test_one_that_cannot_see_is_refused_in_its_column_only() -> None:
    desk, names = prepared(SEES)
    told = desk.after(LOOK)
    assert failed(names.left, replace(names.first, attempt=0), InterfaceError(REFUSAL).failure) in told
    assert [one.stream for one in streams(told)] == [names.second]


def test_whether_the_model_of_the_chat_sees_does_not_matter() -> None:
    desk, names = prepared(NO_EYES)
    assert [one.stream for one in streams(desk.after(LOOK))] == [names.second]


def test_after_it_was_taken_back_it_matters_again() -> None:
    desk = Desk()
    assert isinstance(desk.after(ServerSurveyed(NO_EYES, None), LOOK)[-1], InputRefused)


def test_after_an_image_was_shown_in_the_chat_one_at_a_server_that_nobody_has_looked_at_waits_for_a_look() -> None:
    mill = ServerName("mill")
    desk = Desk(settings=EngineSettings(others=(ServerSettings(name="mill"),)))
    desk.given(surveyed(), LOOK, finished(stream(2), "I see."))
    names = Names(2, stream(2).message)
    told = desk.after(Compare(A, (Contestant("small"), Contestant("large", mill)), "And?"))
    assert [one.stream for one in streams(told)] == [names.first]
    assert TurnQueued(names.right, names.second.turn, WaitReason.SURVEY) in told
    (opened,) = streams(desk.after(ServerSurveyed(SEES, None, mill)))
    assert opened.request.messages[0] == ChatMessage(Role.USER, "Why?", attachments=WITH_IT)


def test_it_is_on_disk_with_the_prompt_in_every_column_before_a_turn_is_told_of(tmp_path: Path) -> None:
    look, light = Submit(TALK, "Why?", attachments=WITH_IT), lightened(WITH_IT)
    with keeping(tmp_path / "a", "dead") as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), look, *COLUMNS_STARTED)
        archivist.hears(ComparisonBegan(TALK, COMPARISON, light))
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with keeping(folder) as archivist:
        parent, restored = archivist.coordinator.take()
    assert isinstance(parent, RestoreConversation)
    assert isinstance(restored, RestoreComparison)
    assert parent.record.waiting == ()
    assert [one.waiting[0].attachments for one in restored.records] == [light, light]
    bound = {one.id: kept(folder, one.id) for one in restored.records}
    assert [one and one.waiting[0].attachments for one in bound.values()] == [WITH_IT, WITH_IT]


def test_it_is_on_disk_too_where_the_archivist_failed_to_keep_the_comparison_and_is_told_again(tmp_path: Path) -> None:
    look, light = Submit(TALK, "Why?", attachments=WITH_IT), lightened(WITH_IT)
    waiting = WaitingPrompt(TurnId("r"), "Why?", attachments=light)
    column = ConversationRecord(RIGHT, "", "large", "", 1.0, 1.0, None, waiting=(waiting,), column_of=TALK)
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), look, *COLUMNS_STARTED)
        archivist.hears(ComparisonChanged(TALK, COMPARISON), ConversationRetold(column))
    record = kept(tmp_path, RIGHT)
    assert record is not None
    assert [one.attachments for one in record.waiting] == [WITH_IT]


def test_what_is_brought_is_kept_with_it_and_with_what_was_drawn(tmp_path: Path) -> None:
    look, light = Submit(TALK, "Why?", attachments=WITH_IT), lightened(WITH_IT)
    accepted = [
        TurnAccepted(name, TurnId(turn), "Why?", attachments=light) for name, turn in ((LEFT, "l"), (RIGHT, "r"))
    ]
    brought = replace(
        BROUGHT,
        prompt=replace(PROMPT, attachments=light),
        replies=(replace(REPLY, attachments=(PICTURE,)),),
    )
    with keeping(tmp_path, "one") as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), look, *COLUMNS_STARTED)
        archivist.hears(ComparisonBegan(TALK, COMPARISON, light), *accepted, *SMALL_ANSWERS, brought, brought)
    record = kept(tmp_path)
    assert record is not None
    assert [node.attachments for node in record.messages[2:]] == [WITH_IT, (PICTURE,)]
    with keeping(tmp_path, "two") as archivist:
        archivist.hears(Resume(TALK))
        parent, *_ = archivist.coordinator.take()
    assert isinstance(parent, RestoreConversation)
    assert parent.record.messages[2].attachments == light
