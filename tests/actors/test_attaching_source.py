from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from actors.attaching_source import AttachingSource, bytes_in
from actors.cancel import CancelToken
from actors.source import ChatBody
from protocol.attachments import lightened
from protocol.chat import Attachment, ChatMessage, ChatRequest, Role
from protocol.errors import ApplicationError
from protocol.ollama_chat import ollama_chat_decoder
from tests.support.keeping import EMPTY, opened
from tests.support.pictures import png

PICTURE = Attachment("a.png", "image/png", png())
(LIGHT,) = lightened((PICTURE,))
LOST = "The bytes of 'a.png' are not on disk any more. Attach it again, or /undo the prompt."


class Asked:
    """A source that only remembers what it is asked."""

    def __init__(self) -> None:
        self.requests: list[ChatRequest] = []

    def open(self, request: ChatRequest, cancel: CancelToken) -> AbstractContextManager[ChatBody]:
        """See `ChatSource.open`."""
        cancel.check()
        self.requests.append(request)
        return nullcontext(ChatBody(iter([b"the body"]), ollama_chat_decoder))


def test_what_is_kept_is_read_when_it_is_sent(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Look.", 1.0, attachments=(PICTURE,))
        source, asked = Asked(), ChatMessage(Role.USER, "Look.", attachments=(LIGHT,))
        with AttachingSource(source, bytes_in(tmp_path)).open(ChatRequest("llava", (asked,)), CancelToken()) as body:
            assert list(body) == [b"the body"]
    assert source.requests == [ChatRequest("llava", (ChatMessage(Role.USER, "Look.", images=(png(),)),))]


def test_what_is_in_memory_needs_no_disk() -> None:
    assert bytes_in(None)(PICTURE) == png()


def test_what_is_lost_is_one_sentence(tmp_path: Path) -> None:
    with opened(tmp_path):
        for folder in (tmp_path, None):
            with pytest.raises(ApplicationError) as caught:
                bytes_in(folder)(LIGHT)
            assert str(caught.value) == LOST


def test_a_disk_that_refuses_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ApplicationError) as caught:
        bytes_in(tmp_path)(LIGHT)
    assert (
        str(caught.value) == "What is attached cannot be read from disk: unable to open database file. Send it again."
    )
