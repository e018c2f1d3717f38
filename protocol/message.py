"""The common shape of everything that is said between actors."""

import msgspec


class Value(msgspec.Struct, frozen=True):
    """An immutable value that can be part of a message and encodes to JSON."""


class Message(msgspec.Struct, frozen=True, tag=True):
    """An immutable message. In JSON it names its own class under `type`, so unions decode unambiguously."""
