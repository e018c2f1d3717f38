"""`chinwag` in a real pseudo-terminal: other versions, other wordings, other ways on, and what waits."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.answers import ndjson_chat, opening, silence_after
from tests.support.replay_server import ReplayServer
from tests.support.session import ALT, CTRL_C, CTRL_D, CTRL_N, CTRL_R, ENTER, ESC, UP, chatting, lists, quits
from tests.support.terminal import Terminal
from tests.support.wire import Wait

LABEL = "smollm2:135m"
FIRST, SECOND = ndjson_chat(["First."]), ndjson_chat(["Second."])


def at_rest(*lines: str) -> Callable[[list[str]], bool]:
    """Whether a screen shows these lines in the talk, in this order, and nothing is under way."""

    def shown(screen: list[str]) -> bool:
        talk = iter(screen[:-2])
        return all(line in talk for line in lines) and "ready" in screen[-2]

    return shown


def sent(server: ReplayServer, number: int) -> list[tuple[str, str]]:
    """What the model was sent with this request."""
    messages = json.loads(server.request_received(number).body)["messages"]
    return [(message["role"], message["content"]) for message in messages]


def line_of(screen: list[str], text: str) -> int:
    """Where a line is; -1 where it is not."""
    return screen.index(text) if text in screen else -1


def leave(terminal: Terminal) -> None:
    """Quit, and see that all is well."""
    terminal.send(CTRL_D)
    quits(terminal)


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
def test_a_prompt_is_asked_again_and_both_versions_of_the_reply_are_there(size: tuple[int, int]) -> None:
    with chatting(FIRST, SECOND, columns=size[0], lines=size[1]) as (terminal, server):
        terminal.send("Why?" + ENTER)
        terminal.wait_for(at_rest("> Why?", LABEL, "First."))
        terminal.send(ALT + "r")
        screen = terminal.wait_for(at_rest("> Why?", f"{LABEL}  2/2", "Second."))
        assert "First." not in screen
        assert sent(server, 2) == sent(server, 1) == [("user", "Why?")]
        terminal.send(ALT + "p")
        assert "Second." not in terminal.wait_for(at_rest("> Why?", f"{LABEL}  1/2", "First."))
        terminal.send(ALT + "n")
        terminal.wait_for(at_rest("> Why?", f"{LABEL}  2/2", "Second."))
        leave(terminal)


def test_an_edited_prompt_is_a_sibling_of_the_one_it_was_made_from() -> None:
    with chatting(FIRST, SECOND) as (terminal, server):
        terminal.send("Why?" + ENTER)
        terminal.wait_for(at_rest("First."))
        terminal.send("a draft" + ALT + "e")
        assert "editing: Enter sends, Esc leaves" in terminal.wait_for("* Why?")[-2]
        terminal.send(" Please." + ENTER)
        terminal.wait_for(at_rest("> Why? Please.  2/2", LABEL, "Second."))
        assert sent(server, 2) == [("user", "Why? Please.")]
        terminal.send(ALT + "p")
        terminal.wait_for(at_rest("> Why?  1/2", LABEL, "First."))
        terminal.send(UP + UP)
        terminal.wait_for("> a draft")
        terminal.send(CTRL_C)
        leave(terminal)


def test_an_edit_is_one_again_after_another_chat_was_looked_at() -> None:
    with chatting(FIRST, SECOND) as (terminal, server):
        terminal.send("Why?" + ENTER)
        terminal.wait_for(at_rest("First."))
        terminal.send(ALT + "e")
        terminal.wait_for("* Why?")
        terminal.send(" Please." + CTRL_N)
        terminal.wait_for(lambda screen: screen[-1] == "> Write here")
        terminal.send("a draft" + ALT + "1")
        assert "editing: Enter sends, Esc leaves" in terminal.wait_for("* Why? Please.")[-2]
        terminal.send(ENTER)
        terminal.wait_for(lambda screen: {"> Why? Please.  2/2", "Second."} <= set(screen))
        assert sent(server, 2) == [("user", "Why? Please.")]
        terminal.send(ALT + "2")
        terminal.wait_for("> a draft")
        terminal.send(CTRL_C)
        leave(terminal)


def test_esc_leaves_an_edit_and_all_stays_as_it_was() -> None:
    with chatting(FIRST) as (terminal, server):
        terminal.send("Why?" + ENTER)
        terminal.wait_for(at_rest("First."))
        terminal.send(ALT + "e")
        terminal.wait_for("* Why?")
        terminal.send("!" + ESC)
        screen = terminal.wait_for("> Write here")
        assert at_rest("> Why?", LABEL, "First.")(screen)
        assert len(server.chats) == 1
        leave(terminal)


def test_undo_goes_back_and_redo_comes_back() -> None:
    with chatting(FIRST, SECOND) as (terminal, _):
        for prompt, reply in (("one", "First."), ("two", "Second.")):
            terminal.send(prompt + ENTER)
            terminal.wait_for(at_rest(f"> {prompt}", reply))
        terminal.send(ALT + "u")
        terminal.wait_for(lambda screen: at_rest("> one", "First.")(screen) and "> two" not in screen)
        terminal.send(ALT + "u")
        terminal.wait_for("chinwag: a chat with a language model")
        terminal.send(ALT + "y")
        terminal.wait_for(lambda screen: at_rest("> one", "First.")(screen) and "> two" not in screen)
        terminal.send(ALT + "y")
        terminal.wait_for(at_rest("> one", "First.", "> two", "Second."))
        leave(terminal)


def test_what_follows_an_undo_is_another_way_on() -> None:
    with chatting(FIRST, SECOND, ndjson_chat(["Third."])) as (terminal, server):
        for prompt, reply in (("one", "First."), ("two", "Second.")):
            terminal.send(prompt + ENTER)
            terminal.wait_for(at_rest(f"> {prompt}", reply))
        terminal.send(ALT + "u")
        terminal.wait_for(lambda screen: "> two" not in screen)
        terminal.send("three" + ENTER)
        terminal.wait_for(at_rest("> one", "> three  2/2", "Third."))
        assert sent(server, 3) == [("user", "one"), ("assistant", "First."), ("user", "three")]
        terminal.send(ALT + "p")
        terminal.wait_for(at_rest("> one", "> two  1/2", "Second."))
        leave(terminal)


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
def test_a_model_goes_on_with_a_reply_that_was_stopped(size: tuple[int, int]) -> None:
    script = silence_after(["Once upon"]), ndjson_chat([" a time."])
    with chatting(*script, columns=size[0], lines=size[1]) as (terminal, server):
        terminal.send("A story" + ENTER)
        terminal.wait_for("Once upon")
        terminal.send(ESC)
        terminal.wait_for(at_rest("Once upon", "cancelled: Alt-C continues, Alt-R anew"))
        terminal.send(ALT + "c")
        terminal.wait_for(at_rest("> A story", f"{LABEL}  2/2", "Once upon a time."))
        assert sent(server, 2) == [("user", "A story"), ("assistant", "Once upon")]
        terminal.send(ALT + "p")
        terminal.wait_for(at_rest(f"{LABEL}  1/2", "Once upon", "cancelled: Alt-C continues, Alt-R anew"))
        leave(terminal)


def test_a_fork_goes_on_by_itself_and_what_is_typed_after_it_goes_there() -> None:
    with chatting(FIRST, SECOND) as (terminal, server):
        terminal.send("Why?" + ENTER)
        terminal.wait_for(at_rest("First."))
        terminal.send("/fork" + ENTER + "And?" + ENTER)
        terminal.wait_for(at_rest("> Why?", "First.", "> And?", "Second."))
        assert "This is a copy. The other chat stays as it is." in terminal.display()
        assert "Why? (fork)" in terminal.display()[-2]
        assert sent(server, 2) == [("user", "Why?"), ("assistant", "First."), ("user", "And?")]
        terminal.send("/open why? (" + ENTER + "/chats" + ENTER)
        terminal.wait_for(lists("Why? (fork)", "Why?"))
        terminal.send(CTRL_C)
        leave(terminal)


def test_a_reply_that_came_behind_another_conversation_is_unread_until_it_is_shown() -> None:
    more = threading.Event()
    slow = (*opening(["Once"]), Wait(more), *ndjson_chat([" upon a time."])[1:])
    with chatting(slow) as (terminal, _):
        terminal.send("Tell a story" + ENTER)
        terminal.wait_for("Once")
        terminal.send("/new" + ENTER)
        terminal.wait_for("1 in background")
        more.set()
        terminal.wait_for("1 unread")
        terminal.send("/open tell" + ENTER)
        screen = terminal.wait_for(at_rest("> Tell a story", LABEL, "Once upon a time."))
        assert "unread" not in screen[-2]
        leave(terminal)


def test_what_is_typed_after_a_conversation_that_is_not_found_goes_to_the_old_one() -> None:
    with chatting(FIRST, SECOND) as (terminal, server):
        terminal.send("one" + ENTER)
        terminal.wait_for(at_rest("First."))
        terminal.send("/open nosuch" + ENTER + "two" + ENTER)
        terminal.wait_for(at_rest("No chat begins with 'nosuch'.", "> two", "Second."))
        assert sent(server, 2) == [("user", "one"), ("assistant", "First."), ("user", "two")]
        leave(terminal)


def test_a_conversation_is_deleted_and_brought_back() -> None:
    with chatting(FIRST, SECOND) as (terminal, server):
        terminal.send("one" + ENTER)
        terminal.wait_for(at_rest("First."))
        terminal.send("/delete" + ENTER + "two" + ENTER)
        assert "First." not in terminal.wait_for(at_rest("> two", "Second."))
        assert sent(server, 2) == [("user", "two")]
        terminal.send("/undelete" + ENTER)
        assert "Second." not in terminal.wait_for(at_rest("> one", LABEL, "First."))
        leave(terminal)


def test_a_text_sent_now_stops_the_reply_and_goes_before_what_waits() -> None:
    with chatting(silence_after(["One."]), SECOND, ndjson_chat(["Third."])) as (terminal, server):
        terminal.send("first" + ENTER)
        terminal.wait_for("One.")
        terminal.send("waits" + ENTER)
        terminal.wait_for("> waits")
        terminal.send("hurry" + ALT + "s")
        terminal.wait_for(at_rest("> first", "One.", "cancelled", "> hurry", "Second.", "> waits", "Third."))
        assert [sent(server, number)[-1] for number in (2, 3)] == [("user", "hurry"), ("user", "waits")]
        leave(terminal)


def test_what_waits_is_sent_now_by_a_key() -> None:
    with chatting(silence_after(["One."]), SECOND) as (terminal, _):
        terminal.send("first" + ENTER)
        terminal.wait_for("One.")
        terminal.send("waits" + ENTER)
        terminal.wait_for("queued: waits for the reply before it")
        terminal.send(ALT + "s")
        terminal.wait_for(at_rest("One.", "cancelled", "> waits", "Second."))
        leave(terminal)


def test_prompts_that_wait_change_places_and_are_sent_in_that_order() -> None:
    with chatting(silence_after(["One."]), SECOND, ndjson_chat(["Third."])) as (terminal, server):
        terminal.send("first" + ENTER)
        terminal.wait_for("One.")
        terminal.send("second" + ENTER + "third" + ENTER)
        terminal.wait_for("> third")
        terminal.send("/queue move 3 2" + ENTER)
        terminal.wait_for(lambda screen: 0 < line_of(screen, "> third") < line_of(screen, "> second"))
        terminal.send(ESC)
        terminal.wait_for(at_rest("> first", "One.", "> third", "Second.", "> second", "Third."))
        assert [sent(server, number)[-1] for number in (2, 3)] == [("user", "third"), ("user", "second")]
        leave(terminal)


def test_prompts_that_wait_are_edited_and_dropped() -> None:
    with chatting(silence_after(["One."]), SECOND) as (terminal, server):
        terminal.send("first" + ENTER)
        terminal.wait_for("One.")
        terminal.send("second" + ENTER + "third" + ENTER)
        terminal.wait_for("> third")
        terminal.send("/queue edit 2" + ENTER)
        terminal.wait_for("* second")
        terminal.send("!" + ENTER)
        terminal.wait_for("> second!")
        terminal.send("/queue drop 3" + ENTER)
        terminal.wait_for("cancelled")
        terminal.send(ESC)
        terminal.wait_for(at_rest("> first", "One.", "> third", "> second!", "Second."))
        assert len(server.chats) == 2
        assert sent(server, 2)[-1] == ("user", "second!")
        leave(terminal)


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
def test_what_was_typed_is_found_again_by_a_later_run(tmp_path: Path, size: tuple[int, int]) -> None:
    with chatting(FIRST, home=tmp_path) as (terminal, _):
        terminal.send("the quick fox" + ENTER)
        terminal.wait_for(at_rest("First."))
        terminal.send("the lazy dog" + ENTER)
        terminal.wait_for(at_rest("> the lazy dog", "First."))
        leave(terminal)
    with chatting(SECOND, home=tmp_path, columns=size[0], lines=size[1]) as (terminal, server):
        terminal.send("draft" + CTRL_R + "the")
        terminal.wait_for("(search) the: the lazy dog")
        terminal.send(CTRL_R)
        assert "search: Enter takes, Esc leaves" in terminal.wait_for("(search) the: the quick fox")[-2]
        terminal.send(ENTER)
        terminal.wait_for("> the quick fox")
        terminal.send(ENTER)
        terminal.wait_for(at_rest("> the quick fox", "Second."))
        assert sent(server, 1) == [("user", "the quick fox")]
        leave(terminal)
