"""A chat whose model is gone: what is said where one writes, in the status line, and when the chat is opened."""

from protocol.models import ServerSurvey, list_names
from ui.conversation import Conversation


def is_missing(conversation: Conversation, survey: ServerSurvey | None) -> bool:
    """Tell whether a conversation's model is not among those of its server, as far as that is known. A server that
    names no model at all may be one that does not tell."""
    if conversation.model is None or survey is None or not survey.models:
        return False
    return survey.is_without(conversation.model)


def missing_words(conversation: Conversation, survey: ServerSurvey | None, way: str) -> str:
    """Say where one writes that another model is to be chosen first, and by which key; empty where all is well."""
    return f"Model gone: {way}" if is_missing(conversation, survey) else ""


def missing_notice(conversation: Conversation, survey: ServerSurvey, way: str) -> str:
    """Say of a chat that is opened, or whose model has vanished, what can be done. `way` is how one chooses here."""
    pull = f" /pull {conversation.model} gets it again." if survey.manages_models else ""
    return (
        f"{conversation.model} is not on {survey.server}. It has: {list_names(survey.names)}. {way}{pull} What you "
        "send meanwhile is then sent to that one."
    )
