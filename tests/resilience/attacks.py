"""Attacks on a drop folder, by the threats of their kind: each a function of its battlefield.

Here T1 symbolic links, T2 hard links and T3 swaps between check and use; T4 escapes, T5
exhaustion, T6 names and T7 bombs stand in more_attacks.py. An attack may run for a while.
"""
import os
import pathlib
import shutil

from waiting import throughout

RACE = 0.6  # Seconds of a race: some hundred swaps.
ROUGH_ID = "11111111-2222-4333-8444-555555555555"
ATTACKS = {}  # threat -> [(name, function)]


def attack(threat):
    def keep(function):
        ATTACKS.setdefault(threat, []).append((function.__name__.replace("_", " "), function))
        return function
    return keep


class Field:
    """One drop folder under attack, and secrets beside it."""

    def __init__(self, daemon, ledger, random, outside):
        self.daemon, self.ledger, self.random = daemon, ledger, random
        self.drop, self.own = daemon.drop, daemon.drop / ".kustodrop"
        self.outside = pathlib.Path(outside)
        self.outside.mkdir(parents=True)
        self.count = 0
        self.planted = None  # The secret that only a restart can find.
        self.must_be_empty = []  # Folders outside into which nothing may come.

    def secret(self, name="secret.csv"):
        """A file outside whose bytes must never leave it."""
        self.count += 1
        folder = self.outside / str(self.count)
        folder.mkdir()
        path = folder / name
        path.write_bytes(f"2026-08-22T10:00:00Z,info,secret {self.count},1\n".encode())
        self.ledger.guard(path)
        return path

    def swap(self, path, first, second):
        """Puts the two at `path` in turn; their functions create a new one each time."""
        for turn in self.race():
            spare = path.parent / f".spare{turn % 2}"
            self.clear(spare)
            (first, second)[turn % 2](spare)
            try:
                os.rename(spare, path)
            except OSError:
                self.clear(path)

    @staticmethod
    def clear(path):
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
        except OSError:
            pass

    def race(self):
        """Turns that come now quickly, now as slowly as a file takes to be complete."""
        for turn, _ in enumerate(throughout(RACE, 0.001)):
            yield turn
            if self.random.random() < 0.3:
                self.linger(self.random.uniform(0.02, 0.14))

    @staticmethod
    def linger(seconds):
        for _ in throughout(seconds):
            pass

    def bad_file(self, name):
        """A file that the service will refuse."""
        data = f'not,a,"row {len(self.ledger.optional)}\n'.encode()
        self.ledger.allow(data)
        (self.drop / name).write_bytes(data)

    def file(self, path):
        """A proper file, which the service may have."""
        data = f"2026-08-22T10:00:00Z,info,a{len(self.ledger.optional)},0\n".encode()
        self.ledger.allow(data)
        path.write_bytes(data)


# T1: symbolic links.


@attack("T1")
def link_to_a_secret(field):
    os.symlink(field.secret(), field.drop / "t1-a.csv")


@attack("T1")
def relative_link_to_a_secret(field):
    os.symlink(os.path.relpath(field.secret(), field.drop), field.drop / "t1-b.csv")


@attack("T1")
def link_to_a_folder_of_secrets(field):
    os.symlink(field.secret().parent, field.drop / "t1-folder")


@attack("T1")
def link_in_a_subfolder(field):
    (field.drop / "t1-sub").mkdir()
    os.symlink(field.secret(), field.drop / "t1-sub" / "c.csv")


@attack("T1")
def chain_of_links(field):
    target = field.secret()
    for number in range(5):
        os.symlink(target, field.drop / f"t1-chain{number}.csv")
        target = field.drop / f"t1-chain{number}.csv"


@attack("T1")
def loop_of_links(field):
    os.symlink(field.drop / "t1-y.csv", field.drop / "t1-x.csv")
    os.symlink(field.drop / "t1-x.csv", field.drop / "t1-y.csv")


@attack("T1")
def link_into_proc(field):
    os.symlink("/proc/self/environ", field.drop / "t1-environ.csv")
    os.symlink("/proc/self/cwd/../etc/passwd", field.drop / "t1-passwd.csv")


@attack("T1")
def link_to_an_endless_device(field):
    os.symlink("/dev/zero", field.drop / "t1-zero.csv")


@attack("T1")
def link_to_a_compressed_secret(field):
    os.symlink(field.secret("secret.csv.gz"), field.drop / "t1-d.csv.gz")


@attack("T1")
def file_and_link_swapped_in_a_race(field):
    target = field.secret()
    path = field.drop / "t1-race.csv"
    field.swap(path, field.file, lambda at: os.symlink(target, at))


# T2: hard links.


@attack("T2")
def hard_link_to_a_secret(field):
    path = field.secret()
    os.link(path, field.drop / "t2-a.csv")
    field.ledger.guard(path)


@attack("T2")
def hard_link_in_a_subfolder(field):
    path = field.secret()
    (field.drop / "t2-sub").mkdir()
    os.link(path, field.drop / "t2-sub" / "b.csv")
    field.ledger.guard(path)


@attack("T2")
def hard_link_of_a_compressed_secret(field):
    path = field.secret("secret.csv.gz")
    os.link(path, field.drop / "t2-c.csv.gz")
    field.ledger.guard(path)


@attack("T2")
def file_and_hard_link_swapped_in_a_race(field):
    target = field.secret()
    path = field.drop / "t2-race.csv"
    field.swap(path, field.file, lambda at: os.link(target, at))
    # A file claimed as the race ended is put back once the daemon sees that it is a link.
    for _ in throughout(10):
        for one in (*field.drop.glob(f"{path.stem}*"), *field.drop.glob(".spare?")):
            field.clear(one)
        if target.stat().st_nlink == 1:
            break


@attack("T2")
def hard_link_planted_in_work(field):
    path = field.secret()
    field.planted = path.read_bytes()
    os.link(path, field.own / "work" / f"{ROUGH_ID}~t2-d.csv")
    field.ledger.guard(path)


# T3: swaps between check and use.


@attack("T3")
def file_and_folder_swapped(field):
    path = field.drop / "t3-a.csv"
    field.swap(path, field.file, lambda at: at.mkdir())


@attack("T3")
def subfolder_and_link_swapped(field):
    target = field.secret().parent
    sub = field.drop / "t3-sub"

    def folder(at):
        at.mkdir()
        field.file(at / "secret.csv")

    for turn in field.race():
        field.clear(sub)
        folder(sub) if turn % 2 else os.symlink(target, sub)


@attack("T3")
def file_renamed_to_and_fro(field):
    path, other = field.drop / "t3-b.csv", field.drop / "t3-c.csv"
    field.file(path)
    for turn in field.race():
        try:
            os.rename(*((path, other), (other, path))[turn % 2])
        except FileNotFoundError:
            return


@attack("T3")
def file_replaced_again_and_again(field):
    path = field.drop / "t3-d.csv"
    field.swap(path, field.file, field.file)


@attack("T3")
def claimed_file_replaced_by_a_link(field):
    target = field.secret()
    for turn in field.race():
        field.file(field.drop / f"t3-e{turn}.csv")
        for claimed in (field.own / "work").glob("*t3-e*"):
            field.clear(claimed)
            os.symlink(target, claimed)


@attack("T3")
def claimed_file_deleted(field):
    for turn in field.race():
        field.file(field.drop / f"t3-f{turn}.csv")
        for claimed in (field.own / "work").glob("*t3-f*"):
            field.clear(claimed)


@attack("T3")
def link_planted_in_work(field):
    os.symlink(field.secret(), field.own / "work" / f"{ROUGH_ID}~t3-g.csv")


@attack("T3")
def drop_folder_moved_away_and_back(field):
    away = field.drop.with_name("away")
    os.rename(field.drop, away)
    for _ in field.race():
        pass
    os.rename(away, field.drop)
