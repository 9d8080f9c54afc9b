#!/usr/bin/env python3
"""Large files: in blocks, byte for byte, in little memory."""
import gzip
import hashlib
import os
import unittest

from emulator import OPENER
from harness import EndToEnd

MIB = 1 << 20
TEXT = {"format": "txt", "table": "Line"}
SERVICE = {"table": ["Demo.Line(text:string)"], "no_ingestor": True}


def write_large(path, size, block=4 * MIB):
    """Lines of hexadecimal digits, which gzip about halves; returns their SHA-256."""
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        left = size
        while left > 0:
            part = (os.urandom(block // 2).hex().encode())[: min(left, block)]
            digest.update(part)
            file.write(part)
            left -= len(part)
    return digest.hexdigest()


def digest_of(url):
    """SHA-256 and length of a blob, inflated if compressed, read as a stream."""
    digest, size = hashlib.sha256(), 0
    with OPENER.open(url, timeout=600) as answer:
        stream = gzip.open(answer) if url.split("?")[0].endswith(".gz") else answer
        while part := stream.read(4 * MIB):
            digest.update(part)
            size += len(part)
    return digest.hexdigest(), size


class Large(EndToEnd):
    def ship(self, size, **settings):
        """Ships one file of `size`; returns the emulator, the daemon and the message."""
        emulator = self.emulator(**SERVICE)
        daemon = self.daemon(emulator, TEXT, **settings)
        hidden = daemon.folder / "being-written"
        wanted = write_large(hidden, size)
        daemon.start()
        hidden.rename(daemon.drop / "large.txt")
        (message,) = self.posted(emulator, 1, seconds=600)
        self.assertEqual(int(message["RawDataSize"]), size)
        self.assertEqual(digest_of(message["BlobPath"]), (wanted, size))
        return emulator, daemon, message

    def test_three_hundred_mebibytes_go_up_in_blocks(self):
        emulator, daemon, _ = self.ship(300 * MIB + 1, upload={"compression": "none"})
        (blob,) = emulator.blobs()
        self.assertEqual(blob["bytes"], 300 * MIB + 1)
        self.assertLessEqual(daemon.program.peak_memory(), 64 * MIB)

    def test_a_small_block_size_makes_many_blocks(self):
        self.ship(8 * MIB, upload={"block_size": "64KiB"})

    def test_a_block_that_fails_is_sent_again(self):
        emulator = self.emulator(**SERVICE)
        emulator.fault("blob", "put_block", count=5, status=503, code="ServerBusy")
        emulator.fault("blob", "put_block", skip=10, count=2, reset="after")
        emulator.fault("blob", "put_block_list", count=1, reset="after")
        daemon = self.daemon(emulator, TEXT, upload={"compression": "none", "block_size": "1MiB"})
        hidden = daemon.folder / "being-written"
        wanted = write_large(hidden, 24 * MIB)
        daemon.start()
        hidden.rename(daemon.drop / "large.txt")
        (message,) = self.posted(emulator, 1, seconds=300)
        self.assertEqual(digest_of(message["BlobPath"]), (wanted, 24 * MIB))

    def test_blocks_are_guarded_by_a_crc_where_the_sas_is_new_enough(self):
        emulator = self.emulator(**SERVICE, container_sas_version="2019-02-02")
        emulator.fault("blob", "put_block", count=1, status=400, code="Crc64Mismatch")
        daemon = self.daemon(emulator, TEXT, upload={"compression": "none", "block_size": "1MiB"})
        hidden = daemon.folder / "being-written"
        wanted = write_large(hidden, 8 * MIB + 3)
        daemon.start()
        hidden.rename(daemon.drop / "large.txt")
        (message,) = self.posted(emulator, 1, seconds=300)
        self.assertEqual(digest_of(message["BlobPath"]), (wanted, 8 * MIB + 3))

    def test_two_gibibytes_need_little_memory(self):
        _, daemon, _ = self.ship(2048 * MIB)
        peak = daemon.program.peak_memory()
        print(f"VmHWM {peak / MIB:.1f} MiB for a file of 2 GiB")
        self.assertLessEqual(peak, 64 * MIB)

    def test_memory_holds_while_many_large_files_go_up(self):
        emulator, daemon = self.pair(
            emulator={"no_ingestor": True}, upload={"memory": "16MiB", "concurrency": 32}
        )
        for number in range(32):
            daemon.put(f"{number}.csv", os.urandom(8 * MIB))
        self.assert_posts(emulator, 32, seconds=240)
        self.assertLessEqual(daemon.program.peak_memory(), 64 * MIB)


if __name__ == "__main__":
    unittest.main()
