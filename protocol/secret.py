"""What may be sent and never seen: passwords and keys."""

from protocol.message import Message, Value

SHOWN = "***"
"""What stands wherever a secret would."""
_TEXT = "_text"


class Secret(Value, frozen=True, eq=False, dict=True):
    """A text that only `reveal` tells: not `str`, `repr`, a format string, JSON, a pickle or an exception's text.

    It is no field, so that nothing that looks at fields finds it. Empty where nothing is secret, and then false.
    """

    @classmethod
    def of(cls, text: str) -> "Secret":
        """Return what hides `text`."""
        secret = cls()
        secret.__dict__[_TEXT] = text
        return secret

    def reveal(self) -> str:
        """Return the text itself: for what is about to be sent, and for nothing else."""
        return str(self.__dict__.get(_TEXT, ""))

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __repr__(self) -> str:
        return f"Secret({SHOWN if self else ''})"

    def __str__(self) -> str:
        return SHOWN if self else ""

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __reduce__(self) -> tuple[type["Secret"], tuple[()]]:
        return Secret, ()

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self


class InVariable(Message, frozen=True):
    """The secret is in an environment variable."""

    name: str


class InKeyring(Message, frozen=True):
    """The secret is in the keyring of the user's desktop, as the library `keyring` finds it."""

    service: str
    user: str


SecretPlace = InVariable | InKeyring
"""Where a secret is to be looked up when it is needed."""
