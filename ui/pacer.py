"""When to paint: at once after a quiet time, at a steady beat in a stream, and more slowly when frames are dear."""

from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds, from a clock that never goes back."""

SetAlarm = Callable[[float, Callable[[], None]], object]
"""Have a function called on the UI thread in so many seconds."""

BEAT = 1 / 66
"""Seconds between two frames."""

EARLY = 2
"""Frames."""

LONGEST_PAUSE = 0.5
"""Seconds: however dear a frame is, the next one comes no later."""

_REST = 4.0


class Pacer:
    """Turns any number of requests into frames, with one alarm under way at most. UI thread only.

    A frame that took t seconds earns a pause of four times t, so painting never takes more than a fifth of the time,
    but while it catches up: then it may take half of it. After a quiet time so many frames may come before theirs:
    an answer that follows its question at once is not kept waiting by the frame in which that was shown.
    """

    def __init__(
        self,
        paint: Callable[[], None],
        set_alarm: SetAlarm,
        clock: Clock,
        beat: float = BEAT,
        early: int = EARLY,
    ) -> None:
        self._paint = paint
        self._set_alarm = set_alarm
        self._clock = clock
        self._beat = beat
        self._early = early * beat
        self._due_at = clock()
        """When the next frame would come if none came early."""
        self._armed = False
        self._wanted = False
        self._hurried = False

    def hurry(self) -> None:
        """Ask for a frame that only catches up with what has come: it rests no longer than the last one took."""
        self._hurried = True
        self.request()

    def spare(self, beats: int) -> None:
        """A frame costs as much as several: the next one comes so many beats after the last, all in all."""
        self._due_at += (beats - 1) * self._beat

    def request(self) -> None:
        """Ask for a frame; it comes as soon as the pause after the last one is over: now, if that is."""
        self._wanted = True
        if self._armed:
            return
        self._armed = True
        pause = self._due_at - self._early - self._clock()
        if pause <= 0:
            self._due()
        else:
            self._set_alarm(pause, self._due)

    def _due(self) -> None:
        self._wanted = False
        began = self._clock()
        self._paint()
        ended = self._clock()
        took = ended - began
        rest, self._hurried = took if self._hurried else _REST * took, False
        self._due_at = max(self._due_at, ended) + min(max(self._beat - took, rest), LONGEST_PAUSE)
        self._armed = False
        if self._wanted:
            self.request()
