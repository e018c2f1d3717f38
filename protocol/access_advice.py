"""What to do where a server, or a proxy before it, wants to know who asks: which setting, which variable."""

from protocol.secret import InKeyring, InVariable, SecretPlace
from protocol.server_settings import ServerSettings

KEY_VARIABLE = "OLLAMA_API_KEY"
"""Where Ollama's own programs look for a key."""


def advise_unauthorised(settings: ServerSettings) -> str:
    """Return what to do about 401."""
    if settings.key or settings.key_from:
        return f"Check the key{_place(settings, settings.key_from, 'key')}."
    if settings.user or settings.password or settings.password_from:
        return f"Check the user and the password{_place(settings, settings.password_from, 'password')}."
    if settings.name:
        return f"It wants to know who asks: give it a key, or a user and password, {_section(settings)}."
    return f"It wants to know who asks: set {KEY_VARIABLE} to its key, or write http://USER:PASSWORD@HOST with --host."


def advise_forbidden(settings: ServerSettings, said: str) -> str:
    """Return what to do about 403. Ollama says not a word where it does not like the name it is called by."""
    if settings.key or settings.user:
        whose = "this key" if settings.key else f"{settings.user}"
        return f"Ask the server's owner what {whose} may do."
    if said:
        return advise_unauthorised(settings)
    return "Ask the server's owner: OLLAMA_ORIGINS or a proxy forbids it."


def advise_proxy(settings: ServerSettings) -> str:
    """Return what to do about 407."""
    if settings.proxy is not None:
        return f"Check the user and the password of its proxy {_section(settings)}."
    return "Check the user and password in HTTP_PROXY or HTTPS_PROXY, or name the server in NO_PROXY."


def advise_address(settings: ServerSettings) -> str:
    """Return what to do about a redirect."""
    return (
        f"Set its url to the final address {_section(settings)}."
        if settings.name
        else ("Set OLLAMA_HOST or --host to the final address.")
    )


def _section(settings: ServerSettings) -> str:
    return f"in [servers.{settings.name}] of the configuration" if settings.name else "in the configuration"


def _place(settings: ServerSettings, place: SecretPlace | None, what: str) -> str:
    match place:
        case InVariable(name=name):
            return f" in the environment variable {name}"
        case InKeyring(service=service, user=user):
            return f" that the keyring has for {user} of {service}"
        case None:
            return f" ({what} {_section(settings)})" if settings.name else " in the address"
