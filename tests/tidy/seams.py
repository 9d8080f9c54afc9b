#!/usr/bin/env python3
"""Time and chance come from the clock and the generator one was given; tests wait on conditions."""
import re

import tree

# The two files that stand behind the seams.
BEHIND = {"core/async/clock.cpp", "core/async/clock.hpp", "core/base/random.cpp"}
CPP = [
    (r"\b(?:system|steady|high_resolution)_clock\s*::\s*now\b", "ask the clock you were given"),
    (r"\b(?:gettimeofday|clock_gettime)\s*\(", "ask the clock you were given"),
    (r"\btime\s*\((?=nullptr|NULL|0|&)", "ask the clock you were given"),
    (r"\bsleep_for\b|\bthis_thread\s*::\s*sleep_until\b", "wait on the clock you were given"),
    (r"(?<![\w.>:])(?:::)?(?:sleep|usleep|nanosleep)\s*\(", "wait on the clock you were given"),
    (r"(?<![\w.>])(?:std::)?s?rand\s*\(|\brandom_device\b", "use the generator you were given"),
]
# The harness holds the one place that pauses, between two looks at a condition.
PYTHON = [(r"\btime\.sleep\s*\(|\bfrom time import\b.*\bsleep\b", "wait on a condition: until()")]
PAUSES = {"tests/end_to_end/waiting.py"}


def findings(name, text):
    rules = PYTHON if name.endswith(".py") else CPP
    if name in BEHIND | PAUSES:
        return
    if not name.endswith(".py"):
        text = tree.without_comments_and_strings(text)
    for pattern, advice in rules:
        for match in re.finditer(pattern, text):
            yield tree.line_of(text, match.start()), f"{match[0].strip()}: {advice}"


if __name__ == "__main__":
    names = tree.tracked(".cpp", ".hpp", ".py")
    tree.check(findings, [name for name in names if not name.startswith("tests/tidy/")])
