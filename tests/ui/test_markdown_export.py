from msgspec.structs import replace

from protocol.chat import Role
from protocol.identity import ConversationId, MessageId
from protocol.kept import ConversationRecord
from protocol.tree import Node
from tests.support.records import SEA
from ui.markdown_export import markdown

EMPTY = ConversationRecord(ConversationId("x"), "", None, "", 1.0, 1.0, None)


def test_the_path_is_shown_with_its_versions_and_how_it_ended() -> None:
    assert (
        markdown(SEA)
        == """\
# Das Meer 🌊

## System prompt

Be brief.

## You

Is it deep?

*(image a.png, 5 B)*

## tiny:1b

Very.

*(calls weather({"city": "Zürich"}))*

## You (2/2)

How␛ wide?

*(cancelled)*

## You

And how old?

*(not sent yet)*

## You

*(asked again, not sent yet)*
"""
    )


def test_another_head_shows_another_path() -> None:
    shown = markdown(replace(SEA, head=MessageId("b#1"), waiting=()))
    assert shown.endswith("## You (1/2)\n\nHow deep?\n\n## tiny:1b (1/2)\n\nEleven kilo\n\n*(interrupted)*\n")


def test_a_failure_says_why() -> None:
    shown = markdown(replace(SEA, head=MessageId("a#1"), waiting=()))
    assert shown.endswith("## tiny:1b (1/2)\n\n*(failed: The server has no such model.)*\n")


def test_before_the_first_prompt_there_is_a_title() -> None:
    assert markdown(replace(SEA, head=None, system="", waiting=())) == "# Das Meer 🌊\n"
    assert markdown(EMPTY) == "# (no title)\n"


def test_a_summary_stands_under_its_own_heading_without_the_instruction() -> None:
    asks = Node(MessageId("1"), None, Role.USER, "Sum it up.", keeps=1)
    summary = Node(MessageId("1#1"), asks.id, Role.ASSISTANT, "Owls.", model="tiny:1b")
    record = replace(EMPTY, messages=(asks, summary), head=summary.id)
    said = "# (no title)\n\n## Summary of what was said before\n\n## tiny:1b\n\nOwls.\n"
    assert markdown(record) == said
