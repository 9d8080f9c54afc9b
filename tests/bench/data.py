"""The files that are measured with: JSON lines as services write them, about 5 to 1 by gzip."""
import os
import random

SERVICES = ["checkout", "catalog", "identity", "shipping", "billing", "search"]
PATHS = ["/api/v1/orders", "/api/v1/items", "/health", "/api/v2/session", "/api/v1/cart"]


def lines(size, seed):
    """Whole lines of JSON, `size` bytes of them or a few less."""
    chance = random.Random(seed)
    out, length = [], 0
    while True:
        line = (
            '{"time":"2026-08-22T10:%02d:%02d.%03dZ","level":"%s","service":"%s",'
            '"host":"edge-%02d","trace":"%016x","path":"%s",'
            '"status":%d,"duration_ms":%d,"bytes":%d,'
            '"message":"request finished"}\n'
        ) % (
            chance.randrange(60), chance.randrange(60), chance.randrange(1000),
            chance.choice(["info", "info", "info", "warning", "error"]), chance.choice(SERVICES),
            chance.randrange(24), chance.getrandbits(64), chance.choice(PATHS),
            chance.choice([200, 200, 200, 201, 304, 404, 500]), chance.randrange(900),
            chance.randrange(100000),
        )
        if length + len(line) > size and out:
            return "".join(out).encode()
        out.append(line)
        length += len(line)


def write_large(path, size):
    """`size` bytes in blocks that repeat, far beyond what gzip can look back."""
    block = lines(8 << 20, seed=1)
    with open(path, "wb") as file:
        left = size
        while left > 0:
            file.write(block[: min(left, len(block))])
            left -= len(block)
    return path


def write_many(folder, count, size):
    """`count` files of about `size` bytes, of a hundred different contents."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = [lines(size, seed) for seed in range(min(count, 100 if size < 1 << 18 else 8))]
    for number in range(count):
        with open(folder / f"{number:07}.json", "wb") as file:
            file.write(contents[number % len(contents)])
    return sum(len(contents[number % len(contents)]) for number in range(count))


def make_many_cheaply(folder, count):
    """A million files that hold 100 bytes of nothing each, without a block on the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    base = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    for number in range(count):
        file = os.open(f"{number:07}.json", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=base)
        os.ftruncate(file, 100)
        os.close(file)
    os.close(base)


def move_all(source, drop):
    for entry in os.scandir(source):
        os.rename(entry.path, drop / entry.name)
