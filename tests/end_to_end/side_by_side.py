"""Runs the tests of one file beside one another, each in a process: for those that mostly wait."""
import concurrent.futures
import subprocess
import sys
import unittest

AT_ONCE = 6


def names(suite):
    """"Class.test" of each, in the order of the file's classes."""
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            yield from names(one)
        else:
            yield one.id().partition(".")[2]


def run(name):
    command = [sys.executable, "-B", *sys.argv, name]
    ended = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        check=False,
    )
    print(f"{name}: {'ok' if ended.returncode == 0 else 'FAILED'}", flush=True)
    if ended.returncode != 0:
        print(ended.stdout, flush=True)
    return ended.returncode


def main(*longest):
    """In place of unittest.main(), which is called where the command line names tests.

    `longest`: the beginnings of the names of those that are started first.
    """
    if not all(argument.startswith("-") for argument in sys.argv[1:]):
        unittest.main()
    module = sys.modules["__main__"]
    found = list(names(unittest.defaultTestLoader.loadTestsFromModule(module)))
    found.sort(key=lambda name: not name.startswith(longest))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        codes = list(pool.map(run, found))
    print(f"{len(found)} tests, {sum(code != 0 for code in codes)} failed")
    sys.exit(1 if any(codes) or not found else 0)
