"""Where keys and passwords are, when they are not in the settings: the environment, or the user's keyring."""

import importlib
from collections.abc import Callable, Mapping
from typing import assert_never

import msgspec

from protocol.errors import WrongAddress
from protocol.secret import InKeyring, InVariable, Secret, SecretPlace
from protocol.server_settings import ServerSettings

Keyring = Callable[[str, str], str | None]
"""Returns the secret that is kept for a service and a user; None where there is none."""


def ask_keyring(service: str, user: str) -> str | None:
    """Look into the keyring of the user's desktop, which may ask the user to open it.

    Raises WrongAddress where the library is not installed, or has no keyring to look into.
    """
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        raise WrongAddress(
            f"The secret of {user} for {service} is in the keyring, and what reads keyrings is not installed.",
            "Install chinwag[keyring], or name an environment variable instead.",
        ) from None
    try:
        found: str | None = keyring.get_password(service, user)
    except Exception as error:  # noqa: BLE001 - each keyring has errors of its own
        raise WrongAddress(
            f"The keyring cannot be read ({type(error).__name__}).",
            "Open it, or name an environment variable instead.",
        ) from None
    return found


def resolve(settings: ServerSettings, environment: Mapping[str, str], keyring: Keyring = ask_keyring) -> ServerSettings:
    """Return the settings with key and password filled in from where they are. They still say where that is.

    Raises WrongAddress, in whose text no secret is, where one that a server needs is not there.
    """
    return msgspec.structs.replace(
        settings,
        key=settings.key or _find(settings, settings.key_from, "key", environment, keyring),
        password=settings.password or _find(settings, settings.password_from, "password", environment, keyring),
    )


def _find(
    settings: ServerSettings, place: SecretPlace | None, what: str, environment: Mapping[str, str], keyring: Keyring
) -> Secret:
    match place:
        case None:
            return Secret()
        case InVariable(name=name):
            found, where = environment.get(name), f"the environment variable {name} is not set"
        case InKeyring(service=service, user=user):
            found, where = keyring(service, user), f"the keyring has none for {user} of {service}"
        case _:
            assert_never(place)
    if not (found or "").strip():
        server = settings.name or str(settings.url)
        raise WrongAddress(f"There is no {what} for {server}: {where}.", "Put it there, then send again.")
    return Secret.of((found or "").strip())
