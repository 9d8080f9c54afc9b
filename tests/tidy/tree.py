"""What the tidiness checks share: the files, text without comments, and the verdict."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tracked(*endings, root=ROOT):
    """Paths relative to the root, of every file that is or could be committed."""
    # A checkout may belong to someone else: a container often mounts it so.
    git = ["git", "-c", "safe.directory=*", "-C", str(root)]
    listing = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, check=True, capture_output=True).stdout.decode().split("\0")
    # A file deleted but not yet committed is still listed.
    present = (name for name in names if name and (root / name).is_file())
    return sorted(name for name in present if not endings or name.endswith(endings))


def read(name, root=ROOT):
    return (root / name).read_text(encoding="utf-8")


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


def check(findings, names):
    """Prints what `findings(name, text)` yields for each file; exits 1 if that was anything."""
    found = 0
    for name in names:
        for line, message in findings(name, read(name)):
            print(f"{name}:{line}: {message}")
            found += 1
    print(f"{found} findings")
    sys.exit(found > 0)
