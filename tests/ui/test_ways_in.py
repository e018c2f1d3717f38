"""Every way of somebody else's words to the terminal passes the sanitiser."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr
from io import StringIO
from typing import cast

import pytest
from msgspec.structs import replace

from protocol.archivist import Resume
from protocol.chat import Role as Speaker
from protocol.chat import ToolCall
from protocol.comparison import Column, Compare, Comparison, ComparisonId, Contestant
from protocol.coordinator import CoordinatorMessage, StartConversation, Submit
from protocol.errors import Category, Failure, InterfaceError
from protocol.frames import Chunk
from protocol.identity import ConversationId, TurnId
from protocol.kept import ConversationRecord, Hit, KeptConversation, WaitingPrompt
from protocol.models import ServerSurvey
from protocol.reply import Broken, Reply
from protocol.server_names import ServerNames
from protocol.tree import Node
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    EngineRecovered,
    InputRecalled,
    InputRefused,
    KeepingFailed,
    ModelAsked,
    NoticePosted,
    ReplyGrew,
    ServerChanged,
    TitleSet,
    TurnEnded,
    TurnMoved,
    UiEvent,
)
from tests.support.addresses import Recorder
from tests.support.hostile import HOSTILE
from tests.support.records import SEA
from tests.ui.paper import written
from tests.ui.talk import TALK, accepted, called, done, failed, grew, moved, started, stream, thought
from ui.ask import Asking
from ui.ask_forewarning import AskForewarning
from ui.ask_printers import JsonPrinter, TextPrinter
from ui.chats import Chats, Reader
from ui.chats_arguments import ChatsOptions
from ui.chooser import Choice, Chooser
from ui.event_queue import EventQueue
from ui.face import Face
from ui.main import complain
from ui.model import Model
from ui.outgoing import Written
from ui.paper import Printed
from ui.paste import Pasted
from ui.sanitiser import sanitise

SIZE = (80, 24)
OWN = re.compile(
    rb"\x1b\[\?(?:7|25|1000|1002|1006|1049|2004)[hl]|\x1b\[[0-9;]*m|\x1b\[\d+;\d+H|\x1b\[H|\x1b\[\d+G|\x1b\[K"
    rb"|\x08\x1b\[4h[^\x1b]*\x1b\[4l|\x1b\)0"
)
"""What the screen itself writes."""
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")


def fault(text: str) -> Failure:
    return Failure(Category.NETWORK, text, text, "ServerRefusal")


def screen(*events: UiEvent, keys: Sequence[str] = (), hint: str = "", unfolded: bool = False) -> str:
    """What is written to the terminal for these events and keys."""
    model = Model()
    for event in (started(), *events):
        model.apply(event, 0.0)
    sent: Recorder[Written] = Recorder()
    face = Face(sent.tell)
    face.composer.remember(model.recalled)
    for text in model.returned:
        face.composer.put_back(text)
    for key in keys:
        face.keypress(SIZE, key)
    if unfolded:
        face.toggle_thinking()
    face.show(model, 0.0, hint)
    raw = written([face.render(SIZE, True)], links=False)
    return OWN.sub(b"", raw).decode("utf-8", "surrogatepass")


def answering(*events: UiEvent) -> tuple[UiEvent, ...]:
    return accepted("1"), moved("1", TurnState.ANSWERING), *events


def named(model: str) -> ConversationStarted:
    return ConversationStarted(TALK, model)


def chosen_from(text: str) -> str:
    """What is written for a list to choose from, and for an empty one in which the same was typed."""
    choices = [Choice(text, lambda: None, detail=text, below=text), Choice("x", lambda: None, fixed=True)]
    full, empty = Chooser("find", choices, lambda: None), Chooser("find", [], lambda: None, empty=text)
    empty.keypress(SIZE, Pasted(text))
    raw = written([each.render(SIZE, True) for each in (full, empty)])
    return OWN.sub(b"", raw).decode()


SCREEN: dict[str, Callable[[str], str]] = {
    "the text of a reply": lambda text: screen(*answering(grew("1", text))),
    "a reply in pieces": lambda text: screen(*answering(*(grew("1", piece) for piece in text))),
    "a reply in code": lambda text: screen(*answering(grew("1", f"```{text}\n{text}\n"))),
    "a reply in a table": lambda text: screen(*answering(grew("1", f"|{text}|b|\n|---|---|\n|a|{text}|\n"))),
    "a reply in a quote and a list": lambda text: screen(*answering(grew("1", f"> {text}\n\n1. {text}\n"))),
    "the address of a link": lambda text: screen(*answering(grew("1", f"[a]({text}) [b](<http://b.c/{text}>)"))),
    "thinking": lambda text: screen(*answering(thought("1", text))),
    "thinking unfolded": lambda text: screen(*answering(thought("1", text), grew("1", "a")), unfolded=True),
    "a model's name": lambda text: screen(named(text), accepted("1"), grew("1", "a")),
    "a model's name with the reply": lambda text: screen(
        accepted("1"), TurnMoved(TALK, stream("1"), TurnState.ANSWERING, text), grew("1", "a")
    ),
    "a tool call": lambda text: screen(*answering(called("1", ToolCall(text, text)))),
    "a tool call unfolded": lambda text: screen(*answering(called("1", ToolCall(text, text))), unfolded=True),
    "a server's error": lambda text: screen(*answering(failed("1", "a", fault(text)))),
    "the reason of a retry": lambda text: screen(
        accepted("1"), moved("1", TurnState.RETRYING, failure=fault(text), delay=1.0)
    ),
    "the reason to wait": lambda text: screen(
        accepted("1"), moved("1", TurnState.WAITING_FOR_SERVER, failure=fault(text))
    ),
    "what is known of the server": lambda text: screen(
        ServerChanged(ServerSurvey(text, text, notice=text, caption=text, failure=fault(text)))
    ),
    "a title": lambda text: screen(TitleSet(TALK, text), ConversationStarted(ConversationId("b"), "m", title=text)),
    "a notice": lambda text: screen(NoticePosted(TALK, text)),
    "the failure of a part": lambda text: screen(EngineFailed(fault(text)), EngineRecovered(fault(text))),
    "the disk's trouble": lambda text: screen(KeepingFailed(text)),
    "a question for a model": lambda text: screen(ModelAsked(TALK, text, (text,))),
    "a prompt": lambda text: screen(accepted("1", text)),
    "an input refused": lambda text: screen(InputRefused(TALK, text, text)),
    "an input recalled": lambda text: screen(InputRecalled((text,)), keys=["up"]),
    "an input searched": lambda text: screen(InputRecalled((text,)), keys=["ctrl r", Pasted(text)]),
    "a draft that is pasted": lambda text: screen(keys=[Pasted(text)]),
    "a draft that is typed": lambda text: screen(keys=[key for key in text if key not in "\n\t"]),
    "an answer to a key": lambda text: screen(hint=text),
    "a list to choose from": chosen_from,
}


class Silent:
    """An engine that hears and does nothing."""

    def __init__(self) -> None:
        self.coordinator: Recorder[CoordinatorMessage] = Recorder()
        self.archivist: Recorder[Resume | Submit | Compare] = Recorder()


def asked(*events: UiEvent, as_json: bool = False) -> str:
    """What `chinwag ask` prints for these events, on both ways."""
    queue, out, err = EventQueue(), StringIO(), StringIO()
    for event in (started(), *events, done("1", "")):
        queue.tell(event)
    paper = Printed(out, err)
    printer = JsonPrinter(paper) if as_json else TextPrinter(paper)
    Asking(Silent(), queue, printer, print, AskForewarning(ServerNames())).run(StartConversation(), "Why?")
    return out.getvalue() + err.getvalue()


def over(text: str) -> TurnEnded:
    call = ToolCall(text, text)
    return TurnEnded(TALK, stream("1"), TurnState.FAILED, Reply("", "", (call,)), Broken(fault(text)))


class OneBook:
    """An archive in which one conversation is kept, with a comparison whose one column says the same."""

    def __init__(self, record: ConversationRecord) -> None:
        self._record = record
        self._kept = KeptConversation(record.id, record.title, record.model, 1.0)

    def conversations(self, _: int) -> list[KeptConversation]:
        return [self._kept]

    def find(self, _: str) -> KeptConversation:
        return self._kept

    def record(self, _: ConversationId) -> ConversationRecord:
        return self._record

    def records(self) -> Iterator[ConversationRecord]:
        return iter([self._record])

    def comparisons(self, _: ConversationId) -> list[Comparison]:
        text, here = self._record.title, self._record.id
        column = Column(here, Contestant(text), TurnId("t"))
        return [Comparison(ComparisonId("c"), here, None, TurnId("t"), text, (column,), verdict=text)]

    def search(self, words: str, _: int) -> list[Hit]:
        return [Hit(self._kept, self._record.messages[0].id, Speaker.USER, words)] if words != "no" else []

    def close(self) -> None:
        pass


def book(text: str) -> ConversationRecord:
    """A conversation in which everything that is free says this."""
    nodes = [_saying(node, text) for node in SEA.messages]
    waiting = tuple(WaitingPrompt(each.turn, text, each.again, each.continues) for each in SEA.waiting)
    return replace(SEA, title=text, model=text, system=text, messages=tuple(nodes), waiting=waiting)


def _saying(node: Node, text: str) -> Node:
    files = tuple(replace(file, name=text, media_type=text) for file in node.attachments)
    calls = tuple(ToolCall(text, text) for _ in node.tool_calls)
    ending = Broken(fault(text)) if isinstance(node.ending, Broken) else node.ending
    model = text if node.model else node.model
    return replace(node, text=text, thinking=text, model=model, attachments=files, tool_calls=calls, ending=ending)


def chats(action: str, text: str, **options: object) -> str:
    """What `chinwag chats` prints, on both ways."""
    out, said = StringIO(), list[str]()

    def read() -> Reader:
        return cast(Reader, OneBook(book(text)))

    face = Chats(read, lambda: pytest.fail("nothing is written"), None, out, said.append, lambda: 1.0)
    face.run(replace(ChatsOptions(action, text), **options))
    return out.getvalue() + "".join(map(complaint, said))


def complaint(text: str) -> str:
    """What the program writes to standard error for a sentence that quotes this."""
    with redirect_stderr(StringIO()) as err:
        complain(str(InterfaceError(text, text)))
    return err.getvalue()


LINES: dict[str, Callable[[str], str]] = {
    "ask: an answer": lambda text: asked(accepted("1"), grew("1", text)),
    "ask: thinking": lambda text: asked(ReplyGrew(TALK, stream("1"), (Chunk("a", text),))),
    "ask: an error and a tool call": lambda text: asked(over(text)),
    "ask: a retry": lambda text: asked(moved("1", TurnState.RETRYING, failure=fault(text))),
    "ask: a server's notice": lambda text: asked(ServerChanged(ServerSurvey(text, notice=text))),
    "ask: a question": lambda text: asked(ModelAsked(TALK, text, ())),
    "ask: a refusal": lambda text: asked(InputRefused(TALK, text, text)),
    "ask: a failure": lambda text: asked(EngineRecovered(fault(text)), EngineFailed(fault(text))),
    "chats list": lambda text: chats("list", text),
    "chats show": lambda text: chats("show", text),
    "chats search": lambda text: chats("search", text),
    "chats export": lambda text: chats("export", text),
    "a complaint": complaint,
}

JSON = {
    "ask --json: an answer": lambda text: asked(accepted("1"), grew("1", text), as_json=True),
    "ask --json: an error and a tool call": lambda text: asked(over(text), as_json=True),
    "ask --json: a notice": lambda text: asked(ServerChanged(ServerSurvey(text, notice=text)), as_json=True),
    "chats list": lambda text: chats("list", text, as_json=True),
    "chats show": lambda text: chats("show", text, as_json=True),
    "chats export": lambda text: chats("export", text, as_json=True),
}
"""What is for programs says exactly what it is, in characters that no terminal obeys."""


def obeyed(output: str) -> set[str]:
    return set(OBEYED.findall(output))


def test_the_corpus_is_hostile() -> None:
    strange = {name for name, text in HOSTILE.items() if text == sanitise(text)}

    assert strange == {"entities", "a tower of marks", "many joiners", "noncharacters"}
    assert len(HOSTILE) > 90


def got_through(way: Callable[[str], str]) -> dict[str, set[str]]:
    """What a terminal obeys of that which is written, or what is written otherwise than if it had come clean."""
    found = {}
    for attempt, hostile in HOSTILE.items():
        output = way(hostile)
        if obeyed(output) or output != way(sanitise(hostile)):
            found[attempt] = obeyed(output)
    return found


@pytest.mark.parametrize("way", SCREEN)
def test_nothing_reaches_the_screen_that_a_terminal_obeys(way: str) -> None:
    assert got_through(SCREEN[way]) == {}


@pytest.mark.parametrize("way", LINES)
def test_nothing_is_printed_that_a_terminal_obeys(way: str) -> None:
    assert got_through(LINES[way]) == {}


@pytest.mark.parametrize("way", JSON)
def test_no_json_holds_what_a_terminal_obeys(way: str) -> None:
    """Half characters are no JSON, and come from no archive."""
    whole = {name: text for name, text in HOSTILE.items() if not re.search("[\ud800-\udfff]", text)}

    assert {name: found for name, text in whole.items() if (found := obeyed(JSON[way](text)))} == {}
