"""Drafts: what is written in each conversation and not sent. They are told to the engine, which keeps them."""

from collections.abc import Callable, Sequence

from protocol.identity import ConversationId
from protocol.kept import Draft
from ui.composer import Composer, Edit
from ui.pacer import SetAlarm

BEAT = 1.0
"""Seconds after which what is written is told, at the latest."""

Tell = Callable[[ConversationId, str], None]
"""Have a draft kept; an empty one is none."""


class Drafts:
    """Gives the composer the draft of the conversation that is shown. UI thread only.

    What is written before the first conversation is there goes along with it. A draft of an earlier run in which
    nothing was ever sent comes back in the first new conversation.
    """

    def __init__(self, composer: Composer, tell: Tell, set_alarm: SetAlarm) -> None:
        self._composer = composer
        self._tell = tell
        self._set_alarm = set_alarm
        self._shown: ConversationId | None = None
        self._texts: dict[ConversationId, str] = {}
        """Of the conversations that are not shown."""
        self._edits: dict[ConversationId, Edit] = {}
        """Prompts that are edited, and questions to judges, in conversations that are not shown. They are no drafts."""
        self._told: dict[ConversationId, str] = {}
        self._kept: dict[ConversationId, str] = {}
        """Of earlier runs."""
        self._left: Draft | None = None
        """Of a conversation that is not there any more."""
        self._is_new = False
        self._is_due = False

    def recall(self, drafts: Sequence[Draft]) -> None:
        """Learn what earlier runs have left."""
        self._kept.update((draft.conversation, draft.text) for draft in drafts if draft.kept)
        self._left = next((draft for draft in drafts if not draft.kept), self._left)
        if self._shown is not None and not self._composer.draft:
            self._composer.exchange(self._earlier(self._shown, self._is_new))

    def show(self, conversation: ConversationId | None, new: bool) -> None:
        """Another conversation may be shown; `new` is one in which nothing was said."""
        if conversation == self._shown or conversation is None:
            return
        edit, written = self._composer.take_edit(), self._composer.draft
        if edit is not None:
            self._edits[edit.offer.conversation] = edit
        if self._shown is None:
            text = written or self._earlier(conversation, new)
        else:
            self.tell()
            self._texts[self._shown] = written
            text = self._texts.pop(conversation, "") or self._earlier(conversation, new)
        self._shown, self._is_new = conversation, new
        if text != written or not written:
            self._composer.exchange(text)
        left = self._edits.pop(conversation, None)
        if left is not None:
            self._composer.resume(left)

    def watch(self) -> None:
        """Something is pressed: what it changes is told within a beat."""
        if not self._is_due and self._shown is not None:
            self._is_due = True
            self._set_alarm(BEAT, self._tell_due)

    def tell(self) -> None:
        """Tell at once what is written, if that was not told."""
        if self._shown is None:
            return
        text = self._composer.draft
        if text != self._told.get(self._shown, ""):
            self._told[self._shown] = text
            self._tell(self._shown, text)

    def _tell_due(self) -> None:
        self._is_due = False
        self.tell()

    def _earlier(self, conversation: ConversationId, new: bool) -> str:
        """Take what an earlier run has left for a conversation."""
        text = self._kept.pop(conversation, "")
        left = self._left if new and not text else None
        if left is not None:
            self._left = None
            self._told[conversation] = left.text
            self._tell(conversation, left.text)
            self._tell(left.conversation, "")
            return left.text
        if text:
            self._told[conversation] = text
        return text
