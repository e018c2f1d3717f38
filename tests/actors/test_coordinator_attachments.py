import pytest
from msgspec.structs import replace

from protocol.attaching import ImagesWanted
from protocol.chat import Attachment, ChatMessage, ChatRequest, Role
from protocol.coordinator import (
    ChooseModel,
    CoordinatorMessage,
    EditPrompt,
    EditQueued,
    ForkConversation,
    ReplyFinished,
    RestoreConversation,
    RetryReply,
    ServerSurveyed,
    Submit,
)
from protocol.drawn_images import SaveDrawnImages
from protocol.errors import InterfaceError, ServerRefusal
from protocol.identity import MessageId, StreamId, TurnId
from protocol.kept import ConversationRecord
from protocol.models import InstalledModel, ServerSurvey
from protocol.reply import Reply
from protocol.stream_reader import OpenStream
from protocol.tree import Node, Place
from protocol.turn import TurnState
from protocol.ui import (
    ConversationForked,
    InputRefused,
    ModelSet,
    NoticePosted,
    PathShown,
    PromptOffered,
    PromptReworded,
    ServerChanged,
    TurnAccepted,
    TurnEnded,
    TurnQueued,
    WaitReason,
)
from tests.support.coordinating import (
    AWAY,
    DONE,
    MODEL,
    A,
    B,
    Desk,
    begun,
    broke,
    failed,
    finished,
    limits,
    stream,
    surveyed,
)
from tests.support.pictures import png

PICTURE = Attachment("a.png", "image/png", png())
NOTES = Attachment("notes.txt", "text/plain", b"Hi")
BLIND = InstalledModel(MODEL, capabilities=("completion",))
SEEING = InstalledModel("llava:7b", capabilities=("completion", "vision"))
NO_EYES = ServerSurvey("here", models=(BLIND, SEEING))
BLINDNESS = "tiny:1b cannot see images. These can: llava:7b."
REFUSAL = f"{BLINDNESS} Choose another with /model or -m, or send it without the image."
LOOK = Submit(A, "Look.", attachments=(PICTURE, NOTES))


def said(*messages: ChatMessage) -> ChatRequest:
    return ChatRequest(MODEL, messages)


def user(text: str, *attachments: Attachment) -> ChatMessage:
    return ChatMessage(Role.USER, text, attachments=attachments)


SEEN = ChatMessage(Role.ASSISTANT, "I see.")


def test_what_goes_with_a_prompt_is_told_and_sent_with_it() -> None:
    desk = Desk()
    desk.given(surveyed())
    assert desk.after(LOOK) == [
        TurnAccepted(A, TurnId("2"), "Look.", attachments=(PICTURE, NOTES)),
        *begun(A, stream(2), said(user("Look.", PICTURE, NOTES))),
    ]


def test_it_is_sent_again_with_every_later_prompt() -> None:
    desk = Desk()
    desk.given(surveyed(), LOOK, finished(stream(2), "I see."))
    request = said(user("Look.", PICTURE, NOTES), SEEN, user("And now?"))
    assert desk.after(Submit(A, "And now?"))[-1] == begun(A, stream(3), request)[-1]


def test_a_retry_sends_the_same() -> None:
    desk = Desk()
    desk.given(surveyed(), LOOK, finished(stream(2), "I see."))
    request, marks = said(user("Look.", PICTURE, NOTES)), (Place(), Place(2, 2))
    assert desk.after(RetryReply(A)) == [
        TurnAccepted(A, TurnId("2"), "Look.", again=True, attachments=(PICTURE, NOTES)),
        *begun(A, stream(2, 2), request, marks),
    ]


def test_a_prompt_that_is_offered_to_be_changed_has_what_goes_with_it() -> None:
    desk = Desk()
    desk.given(surveyed(), LOOK, finished(stream(2), "I see."), Submit(A, "wait"), replace(LOOK, prompt="Later."))
    assert desk.after(EditQueued(A, 2)) == [PromptOffered(A, TurnId("4"), "Later.", (PICTURE, NOTES))]
    desk.given(finished(stream(3)), finished(stream(4)))
    assert desk.after(EditPrompt(A)) == [PromptOffered(A, TurnId("4"), "Later.", (PICTURE, NOTES))]


def test_a_prompt_that_waits_has_what_goes_with_its_new_words() -> None:
    desk = Desk()
    desk.given(surveyed(), Submit(A, "first"), LOOK)
    assert desk.after(Submit(A, "Read.", TurnId("3"), attachments=(NOTES,))) == [
        PromptReworded(A, TurnId("3"), "Read.", (NOTES,))
    ]
    told = desk.after(finished(stream(2), "I see."))
    assert told[-1] == begun(A, stream(3), said(user("first"), SEEN, user("Read.", NOTES)))[-1]


def test_a_copy_and_what_is_shown_again_have_it() -> None:
    desk = Desk()
    desk.given(surveyed(), LOOK, finished(stream(2), "I see."))
    told = desk.after(ForkConversation(A))
    (forked,) = [one for one in told if isinstance(one, ConversationForked)]
    (shown,) = [one for one in told if isinstance(one, PathShown)]
    assert forked.record.messages[0].attachments == (PICTURE, NOTES)
    assert shown.exchanges[0].attachments == (PICTURE, NOTES)


@pytest.mark.parametrize("command", [LOOK, replace(LOOK, prompt="Other words.")])
def test_a_model_that_is_known_not_to_see_is_asked_nothing_and_the_prompt_goes_back(command: Submit) -> None:
    desk = Desk()
    desk.given(ServerSurveyed(NO_EYES, None))
    assert desk.after(command) == [InputRefused(A, command.prompt, REFUSAL, (PICTURE, NOTES))]


def test_one_that_turns_out_not_to_see_when_the_server_is_looked_at_is_asked_nothing_either() -> None:
    desk = Desk(model=None)
    assert desk.after(LOOK) == [
        TurnAccepted(A, TurnId("2"), "Look.", attachments=(PICTURE, NOTES)),
        TurnQueued(A, TurnId("2"), WaitReason.SURVEY),
    ]
    assert desk.after(ServerSurveyed(NO_EYES, MODEL)) == [
        ServerChanged(NO_EYES),
        ModelSet(A, MODEL),
        failed(A, stream(2, 0), InterfaceError(REFUSAL).failure),
    ]


def test_an_image_waits_for_a_look_at_the_server_though_the_model_is_named_and_a_text_does_not() -> None:
    desk = Desk(2)
    assert desk.after(LOOK)[1:] == [TurnQueued(A, TurnId("3"), WaitReason.SURVEY)]
    text = replace(LOOK, conversation=B, attachments=(NOTES,))
    assert desk.after(text)[-1] == begun(B, stream(4), said(user("Look.", NOTES)))[-1]
    assert desk.after(ServerSurveyed(NO_EYES, None)) == [
        ServerChanged(NO_EYES),
        failed(A, stream(3, 0), InterfaceError(REFUSAL).failure),
    ]


def test_one_that_is_asked_nothing_leaves_its_stream_to_the_next() -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(LOOK, replace(LOOK, conversation=B), Submit(B, "And?"))
    told = desk.after(ServerSurveyed(NO_EYES, None))
    assert [one.conversation for one in told if isinstance(one, TurnEnded)] == [A, B]
    assert [one.stream for one in told if isinstance(one, OpenStream)] == [stream(5)]


def test_a_talk_with_images_that_is_gone_on_with_waits_too_and_is_sent_without_them_where_nobody_sees() -> None:
    prompt = Node(MessageId("p"), None, Role.USER, "Look.", attachments=(PICTURE,))
    reply = Node(MessageId("p#1"), prompt.id, Role.ASSISTANT, "I see.", state=TurnState.DONE)
    kept = ConversationRecord(A, "", MODEL, "", 1.0, 1.0, reply.id, messages=(prompt, reply))
    desk = Desk(0)
    desk.given(RestoreConversation(kept))
    (accepted, queued) = desk.after(Submit(A, "Go on."))
    assert isinstance(accepted, TurnAccepted)
    assert queued == TurnQueued(A, accepted.turn, WaitReason.SURVEY)
    request = said(user("Look."), SEEN, user("Go on."))
    assert desk.after(ServerSurveyed(NO_EYES, None))[-1] == OpenStream(StreamId(accepted.turn, 1), request)


def test_where_no_server_answers_an_image_waits_for_no_other_look() -> None:
    desk = Desk()
    desk.given(LOOK)
    assert desk.after(surveyed(AWAY))[1:-1] == begun(A, stream(2), said(user("Look.", PICTURE, NOTES)))


def test_a_text_is_for_every_model() -> None:
    desk = Desk()
    desk.given(ServerSurveyed(NO_EYES, None))
    told = desk.after(replace(LOOK, attachments=(NOTES,)))
    assert told[-1] == begun(A, stream(2), said(user("Look.", NOTES)))[-1]


def test_where_nobody_knows_whether_it_sees_the_server_decides() -> None:
    desk = Desk()
    desk.given(surveyed(ServerSurvey("here", models=(InstalledModel(MODEL),))))
    assert desk.after(LOOK)[-1] == begun(A, stream(2), said(user("Look.", PICTURE, NOTES)))[-1]


def test_a_talk_with_images_goes_on_with_a_model_that_does_not_see_without_them() -> None:
    desk = Desk()
    desk.given(surveyed(), LOOK, finished(stream(2), "I see."), ServerSurveyed(NO_EYES, None))
    request = said(user("Look.", NOTES), SEEN, user("Go on."))
    assert desk.after(Submit(A, "Go on."))[-1] == begun(A, stream(3), request)[-1]
    desk.given(finished(stream(3)), RetryReply(A))


def test_a_prompt_with_an_image_is_not_asked_again_of_a_model_that_does_not_see() -> None:
    desk = Desk()
    desk.given(surveyed(), LOOK, finished(stream(2), "I see."), ServerSurveyed(NO_EYES, None))
    assert desk.after(RetryReply(A)) == [NoticePosted(A, f"{BLINDNESS} Choose another with /model.")]


def test_that_one_asked_again_is_not_sent_for_its_image_is_said_for_its_old_version_is_shown() -> None:
    refused = ServerRefusal("The server refused (status 404): model 'gone' not found.", "", 404).failure
    desk = Desk(model="gone:1b")
    desk.given(ServerSurveyed(NO_EYES, None), LOOK, broke(stream(2), refused), ServerSurveyed(NO_EYES, None))
    told = desk.after(ChooseModel(A, MODEL))
    assert told[2:4] == [
        TurnAccepted(A, TurnId("2"), "Look.", again=True, attachments=(PICTURE, NOTES)),
        failed(A, stream(2, 0), InterfaceError(REFUSAL).failure),
    ]
    assert isinstance(told[4], PathShown)
    assert told[5:] == [NoticePosted(A, REFUSAL)]


def drawn(*images: Attachment) -> CoordinatorMessage:
    return ReplyFinished(stream(2), Reply("Here.", images=images), DONE)


def test_what_a_model_has_drawn_is_not_sent_back_to_it() -> None:
    desk = Desk()
    desk.given(surveyed(), Submit(A, "Draw."), drawn(PICTURE))
    request = said(user("Draw."), ChatMessage(Role.ASSISTANT, "Here."), user("Thanks."))
    assert desk.after(Submit(A, "Thanks."))[-1] == begun(A, stream(3), request)[-1]


def test_what_was_drawn_is_saved_by_somebody_else() -> None:
    desk = Desk()
    desk.given(surveyed(), Submit(A, "Draw."))
    assert desk.after(SaveDrawnImages(A)) == [NoticePosted(A, "No model has drawn anything here.")]
    desk.given(drawn(PICTURE, PICTURE))
    assert desk.after(SaveDrawnImages(A, "pictures")) == [ImagesWanted(A, (PICTURE, PICTURE), "pictures")]
