import inspect

import msgspec
import pytest

from protocol import errors
from protocol.errors import Category, ChinwagError, Failure, ServerRefusal

TREE: dict[type[ChinwagError], set[type[ChinwagError]]] = {
    errors.NetworkError: {
        errors.ServerUnreachable,
        errors.ConnectionLost,
        errors.ServerSilent,
        errors.ServerBusy,
    },
    errors.ProtocolError: {errors.MalformedFrame, errors.LineTooLong, errors.UnexpectedContent, errors.WrongAddress},
    errors.ServerRefusal: set(),
    errors.ApplicationError: {errors.IllegalTransition, errors.ReplyTooLong, errors.ActorDied},
    errors.InterfaceError: set(),
}
CATEGORIES: dict[type[ChinwagError], Category] = {
    errors.NetworkError: Category.NETWORK,
    errors.ProtocolError: Category.PROTOCOL,
    errors.ServerRefusal: Category.SERVER,
    errors.ApplicationError: Category.APPLICATION,
    errors.InterfaceError: Category.INTERFACE,
}
KINDS = [kind for branch, kinds in TREE.items() for kind in (branch, *kinds)]


def test_the_tree_is_the_one_that_is_drawn() -> None:
    assert {branch: set(branch.__subclasses__()) for branch in ChinwagError.__subclasses__()} == TREE
    drawn = inspect.getdoc(errors) or ""
    assert [kind for kind in KINDS if f"-- {kind.__name__} " not in drawn] == []


@pytest.mark.parametrize("branch", TREE, ids=lambda branch: branch.__name__)
def test_every_error_has_the_category_of_its_branch(branch: type[ChinwagError]) -> None:
    for kind in (branch, *TREE[branch]):
        assert kind("It broke.").failure.category is CATEGORIES[branch]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_failure_travels_as_json_and_comes_back_equal(kind: type[ChinwagError]) -> None:
    failure = kind('It said "é\x1b\u2028".', "Do this.", 503).failure
    assert msgspec.json.decode(msgspec.json.encode(failure), type=Failure) == failure


def test_an_error_is_its_failure_in_words() -> None:
    error = ServerRefusal("The server refused.", "Ask again.", 400)
    assert error.failure == Failure(Category.SERVER, "The server refused.", "Ask again.", "ServerRefusal", 400)
    assert str(error) == str(error.failure) == "The server refused. Ask again."


def test_an_error_without_advice_has_no_blank_at_its_end() -> None:
    error = ServerRefusal("The server refused.")
    assert str(error) == str(error.failure) == "The server refused."
