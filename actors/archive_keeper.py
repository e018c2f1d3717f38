"""The archive behind a queue: what the disk refuses waits, what is said later waits behind it, and no hole is left."""

import logging
import sqlite3
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from actors.archive import Archive
from actors.damage import is_damaged, set_aside
from actors.disk_trouble import (
    KEPT_AFTER_ALL,
    REPLACED,
    UNTIL_THE_END,
    describe_cause,
    describe_damage,
    describe_surrender,
    describe_trouble,
    may_pass,
)

logger = logging.getLogger(__name__)

Work = Callable[[Archive], object]
"""Something to do with an open archive: one transaction, or none. It raises what the archive raises."""

FAULTS = (sqlite3.Error, OSError, ValueError, msgspec.MsgspecError)
"""What an archive raises: a disk that fails, and content that cannot be read, or written."""

MOST_WAITING = 10_000
"""Writes that a refusing disk is owed, at most: more than that are not kept in memory, and none is made any more."""


class ArchiveKeeper:
    """Opens the archive, writes to it in order, puts a damaged one aside. Plain data of its owner's thread.

    A write that fails for a reason that may pass stays the first in the queue: what comes later never overtakes it,
    so what is on disk is always a beginning of what was said. `rests` is True then, until `catch_up`.
    `begin` is the first that is written to an archive. `warn` is told why something is not kept, once; `relieve` that
    everything is kept after all; `say` what else is good to know. `open_archive` and `wall_clock` are as the Archivist
    has them.
    """

    def __init__(
        self,
        path: Path,
        open_archive: Callable[[], Archive],
        begin: Work,
        warn: Callable[[str], None],
        relieve: Callable[[str], None],
        say: Callable[[str], None],
        wall_clock: Callable[[], float],
    ) -> None:
        self._path = path
        self._open_archive = open_archive
        self._begin = begin
        self._warn = warn
        self._relieve = relieve
        self._say = say
        self._now = wall_clock
        self._archive: Archive | None = None
        self._waiting: deque[Work] = deque()
        self._has_begun = False
        self._is_over = False
        self._something_is_lost = False
        self.rests = False
        self.trouble = ""
        """Why something is not kept; empty while all is well."""

    def open(self) -> None:
        """Open the archive, and begin. One that is damaged is put aside, and a fresh one opened in its place."""
        self._rest_unless(self._guarded(self._begin_or_replace))

    @property
    def keeps(self) -> bool:
        """True while everything that was said is on disk."""
        return self._has_begun and not (self._is_over or self.rests or self._something_is_lost)

    def reopen(self) -> None:
        """Connect to the file anew: after a failure of our own nobody knows what became of the connection."""
        archive = self._archive
        if archive is not None:
            self._rest_unless(self._guarded(archive.reopen))
            if self.rests:
                self._let_go()
        if self._waiting and not self._is_over:
            self.catch_up()

    def close(self) -> None:
        """Write what waits, if the disk takes it, and let go of the file. Nothing is done with it after this."""
        if self._waiting and not self._is_over:
            self.catch_up()
        self._give_up()

    def write(self, work: Work) -> None:
        """Do `work` after everything that waits: at once, unless the disk rests."""
        if self._is_over:
            return
        self._waiting.append(work)
        if len(self._waiting) > MOST_WAITING:
            self._give_up()
            self._complain(describe_surrender(self._path), instead=True)
        elif not self.rests:
            self.catch_up()

    def catch_up(self) -> bool:
        """Open the archive if that failed before, and do what waits, in order; False if that cannot be done."""
        rested = self.rests
        self._rest_unless(not self._is_over and self._guarded(self._write_waiting))
        caught_up = not self.rests and not self._is_over
        if rested and caught_up and not self._something_is_lost:
            self.trouble = ""
            self._relieve(KEPT_AFTER_ALL)
        return caught_up

    def read(self, work: Work) -> str:
        """Do `work`, which changes nothing, at once, if the archive can be opened at all.

        Returns why that was not possible; nothing if it was.
        """
        if self._archive is None:
            return self.trouble
        try:
            work(self._archive)
        except FAULTS as error:
            logger.exception("the archive cannot answer")
            if not is_damaged(error):
                return describe_cause(error, self._path)
            self._put_aside()
            return self.trouble
        return ""

    def change(self, work: Work) -> str:
        """The same for what changes something: it is not done before what waits."""
        if (self._waiting or not self._has_begun) and not self.catch_up():
            return self.trouble
        return self.read(work)

    def _rest_unless(self, succeeded: bool) -> None:
        self.rests = not succeeded and not self._is_over

    def _begin_or_replace(self) -> None:
        try:
            self._begin_with_archive()
        except FAULTS as error:
            if not is_damaged(error):
                raise
            logger.exception("the archive is damaged")
            self._let_go()
            aside = set_aside(self._path, self._now())
            self._begin_with_archive()
            self._say(f"{describe_damage(self._path, aside)} {REPLACED}")

    def _begin_with_archive(self) -> None:
        if self._archive is None:
            self._archive = self._open_archive()
        self._begin(self._archive)
        self._has_begun = True

    def _write_waiting(self) -> None:
        if not self._has_begun:
            self._begin_or_replace()
        elif self._archive is None:
            self._archive = self._open_archive()
        while self._archive is not None and self._waiting:
            try:
                self._waiting[0](self._archive)
            except FAULTS as error:
                if is_damaged(error) or may_pass(error):
                    raise
                logger.exception("something cannot be kept")  # nor could it later: the rest goes on without it
                self._something_is_lost = True
                self._complain(describe_trouble(error, self._path))
            except BaseException:
                self._waiting.popleft()  # what fails by our own fault would do so for ever
                raise
            self._waiting.popleft()

    def _guarded(self, work: Callable[[], object]) -> bool:
        """Do something with the disk. When that fails, find out what remains possible, and say so."""
        try:
            work()
            return True
        except FAULTS as error:
            again = bool(self.trouble)  # which is tried every few seconds: the log is not to grow with that
            logger.log(logging.DEBUG if again else logging.ERROR, "the archive failed", exc_info=True)
            if is_damaged(error):
                self._put_aside()
            else:
                self._complain(describe_trouble(error, self._path))
                if not self._has_begun and not may_pass(error):
                    self._give_up()
            return False

    def _put_aside(self) -> None:
        """Damaged while it was open: the conversations that go on are longer than what a fresh file would hold."""
        self._give_up()
        try:
            aside = set_aside(self._path, self._now())
            self._complain(f"{describe_damage(self._path, aside)} {UNTIL_THE_END}", instead=True)
        except OSError as error:
            logger.exception("the damaged archive cannot be put aside")
            words = error.strerror or error
            self._complain(f"{self._path} is damaged, and cannot be put aside ({words}). {UNTIL_THE_END}", instead=True)

    def _complain(self, words: str, instead: bool = False) -> None:
        """Warn. A trouble that is said already says enough, unless these words are worse."""
        if instead or not self.trouble:
            self.trouble = words
            self._warn(words)

    def _give_up(self) -> None:
        self._is_over, self.rests = True, False
        self._waiting.clear()
        self._let_go()

    def _let_go(self) -> None:
        archive, self._archive = self._archive, None
        if archive is not None:
            archive.close()
