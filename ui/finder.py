"""The lists that open over the transcript: commands, keys, models, conversations and what is said in them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from protocol.command_table import COMMANDS, CommandEntry, is_command, parse_command
from protocol.commands import Chats, Command, Open, Search, Show
from protocol.commands import Model as ChooseModel
from protocol.identity import ConversationId
from protocol.kept import Hit, KeptConversation
from protocol.model_commands import Models, Remove
from protocol.models import InstalledModel, ServerSurvey
from protocol.ui import ConversationsListed, HitsFound
from ui.chooser import Choice, Chooser
from ui.kept_words import NOTHING_KEPT, describe_hit
from ui.keymap import DEFAULT_KEYMAP, Keymap, pseudo_key
from ui.keys import COMMANDS_OF_KEYS, Action, Binding
from ui.model import Model
from ui.moment import describe_moment
from ui.outgoing import Written
from ui.pacer import Clock, SetAlarm
from ui.sought import Sought, sought
from ui.strip import phase

if TYPE_CHECKING:
    from ui.model_lists import ModelLists

SEARCH_DELAY = 0.2
"""Seconds after the last key before the archive is searched."""

_SHORTEST_SEARCH = 2
_NO_MODELS = "no model is known: is the server there?"
_WITHOUT_ROW = frozenset({Action.PALETTE, Action.GO_TO})


class Finder:
    """Makes the lists, and does what is chosen. UI thread only.

    `show` puts a list on the screen, `hide` takes it away. `press` does what a key does, `submit` sends a text or a
    command, `write` puts the beginning of a command where one writes. `wall_clock` tells seconds since 1970.
    """

    def __init__(
        self,
        model: Model,
        show: Callable[[Chooser], None],
        hide: Callable[[], None],
        press: Callable[[str], None],
        submit: Callable[[Written | Command], None],
        write: Callable[[str], None],
        wall_clock: Clock,
        keymap: Keymap = DEFAULT_KEYMAP,
    ) -> None:
        self._model = model
        self._show = show
        self._hide = hide
        self._press = press
        self.submit = submit
        self._write = write
        self._now = wall_clock
        self._keymap = keymap
        self._lists_of_models: ModelLists | None = None
        self._set_alarm: SetAlarm | None = None
        self._chats: Chooser | None = None
        self._kept: Sequence[KeptConversation] = ()
        self._asked = ""
        """The words that the archive was asked for last."""

    def attach(self, set_alarm: SetAlarm) -> None:
        """Searches wait there until nothing more is typed."""
        self._set_alarm = set_alarm

    def commands(self) -> None:
        """List everything that can be done: what has a command, then what only has a key."""
        keys = [row for row in self._keymap.rows if isinstance(row.does, Action) and row.does not in _WITHOUT_ROW]
        typed = {entry.parse("") for entry in COMMANDS} - {None}
        only_keys = [row for row in keys if _command_of(row) not in typed]
        self._open(Chooser("Commands", [*map(self._command, COMMANDS), *map(self._key, only_keys)], self._close))

    def keys(self) -> None:
        """List the keys."""
        self._open(Chooser("Keys", [self._key(row) for row in self._keymap.rows], self._close))

    def takes(self, text: str) -> bool:
        """Answer a command by a list of its own; False where the engine is to answer."""
        match parse_command(text) if is_command(text) else None:
            case ChooseModel(name=""):
                self.models()
            case Models():
                self._of_models().models()
            case Remove(name=name, sure=False):
                self._of_models().confirm(name)
            case _:
                return False
        return True

    def refresh(self) -> None:
        """Show what is new, if the models and what is pulled are listed."""
        if self._lists_of_models is not None:
            self._lists_of_models.refresh()

    def models(self) -> None:
        """List the models of the server: what is chosen answers from now on."""
        self.choose_model("Model", lambda name: self.submit(ChooseModel(name)))

    def choose_model(self, title: str, choose: Callable[[str], None]) -> None:
        """List the models of the server, and tell which is chosen."""
        survey = self._model.survey
        installed = survey.models if survey is not None else ()
        choices = [_choice_of(one, survey, choose) for one in installed]
        self._open(Chooser(title, choices, self._close, _NO_MODELS))

    def chats(self) -> None:
        """Have the conversations listed that are kept; the answer opens the list."""
        self.submit(Chats())

    def answer(self, answer: ConversationsListed | HitsFound) -> None:
        """Show what the archive has answered."""
        match answer:
            case ConversationsListed(kept=kept):
                self._kept = kept
                self._asked = ""
                self._open_chats(Chooser("Chats", self._choices_of_kept(), self._close, NOTHING_KEPT, "", self._hear))
            case HitsFound(words=words, hits=hits) if self._chats is not None:
                if words == self._asked:
                    self._chats.offer([*self._choices_of_kept(), *(self._hit(hit, words) for hit in hits)])
            case HitsFound(words=words, hits=hits):
                self._kept = ()
                self._asked = words
                nothing = f"nothing that is kept says {words!r}"
                found = [self._hit(hit, words) for hit in hits]
                self._open_chats(Chooser("Search", found, self._close, nothing, words, self._hear))

    def go_to(self, conversation: ConversationId, message: Sought | None = None) -> None:
        """Show a conversation, or a message of it: at once if it is open, else when the archive has found it."""
        self._model.sought = message
        if any(one.id == conversation for one in self._model.open_conversations):
            self._model.go_to(conversation)
            self.submit(Show(conversation))
        else:
            self.submit(Open(conversation))

    def _of_models(self) -> "ModelLists":
        """Made when it is asked for, and imported then: the first paint lists nothing."""
        from ui.model_lists import ModelLists

        if self._lists_of_models is None:
            to = self._open, self._close, self.submit, self._write, self._now
            self._lists_of_models = ModelLists(self._model, *to)
        return self._lists_of_models

    def _open(self, chooser: Chooser) -> None:
        self._chats = None
        self._show(chooser)

    def _open_chats(self, chooser: Chooser) -> None:
        self._show(chooser)
        self._chats = chooser

    def _close(self) -> None:
        self._chats = None
        self._hide()

    def _key(self, row: Binding) -> Choice:
        does = row.does
        return Choice(row.help, lambda: self._press(pseudo_key(does)) if isinstance(does, Action) else None, row.shown)

    def _command(self, entry: CommandEntry) -> Choice:
        alone = entry.parse("")
        row = next((row for row in self._keymap.rows if alone is not None and _command_of(row) == alone), None)

        def choose() -> None:
            if row is not None and isinstance(row.does, Action):
                self._press(pseudo_key(row.does))
            elif alone is None:
                self._write(f"/{entry.name} ")
            else:
                self.submit(Written(f"/{entry.name}"))

        detail = "  ".join(filter(None, [entry.usage, row.shown if row else ""]))
        return Choice(entry.help, choose, detail, name=entry.name)

    def _choices_of_kept(self) -> list[Choice]:
        open_now = {one.id: one for one in self._model.open_conversations}
        others = [one for one in open_now.values() if one is not self._model.shown]
        choices = []
        for kept in self._kept:
            known = open_now.get(kept.id)
            news = "unread" if kept.unread or (known in others and known.unread) else ""
            state = [phase(known) if known is not None else "", news, describe_moment(kept.updated, self._now())]
            detail = "  ".join(filter(None, state))
            choices.append(Choice(kept.title, self._going_to(kept.id), detail))
        return choices

    def _hit(self, hit: Hit, words: str) -> Choice:
        when = describe_moment(hit.conversation.updated, self._now())
        going = self._going_to(hit.conversation.id, sought(hit, words))
        return Choice(hit.conversation.title, going, when, describe_hit(hit), fixed=True)

    def _going_to(self, conversation: ConversationId, message: Sought | None = None) -> Callable[[], None]:
        return lambda: self.go_to(conversation, message)

    def _hear(self, words: str) -> None:
        """Search for what is typed, when nothing more is for a moment. What was found for other words goes."""
        wanted = " ".join(words.split())
        self._asked = wanted
        if self._chats is not None:
            self._chats.offer(self._choices_of_kept())
        if self._set_alarm is not None and len(wanted) >= _SHORTEST_SEARCH:
            self._set_alarm(SEARCH_DELAY, lambda: self._search(wanted))

    def _search(self, wanted: str) -> None:
        if self._chats is not None and wanted == self._asked:
            self.submit(Search(wanted))


def _choice_of(model: InstalledModel, survey: ServerSurvey | None, choose: Callable[[str], None]) -> Choice:
    loaded = survey is not None and survey.running_model(model.name) is not None
    facts = [model.parameter_size, model.quantization, _size(model.size), "loaded" if loaded else ""]
    return Choice(model.name, lambda: choose(model.name), " ".join(filter(None, facts)))


def _command_of(row: Binding) -> Command | None:
    return COMMANDS_OF_KEYS.get(row.does) if isinstance(row.does, Action) else None


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.0f} MB" if size else ""
