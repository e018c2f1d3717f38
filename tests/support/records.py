"""Whole conversations for tests: one that has everything, and any that this program could have kept."""

from hypothesis import strategies as st

from protocol.chat import Attachment, Role, ToolCall
from protocol.errors import ServerRefusal
from protocol.frames import Metrics
from protocol.identity import ConversationId, MessageId, ServerName, StreamId, TurnId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.parameters import NOTHING_SET, Option, Parameters
from protocol.reply import Broken, Ending, Finished, Stopped
from protocol.tree import Node
from protocol.turn import ENDED, TurnState
from tests.support.values import values

DONE = Finished("stop", Metrics(eval_count=2, eval_duration=3))
REFUSED = Broken(ServerRefusal("The server has no such model.", "/pull it.", 404).failure)
PICTURE = Attachment("a.png", "image/png", b"\x89PNG\x00")
CALL = ToolCall("weather", '{"city": "Zürich"}')


def prompt(name: str, parent: str | None, text: str, state: TurnState = TurnState.DONE, at: float = 1.0) -> Node:
    """A prompt, sent at a second since 1970."""
    ending: Ending = DONE if state is TurnState.DONE else Stopped()
    above = None if parent is None else MessageId(parent)
    return Node(MessageId(name), above, Role.USER, text, state=state, ending=ending, created=at)


def reply(
    name: str,
    text: str,
    state: TurnState = TurnState.DONE,
    ending: Ending = DONE,
    at: float = 2.0,
    model: str = "tiny:1b",
) -> Node:
    """A reply, named after its prompt and its attempt."""
    parent = MessageId(StreamId.of(MessageId(name)).turn)
    return Node(MessageId(name), parent, Role.ASSISTANT, text, state=state, ending=ending, model=model, created=at)


SEA = ConversationRecord(
    id=ConversationId("sea0123456789"),
    title="Das Meer 🌊",
    model="tiny:1b",
    system="Be brief.",
    created=1.0,
    updated=9.5,
    head=MessageId("c"),
    unread=True,
    messages=(
        Node(MessageId("a"), None, Role.USER, "Is it deep?", created=1.0, ending=DONE, attachments=(PICTURE,)),
        reply("a#1", "", TurnState.FAILED, REFUSED),
        Node(
            MessageId("a#2"),
            MessageId("a"),
            Role.ASSISTANT,
            "Very.",
            "Hm.",
            (CALL,),
            TurnState.DONE,
            DONE,
            "tiny:1b",
            3.0,
        ),
        prompt("b", "a#2", "How deep?"),
        reply("b#1", "Eleven kilo", TurnState.INTERRUPTED, Stopped()),
        reply("b#2", "Eleven kilometres.", model="huge:70b"),
        prompt("c", "a#2", "How\x1b wide?", TurnState.CANCELLED),
    ),
    waiting=(
        WaitingPrompt(TurnId("d"), "And how old?"),
        WaitingPrompt(TurnId("b"), "How deep?", again=True, continues=MessageId("b#1")),
    ),
    server=ServerName("mill"),
    parameters=Parameters(
        (Option("num_ctx", 8192), Option("stop", ("\n", "é")), Option("temperature", 0.2)),
        think="high",
        format='{"type":"object"}',
        keep_alive="10m",
        truncate=False,
        shift=True,
    ),
)
"""Versions, an edited prompt, a refusal, an interruption, a prompt never sent, an attachment, and prompts that wait."""

ROAD = ConversationRecord(
    ConversationId("road0123456789"),
    "The road\x1b[31m",
    None,
    "",
    2.0,
    20.0,
    MessageId("x#1"),
    messages=(prompt("x", None, "Where does the road go?"), reply("x#1", "To the deep sea.")),
)
_TIMES = st.floats(1.0, 4e9)
_CALLS = st.builds(ToolCall, st.text(), st.sampled_from(["{}", '{"a": [1, "}"]}']), st.text())


@st.composite
def _messages(draw: st.DrawFn, conversation: int) -> tuple[Node, ...]:
    nodes: list[Node] = []
    for number in range(draw(st.integers(0, 6))):
        prompts = [node.id for node in nodes if node.role is Role.USER]
        is_reply: bool = bool(prompts) and draw(st.booleans())
        parent: MessageId | None
        if is_reply:
            parent = draw(st.sampled_from(prompts))
            name, role = MessageId(f"{parent}#{number}"), Role.ASSISTANT
        else:
            parent = draw(st.none() | st.sampled_from([node.id for node in nodes])) if nodes else None
            name, role = MessageId(f"{conversation}-{number}"), Role.USER
        node = Node(
            name,
            parent,
            role,
            text=draw(st.text()),
            thinking=draw(st.text()),
            tool_calls=tuple(draw(st.lists(_CALLS, max_size=2))),
            state=draw(st.sampled_from(sorted(ENDED))),
            ending=draw(st.none() | values(Ending)),
            model=draw(st.text()),
            created=draw(_TIMES),
            attachments=tuple(draw(st.lists(values(Attachment), max_size=2))),
        )
        nodes.append(node)
    return tuple(nodes)


@st.composite
def _waiting(draw: st.DrawFn, conversation: int, messages: tuple[Node, ...]) -> tuple[WaitingPrompt, ...]:
    fresh = [WaitingPrompt(TurnId(f"{conversation}-w{at}"), draw(st.text())) for at in range(draw(st.integers(0, 2)))]
    prompts = [node for node in messages if node.role is Role.USER]
    if not prompts or draw(st.booleans()):
        return tuple(fresh)
    asked = draw(st.sampled_from(prompts))
    partials = [node.id for node in messages if node.parent == asked.id and node.role is Role.ASSISTANT]
    partial = draw(st.none() | st.sampled_from(partials)) if partials else None
    again = WaitingPrompt(TurnId(asked.id), asked.text, again=True, continues=partial)
    return tuple(draw(st.permutations([*fresh, again])))


@st.composite
def sound_records(draw: st.DrawFn) -> tuple[ConversationRecord, ...]:
    """Any few conversations as an archive may hold them, with nothing under way."""
    records: list[ConversationRecord] = []
    for number in range(draw(st.integers(0, 3))):
        messages = draw(_messages(number))
        record = ConversationRecord(
            id=ConversationId(f"{number}-{draw(st.text(max_size=3))}"),
            title=draw(st.text()),
            model=draw(st.none() | st.text()),
            system=draw(st.text()),
            created=draw(_TIMES),
            updated=draw(_TIMES),
            head=draw(st.none() | st.sampled_from([node.id for node in messages])) if messages else None,
            unread=draw(st.booleans()),
            messages=messages,
            waiting=draw(_waiting(number, messages)),
            server=ServerName(draw(st.sampled_from(["", "mill"]))),
            parameters=draw(st.sampled_from([NOTHING_SET, SEA.parameters, Parameters(think=False, keep_alive="-1")])),
        )
        records.append(record)
    return tuple(records)
