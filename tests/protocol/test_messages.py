import importlib
import pkgutil
from types import UnionType
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import protocol
from protocol.message import Message, Value
from tests.support.values import values

MODULES = [importlib.import_module(f"protocol.{found.name}") for found in pkgutil.iter_modules(protocol.__path__)]


def _is_union_of_messages(value: object) -> bool:
    """Tell it from one of plain kinds, such as what an option may be set to."""
    kinds = get_args(value) if isinstance(value, UnionType) else ()
    return bool(kinds) and all(isinstance(kind, type) and issubclass(kind, Message) for kind in kinds)


UNIONS = {
    name: value
    for module in MODULES
    for name, value in vars(module).items()
    if _is_union_of_messages(value) or name in ("StreamReaderMessage", "StoreReaderMessage")
}


def members(union: Any) -> tuple[type[Message], ...]:
    return get_args(union) or (union,)


def defined(root: type[msgspec.Struct]) -> set[type[msgspec.Struct]]:
    """Every class that `protocol` derives from `root`."""
    found = {found for each in root.__subclasses__() for found in {each} | defined(each)}
    return {each for each in found if each.__module__.startswith("protocol.")}


def test_the_unions_are_found() -> None:
    assert set(UNIONS) == {
        "AccumulatorMessage",
        "ArchiveQuestion",
        "ArchivistMessage",
        "AttachingMessage",
        "AttachmentEvent",
        "Branch",
        "BranchCommand",
        "Command",
        "CompareWord",
        "ComparisonCommand",
        "ComparisonEvent",
        "ContextCommand",
        "ContextWish",
        "CoordinatorMessage",
        "Ending",
        "Errand",
        "ErrandNews",
        "Frame",
        "InConversation",
        "InputHandlerMessage",
        "LibrarianMessage",
        "ModelChoice",
        "ModelCommand",
        "ModelMessage",
        "NewsOfActors",
        "NotKept",
        "ParameterChange",
        "ParameterCommand",
        "ServerCommand",
        "Parametrising",
        "QueueCommand",
        "Queuing",
        "Recovery",
        "Reminder",
        "SecretPlace",
        "SleepNews",
        "SleepQuestion",
        "StoreQuestion",
        "StoreReaderMessage",
        "StoreWork",
        "StreamReaderMessage",
        "TimekeeperMessage",
        "UiEvent",
        "WorkFrame",
    }


def test_every_message_belongs_to_a_union() -> None:
    assert defined(Message) == {member for union in UNIONS.values() for member in members(union)}


@pytest.mark.parametrize("union", UNIONS.values(), ids=UNIONS)
def test_the_names_in_a_union_are_unique(union: Any) -> None:
    names = [member.__name__ for member in members(union)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("kind", sorted(defined(Message) | defined(Value), key=str), ids=lambda kind: kind.__name__)
def test_every_message_and_every_value_is_frozen_and_has_a_docstring(kind: type[msgspec.Struct]) -> None:
    assert kind.__struct_config__.frozen
    assert kind.__doc__


@pytest.mark.parametrize("union", UNIONS.values(), ids=UNIONS)
@given(data=st.data())
def test_every_message_travels_as_json_and_comes_back_equal(union: Any, data: st.DataObject) -> None:
    for member in members(union):
        message = data.draw(values(member))
        assert msgspec.json.decode(msgspec.json.encode(message), type=union) == message


@pytest.mark.parametrize("union", UNIONS.values(), ids=UNIONS)
def test_a_message_names_its_class_in_json(union: Any) -> None:
    for member in members(union):
        assert member.__struct_config__.tag_field == "type"
        assert member.__struct_config__.tag == member.__name__
