"""Pairs of measurements, one after the other, until the median of their ratios is stable."""
import statistics
from math import comb

LEAST, MOST = 5, 9  # Pairs.
STABLE = 0.04  # The width of the interval of the median, by which a figure is stable.


class Ratio:
    """Ratios of two things that were measured in turn, so that a load beside them meets both."""

    def __init__(self):
        self.all = []

    def add(self, ours, theirs):
        self.all.append(ours / theirs)

    def median(self):
        return statistics.median(self.all)

    def interval(self):
        """Between these the median lies, nine times out of ten: by rank, whatever the spread is."""
        ranked = sorted(self.all)
        out = 0
        while 2 * (out + 1) < len(ranked) - 1 and self._outside(out + 1) <= 0.1:
            out += 1
        return ranked[out], ranked[-1 - out]

    def _outside(self, left_out):
        """The chance that the median is not between the ranks that remain without so many."""
        number = len(self.all)
        return 2 * sum(comb(number, k) for k in range(left_out + 1)) / 2**number

    def is_stable(self):
        low, high = self.interval()
        return len(self.all) >= LEAST and high - low <= STABLE * self.median()

    def note(self):
        low, high = self.interval()
        return f"{low:.3g} to {high:.3g} in {len(self.all)} pairs"


def pairs(first, second, least=LEAST, most=MOST, watched=()):
    """(first(), second()) again and again, each pair in the other order than the one before.

    Ends when every Ratio of `watched`, which the caller adds to, is stable.
    """
    for number in range(most):
        if number % 2:
            theirs = second()
            ours = first()
        else:
            ours = first()
            theirs = second()
        yield ours, theirs
        if number + 1 >= least and all(one.is_stable() for one in watched):
            return
