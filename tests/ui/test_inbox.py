import os
import threading

from tests.support.addresses import PATIENCE
from tests.support.leaks import nothing_left
from ui.inbox import Inbox


def test_a_message_of_another_thread_ends_the_wait() -> None:
    with nothing_left():
        inbox = Inbox[str]()
        teller = threading.Thread(target=inbox.tell, args=("news",))
        teller.start()
        assert inbox.wait(None, PATIENCE) is False
        assert inbox.drain() == ["news"]
        teller.join()
        inbox.close()


def test_what_can_be_read_ends_the_wait_too() -> None:
    reader, writer = os.pipe()
    inbox = Inbox[str]()
    os.write(writer, b"x")
    assert inbox.wait(reader, PATIENCE) is True
    assert inbox.wait(None, 0.0) is False
    os.close(writer)
    os.read(reader, 1)
    assert inbox.wait(reader, PATIENCE) is True
    os.close(reader)
    inbox.close()


def test_messages_come_in_order_and_once_however_many() -> None:
    inbox = Inbox[int]()
    for number in range(300_000):
        inbox.tell(number)
    inbox.wait(None, PATIENCE)
    assert inbox.drain() == list(range(300_000))
    assert inbox.drain() == []
    inbox.close()


def test_a_message_that_comes_too_late_disturbs_nobody() -> None:
    inbox = Inbox[str]()
    inbox.close()
    inbox.tell("late")
    assert inbox.drain() == ["late"]
