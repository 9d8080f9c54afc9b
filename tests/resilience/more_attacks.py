"""Attacks on a drop folder, continued: T4 escapes, T5 exhaustion, T6 names, T7 bombs."""
import gzip
import os
import socket
import stat
import time
import zlib

from attacks import RACE, attack
from waiting import throughout

# T4: escapes from the folder.


def while_a_link(field, place, drop):
    """A folder of ours is a link to one outside while a file comes."""
    field.count += 1
    outside = field.outside / f"target-{field.count}"
    outside.mkdir()
    kept = place.with_name(place.name + "-kept")
    os.rename(place, kept)
    os.symlink(outside, place)
    drop()
    field.linger(RACE)
    os.unlink(place)
    os.rename(kept, place)
    field.must_be_empty.append(outside)


@attack("T4")
def archive_is_a_link(field):
    while_a_link(field, field.own / "archive", lambda: field.file(field.drop / "t4-a.csv"))


@attack("T4")
def quarantine_is_a_link(field):
    while_a_link(field, field.own / "quarantine", lambda: field.bad_file("t4-b.csv"))


@attack("T4")
def work_is_a_link(field):
    while_a_link(field, field.own / "work", lambda: field.file(field.drop / "t4-c.csv"))


@attack("T4")
def day_of_the_archive_is_a_link(field):
    day = field.own / "archive" / time.strftime("%Y-%m-%d", time.gmtime())
    day.mkdir(exist_ok=True)
    while_a_link(field, day, lambda: field.file(field.drop / "t4-d.csv"))


@attack("T4")
def link_where_the_file_would_be_archived(field):
    day = field.own / "archive" / time.strftime("%Y-%m-%d", time.gmtime())
    day.mkdir(exist_ok=True)
    os.symlink(field.secret(), day / "t4-e.csv")
    field.file(field.drop / "t4-e.csv")


@attack("T4")
def link_where_the_file_would_be_quarantined(field):
    os.symlink(field.secret(), field.own / "quarantine" / "t4-f.csv")
    field.bad_file("t4-f.csv")


@attack("T4")
def link_where_the_explanation_would_be_written(field):
    os.symlink(field.secret(), field.own / "quarantine" / "t4-g.csv.error.json")
    field.bad_file("t4-g.csv")


@attack("T4")
def names_that_look_like_ways_out(field):
    odd = ("..t4.csv", "...csv", "t4\\..\\..\\x.csv", "%2e%2e%2ft4.csv", "~root.csv", "-rf.csv")
    for name in odd:
        field.file(field.drop / name)


# T5: exhaustion.


@attack("T5")
def pipe_that_nobody_writes(field):
    os.mkfifo(field.drop / "t5-a.csv")


@attack("T5")
def socket_in_the_folder(field):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(field.drop / "t5-b.csv"))


@attack("T5")
def endless_device(field):
    os.mknod(field.drop / "t5-c.csv", 0o666 | stat.S_IFCHR, os.makedev(1, 5))


@attack("T5")
def block_device(field):
    os.mknod(field.drop / "t5-d.csv", 0o666 | stat.S_IFBLK, os.makedev(7, 250))


@attack("T5")
def file_and_pipe_swapped_in_a_race(field):
    field.swap(field.drop / "t5-e.csv", field.file, os.mkfifo)


@attack("T5")
def huge_sparse_file(field):
    path = field.drop / "t5-f.csv"
    path.touch()
    os.truncate(path, 1 << 43)


@attack("T5")
def longest_name(field):
    field.file(field.drop / ("t5-" + "x" * 248 + ".csv"))


@attack("T5")
def deepest_folders(field):
    path = field.drop
    for _ in range(120):
        path = path / "d"
        path.mkdir()
    field.file(path / "t5-g.csv")


@attack("T5")
def growth_without_end(field):
    path = field.drop / "t5-h.csv"
    with open(path, "ab", buffering=0) as file:
        for _ in throughout(3 * RACE, 0.002):
            file.write(b"2026-08-22T10:00:00Z,info,grown,0\n")
    os.unlink(path) if path.exists() else None


@attack("T5")
def renames_in_a_loop(field):
    names = [field.drop / f"t5-i{number}.csv" for number in range(3)]
    field.file(names[0])
    at = 0
    for _ in throughout(RACE, 0.0005):
        try:
            os.rename(names[at], names[(at + 1) % 3])
        except FileNotFoundError:
            return
        at = (at + 1) % 3


@attack("T5")
def thousand_empty_files(field):
    field.ledger.allow(b"")
    for number in range(1000):
        (field.drop / f"t5-j{number}.csv").touch()


# T6: names that try to deceive the reader of the log.


def named(field, name):
    data = f"2026-08-22T10:00:00Z,info,n{len(field.ledger.optional)},0\n".encode()
    field.ledger.allow(data)
    field.daemon.put(name, data)


for _title, _name in {
    "a line of its own": b"t6\n10:00:00.000 error   forged watch=web.csv",
    "a carriage return": b"t6\rforged.csv",
    "escape sequences": b"t6\x1b[2J\x1b]0;owned\x07.csv",
    "bytes that are not text": b"t6\xff\xfe\x80.csv",
    "quotes of JSON": b't6","level":"error","x":".csv',
    "text from right to left": "t6\u202evsc.exe.csv".encode(),
    "a null in disguise": b"t6\xc0\x80.csv",
    "spaces and tabs": b" t6\t \x0b.csv",
}.items():

    def _attack(field, name=_name):
        named(field, name)

    _attack.__name__ = "name with " + _title
    attack("T6")(_attack)


# T7: bombs.


def zeros(mebibytes):
    press = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunk = bytes(1 << 20)
    return b"".join(press.compress(chunk) for _ in range(mebibytes)) + press.flush()


@attack("T7")
def gzip_bomb(field):
    (field.drop / "t7-a.csv.gz").write_bytes(zeros(300))


@attack("T7")
def gzip_of_very_many_members(field):
    empty = gzip.compress(b"")
    (field.drop / "t7-b.csv.gz").write_bytes(empty * 50_000)


@attack("T7")
def gzip_cut_off(field):
    (field.drop / "t7-c.csv.gz").write_bytes(gzip.compress(os.urandom(100_000))[:-50_000])


@attack("T7")
def gzip_with_rubbish_behind(field):
    (field.drop / "t7-d.csv.gz").write_bytes(gzip.compress(b"a,b\n") + os.urandom(1000))


@attack("T7")
def gzip_with_an_endless_header(field):
    (field.drop / "t7-e.csv.gz").write_bytes(b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 5_000_000)


@attack("T7")
def gzip_that_is_none(field):
    (field.drop / "t7-f.csv.gz").write_bytes(os.urandom(100_000))
