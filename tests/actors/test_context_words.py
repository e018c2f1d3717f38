"""What counts of a chat for what /context says."""

from actors.context_words import counted
from protocol.attachments import words_sent
from protocol.chat import Attachment, Role
from protocol.frames import Metrics
from protocol.identity import MessageId
from protocol.reply import Finished
from protocol.tree import Node

NOTES = Attachment("notes.txt", "text/plain", b"one\ntwo\n")
PICTURE = Attachment("a.png", "image/png", b"x")


def test_the_texts_that_went_with_a_prompt_count_and_images_do_not() -> None:
    prompt = Node(MessageId("1"), None, Role.USER, "Look.", attachments=(NOTES, PICTURE))
    reply = Node(MessageId("2"), prompt.id, Role.ASSISTANT, "Seen.", ending=Finished("stop", Metrics()), model="tiny")
    exchange = counted((prompt, reply))
    assert (exchange.prompt, exchange.answer) == (words_sent("Look.", (NOTES,)), "Seen.")
