"""What the checks share: the files, text without comments, and how findings are reported."""
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASELINES = pathlib.Path(__file__).resolve().parent / "baseline"


def tracked(*endings, root=ROOT):
    """Paths relative to the root, of every file that is or could be committed."""
    # A checkout may belong to someone else: a container often mounts it so.
    git = ["git", "-c", "safe.directory=*", "-C", str(root)]
    listing = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, check=True, capture_output=True).stdout.decode().split("\0")
    # A file deleted but not yet committed is still listed.
    present = {name for name in names if name and (root / name).is_file()}
    return sorted(name for name in present if not endings or name.endswith(endings))


def sources():
    """The C++ files of the programs, without the tests."""
    return [name for name in tracked(".cpp", ".hpp") if not name.startswith("tests/")]


def read(name, root=ROOT):
    return (root / name).read_text(encoding="utf-8")


def contents(names):
    return {name: read(name) for name in names}


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


COMMENTS = r"//[^\n]*|/\*.*?\*/"
NO_DIGIT = r"(?<![0-9a-fA-F])"  # A digit separator is no quote.
STRINGS = (
    r'R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|' + NO_DIGIT + r"'(?:\\.|[^'\\\n])+'"
)


def without_comments(text):
    """C++ with its comments blanked, lines kept."""
    found = lambda match: blank(match) if match.group(0)[0] == "/" else match.group(0)
    return re.sub(f"{STRINGS}|{COMMENTS}", found, text, flags=re.S)


def without_comments_and_strings(text):
    return re.sub(f"{STRINGS}|{COMMENTS}", blank, text, flags=re.S)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def stem_of(name):
    """The path of a header and its source without their endings: one component."""
    return name.rsplit(".", 1)[0]


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)


def included(name, text, known):
    """Yields (line, path in the tree) of every header of the tree that `name` includes."""
    folder = name.rpartition("/")[0]
    for match in INCLUDE.finditer(text):
        for path in (f"core/{match[1]}", match[1], f"tests/{match[1]}", f"{folder}/{match[1]}"):
            if path in known:
                yield line_of(text, match.start(1)), path
                break


def baseline_of(check):
    """{path: findings} of a check that the tree does not yet pass, or nothing."""
    path = BASELINES / f"{check}.txt"
    if not path.exists():
        return {}
    lines = (line.rpartition(" ") for line in path.read_text(encoding="utf-8").splitlines())
    return {name: int(count) for name, _, count in lines if name and name[0] != "#"}


def write_baseline(check, counts):
    path = BASELINES / f"{check}.txt"
    if not counts:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(exist_ok=True)
    head = "# What the check still finds. It may only shrink: tests/tidy/shrink.py\n"
    lines = "".join(f"{name} {counts[name]}\n" for name in sorted(counts))
    path.write_text(head + lines, encoding="utf-8")


def judge(found, allowed):
    """Splits findings (path, line, message): those above the baseline, and how many are below it.

    Files move and are split while the tree is being cleaned, so it is the sum that may not grow;
    the files that grew are then the ones reported.
    """
    counts = collections.Counter(path for path, _, _ in found)
    if len(found) <= sum(allowed.values()):
        return [], sum(allowed.values()) - len(found)
    return [f for f in found if counts[f[0]] > allowed.get(f[0], 0)], 0


def report(check, found):
    """Prints what is found above the baseline of the check; exits 1 if that is anything."""
    found = sorted(found)
    if "--shrink" in sys.argv:
        counts = collections.Counter(path for path, _, _ in found)
        before = baseline_of(check)
        if not before or sum(counts.values()) < sum(before.values()) or "--new" in sys.argv:
            write_baseline(check, counts)
    allowed = {} if "--all" in sys.argv else baseline_of(check)
    above, spare = judge(found, allowed)
    for path, line, message in above:
        print(f"{path}:{line}: {message}")
    known = f" ({sum(allowed.values())} in the baseline, {spare} fewer now)" if allowed else ""
    print(f"{len(found)} findings{known}")
    sys.exit(bool(above))


def check(findings, names, of=None):
    """Reports what `findings(name, text)` yields for each file."""
    found = [(name, *finding) for name in names for finding in findings(name, read(name))]
    report(of or pathlib.Path(sys.argv[0]).stem, found)
