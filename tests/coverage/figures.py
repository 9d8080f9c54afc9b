"""Percentages of lines and branches by folder and by file, from llvm-cov's records."""
import collections


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
