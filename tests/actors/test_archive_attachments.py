from pathlib import Path

from msgspec.structs import replace

from actors.archive import Archive
from protocol.attachments import lightened
from protocol.chat import Attachment
from protocol.frames import Chunk
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import WaitingPrompt
from protocol.reply import Reply
from protocol.turn import TurnState
from protocol.ui import PromptReworded, TurnAccepted, TurnEnded
from tests.support.keeping import (
    DONE,
    EMPTY,
    MODEL,
    TALK,
    left_by_a_kill,
    node,
    of_version_1,
    opened,
    recorded,
    rows,
    stream,
)
from tests.support.pictures import gif, png

PICTURE, OTHER = Attachment("a.png", "image/png", png(640, 480)), Attachment("b.gif", "image/gif", gif(1, 1))
NOTES = Attachment("notes.txt", "text/plain", b"Hi")
BLOBS = "SELECT count(*) FROM blob"


def accept(archive: Archive, turn: str, *attachments: Attachment, prompt: str = "Look.") -> None:
    """Keep a prompt with what goes with it, and have its turn wait."""
    archive.keep_prompt(EMPTY, prompt, 1.0, attachments=attachments)
    archive.accept_turn(TurnAccepted(TALK, TurnId(turn), prompt, attachments=lightened(attachments)), 1.0)


def end(archive: Archive, turn: str, reply: Reply, attempt: int = 1) -> None:
    archive.end_turn(TurnEnded(TALK, stream(turn, attempt), TurnState.DONE, reply, DONE), 2.0)


def test_what_goes_with_a_prompt_waits_with_it_and_is_in_the_tree_once_it_is_sent(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", PICTURE, NOTES)
        assert recorded(archive).waiting == (WaitingPrompt(TurnId("1"), "Look.", attachments=(PICTURE, NOTES)),)
        archive.begin_reply(stream("1"), MODEL, 1.0)
        end(archive, "1", Reply("I see."))
        assert (recorded(archive).waiting, node(archive, "1").attachments) == ((), (PICTURE, NOTES))
        assert rows(tmp_path, "SELECT count(*) FROM attachment") == [(2,)]


def test_of_one_that_is_never_sent_it_is_in_the_tree_too(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", PICTURE)
        archive.end_turn(TurnEnded(TALK, stream("1", 0), TurnState.CANCELLED, Reply(), DONE), 2.0)
        assert node(archive, "1").attachments == (PICTURE,)


def test_what_waited_when_the_program_was_killed_has_its_bytes(tmp_path: Path) -> None:
    with opened(tmp_path / "disk", "dead") as archive:
        accept(archive, "1", PICTURE)
        copy = left_by_a_kill(tmp_path / "disk", tmp_path / "copy")
    with opened(copy) as archive:
        assert archive.interrupt_orphans() == [TALK]
        assert recorded(archive, owner="me").waiting == (WaitingPrompt(TurnId("1"), "Look.", attachments=(PICTURE,)),)
        light = archive.reader.record(TALK, "me", light=True)
        assert light is not None
        assert light.waiting[0].attachments == lightened((PICTURE,))


def test_the_same_bytes_are_kept_once_and_go_with_the_last_that_has_them(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        for turn in ("1", "2"):
            accept(archive, turn, PICTURE, prompt=f"Look {turn}.")
        assert rows(tmp_path, BLOBS) == [(1,)]
        archive.delete(TALK, 3.0)
        archive.purge(2.0)
        assert rows(tmp_path, BLOBS) == [(1,)]
        archive.purge(9.0)
        assert rows(tmp_path, BLOBS) == [(0,)]


def test_a_prompt_that_is_changed_has_what_goes_with_the_new_words(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", PICTURE, NOTES)
        archive.keep_prompt(EMPTY, "Look again.", 2.0, attachments=(*lightened((PICTURE,)), OTHER))
        archive.reword(PromptReworded(TALK, TurnId("1"), "Look again.", lightened((PICTURE, OTHER))))
        (waiting,) = recorded(archive).waiting
        assert waiting == WaitingPrompt(TurnId("1"), "Look again.", attachments=(PICTURE, OTHER))


def test_what_went_with_a_prompt_that_is_taken_back_goes_with_it(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Look.", 1.0, attachments=(PICTURE,))
        archive.take_back_prompt(TALK, "Look.")
        archive.purge(0.0)
        assert rows(tmp_path, BLOBS) == [(0,)]


def test_what_another_process_has_taken_back_is_there_when_it_is_sent_again(tmp_path: Path) -> None:
    with opened(tmp_path, "one") as one:
        one.keep_prompt(EMPTY, "Look.", 1.0, attachments=(PICTURE,))
        one.take_back_prompt(TALK, "Look.")
        with opened(tmp_path, "other") as other:
            other.purge(0.0)
        accept(one, "1", *lightened((PICTURE,)))
        assert recorded(one).waiting == (WaitingPrompt(TurnId("1"), "Look.", attachments=(PICTURE,)),)


def test_what_a_process_has_taken_back_that_is_dead_goes(tmp_path: Path) -> None:
    with opened(tmp_path / "disk", "dead") as archive:
        archive.keep_prompt(EMPTY, "Look.", 1.0, attachments=(PICTURE,))
        archive.take_back_prompt(TALK, "Look.")
        copy = left_by_a_kill(tmp_path / "disk", tmp_path / "copy")
    with opened(copy) as archive:
        archive.purge(0.0)
        assert rows(copy, BLOBS) == [(0,)]


def test_what_a_model_draws_is_kept_while_it_streams_and_when_it_ends(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1")
        archive.begin_reply(stream("1"), MODEL, 1.0)
        archive.add_pieces([(stream("1"), (Chunk("Here: "), Chunk(images=(PICTURE,))))])
        assert node(archive, "1#1").attachments == (PICTURE,)
        end(archive, "1", Reply("Here: ", images=(PICTURE,)))
        assert (node(archive, "1#1").text, node(archive, "1#1").attachments) == ("Here: ", (PICTURE,))


def test_one_that_was_interrupted_keeps_what_was_drawn(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1")
        archive.begin_reply(stream("1"), MODEL, 1.0)
        archive.add_pieces([(stream("1"), (Chunk(images=(PICTURE,)),))])
        archive.interrupt_own()
        assert node(archive, "1#1").reply == Reply(images=(PICTURE,))


def test_a_copy_of_a_talk_has_the_same_bytes(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", PICTURE, NOTES)
        archive.begin_reply(stream("1"), MODEL, 1.0)
        end(archive, "1", Reply("I see."))
        light = archive.reader.record(TALK, light=True)
        assert light is not None
        prompt = replace(light.messages[0], id=MessageId("9"))
        copied = replace(light, id=ConversationId("copy"), messages=(prompt,), head=prompt.id)
        for _ in range(2):
            archive.keep_record(copied)
        (kept,) = recorded(archive, ConversationId("copy")).messages
        assert kept.attachments == (PICTURE, NOTES)
        assert rows(tmp_path, BLOBS) == [(2,)]


def test_what_is_told_again_is_mended_with_what_goes_with_it(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", PICTURE, NOTES)
        archive.begin_reply(stream("1"), MODEL, 1.0)
        end(archive, "1", Reply("I see.", images=(OTHER,)))
        accept(archive, "2", OTHER, prompt="And this?")
        whole = recorded(archive)
    with opened(tmp_path / "fresh") as fresh:
        fresh.mend(whole, 5.0)
        mended = recorded(fresh)
        assert [one.attachments for one in mended.messages] == [one.attachments for one in whole.messages]
        assert mended.waiting == whole.waiting


def test_a_file_of_the_first_version_has_what_was_attached_since(tmp_path: Path) -> None:
    of_version_1(tmp_path)
    with opened(tmp_path) as archive:
        accept(archive, "1", PICTURE)
        assert archive.reader.attachments.bytes_of("nosuch") is None
        ((digest,),) = rows(tmp_path, "SELECT digest FROM blob")
        assert archive.reader.attachments.bytes_of(digest) == PICTURE.data
        assert rows(tmp_path, "SELECT size, width, height FROM blob") == [(len(PICTURE.data), 640, 480)]


def test_bytes_that_are_lost_leave_a_name(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Look.", 1.0, attachments=lightened((PICTURE,)))
        (waiting,) = recorded(archive).waiting
        assert waiting.attachments == (replace(PICTURE, data=b""),)


def test_words_are_found_in_the_texts_that_went_with_a_message(tmp_path: Path) -> None:
    report = Attachment("report.txt", "text/plain", "The walrus sleeps.\n海象在睡觉。\n".encode())
    with opened(tmp_path) as archive:
        accept(archive, "1", report, PICTURE)
        assert archive.reader.search("walrus", 9) == []
        archive.begin_reply(stream("1"), MODEL, 1.0)
        end(archive, "1", Reply("A walrus, I see."))
        assert [(hit.message, hit.excerpt) for hit in archive.reader.search("walr", 9)] == [
            ("1#1", "A walrus, I see."),
            ("1", "The walrus sleeps. 海象在睡觉。"),
        ]
        assert [hit.message for hit in archive.reader.search("walrus sleeps", 9)] == ["1"]
        assert [hit.message for hit in archive.reader.search("海象", 9)] == ["1"]
        assert [hit.message for hit in archive.reader.search("walrus", 1)] == ["1#1"]
        archive.delete(TALK, 3.0)
        assert archive.reader.search("walrus", 9) == []
        archive.purge(9.0)
        assert rows(tmp_path, "SELECT count(*) FROM attachment_text WHERE attachment_text MATCH 'walrus'") == [(0,)]


def test_a_message_whose_words_and_text_say_it_is_found_once(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", Attachment("a.txt", "text/plain", b"walrus"), prompt="A walrus?")
        archive.begin_reply(stream("1"), MODEL, 1.0)
        assert [(hit.message, hit.excerpt) for hit in archive.reader.search("walrus", 9)] == [("1", "A walrus?")]
