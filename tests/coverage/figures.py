"""Percentages of lines and branches by folder and by file, from llvm-cov's records."""
import collections
import os
import pathlib

PARTS = ("core", "config", "daemon", "emulator")


def counts(record):
    summary = record["summary"]
    lines, branches = summary["lines"], summary.get("branches", {"count": 0, "covered": 0})
    return lines["covered"], lines["count"], branches["covered"], branches["count"]


def percent(covered, count):
    return 100.0 * covered / count if count else 100.0


def row(covered_lines, lines, covered_branches, branches):
    return {
        "lines": round(percent(covered_lines, lines), 2),
        "branches": round(percent(covered_branches, branches), 2),
        "line_count": lines,
        "branch_count": branches,
    }


def folders_of(name):
    """core/a/b/x.cpp counts in core, core/a and core/a/b."""
    parts = name.split("/")[:-1]
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def path_in_tree(filename, root):
    """core/a/x.cpp of a record; None if it is not of the tree. With a compiler cache its path may
    be relative to the build folder, or of another folder with the same text."""
    parts = pathlib.PurePath(os.path.normpath(filename)).parts
    for start, part in enumerate(parts):
        inside = "/".join(parts[start:])
        if part in PARTS and (root / inside).is_file():
            return inside
    return None


def of_tree(files, root):
    """The records of the tree's files, with their names in it. Of one that was compiled in several
    folders the record with most lines reached, and the branches of all."""
    found = {}
    for record in files:
        name = path_in_tree(record["filename"], root)
        if name is None:
            continue
        record["filename"] = name
        other = found.get(name)
        if other and counts(other)[0] > counts(record)[0]:
            record, other = other, record
        if other:
            record["branches"] = record.get("branches", []) + other.get("branches", [])
        found[name] = record
    return list(found.values())


def by_folder(files):
    sums = collections.defaultdict(lambda: [0, 0, 0, 0])
    for record in files:
        for folder in folders_of(record["filename"]):
            sums[folder] = [a + b for a, b in zip(sums[folder], counts(record))]
    return {folder: row(*sums[folder]) for folder in sorted(sums)}


def by_file(files):
    return {record["filename"]: row(*counts(record)) for record in files}


def below(files, bound):
    rows = by_file(files)
    return {name: rows[name] for name in sorted(rows) if rows[name]["lines"] < bound}


def show(title, folders, low):
    print(f"{title:40} {'lines':>8} {'branches':>9} {'of lines':>9}")
    for name, figure in [*folders.items(), *([("", None)] if low else []), *low.items()]:
        if figure is None:
            print("files with fewer lines reached than asked for:")
            continue
        lines, branches = f"{figure['lines']:.1f} %", f"{figure['branches']:.1f} %"
        print(f"  {name:38} {lines:>8} {branches:>9} {figure['line_count']:>9}")
    print()
