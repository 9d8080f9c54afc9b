"""Waiting on conditions: the only place that pauses, and only between two looks."""
import time


class GaveUp(AssertionError):
    """What was waited for did not happen in time."""


def now():
    return time.monotonic()


def until(what, condition, seconds=60, every=0.05):
    """The first truthy value of `condition()`; raises GaveUp, saying `what`, after `seconds`.

    Deadlines are generous: a test that passes never waits for one.
    """
    ends = now() + seconds
    while True:
        value = condition()
        if value:
            return value
        if now() >= ends:
            raise GaveUp(f"not within {seconds} s: {what}; last seen: {value!r}")
        time.sleep(every)


def throughout(seconds, every=0.2):
    """Yields the time left, again and again, until `seconds` are over."""
    ends = now() + seconds
    while (left := ends - now()) > 0:
        yield left
        time.sleep(min(every, left))
