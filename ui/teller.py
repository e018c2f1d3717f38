"""What happens, told in lines, in the order in which it happens: for those who listen, and for files and pipes."""

from collections.abc import Sequence

from protocol.attachment_events import CommandEnded, CommandStarted
from protocol.command_table import is_command
from protocol.identity import ServerName, TurnId
from protocol.model_events import JobChanged
from protocol.turn import TurnState
from protocol.ui import (
    ConversationsListed,
    ConversationStarted,
    HitsFound,
    InputRefused,
    ModelAsked,
    ModelSet,
    NoticePosted,
    PathShown,
    PromptOffered,
    PromptReworded,
    ServerChanged,
    TurnAccepted,
    TurnEnded,
    TurnQueued,
    UiEvent,
    WaitReason,
)
from ui.attachment_words import attachment_words
from ui.compare_teller import CompareTeller
from ui.conversation import Conversation, Notice
from ui.job_words import JobTeller
from ui.kept_words import describe_conversations, describe_hits
from ui.model import Model
from ui.speech import flat
from ui.turn import Turn
from ui.turn_teller import TurnTeller
from ui.voices import Voices

_LAST = 5
"""How many exchanges of a conversation that is opened are told."""
_SILENCE = 5.0
"""Seconds without a word after which it is said why."""
_PATH_COMES = 1.0
"""Seconds after which what was said in a conversation that is opened is no longer expected."""
_TITLE_CHARACTERS = 60
ASKS_IN_LINES = "Enter sends this to the model, n drops it; or write what is to be said with it"
"""What is asked once a command has run."""
_REPEATED = 2000
"""Characters of a prompt that was not taken; a longer one is not repeated."""
_ENDS = {
    TurnState.DONE: "answered",
    TurnState.CUT: "answered, and cut at the length limit",
    TurnState.FAILED: "failed",
    TurnState.INTERRUPTED: "interrupted",
}


class Teller:
    """Makes lines of events. They are for the sanitiser still. One thread.

    `model` takes in the events and is the face's to read. With `interactive`, somebody listens and can answer: what can
    be done is said, whose turn it is, and which model answers. With `breaks`, long lines are cut where one can pause.
    """

    def __init__(self, model: Model, interactive: bool, breaks: bool) -> None:
        self.failures = 0
        """How many turns did not end well."""
        self.choices: tuple[str, ...] = ()
        """The models to choose from, while that is asked."""
        self._model = model
        self._interactive = interactive
        self._voices = Voices()
        self._turns = TurnTeller(self._voices, interactive, breaks)
        self._jobs = JobTeller()
        self._compared = CompareTeller(model, self._voices, interactive)
        self._sent: list[str] = []
        self._path_told = True
        self._opened_at = 0.0
        self._model_told = not interactive
        self._server_lost = False
        self._silent: tuple[TurnId, float] | None = None

    def sent(self, prompt: str) -> None:
        """Somebody wrote this, and has heard or seen it: it is not told again."""
        self._sent.append(prompt)

    def hear(self, event: UiEvent, now: float) -> list[str]:
        """Take in an event, and return what is to be said of it. `now` is the face's clock, in seconds."""
        before, path, live = self._model.shown, _path_of(self._model.shown, event), list(self._model.shown.open)
        self._prepare(event)
        self._model.apply(event, now)
        self._forget_what_is_for_screens()
        shown = self._model.shown
        if shown is not before:
            self._opened_at = now
            lines = self._open(shown, first=before.id is None)
        elif isinstance(event, PathShown) and event.conversation == shown.id:
            lines = self._move(shown, path, live)
        else:
            lines = self._changes(shown, event)
        return [*lines, *self._besides(event)]

    def note(self, text: str) -> list[str]:
        """Say something of the face's own."""
        return self._voices.note(text)

    def wait(self, now: float) -> list[str]:
        """Time goes by: say that a model is loading, perhaps, where nothing comes of it. Once for each attempt."""
        turn = self._model.shown.current
        if turn is None or not self._interactive or turn.state is not TurnState.CONNECTING:
            return []
        if now - turn.since < _SILENCE or self._silent == (turn.id, turn.since):
            return []
        self._silent = (turn.id, turn.since)
        return self.note(f"{flat(self._model.model_name, _TITLE_CHARACTERS)} is loading, or reads what was said")

    def expects_path(self, now: float) -> bool:
        """Tell whether a conversation was opened just now, and what was said in it is to come."""
        return not self._path_told and bool(self._model.shown.title) and now < self._opened_at + _PATH_COMES

    def finish(self) -> list[str]:
        """Return what was held back of replies that have not ended: nothing more will be told."""
        return [line for turn in self._model.shown.open_turns for line in self._turns.rest(turn)]

    def _prepare(self, event: UiEvent) -> None:
        """Remember what an event takes away."""
        match event:
            case TurnAccepted(again=True, turn=turn, continues=continues):
                entries = self._model.shown.entries
                known = next((one for one in reversed(entries) if isinstance(one, Turn) and one.id == turn), None)
                self._turns.ask_again(turn, known.attempt if known else None, continues is not None)
            case PromptReworded(prompt=prompt) if prompt in self._sent:
                self._sent.remove(prompt)
            case TurnQueued(turn=turn, reason=WaitReason.EARLIER_PROMPT | WaitReason.STREAM_LIMIT):
                self._voices.wait(turn)
            case _:
                pass

    def _forget_what_is_for_screens(self) -> None:
        self._model.returned.clear()
        self._model.recalled.clear()
        self._model.answers.clear()

    def _open(self, shown: Conversation, first: bool) -> list[str]:
        """Another conversation is shown: say which, and how far the talk came."""
        news = [] if first else shown.changes()
        has_turns = shown.last_turn is not None
        self._path_told = has_turns
        self.choices = ()
        title = flat(shown.title, _TITLE_CHARACTERS)
        said = f"this is the chat {title!r}" if title else "" if first or shown.entries else "a new chat"
        lines = self.note(f"{said}, with {shown.model}" if shown.model else said) if said else []
        if has_turns:
            lines += self._tell_path(shown)
        shown.changes()
        notices = [entry for entry in (shown.entries[place] for place in news) if isinstance(entry, Notice)]
        return [*lines, *(line for notice in notices for line in self.note(notice.text))]

    def _tell_path(self, shown: Conversation) -> list[str]:
        """Tell the last exchanges. What chinwag said meanwhile was said."""
        shown.changes()
        self._path_told = True
        turns = [entry for entry in shown.entries if isinstance(entry, Turn)]
        earlier = max(0, len(turns) - _LAST)
        lines = self.note(f"... {earlier} earlier") if earlier else []
        for turn in turns[earlier:]:
            lines += self._turns.exchange(turn, turn is turns[-1])
        return lines

    def _move(self, shown: Conversation, before: Sequence[TurnId], live: Sequence[TurnId]) -> list[str]:
        """The talk has another path now: say where it stands."""
        if not self._path_told:
            return self._tell_path(shown)
        shown.changes()
        turns = [entry for entry in shown.entries if isinstance(entry, Turn)]
        path = [turn.id for turn in turns]
        if live:
            return [line for turn in turns if turn.id in live for line in self._turns.tell(turn)]
        if self._sent:
            return []  # the prompt that was sent is to be another version of one that was said
        if not path:
            return self.note("this is the beginning of the chat")
        if len(path) < len(before) and path == before[: len(path)]:
            return self.note(f'the talk now ends with the reply to "{flat(turns[-1].prompt, _TITLE_CHARACTERS)}"')
        return self._turns.exchange(turns[-1])

    def _changes(self, shown: Conversation, event: UiEvent) -> list[str]:
        """Say what an event has changed in the conversation that is shown."""
        entries = [shown.entries[place] for place in shown.changes()]
        notices = [entry.text for entry in entries if isinstance(entry, Notice)]
        lines = [line for text in self._worded(event, notices) for line in self.note(text)]
        lines += self._accepted(shown, event) if isinstance(event, TurnAccepted) else []
        ended = event.stream.turn if isinstance(event, TurnEnded) and event.conversation == shown.id else None
        for turn in (entry for entry in entries if isinstance(entry, Turn)):
            if turn.id == ended or turn.id in shown.open:
                lines += self._turns.tell(turn)
        if ended is not None and not shown.open and self._interactive:
            lines += self._voices.turn_to_write()
        return lines

    def _accepted(self, shown: Conversation, event: TurnAccepted) -> list[str]:
        """Say the prompt, unless whoever sent it knows it: it may be one that an earlier run has left."""
        if event.again:
            return []
        if event.prompt in self._sent:
            self._sent.remove(event.prompt)
            known = True
        else:
            known = event.conversation != shown.id
        self._path_told = self._path_told or event.conversation == shown.id
        turn = shown.entries[shown.open[event.turn]] if event.turn in shown.open else None
        if not isinstance(turn, Turn):
            return []
        with_it = [line for words in attachment_words(turn.attachments) for line in self.note(f"attached {words}")]
        return with_it if known else self._voices.prompt(turn)

    def _worded(self, event: UiEvent, notices: list[str]) -> list[str]:
        """Return what chinwag says of an event: mostly what the screen would, in other words where it needs keys."""
        match event:
            case ModelAsked(names=names) if notices and names:
                self.choices = names
                self._model_told = True
                return [_choice(event, self._interactive)]
            case InputRefused(text=text, reason=reason) if event.conversation == self._model.shown.id:
                if text.strip() in self._sent:
                    self._sent.remove(text.strip())
                repeated = self._interactive and not is_command(text) and len(text) <= _REPEATED
                return [reason, f"not sent: {text}"] if repeated else [reason]
            case NoticePosted(text=text) if event.conversation == self._model.shown.id:
                return [text]  # the screen would not say twice what stands there
            case _:
                return notices

    def _besides(self, event: UiEvent) -> list[str]:
        """Say what a screen shows elsewhere than in the talk."""
        shown = self._model.shown
        match event:
            case TurnEnded(state=state):
                self.failures += state in (TurnState.FAILED, TurnState.INTERRUPTED)
                compared = self._compared.end(event)
                if compared is not None:
                    return compared
                if event.conversation != shown.id and state is not TurnState.CANCELLED:
                    other = self._model.conversations[event.conversation]
                    return self.note(f"{flat(other.title, _TITLE_CHARACTERS) or 'another chat'}: {_ENDS[state]}")
            case ConversationStarted() | ModelSet():
                return self._tell_model(shown, event)
            case ConversationsListed(kept=kept):
                return self.note(describe_conversations(kept))
            case HitsFound(words=words, hits=hits):
                return self.note(describe_hits(words, hits))
            case PromptOffered(prompt=prompt) if self._model.offered is event:
                how = "What you send next takes its place, an empty line leaves it."
                with_it = attachment_words(event.attachments)
                return self.note("\n".join([f"{how} The prompt is:", prompt, *with_it]))
            case CommandStarted(command=command) if event.conversation == shown.id:
                return self.note(f"running {command}. Ctrl-C stops it")
            case CommandEnded(attachment=attachment) if event.conversation == shown.id and attachment is not None:
                return self.note(ASKS_IN_LINES)
            case ServerChanged(survey=survey, server=server) if self._interactive and self._is_here(server):
                lost, self._server_lost = self._server_lost, survey.failure is not None
                if survey.failure is not None and not lost and not shown.open:
                    return self.note(str(survey.failure))
                return self.note(f"the server answers: {survey.server}") if lost and not self._server_lost else []
            case JobChanged(job=job):
                return [line for text in self._jobs.tell(job) for line in self.note(text)]
            case _:
                return self._compared.hear(event)
        return []

    def _is_here(self, server: ServerName) -> bool:
        """Tell whether this server answers in the conversation that is shown."""
        return self._model.servers.resolve(self._model.shown.server) == server

    def _tell_model(self, shown: Conversation, event: ConversationStarted | ModelSet) -> list[str]:
        if event.conversation != shown.id or not shown.model:
            return []
        self.choices = ()
        told, self._model_told = self._model_told, True
        return [] if told else self.note(f"the model is {shown.model}")


def _path_of(shown: Conversation, event: UiEvent) -> list[TurnId]:
    """The turns before an event that puts others in their place; of no interest for any other."""
    return [one.id for one in shown.entries if isinstance(one, Turn)] if isinstance(event, PathShown) else []


def _choice(event: ModelAsked, interactive: bool) -> str:
    if not interactive:
        return f"{event.question} Choose with /model NAME, or name one with -m."
    numbered = [f"{number}. {name}" for number, name in enumerate(event.names, 1)]
    return "\n".join(["which model is to answer?", *numbered, "Send its number, or /model NAME."])
