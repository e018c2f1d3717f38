from msgspec.structs import replace

from actors.server_watch import ServerWatch
from protocol.librarian import RememberModel, SurveyServer
from protocol.timekeeper import Remind, SurveyDue
from tests.support.addresses import Recorder
from tests.support.coordinating import AWAY, SURVEY


class Watching:
    """A watch, and what is told by it."""

    def __init__(self) -> None:
        self.told = Recorder[object]()
        self.watch = ServerWatch(self.told, self.told, 2.0)


def test_nothing_is_known_before_the_first_look() -> None:
    watch = Watching().watch
    assert (watch.surveyed, watch.survey, watch.last_used) == (False, None, None)


def test_a_look_that_found_nobody_is_a_look() -> None:
    watch = Watching().watch
    watch.learn(AWAY, None)
    assert (watch.surveyed, watch.survey) == (True, AWAY)


def test_the_model_used_last_stays_known_when_a_look_tells_of_none() -> None:
    watching = Watching()
    watching.watch.learn(SURVEY, "tiny")
    watching.watch.learn(SURVEY, None)
    assert watching.watch.last_used == "tiny"
    watching.watch.remember("huge")
    assert (watching.watch.last_used, watching.told.take()) == ("huge", [RememberModel("huge")])


def test_a_server_that_says_what_it_runs_is_looked_at_after_replies_once_an_interval() -> None:
    watching = Watching()
    watching.watch.learn(replace(SURVEY, running=()), None)
    watching.watch.remember("tiny")
    watching.watch.remember("tiny")
    assert watching.told.take() == [RememberModel("tiny"), Remind(2.0, SurveyDue()), RememberModel("tiny")]
    watching.watch.look_as_due()
    watching.watch.remember("tiny")
    assert watching.told.take() == [SurveyServer(), RememberModel("tiny"), Remind(2.0, SurveyDue())]


def test_before_the_first_look_no_reply_asks_for_another() -> None:
    watching = Watching()
    watching.watch.remember("tiny")
    assert watching.told.take() == [RememberModel("tiny")]


def test_one_later_look_is_enough_for_all_who_want_one() -> None:
    watching = Watching()
    watching.watch.look_later()
    watching.watch.look_later()
    watching.watch.look_as_due()
    watching.watch.look_later()
    assert watching.told.take() == [Remind(2.0, SurveyDue()), SurveyServer(), Remind(2.0, SurveyDue())]
