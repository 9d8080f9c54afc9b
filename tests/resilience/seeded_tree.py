#!/usr/bin/env python3
"""A copy of the sources with every known defect in it, one chosen at run time.

Usage: seeded_tree.py FOLDER   copies what git tracks to FOLDER, applies bugs/*.patch there
       seeded_tree.py --check  applies them to a scratch copy; exits 1 where one does not apply
       seeded_tree.py --refresh  writes the patches again as they apply now
A patch adds a switch, defect("NAME"), that is true where KUSTODROP_DEFECT names it. NAME is the
patch's file name; one patch may change several files.
"""
import difflib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUGS = HERE / "bugs"
# What the switches call; it stands in the copy only.
ADDED = {"core/base/defect.hpp": BUGS / "defect.hpp", "core/base/defect.cpp": BUGS / "defect.cpp"}
INCLUDE = '#include "base/defect.hpp"\n'


def patches(folder=BUGS):
    return sorted(folder.glob("*.patch"))


def touched(patch):
    return re.findall(r"^\+\+\+ b/(\S+)", patch.read_text(encoding="utf-8"), flags=re.M)


def apply(patch, folder):
    """What the patch program reports, or nothing when the patch applies to the folder's files."""
    ended = subprocess.run(
        ["patch", "--batch", "--forward", "--strip=1", "--fuzz=1", "--no-backup-if-mismatch",
         f"--directory={folder}", f"--input={patch}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return ended.stdout + ended.stderr if ended.returncode else ""


def copy_touched(folder, these, root=ROOT):
    for name in {name for patch in these for name in touched(patch)}:
        if (root / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((root / name).read_bytes())


def patched(root=ROOT, bugs=BUGS):
    """({path: text with all switches}, [problems])."""
    these = patches(bugs)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        copy_touched(folder, these, root)
        problems = []
        for patch in these:
            said = apply(patch, folder)
            if said:
                problems.append(f"{patch.name} does not apply:\n{said}")
            elif f'defect("{patch.stem}")' not in patch.read_text(encoding="utf-8"):
                problems.append(f'{patch.name} adds no defect("{patch.stem}")')
        files = {}
        for name in sorted({name for patch in these for name in touched(patch)}):
            if (folder / name).exists():
                files[name] = INCLUDE + (folder / name).read_text(encoding="utf-8")
    return files, problems


def write_if_changed(path, content):
    """Keeps the time of what stays the same, so that only what changed is built again."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def copy_tree(folder):
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT)]
    listing = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split("\0")
    names = {name for name in listed if name and (ROOT / name).is_file()}
    files, problems = patched()
    if problems:
        sys.exit("\n".join(problems))
    for name in names:
        text = files.get(name)
        content = (ROOT / name).read_bytes() if text is None else text.encode()
        write_if_changed(folder / name, content)
    for name, path in ADDED.items():
        write_if_changed(folder / name, path.read_bytes())
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_file() and name not in names and name not in ADDED:
            path.unlink()


def hunks(before, after, name):
    """The difference as a unified diff with three lines of context."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}",
        f"b/{name}", n=3,
    )  # fmt: skip
    return "".join(lines)


def refresh():
    for patch in patches():
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            copy_touched(folder, [patch])
            said = apply(patch, folder)
            if said:
                print(f"{patch.name} does not apply:\n{said}")
                continue
            text = "".join(
                hunks((ROOT / name).read_text(), (folder / name).read_text(), name)
                for name in touched(patch)
            )
        patch.write_text(text, encoding="utf-8")


def main():
    if shutil.which("patch") is None:
        print("skipped: patch is not installed (./dev install --all)")
        sys.exit(77)
    if sys.argv[1:] == ["--refresh"]:
        return refresh()
    if sys.argv[1:] == ["--check"]:
        problems = patched()[1]
        print("\n".join(problems) or f"{len(patches())} patches apply")
        sys.exit(bool(problems))
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    return copy_tree(pathlib.Path(sys.argv[1]).resolve())


if __name__ == "__main__":
    main()
