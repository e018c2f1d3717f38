from actors.open_talks import OpenTalks
from protocol.chat import Conversation
from protocol.identity import ConversationId
from protocol.ui import ConversationStarted

TALK, OTHER = ConversationId("talk"), ConversationId("other")


def test_a_conversation_that_begins_is_known_and_not_kept() -> None:
    talks = OpenTalks()
    talks.begin(ConversationStarted(TALK, "tiny:1b", "Be brief."))
    assert (TALK in talks, OTHER in talks, talks.shown) == (True, False, TALK)
    assert talks.about(TALK) == Conversation(TALK, "tiny:1b", "Be brief.")
    assert (talks.is_kept(TALK), talks.title(TALK)) == (False, "")


def test_one_that_is_not_shown_leaves_the_other_on_the_screen() -> None:
    talks = OpenTalks()
    talks.begin(ConversationStarted(TALK, None))
    talks.begin(ConversationStarted(OTHER, None, title="Other", shown=False))
    assert (talks.shown, talks.is_kept(OTHER), talks.title(OTHER)) == (TALK, True, "Other")


def test_what_is_chosen_is_learnt_one_thing_at_a_time() -> None:
    talks = OpenTalks()
    talks.begin(ConversationStarted(TALK, None, "Be brief."))
    assert talks.learn(TALK, model="tiny:1b") == Conversation(TALK, "tiny:1b", "Be brief.")
    assert talks.learn(TALK, system="") == Conversation(TALK, "tiny:1b", "") == talks.about(TALK)
    assert talks.learn(OTHER, model="tiny:1b") is None


def test_a_title_outlives_that_the_conversation_is_shown_again_without_one() -> None:
    talks = OpenTalks()
    talks.begin(ConversationStarted(TALK, None))
    talks.call(TALK, "Mine")
    talks.keep(TALK)
    talks.begin(ConversationStarted(TALK, None))
    assert (talks.title(TALK), talks.is_kept(TALK)) == ("Mine", True)


def test_a_title_that_was_set_outlives_the_one_that_the_conversation_was_opened_with() -> None:
    talks = OpenTalks()
    talks.begin(ConversationStarted(TALK, None, title="First"))
    talks.call(TALK, "Mine")
    talks.begin(ConversationStarted(TALK, None, title="First"))
    assert talks.title(TALK) == "Mine"


def test_of_one_that_is_forgotten_nothing_is_known() -> None:
    talks = OpenTalks()
    talks.begin(ConversationStarted(TALK, None, title="Mine"))
    talks.forget(TALK)
    talks.forget(OTHER)
    assert (TALK in talks, talks.about(TALK), talks.title(TALK), talks.is_kept(TALK)) == (False, None, "", False)
    assert talks.shown is None
