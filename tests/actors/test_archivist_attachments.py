from pathlib import Path

from msgspec.structs import replace

from protocol.archivist import Resume
from protocol.attachments import lightened
from protocol.chat import Attachment
from protocol.coordinator import RestoreConversation, Submit
from protocol.identity import ConversationId, TurnId
from protocol.ui import TurnAccepted
from tests.support.archiving import STARTED, connecting, done, keeping, kept
from tests.support.keeping import TALK
from tests.support.pictures import png
from tests.support.refusing import Refusal

PICTURE, NOTES = Attachment("a.png", "image/png", png()), Attachment("a.txt", "text/plain", b"Hi")
LOOK = Submit(TALK, "Look.", attachments=(PICTURE, NOTES))
LIGHT = lightened((PICTURE, NOTES))


def test_a_prompt_that_is_on_disk_is_passed_on_without_the_bytes_of_its_images(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, LOOK)
        assert archivist.coordinator.take() == [replace(LOOK, attachments=LIGHT)]


def test_where_the_disk_refuses_the_bytes_stay_in_memory(tmp_path: Path) -> None:
    refusal = Refusal()
    with keeping(tmp_path, open_archive=refusal.open) as archivist:
        archivist.hears(STARTED)
        refusal.error = OSError(28, "No space left on device")
        archivist.hears(LOOK)
        assert archivist.coordinator.take() == [LOOK]


def test_of_a_talk_that_nobody_has_begun_they_stay_too(tmp_path: Path) -> None:
    elsewhere = replace(LOOK, conversation=ConversationId("nowhere"))
    with keeping(tmp_path) as archivist:
        archivist.hears(elsewhere)
        assert archivist.coordinator.take() == [elsewhere]


def test_what_goes_with_a_prompt_is_kept_with_its_turn_and_restored_without_the_bytes_of_images(tmp_path: Path) -> None:
    with keeping(tmp_path, "one") as archivist:
        accepted = TurnAccepted(TALK, TurnId("1"), "Look.", attachments=LIGHT)
        archivist.hears(STARTED, LOOK, accepted, connecting("1"), done("1", "I see."))
    record = kept(tmp_path)
    assert record is not None
    assert record.messages[0].attachments == (PICTURE, NOTES)
    with keeping(tmp_path, "two") as archivist:
        archivist.hears(Resume())
        (restored,) = archivist.coordinator.take()
        assert isinstance(restored, RestoreConversation)
        assert restored.record.messages[0].attachments == LIGHT
