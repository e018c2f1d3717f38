from protocol.comparison import Column, ColumnKind, Comparison, ComparisonId, Contestant
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.turn import TurnState
from ui.conversation import Conversation
from ui.pieces import Pieces
from ui.turn import Attempt, Turn
from ui.verdict import Verdicts

ONE, OTHER = (Column(ConversationId(name), Contestant(name), TurnId(name)) for name in ("alpha", "beta"))
JUDGE = Column(
    ConversationId("j"), Contestant("j"), TurnId("j"), ColumnKind.JUDGE, (OTHER.conversation, ONE.conversation)
)
COMPARED = Comparison(ComparisonId("1"), ConversationId("talk"), None, TurnId("p"), "Why?", (ONE, OTHER, JUDGE))


def talk(words: str = "Best: A", is_open: bool = False) -> Conversation:
    turn = Turn(TurnId("j"), "Which?", 0.0, TurnState.DONE, attempt=attempt(words))
    return Conversation(JUDGE.conversation, "j", [turn], {TurnId("j"): 0} if is_open else {})


def attempt(words: str, number: int = 1) -> Attempt:
    return Attempt(StreamId(TurnId("j"), number), "j", answer=Pieces(words))


def said(shown: Conversation) -> str:
    (turn,) = shown.entries
    assert isinstance(turn, Turn)
    assert turn.attempt is not None
    return str(turn.attempt.answer)


def test_the_letters_of_a_judge_have_their_names() -> None:
    assert said(Verdicts().shown(COMPARED, JUDGE, talk())) == "- A: beta\n- B: alpha\n\nBest: A (beta)"


def test_while_it_speaks_and_of_all_others_the_talk_is_shown_as_it_is() -> None:
    verdicts, judging, judged = Verdicts(), talk(is_open=True), talk()
    assert verdicts.shown(COMPARED, JUDGE, judging) is judging
    assert verdicts.shown(COMPARED, ONE, judged) is judged


def test_it_is_made_once_for_each_version() -> None:
    verdicts, judged = Verdicts(), talk()
    first = verdicts.shown(COMPARED, JUDGE, judged)
    assert verdicts.shown(COMPARED, JUDGE, judged) is first
    (turn,) = judged.entries
    assert isinstance(turn, Turn)
    turn.attempt = attempt("Best: B", 2)
    assert said(verdicts.shown(COMPARED, JUDGE, judged)).endswith("Best: B (alpha)")
