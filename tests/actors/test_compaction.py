"""/compact and /context at the Coordinator: what is told, sent and kept, in order."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from protocol.chat import Attachment
from protocol.compaction import INSTRUCTION
from protocol.comparison import Compare, Contestant, PickAnswer
from protocol.context import CompactConversation, ShowContext
from protocol.coordinator import (
    CancelConversation,
    ContinueReply,
    EditPrompt,
    ForkConversation,
    PrepareToStop,
    RestoreConversation,
    RetryReply,
    ServerSurveyed,
    SetSystemPrompt,
    ShowQueue,
    Submit,
    UndoPrompt,
)
from protocol.errors import ServerRefusal
from protocol.frames import Chunk, Metrics
from protocol.identity import ServerName, TurnId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.models import RunningModel
from protocol.ollama_host import ServerUrl
from protocol.parameter_changes import SetFormat, SetOption
from protocol.parameter_commands import ChangeParameters
from protocol.parameters import FormatText, Parameters
from protocol.reply import Finished, Reply
from protocol.server_commands import ChooseServer
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.timekeeper import RetryDue
from protocol.turn import TurnState
from protocol.ui import (
    ConversationForked,
    NoticePosted,
    PathShown,
    PromptOffered,
    TurnAccepted,
    TurnEnded,
    TurnQueued,
    WaitReason,
)
from tests.support.comparing import UNDECIDED, Names
from tests.support.coordinating import (
    AWAY,
    DONE,
    LOST,
    MODEL,
    STOPPED,
    SURVEY,
    A,
    B,
    Desk,
    asked,
    begun,
    broke,
    ended,
    finished,
    limits,
    stream,
    submit,
    surveyed,
)
from tests.support.keeping import TALK, accept, left_by_a_kill, opened, path_of, recorded
from tests.support.keeping import stream as stream_of

CUT = Finished("length", Metrics(eval_count=2, eval_duration=3))
SUM = "Sum it up."


def talk(exchanges: int = 3, desk: Desk | None = None) -> Desk:
    """A talk of so many exchanges: `1?`, `1.`, `2?` and so on, by the turns 2, 3, ..."""
    desk = desk or Desk()
    desk.given(surveyed())
    for number in range(1, exchanges + 1):
        desk.given(submit(A, f"{number}?"), finished(stream(number + 1), f"{number}."))
    return desk


def opened_with(told: list[object]) -> list[str]:
    """The texts of the one request that was sent."""
    (request,) = [event.request for event in told if isinstance(event, OpenStream)]
    return [message.content for message in request.messages]


def test_the_older_part_is_sent_with_the_instruction_and_what_comes_is_a_turn() -> None:
    desk = talk()
    assert desk.after(CompactConversation(A, 1)) == [
        TurnAccepted(A, TurnId("5"), INSTRUCTION, keeps=1, sums_up=4),
        *begun(A, stream(5), asked("1?", "1.", "2?", "2.", INSTRUCTION)),
    ]
    assert desk.after(finished(stream(5), SUM))[2:] == [ended(A, stream(5), TurnState.DONE, Reply(SUM), DONE)]


def test_from_then_on_the_summary_is_sent_and_the_exchanges_that_it_keeps() -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1), finished(stream(5), SUM))
    assert opened_with(desk.after(submit(A, "4?"))) == [INSTRUCTION, SUM, "3?", "3.", "4?"]


def test_the_system_prompt_goes_with_it() -> None:
    desk = talk(2)
    desk.given(SetSystemPrompt(A, "Be brief."))
    told = desk.after(CompactConversation(A, 0))
    assert opened_with(told) == ["Be brief.", "1?", "1.", "2?", "2.", INSTRUCTION]


def test_a_summary_is_made_of_all_there_is_however_few_messages_a_prompt_goes_with() -> None:
    desk = talk(4, Desk(settings=limits(max_message_history=2)))
    told = desk.after(CompactConversation(A, 1))
    assert opened_with(told) == ["1?", "1.", "2?", "2.", "3?", "3.", INSTRUCTION]


@pytest.mark.parametrize("how", ["cancelled", "refused", "cut"])
def test_one_that_is_not_whole_changes_nothing(how: str) -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1))
    if how == "cancelled":
        desk.given(CancelConversation(A), finished(stream(5), "Sum", STOPPED))
    elif how == "refused":
        desk.given(broke(stream(5), ServerRefusal("No.", "", 400).failure))
    else:
        desk.given(finished(stream(5), "Sum", CUT))
    assert opened_with(desk.after(submit(A, "4?"))) == ["1?", "1.", "2?", "2.", "3?", "3.", "4?"]


def test_one_that_was_cut_can_be_gone_on_with_and_counts_when_it_is_whole() -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1), finished(stream(5), "Sum", CUT))
    told = desk.after(ContinueReply(A))
    assert opened_with(told) == ["1?", "1.", "2?", "2.", INSTRUCTION, "Sum"]
    desk.given(finished(stream(5, 2), SUM))
    assert opened_with(desk.after(submit(A, "4?"))) == [INSTRUCTION, SUM, "3?", "3.", "4?"]


def test_it_is_asked_again_of_the_same() -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1), finished(stream(5), "Bad"))
    told = desk.after(RetryReply(A))
    assert told[0] == TurnAccepted(A, TurnId("5"), INSTRUCTION, again=True, keeps=1, sums_up=4)
    assert opened_with(told) == ["1?", "1.", "2?", "2.", INSTRUCTION]


def test_going_back_before_it_is_the_original_path() -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1), finished(stream(5), SUM))
    (shown,) = [event for event in desk.after(UndoPrompt(A)) if isinstance(event, PathShown)]
    assert (shown.head, [exchange.prompt for exchange in shown.exchanges]) == ("4#1", ["1?", "2?", "3?"])
    assert opened_with(desk.after(submit(A, "4?"))) == ["1?", "1.", "2?", "2.", "3?", "3.", "4?"]


def test_what_is_shown_of_it_says_how_many_messages_it_sums_up() -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1), finished(stream(5), SUM), submit(A, "4?"), finished(stream(6), "4."))
    (shown,) = [event for event in desk.after(UndoPrompt(A)) if isinstance(event, PathShown)]
    assert [(one.prompt, one.keeps, one.sums_up) for one in shown.exchanges] == [
        ("1?", None, None),
        ("2?", None, None),
        ("3?", None, None),
        (INSTRUCTION, 1, 4),
    ]


def test_its_instruction_can_be_changed_and_it_sums_up_still() -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1), finished(stream(5), "Bad"))
    assert desk.after(EditPrompt(A)) == [PromptOffered(A, TurnId("5"), INSTRUCTION)]
    told = desk.after(Submit(A, "In one line.", edits=TurnId("5")))
    assert TurnAccepted(A, TurnId("6"), "In one line.", keeps=1, sums_up=4) in told
    assert opened_with(told) == ["1?", "1.", "2?", "2.", "In one line."]


def test_a_second_one_sums_up_the_first() -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1), finished(stream(5), SUM), submit(A, "4?"), finished(stream(6), "4."))
    told = desk.after(CompactConversation(A, 1))
    assert told[0] == TurnAccepted(A, TurnId("7"), INSTRUCTION, keeps=1, sums_up=4)
    assert opened_with(told) == [INSTRUCTION, SUM, "3?", "3.", INSTRUCTION]
    desk.given(finished(stream(7), "All."))
    assert opened_with(desk.after(submit(A, "5?"))) == [INSTRUCTION, "All.", "4?", "4.", "5?"]


def test_a_copy_of_the_talk_has_it_too() -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1), finished(stream(5), SUM))
    (forked,) = [event for event in desk.after(ForkConversation(A)) if isinstance(event, ConversationForked)]
    assert [node.keeps for node in forked.record.messages][-2:] == [1, None]
    told = desk.after(Submit(forked.record.id, "4?"))
    assert opened_with(told) == [INSTRUCTION, SUM, "3?", "3.", "4?"]


@pytest.mark.parametrize(
    ("exchanges", "keep", "words"),
    [
        (0, 2, "Nothing has been said here yet: there is nothing to sum up."),
        (1, 2, "There is nothing to sum up besides the last exchange. /compact 0 sums up all there is."),
        (3, 3, "There is nothing to sum up besides the last 3 exchanges. /compact 2 leaves one less."),
    ],
)
def test_where_nothing_is_to_be_summed_up_that_is_said(exchanges: int, keep: int, words: str) -> None:
    assert talk(exchanges).after(CompactConversation(A, keep)) == [NoticePosted(A, words)]


def test_while_a_reply_is_under_way_it_is_refused() -> None:
    desk = talk()
    desk.given(submit(A, "4?"))
    assert desk.after(CompactConversation(A, 1)) == [NoticePosted(A, "A reply is under way: Esc stops it.")]


def test_it_waits_for_a_free_stream_and_prompts_wait_for_it() -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(surveyed(), submit(A, "1?"), finished(stream(3), "1."), submit(B, "busy"))
    assert desk.after(CompactConversation(A, 0), submit(A, "2?")) == [
        TurnAccepted(A, TurnId("5"), INSTRUCTION, keeps=0, sums_up=2),
        TurnQueued(A, TurnId("5"), WaitReason.STREAM_LIMIT),
        TurnAccepted(A, TurnId("6"), "2?"),
        TurnQueued(A, TurnId("6"), WaitReason.EARLIER_PROMPT),
    ]
    assert opened_with(desk.after(finished(stream(4)))) == ["1?", "1.", INSTRUCTION]
    assert opened_with(desk.after(finished(stream(5), SUM))) == [INSTRUCTION, SUM, "2?"]


def test_in_the_queue_it_is_named_by_what_it_is_for() -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1))
    assert desk.after(ShowQueue(A)) == [NoticePosted(A, "1. connecting: a summary of what was said")]


def test_one_that_waits_for_the_server_sums_up_the_same_when_it_is_back() -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1), surveyed(AWAY))
    for attempt in (1, 2, 3):
        desk.given(broke(stream(5, attempt), AWAY.failure or LOST))
        desk.given(*([] if attempt == 3 else [RetryDue(stream(5, attempt))]))
    told = desk.after(surveyed(SURVEY))
    assert opened_with(told) == ["1?", "1.", "2?", "2.", INSTRUCTION]


def test_after_a_stop_it_waits_in_the_next_run_and_keeps_what_it_kept() -> None:
    nodes = tuple(talk().coordinator._conversations.tree(A))
    waiting = (WaitingPrompt(TurnId("s"), INSTRUCTION, keeps=1),)
    desk = Desk(0)
    desk.given(surveyed())
    record = ConversationRecord(A, "", MODEL, "", 0.0, 0.0, nodes[-1].id, messages=nodes, waiting=waiting)
    told = desk.after(RestoreConversation(record))
    assert TurnAccepted(A, TurnId("s"), INSTRUCTION, keeps=1, sums_up=4) in told
    assert opened_with(told) == ["1?", "1.", "2?", "2.", INSTRUCTION]


def test_while_the_program_stops_nothing_is_summed_up() -> None:
    desk = talk()
    desk.given(PrepareToStop())
    assert desk.after(CompactConversation(A, 1)) == [NoticePosted(A, "chinwag is stopping.")]


@pytest.mark.parametrize("comes", ["", "Sum"])
def test_a_kill_in_the_middle_leaves_the_path_and_the_mark(comes: str, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    with opened(folder) as archive:
        accept(archive, "1", "Hi")
        archive.begin_reply(stream_of("1"), MODEL, 1.0)
        archive.end_turn(TurnEnded(TALK, stream_of("1"), TurnState.DONE, Reply("Hello."), DONE), 2.0)
        archive.accept_turn(TurnAccepted(TALK, TurnId("s"), INSTRUCTION, keeps=0, sums_up=2), 3.0)
        waits = left_by_a_kill(folder, tmp_path / "waits")
        archive.begin_reply(stream_of("s"), MODEL, 4.0)
        archive.add_pieces([(stream_of("s"), (Chunk(comes),))])
        broken = left_by_a_kill(folder, tmp_path / "broken")
    with opened(waits, "next") as archive:
        archive.interrupt_orphans()
        assert [(one.prompt, one.keeps) for one in recorded(archive).waiting] == [(INSTRUCTION, 0)]
        assert [name for name, _ in path_of(archive)] == ["1", "1#1"]
    with opened(broken, "next") as archive:
        archive.interrupt_orphans()
        prompt, reply = recorded(archive).messages[-2:]
        assert (prompt.keeps, prompt.state, reply.text, reply.state) == (
            0,
            TurnState.INTERRUPTED,
            comes,
            TurnState.INTERRUPTED,
        )


def test_parked_and_mended_it_keeps_its_mark(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", "Hi")
        archive.begin_reply(stream_of("1"), MODEL, 1.0)
        archive.end_turn(TurnEnded(TALK, stream_of("1"), TurnState.DONE, Reply("Hello."), DONE), 2.0)
        archive.accept_turn(TurnAccepted(TALK, TurnId("s"), INSTRUCTION, keeps=3, sums_up=2), 3.0)
        archive.begin_reply(stream_of("s"), MODEL, 4.0)
        archive.park(stream_of("s"), DONE, 5.0)
        record = recorded(archive)
        assert [(one.again, one.keeps) for one in record.waiting] == [(True, 3)]
    with opened(tmp_path / "copy") as other:
        other.keep_record(record)
        assert recorded(other) == record
    with opened(tmp_path / "mended") as mended:
        mended.mend(record, 6.0)
        assert [node.keeps for node in recorded(mended).messages] == [None, None, 3, None]
        assert [one.keeps for one in recorded(mended).waiting] == [3]


def test_the_context_of_a_talk_in_words() -> None:
    counted = Finished("stop", Metrics(prompt_eval_count=1000, eval_count=24))
    desk = Desk()
    running = replace(SURVEY, running=(RunningModel(MODEL, 0, 4096),))
    desk.given(surveyed(running), submit(A, "1?"), finished(stream(2), "1.", counted))
    assert desk.after(ShowContext(A)) == [
        NoticePosted(
            A,
            "Context: 1,024 tokens of 4,096, 25 % (as the server counted them), with tiny:1b.\n"
            "2 messages of this chat go with the next prompt.\n"
            "/compact sums up the older part, /new begins a new chat.",
        )
    ]


def test_a_text_that_went_with_a_prompt_counts_with_it() -> None:
    desk = Desk()
    desk.given(surveyed(), Submit(A, "1?", attachments=(Attachment("a.txt", "text/plain", b"word " * 1000),)))
    desk.given(finished(stream(2), "1."))
    (notice,) = desk.after(ShowContext(A))
    assert isinstance(notice, NoticePosted)
    assert notice.text.startswith("Context: about 1,362 tokens (an estimate).")


def test_what_is_estimated_and_left_out_is_said_to_be() -> None:
    desk = talk(3, Desk(settings=limits(max_message_history=2)))
    desk.given(SetSystemPrompt(A, "Be brief."))
    (notice,) = desk.after(ShowContext(A))
    assert isinstance(notice, NoticePosted)
    first, second, _ = notice.text.split("\n")
    assert first.startswith("Context: about ")
    assert first.endswith("tokens (an estimate). The server does not say how many tiny:1b has room for.")
    assert second == (
        "2 messages of this chat go with the next prompt; the system prompt, too; "
        "4 older ones are left out, because at most 2 are sent."
    )


def test_a_summary_is_named_among_what_is_sent() -> None:
    desk = talk()
    desk.given(CompactConversation(A, 1), finished(stream(5), SUM))
    (notice,) = desk.after(ShowContext(A))
    assert isinstance(notice, NoticePosted)
    assert "4 messages of this chat go with the next prompt; the first of them a summary" in notice.text


def test_an_empty_chat_without_a_model_says_what_is_known() -> None:
    assert Desk(model=None).after(ShowContext(A)) == [
        NoticePosted(
            A,
            "No model is chosen yet: how much it holds is not known.\n0 messages of this chat go with the next prompt.",
        )
    ]


def test_what_gives_replies_a_form_or_an_early_end_is_not_sent_with_it() -> None:
    desk = talk()
    options = Parameters.of_options({"num_ctx": 512, "num_predict": 5})
    for change in (SetOption("num_ctx", 512), SetOption("num_predict", 5), SetFormat(FormatText('"json"'))):
        desk.given(ChangeParameters(A, change))
    told = desk.after(CompactConversation(A, 1), finished(stream(5), SUM), submit(A, "4?"))
    sent = [event.request.parameters for event in told if isinstance(event, OpenStream)]
    assert sent == [Parameters.of_options({"num_ctx": 512}), replace(options, format='"json"')]


def test_the_room_is_what_was_set_for_the_chat() -> None:
    desk = talk(1)
    desk.given(surveyed(replace(SURVEY, running=())), ChangeParameters(A, SetOption("num_ctx", 512)))
    (notice,) = desk.after(ShowContext(A))
    assert isinstance(notice, NoticePosted)
    assert " of 512, " in notice.text


def test_of_a_server_that_does_not_say_what_runs_no_room_is_told_whatever_is_set() -> None:
    desk = talk(1)
    desk.given(ChangeParameters(A, SetOption("num_ctx", 512)))
    (notice,) = desk.after(ShowContext(A))
    assert isinstance(notice, NoticePosted)
    assert "The server does not say how many tiny:1b has room for." in notice.text


def test_the_room_is_that_of_the_server_which_answers() -> None:
    mill = ServerSettings(ServerUrl(host="mill"), name="mill")
    desk = Desk(settings=EngineSettings(others=(mill,)))
    small, large = (replace(SURVEY, running=(RunningModel(MODEL, 0, room),)) for room in (400, 8000))
    desk.given(surveyed(small), ServerSurveyed(large, None, ServerName("mill")), ChooseServer(A, ServerName("mill")))
    (notice,) = desk.after(ShowContext(A))
    assert isinstance(notice, NoticePosted)
    assert " of 8,000, " in notice.text


def test_while_answers_are_compared_nothing_is_summed_up_until_one_is_picked() -> None:
    desk = talk(2)
    names = Names(3, stream(3).message)
    desk.given(names.compare, finished(names.first, "Small."), finished(names.second, "Large."))
    assert desk.after(CompactConversation(A, 0)) == [NoticePosted(A, UNDECIDED)]
    desk.given(PickAnswer(A, 1))
    assert opened_with(desk.after(CompactConversation(A, 0)))[-3:] == ["Why?", "Small.", INSTRUCTION]


def test_who_are_compared_are_sent_the_summary_too() -> None:
    desk = talk(2)
    desk.given(CompactConversation(A, 0), finished(stream(4), SUM))
    told = desk.after(Compare(A, (Contestant("small"),), "Why?"))
    assert opened_with(told) == [INSTRUCTION, SUM, "Why?"]
