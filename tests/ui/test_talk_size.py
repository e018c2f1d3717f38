"""How much the talk on the screen is for its next prompt: what a model is sent of it counts."""

from msgspec.structs import replace

from protocol.chat import Attachment
from protocol.frames import Chunk, Metrics
from protocol.reply import Reply
from protocol.turn import TurnState
from protocol.ui import ReplyGrew
from tests.ui.talk import TALK, accepted, done, moved, started, stream
from ui.model import Model
from ui.talk_size import talk_size

PICTURE = Attachment("image.png", "image/png", b"x")


def test_an_exchange_counts_of_which_the_reply_is_only_an_image() -> None:
    model = Model()
    drawn = replace(done("1", "", Metrics(prompt_eval_count=70, eval_count=5)), reply=Reply(images=(PICTURE,)))
    grown = ReplyGrew(TALK, stream("1"), (Chunk(images=(PICTURE,)),))
    for event in (started(), accepted("1", "Draw."), moved("1", TurnState.CONNECTING), grown, drawn):
        model.apply(event, 0.0)
    assert talk_size(model.shown).used == 75
