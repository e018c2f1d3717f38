"""What the screen says of the keys, in the names that the keymap gives them."""

from dataclasses import dataclass

from ui.keymap import DEFAULT_KEYMAP, Keymap
from ui.keys import Action
from ui.marks import Remedies


@dataclass(frozen=True)
class KeyWords:
    """Hints, each where its key is of use."""

    remedies: Remedies
    unfolds: str
    """Behind thinking that is folded."""
    welcome: str
    """In an empty chat."""
    welcome_back: str
    """There, where other chats are kept."""
    bottom: str
    """Below a transcript that does not show its end."""
    stops: str
    """In the status line, while a reply is under way."""
    keys: str
    """In the status line, else."""
    copies: str
    """In the status line, where there is code to copy."""
    edits: str
    """In the status line, while a prompt is edited."""
    sends: str
    """There, while a question to one who judges answers is."""
    searches: str
    """In the status line, while the texts sent before are searched."""
    asks_model: str
    """Where no model is chosen."""
    chooses_model: str
    """Where one writes, and the model is gone."""
    picks: str
    """In the status line, while answers are compared."""
    steps: str
    """There, too."""
    to_chat: str
    """There, too."""
    leaves_differences: str
    """There, while differences are seen."""
    to_answers: str
    """In the status line of a chat in which answers were compared."""


def key_words(keymap: Keymap) -> KeyWords:
    """Return what is said with this keymap."""
    shown = keymap.shown
    send, stop = shown(Action.SEND), shown(Action.CANCEL)
    again = shown(Action.RETRY)
    copies, chats = shown(Action.COPY), shown(Action.CHATS)
    commands, keys, leave = shown(Action.PALETTE), shown(Action.HELP), shown(Action.END_OF_INPUT)
    return KeyWords(
        Remedies(
            f"{shown(Action.CONTINUE)} continues, {again} anew",
            f"{again} asks again",
            f"{shown(Action.TRY_NOW)} tries now, {stop} stops",
            f"{shown(Action.MODELS)} chooses another model, and asks it",
        ),
        unfolds=f"{shown(Action.THINKING)} shows",
        welcome=f"{send} sends, {stop} stops, {commands} commands, {keys} keys, {leave} quits",
        welcome_back=f"{send} sends, {stop} stops, {commands} commands, {keys} keys, {chats} chats, {leave} quits",
        bottom=shown(Action.BOTTOM),
        stops=f"{stop} stops",
        keys=f"{keys} keys",
        copies=f"{copies} copies",
        edits=f"editing: {send} sends, Esc leaves",
        sends=f"{send} sends, Esc leaves",
        searches=f"search: {send} takes, Esc leaves",
        chooses_model=f"{shown(Action.MODELS)} chooses another",
        asks_model=f"Choose with {shown(Action.MODELS)} or /model NAME.",
        picks=f"{shown(Action.PICK_ANSWER)} picks",
        steps=f"{shown(Action.NEXT_ANSWER)} next",
        leaves_differences=f"{stop} answers",
        to_chat=f"{shown(Action.COMPARISON)} chat",
        to_answers=f"{shown(Action.COMPARISON)} answers",
    )


DEFAULT_KEY_WORDS = key_words(DEFAULT_KEYMAP)
"""What is said of the keys as they come."""
