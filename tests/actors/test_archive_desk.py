import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from actors.archive import FILE_NAME, Archive
from actors.archive_desk import FOUND, LISTED
from actors.disk_trouble import UNTIL_THEN
from actors.ownership import Ownership
from protocol.archivist import (
    DeleteConversation,
    ListConversations,
    RecoverConversations,
    Reopen,
    Resume,
    SearchConversations,
    SetTitle,
    UndeleteConversation,
)
from protocol.chat import Conversation, Role
from protocol.coordinator import (
    ConversationsRecovered,
    DiscardConversation,
    RestoreConversation,
    ShowConversation,
    StartConversation,
)
from protocol.identity import ConversationId, ServerName, TurnId
from protocol.kept import ConversationRecord
from protocol.parameter_events import ParametersSet
from protocol.parameters import Option, Parameters
from protocol.reply import Stopped
from protocol.server_events import ServerSet
from protocol.turn import TurnState
from protocol.ui import (
    ConversationDeleted,
    ConversationsListed,
    ConversationStarted,
    HitsFound,
    KeepingFailed,
    NoticePosted,
    TitleSet,
    TurnAccepted,
)
from tests.support.archiving import OTHER, OTHER_STARTED, STARTED, answered, keeping, kept
from tests.support.keeping import EMPTY, MODEL, TALK, opened, rows, stream
from tests.support.troubles import FULL

EARLY = ConversationId("early")
UNKNOWN = "No chat begins with 'sea'."


@contextmanager
def living(folder: Path, owner: str) -> Iterator[None]:
    """A process of this name is alive."""
    ownership = Ownership(folder / "running", owner)
    yield
    ownership.release()


def fill(folder: Path) -> tuple[ConversationRecord, ConversationRecord]:
    """Keep two conversations, the one about rain later than the one about sun; return what is kept of them."""
    with keeping(folder, "before") as archivist:
        archivist.hears(ConversationStarted(EARLY, MODEL), *answered("0", "About sun", "It shines.", EARLY))
        archivist.clock.advance(1.0)
        archivist.hears(STARTED, *answered("1", "About rain", "It falls."))
    sun, rain = kept(folder, EARLY), kept(folder)
    assert sun is not None
    assert rain is not None
    return sun, rain


@pytest.mark.parametrize(("wanted", "place"), [("", 1), ("about", 1), ("ABOUT S", 0), ("talk", 1), ("early", 0)])
def test_a_kept_conversation_is_restored_by_its_title_or_id(tmp_path: Path, wanted: str, place: int) -> None:
    found = fill(tmp_path)[place]
    with keeping(tmp_path) as archivist:
        archivist.hears(Resume(wanted, "huge:70b", "Be long."))
        assert archivist.told() == ([RestoreConversation(found, "huge:70b", "Be long.")], [], [])


def test_one_that_is_restored_is_recovered_with_all_that_holds_in_it(tmp_path: Path) -> None:
    chosen, box = Parameters((Option("seed", 7),)), ServerName("box")
    with keeping(tmp_path) as archivist:
        archivist.hears(
            STARTED, *answered("1", "Hi", "Hello."), ParametersSet(TALK, chosen), ServerSet(TALK, box, MODEL)
        )
    with keeping(tmp_path) as archivist:
        archivist.hears(OTHER_STARTED, Reopen(OTHER, TALK), RecoverConversations())
        recovered = archivist.coordinator.take()[-1]
    assert isinstance(recovered, ConversationsRecovered)
    assert [(one.parameters, one.server) for one in recovered.records if one.id == TALK] == [(chosen, box)]


def test_one_goes_from_one_conversation_to_another(tmp_path: Path) -> None:
    _, rain = fill(tmp_path)
    with keeping(tmp_path) as archivist:
        archivist.hears(OTHER_STARTED, Reopen(OTHER, "about r"))
        assert archivist.told() == ([RestoreConversation(rain)], [], [])
        archivist.hears(Reopen(OTHER, "sea"))
        assert archivist.told() == ([], [NoticePosted(OTHER, UNKNOWN)], [])


def test_a_conversation_that_is_open_is_only_named(tmp_path: Path) -> None:
    fill(tmp_path)
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, OTHER_STARTED, Reopen(OTHER, "About rain"))
        assert archivist.coordinator.take() == [ShowConversation(TALK)]


def test_what_another_process_is_at_is_shown_as_interrupted(tmp_path: Path) -> None:
    with opened(tmp_path, "alive") as other:
        other.keep_prompt(EMPTY, "Hi", 1.0)
        other.accept_turn(TurnAccepted(TALK, TurnId("1"), "Hi"), 1.0)
        other.begin_reply(stream("1"), MODEL, 1.0)
    with living(tmp_path, "alive"), keeping(tmp_path) as archivist:
        archivist.hears(Resume())
        ((restored,), _, _) = archivist.told()
    assert isinstance(restored, RestoreConversation)
    states = [(node.id, node.state, node.ending) for node in restored.record.messages]
    interrupted = (TurnState.INTERRUPTED, Stopped())
    assert states == [("1", *interrupted), ("1#1", *interrupted)]
    assert [state for (state,) in rows(tmp_path, "SELECT state FROM message")] == ["connecting", "connecting"]


@pytest.mark.parametrize(("wanted", "words"), [("", "Nothing is kept yet."), ("sea", UNKNOWN)])
def test_what_is_not_kept_is_said_in_the_conversation_that_begins_instead(
    tmp_path: Path, wanted: str, words: str
) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(Resume(wanted, MODEL, "Be brief."))
        assert archivist.told() == ([StartConversation(MODEL, "Be brief.")], [], [])
        archivist.hears(STARTED, OTHER_STARTED)
        assert archivist.told() == ([], [NoticePosted(TALK, words)], [])


def test_the_latest_conversations_are_listed_and_news_in_them_marked(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        for number in range(LISTED + 1):
            archive.keep_prompt(Conversation(ConversationId(str(number)), MODEL), f"prompt {number}", float(number))
        archive.mark_unread(ConversationId(str(LISTED)), True)
    with keeping(tmp_path, "later") as archivist:
        archivist.told()
        archivist.hears(STARTED, ListConversations(TALK))
        (listed,) = (event for event in archivist.ui.take() if isinstance(event, ConversationsListed))
        assert listed.conversation == TALK
        assert [(one.title, one.unread) for one in listed.kept] == [
            (f"prompt {LISTED}", True),
            *((f"prompt {number}", False) for number in range(LISTED - 1, 0, -1)),
        ]


def test_words_are_found_in_prompts_and_replies(tmp_path: Path) -> None:
    fill(tmp_path)
    with keeping(tmp_path) as archivist:
        archivist.hears(SearchConversations(TALK, "shines"), SearchConversations(TALK, "sea"))
        _, (found, nothing), _ = archivist.told()
        assert isinstance(found, HitsFound)
        assert [(hit.conversation.title, hit.role, "shines" in hit.excerpt) for hit in found.hits] == [
            ("About sun", Role.ASSISTANT, True)
        ]
        assert nothing == HitsFound(TALK, "sea", ())


def test_of_many_hits_the_latest_are_told(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        for number in range(FOUND + 1):
            turn = TurnId(str(number))
            archive.keep_prompt(EMPTY, f"word {number}", 1.0)
            archive.accept_turn(TurnAccepted(TALK, turn, f"word {number}"), 1.0)
            archive.begin_reply(stream(turn), MODEL, 1.0)
    with keeping(tmp_path, "later") as archivist:
        archivist.ui.take()
        archivist.hears(SearchConversations(TALK, "word"))
        ((found,),) = (archivist.ui.take(),)
        assert isinstance(found, HitsFound)
        assert len(found.hits) == FOUND


def test_a_title_is_set_told_and_shown(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, SetTitle(TALK, ""), *answered("1", "Hi", "Hello."))
        assert archivist.ui.take() == [
            NoticePosted(TALK, "This chat has no title yet."),
            TitleSet(TALK, "Hi"),
        ]
        archivist.hears(SetTitle(TALK, " The\n sea "), SetTitle(TALK, ""))
        called = NoticePosted(TALK, "This chat is called 'The sea'.")
        assert archivist.ui.take() == [TitleSet(TALK, "The sea"), called, called]
    assert rows(tmp_path, "SELECT title FROM conversation") == [("The sea",)]


def test_a_title_that_the_disk_has_not_taken_yet_outlives_that_the_conversation_is_opened_again(tmp_path: Path) -> None:
    fill(tmp_path)
    with keeping(tmp_path) as archivist:
        archivist.hears(ConversationStarted(EARLY, MODEL, "", "About sun"), SetTitle(EARLY, "The sun"))
        with opened(tmp_path, "other") as other:
            other.set_title(EARLY, "About sun")
        archivist.ui.take()
        archivist.hears(Reopen(EARLY, "About sun"), ConversationStarted(EARLY, MODEL, "", "About sun"))
        assert archivist.ui.take() == [TitleSet(EARLY, "The sun")]


def test_a_conversation_is_deleted_where_one_is_and_brought_back_whole(tmp_path: Path) -> None:
    sun, _ = fill(tmp_path)
    with keeping(tmp_path) as archivist:
        archivist.hears(ConversationStarted(EARLY, MODEL, "", "About sun"), DeleteConversation(EARLY))
        assert archivist.told() == ([DiscardConversation(EARLY)], [ConversationDeleted(EARLY)], [])
        archivist.hears(OTHER_STARTED, ListConversations(OTHER))
        deleted, listed = archivist.ui.take()
        assert deleted == NoticePosted(OTHER, "Deleted 'About sun'. /undelete brings it back.")
        assert isinstance(listed, ConversationsListed)
        assert [one.title for one in listed.kept] == ["About rain"]
        archivist.hears(UndeleteConversation(OTHER))
        assert archivist.told() == ([RestoreConversation(sun)], [], [])


def test_another_conversation_is_deleted_by_its_title(tmp_path: Path) -> None:
    fill(tmp_path)
    with keeping(tmp_path) as archivist:
        archivist.hears(OTHER_STARTED, DeleteConversation(OTHER, "about s"))
        deleted = NoticePosted(OTHER, "Deleted 'About sun'. /undelete brings it back.")
        assert archivist.told() == ([DiscardConversation(EARLY)], [ConversationDeleted(EARLY), deleted], [])
    with opened(tmp_path) as archive:
        assert [one.title for one in archive.reader.conversations(-1)] == ["About rain"]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (DeleteConversation(OTHER), "Nothing of this chat is kept yet."),
        (DeleteConversation(OTHER, "sea"), UNKNOWN),
        (UndeleteConversation(OTHER), "Nothing was deleted."),
    ],
)
def test_what_is_not_there_cannot_be_deleted_or_brought_back(
    tmp_path: Path, question: DeleteConversation | UndeleteConversation, words: str
) -> None:
    fill(tmp_path)
    with keeping(tmp_path) as archivist:
        archivist.hears(OTHER_STARTED, question)
        assert archivist.told() == ([], [NoticePosted(OTHER, words)], [])


def refuses(path: Path, owner: str) -> Archive:
    raise FULL


def test_where_nothing_can_be_read_a_conversation_begins_and_every_question_is_answered_so(tmp_path: Path) -> None:
    words = f"The disk is full: {tmp_path / FILE_NAME} cannot grow. Free some space. {UNTIL_THEN}"
    with keeping(tmp_path, open_archive=refuses) as archivist:
        assert archivist.ui.take() == [KeepingFailed(words)]
        archivist.hears(Resume("sea"), STARTED)
        assert (archivist.coordinator.take(), archivist.ui.take()) == ([StartConversation()], [])
        archivist.hears(ListConversations(TALK), Reopen(TALK, "sea"), DeleteConversation(TALK))
        assert archivist.ui.take() == [NoticePosted(TALK, words)] * 3


def test_a_conversation_that_makes_no_sense_gives_way_to_a_new_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)  # for pytest keeps the frames of a logged error alive, and with them the file
    fill(tmp_path)
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("UPDATE message SET state = 'odd' WHERE conversation = 'talk'")
    connection.close()
    with keeping(tmp_path) as archivist:
        archivist.hears(Resume(), OTHER_STARTED)
        words = f"{tmp_path / FILE_NAME} cannot be used ('odd' is not a valid TurnState)."
        assert archivist.told() == ([StartConversation()], [NoticePosted(OTHER, words)], [])
