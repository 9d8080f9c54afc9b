"""What decides (deciders.txt) is reached by unit tests in every branch, or says why it is not."""
import functools
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


@functools.cache
def listed(path=HERE / "deciders.txt"):
    """{file: [(text of the line, side, reason)]}. Each exception follows the file it is of."""
    result, file = {}, None
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] != " ":
            file = line.strip()
            result[file] = []
        else:
            text, side, reason = (field.strip() for field in line.split(" | "))
            if side not in ("true", "false", "both") or not reason:
                raise ValueError(f'{path.name}: "{line.strip()}" is not TEXT | SIDE | REASON')
            result[file].append((text, side, reason))
    return result


def open_sides(record, lines, exceptions):
    """Yields (line, "true" or "false") of each branch never taken and not excepted."""
    merged = {}
    for branch in record["branches"]:
        at = (branch[0], branch[1], branch[2], branch[3])
        before = merged.get(at, (0, 0))
        merged[at] = (before[0] + branch[4], before[1] + branch[5])
    for (line, *_rest), counts in sorted(merged.items()):
        for side, count in zip(("true", "false"), counts):
            text = lines[line - 1]
            excepted = any(t in text and s in (side, "both") for t, s, _ in exceptions)
            if not count and not excepted:
                yield line, side


def uncovered(files, deciders=None, read=lambda name: (ROOT / name).read_text(encoding="utf-8")):
    """[(file, line, side, text)] of all deciders; a decider no test has loaded is one finding."""
    deciders = listed() if deciders is None else deciders
    records = {record["filename"]: record for record in files}
    found = []
    for name, exceptions in deciders.items():
        if name not in records:
            found.append((name, 0, "", "is reached by no unit test, or does not exist"))
            continue
        lines = read(name).splitlines()
        for line, side in open_sides(records[name], lines, exceptions):
            found.append((name, line, side, lines[line - 1].strip()))
    return found


def show(found):
    print(f"deciders: {len(listed())} files, {len(found)} branches not reached by unit tests")
    for name, line, side, text in found:
        print(f"  {name}:{line}: never {side}: {text}" if line else f"  {name}: {text}")
    print()
