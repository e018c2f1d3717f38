"""What happens, in lines: whole lists of them."""

import pytest

from protocol.chat import Role, ToolCall
from protocol.errors import Category, Failure
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import ConversationRecord, Hit, KeptConversation
from protocol.models import ServerSurvey
from protocol.reply import Finished
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import (
    ConversationForked,
    ConversationsListed,
    ConversationStarted,
    EngineFailed,
    EngineRecovered,
    HitsFound,
    InputRefused,
    KeepingFailed,
    KeepingResumed,
    ModelAsked,
    ModelSet,
    NoticePosted,
    PathShown,
    PromptOffered,
    PromptReworded,
    ServerChanged,
    TurnAccepted,
    TurnEnded,
    UiEvent,
    VersionsCounted,
    WaitReason,
)
from tests.ui.talk import (
    MODEL,
    NO_METRICS,
    OTHER,
    REFUSED,
    TALK,
    accepted,
    again,
    called,
    done,
    ended,
    exchange,
    failed,
    grew,
    moved,
    queued,
    shows,
    started,
    stream,
    thought,
)
from ui.model import Model
from ui.teller import Teller

LOADING = "chinwag: llama3.2 is loading, or reads what was said"


class Listener:
    """Somebody at a terminal, or nobody, who hears what happens, an event a second."""

    def __init__(self, interactive: bool = True) -> None:
        self.teller = Teller(Model(), interactive, breaks=interactive)
        self._interactive = interactive
        self._now = 0.0
        self.hears(started())

    def hears(self, *events: UiEvent) -> list[str]:
        """The lines that these events bring."""
        lines: list[str] = []
        for event in events:
            lines += self.teller.hear(event, self._now)
            self._now += 1.0
        return lines

    def choices(self) -> list[str]:
        """The models to choose from."""
        return list(self.teller.choices)

    def sends(self, prompt: str, turn: str = "1") -> list[str]:
        """Send a prompt that is accepted."""
        self.teller.sent(prompt)
        return self.hears(accepted(turn, prompt), moved(turn, TurnState.CONNECTING))

    def waits(self, seconds: float) -> list[str]:
        """Nothing happens for so long."""
        self._now += seconds
        return self.teller.wait(self._now)


def test_a_reply_comes_in_whole_lines_under_its_label() -> None:
    listener = Listener()
    assert listener.sends("Hi") == []
    assert listener.hears(grew("1", "Once upon ")) == []
    assert listener.hears(grew("1", "a time\nthere", " was")) == ["llama3.2:", "Once upon a time"]
    assert listener.hears(grew("1", ".\nThe"), done("1", "Once upon a time\nthere was.\nThe")) == [
        "there was.",
        "The",
        "you:",
    ]


def test_for_a_file_nobody_is_told_whose_turn_it_is() -> None:
    listener = Listener(interactive=False)
    listener.sends("Hi")
    assert listener.hears(grew("1", "Yes."), done("1", "Yes.")) == ["llama3.2:", "Yes."]


def test_a_reply_that_comes_whole_is_told_whole() -> None:
    listener = Listener()
    listener.sends("Hi")
    assert listener.hears(done("1", "One.\nTwo.")) == ["llama3.2:", "One.", "Two.", "you:"]


def test_thinking_is_one_line_and_its_time_another() -> None:
    listener = Listener()
    listener.sends("Hi")
    assert listener.hears(thought("1", "Hm.\n"), thought("1", "Well.\n")) == ["thinking:"]
    assert listener.hears(grew("1", "Yes.\n")) == ["(thought for 2 s)", "llama3.2:", "Yes."]


def test_a_tool_call_is_one_line() -> None:
    listener = Listener()
    listener.sends("Hi")
    call = ToolCall("look", '{"at":\n"it"}')
    assert listener.hears(called("1", call)) == ["llama3.2:", 'calls look({"at": "it"})']


def test_what_is_said_between_the_lines_of_a_reply_has_its_label_and_so_has_what_follows() -> None:
    listener = Listener()
    listener.sends("Hi")
    lines = listener.hears(grew("1", "One.\nTw"), NoticePosted(TALK, "Nothing waits."), grew("1", "o.\n"))
    assert lines == ["llama3.2:", "One.", "chinwag: Nothing waits.", "llama3.2 goes on:", "Two."]


def test_an_answer_of_several_lines_begins_below_its_label_and_may_be_given_twice() -> None:
    listener = Listener()
    notice = NoticePosted(TALK, "One\nTwo")
    assert listener.hears(notice, notice) == ["chinwag:", "One", "Two", "chinwag:", "One", "Two"]


def test_a_prompt_that_waited_is_named_when_its_reply_comes() -> None:
    listener = Listener()
    listener.sends("Hi")
    listener.teller.sent("And   then, when all is said and done, what then?")
    assert listener.hears(accepted("2", "And   then, when all is said and done, what then?"), queued("2")) == [
        "chinwag: queued: waits for the reply before it"
    ]
    assert listener.hears(done("1", "Yes.")) == ["llama3.2:", "Yes."]
    assert listener.hears(moved("2", TurnState.CONNECTING), grew("2", "Then?\n")) == [
        'llama3.2 to "And then, when all is said and done,...":',
        "Then?",
    ]


def test_to_wait_for_the_list_of_models_is_no_news() -> None:
    listener = Listener()
    listener.teller.sent("Hi")
    assert listener.hears(accepted("1"), queued("1", WaitReason.SURVEY)) == []


def test_a_prompt_of_an_earlier_run_is_told() -> None:
    assert Listener().hears(accepted("1", "Are you\nthere?")) == ["you: Are you", "there?"]


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (failed("1", "One."), ["One.", "chinwag: Connection refused. Start the server. {goes_on}"]),
        (ended("1", TurnState.CANCELLED, "One."), ["One.", "chinwag: cancelled: {goes_on}"]),
        (ended("1", TurnState.INTERRUPTED, "One."), ["One.", "chinwag: interrupted: {goes_on}"]),
        (
            ended("1", TurnState.CUT, "One.", Finished("length", NO_METRICS)),
            ["One.", "chinwag: cut: the length limit was reached. {goes_on}"],
        ),
    ],
)
def test_every_end_is_told_in_the_words_of_the_screen(event: UiEvent, lines: list[str]) -> None:
    ways = "/continue goes on, /retry asks anew"
    listener = Listener()
    listener.sends("Hi")
    assert listener.hears(grew("1", "One."), event) == [
        "llama3.2:",
        *(line.format(goes_on=ways) for line in lines),
        "you:",
    ]


def test_a_reply_without_a_word_is_told() -> None:
    listener = Listener()
    listener.sends("Hi")
    assert listener.hears(done("1", "")) == ["chinwag: the model said nothing", "you:"]


def test_a_retry_is_told_once_with_its_time_and_the_text_begins_anew() -> None:
    listener = Listener()
    listener.sends("Hi")
    retrying = moved("1", TurnState.RETRYING, failure=REFUSED, delay=0.5)
    assert listener.hears(grew("1", "On"), retrying, retrying) == [
        "llama3.2:",
        "On",
        "chinwag: retry 1 in 0.5 s: Connection refused. /now tries at once, /cancel stops",
    ]
    assert listener.waits(0.4) == []
    assert listener.hears(moved("1", TurnState.CONNECTING, 2), grew("1", "One.\n", attempt=2)) == ["llama3.2:", "One."]


def test_a_server_that_is_away_is_told_once() -> None:
    listener = Listener(interactive=False)
    listener.sends("Hi")
    away = moved("1", TurnState.WAITING_FOR_SERVER, failure=REFUSED)
    assert listener.hears(away, away) == ["chinwag: waits for the server: Connection refused. Start the server."]


def test_a_model_that_is_silent_from_the_beginning_is_told_once() -> None:
    listener = Listener()
    listener.sends("Hi")
    assert [listener.waits(3.0), listener.waits(3.0), listener.waits(60.0)] == [[], [LOADING], []]


def test_to_ask_again_tells_the_new_version_only() -> None:
    listener = Listener()
    listener.sends("Hi")
    listener.hears(done("1", "One."))
    counted = VersionsCounted(TALK, TurnId("1"), Place(), Place(2, 2))
    assert listener.hears(again("1"), moved("1", TurnState.CONNECTING, 2), counted) == []
    assert listener.hears(grew("1", "Two.\n", attempt=2)) == ["llama3.2 (2/2):", "Two."]


def test_to_go_on_tells_what_is_added_only() -> None:
    listener = Listener()
    listener.sends("Hi")
    listener.hears(grew("1", "One"), ended("1", TurnState.CANCELLED, "One"))
    going = TurnAccepted(TALK, TurnId("1"), "Hi", again=True, continues=stream("1").message)
    listener.hears(going, moved("1", TurnState.CONNECTING, 2))
    assert listener.hears(grew("1", "One", attempt=2), grew("1", " and two.\n", attempt=2)) == [
        "llama3.2 goes on:",
        " and two.",
    ]


def test_another_conversation_is_one_line_when_its_reply_has_ended() -> None:
    listener = Listener()
    listener.hears(ConversationStarted(OTHER, MODEL, title="Elsewhere", shown=False))
    for number, state in enumerate((TurnState.DONE, TurnState.FAILED, TurnState.CANCELLED)):
        turn = str(number)
        listener.hears(accepted(turn, conversation=OTHER))
        assert listener.hears(grew(turn, "text\n", conversation=OTHER)) == []
        end = TurnEnded(OTHER, stream(turn), state, done(turn, "text").reply, done(turn, "").ending)
        expected = {
            TurnState.DONE: ["chinwag: Elsewhere: answered"],
            TurnState.FAILED: ["chinwag: Elsewhere: failed"],
        }
        assert listener.hears(end) == expected.get(state, [])


def test_a_conversation_that_is_opened_is_told_from_its_last_exchanges_on() -> None:
    listener = Listener()
    listener.hears(NoticePosted(TALK, "Long ago."))
    path = PathShown(OTHER, None, tuple(exchange(str(number), f"q{number}", f"a{number}") for number in range(7)))
    assert listener.hears(ConversationStarted(OTHER, MODEL, title="The sea"), path) == [
        "chinwag: this is the chat 'The sea', with llama3.2",
        "chinwag: ... 2 earlier",
        *(line for number in range(2, 7) for line in (f"you: q{number}", "llama3.2:", f"a{number}")),
    ]


def test_a_reply_under_way_in_a_conversation_that_is_opened_is_told_as_far_as_it_came_and_goes_on() -> None:
    listener = Listener()
    listener.hears(started(OTHER), accepted("1", "Go", conversation=OTHER), started(TALK))
    assert listener.hears(grew("1", "One.\nTw", conversation=OTHER)) == []
    assert listener.hears(started(OTHER), grew("1", "o.\n", conversation=OTHER)) == [
        "you: Go",
        "llama3.2:",
        "One.",
        "Two.",
    ]


def test_what_was_said_in_a_conversation_with_a_title_is_expected_for_a_moment() -> None:
    listener = Listener()
    assert not listener.teller.expects_path(0.0)
    listener.hears(ConversationStarted(OTHER, MODEL, title="The sea"))
    assert [listener.teller.expects_path(at) for at in (1.5, 2.5)] == [True, False]
    listener.hears(PathShown(OTHER, None, ()))
    assert not listener.teller.expects_path(1.5)


def test_a_new_conversation_is_told() -> None:
    assert Listener().hears(started(OTHER)) == ["chinwag: a new chat, with llama3.2"]


def test_a_copy_is_told_with_what_was_said() -> None:
    listener = Listener()
    record = ConversationRecord(OTHER, "The sea", MODEL, "", 0.0, 0.0, None, False, (), ())
    path = PathShown(OTHER, None, (exchange("1", "Hi", "Yes."),))
    assert listener.hears(ConversationForked(record), ConversationStarted(OTHER, MODEL, title="The sea"), path) == [
        "chinwag: this is the chat 'The sea', with llama3.2",
        "chinwag: This is a copy. The other chat stays as it is.",
        "you: Hi",
        "llama3.2:",
        "Yes.",
    ]


def test_every_move_on_the_path_is_told() -> None:
    listener = Listener()
    one, two = exchange("1", "Hi", "Yes."), exchange("2", "Why?", "So.")
    other = exchange("2", "Why?", "Thus.", places=(Place(), Place(2, 2)))
    listener.hears(shows(one, two))
    assert listener.hears(shows(one)) == ['chinwag: the talk now ends with the reply to "Hi"']
    assert listener.hears(shows()) == ["chinwag: this is the beginning of the chat"]
    assert listener.hears(shows(one, other)) == ["you: Why?", "llama3.2 (2/2):", "Thus."]


def test_where_an_engine_begins_anew_what_was_interrupted_is_told() -> None:
    listener = Listener()
    listener.sends("Hi")
    listener.hears(grew("1", "One"))
    path = shows(exchange("1", "Hi", "One", state=TurnState.INTERRUPTED))
    afresh = PathShown(TALK, path.head, path.exchanges, afresh=True)
    assert listener.hears(afresh) == [
        "llama3.2:",
        "One",
        "chinwag: interrupted: /continue goes on, /retry asks anew",
    ]


def test_which_model_is_a_question_with_numbers() -> None:
    listener = Listener()
    asked = ModelAsked(TALK, "Which model? here has: a, b.", ("a", "b"))
    assert listener.hears(asked, asked) == [
        "chinwag:",
        "which model is to answer?",
        "1. a",
        "2. b",
        "Send its number, or /model NAME.",
    ]
    assert listener.choices() == ["a", "b"]
    assert listener.hears(ModelSet(TALK, "b")) == []
    assert listener.choices() == []


def test_where_nobody_can_answer_the_question_has_no_numbers() -> None:
    asked = ModelAsked(TALK, "Which model? here has: a, b.", ("a", "b"))
    assert Listener(interactive=False).hears(asked) == [
        "chinwag: Which model? here has: a, b. Choose with /model NAME, or name one with -m."
    ]


def test_a_server_without_a_model_is_told_as_it_is() -> None:
    assert Listener().hears(ModelAsked(TALK, "There is no model.", ())) == ["chinwag: There is no model."]


def test_the_model_is_told_when_it_is_known() -> None:
    teller = Teller(Model(), interactive=True, breaks=True)
    assert teller.hear(started(model=None), 0.0) == []
    assert teller.hear(ModelSet(TALK, "a"), 1.0) == ["chinwag: the model is a"]
    assert teller.hear(ModelSet(TALK, "b"), 2.0) == []


def test_a_prompt_that_was_refused_is_repeated() -> None:
    listener = Listener()
    listener.teller.sent("Hi")
    assert listener.hears(InputRefused(TALK, "Hi", "Too many."), InputRefused(TALK, "/quti", "No.")) == [
        "chinwag: Too many.",
        "chinwag: not sent: Hi",
        "chinwag: No.",
    ]


def test_a_prompt_to_be_changed_is_told_with_what_to_do() -> None:
    assert Listener().hears(PromptOffered(TALK, TurnId("1"), "Hi\nthere")) == [
        "chinwag:",
        "What you send next takes its place, an empty line leaves it. The prompt is:",
        "Hi",
        "there",
    ]


def test_a_prompt_that_waits_and_was_changed_does_not_keep_later_moves_from_being_told() -> None:
    listener = Listener()
    listener.hears(shows(exchange("1", "Hi", "Yes.")))
    listener.hears(accepted("2", "Ho"))
    listener.teller.sent("Ha")
    assert listener.hears(PromptReworded(TALK, TurnId("2"), "Ha"), ended("2", TurnState.CANCELLED)) == [
        "chinwag: cancelled: /retry asks again",
        "you:",
    ]
    assert listener.hears(shows()) == ["chinwag: this is the beginning of the chat"]


def test_what_is_kept_is_listed_and_found() -> None:
    kept = KeptConversation(OTHER, "The sea", MODEL, 0.0)
    listener = Listener()
    assert listener.hears(ConversationsListed(TALK, (kept,))) == [
        "chinwag:",
        "The latest chats (go to one with /open TITLE):",
        "  The sea",
    ]
    assert listener.hears(HitsFound(TALK, "deep", (Hit(kept, MessageId("1"), Role.USER, "how deep"),))) == [
        "chinwag:",
        "Found 'deep' (go to a chat with /open TITLE):",
        "  The sea - you: how deep",
    ]


def test_troubles_are_a_line_each() -> None:
    broke = Failure(Category.APPLICATION, "It broke.", "Wait.")
    events: list[UiEvent] = [
        KeepingFailed("The disk is full."),
        KeepingResumed("The disk takes it again."),
        EngineRecovered(broke),
        EngineFailed(broke),
        ServerChanged(ServerSurvey("here", notice="A small model.")),
        ServerChanged(ServerSurvey("here", failure=REFUSED)),
        ServerChanged(ServerSurvey("here", failure=REFUSED)),
        ServerChanged(ServerSurvey("here")),
    ]
    assert Listener().hears(*events) == [
        "chinwag: The disk is full.",
        "chinwag: The disk takes it again.",
        "chinwag: A part of chinwag failed and was started again: It broke. Wait.",
        "chinwag: It broke. Wait.",
        "chinwag: A small model.",
        "chinwag: Connection refused. Start the server.",
        "chinwag: the server answers: here",
    ]


def test_what_was_held_back_is_told_at_the_end() -> None:
    listener = Listener()
    listener.sends("Hi")
    listener.hears(grew("1", "One.\nTw"))
    assert listener.teller.finish() == ["Tw"]
    assert listener.teller.finish() == []


def test_ends_that_are_not_good_are_counted_wherever_they_are() -> None:
    listener = Listener(interactive=False)
    listener.sends("Hi")
    listener.hears(failed("1"))
    listener.sends("Hi", "2")
    listener.hears(done("2", "Yes."))
    listener.hears(accepted("3", conversation=ConversationId("third")))
    end = failed("3")
    listener.hears(TurnEnded(ConversationId("third"), end.stream, end.state, end.reply, end.ending))
    assert listener.teller.failures == 2
