#!/usr/bin/env python3
"""Of a large file that was uploaded in part, what storage has already is not sent again."""
import os
import unittest

from harness import EndToEnd
from programs import Program, path_of

KIB = 1024
BLOCK = 64 * KIB
HALF = 8  # Blocks.
TEXT = {"format": "txt"}
PLAIN = {"compression": "none", "block_size": "64KiB"}
PACKED = {"compression": "fast", "block_size": "64KiB", "compression_threads": 2}
CONTINUES = "continues an upload"


def random_text(blocks):
    return os.urandom(blocks * BLOCK // 2).hex().encode()


def has_begun(journal):
    return any(entry["attempts"] for entry in journal)


class ResumedUpload(EndToEnd):
    BLOCKS = 2 * HALF

    def stored(self, emulator):
        return emulator.requests(service="blob", operation="put_block", status=201)

    def half_way(self, content, upload=PLAIN, watch=TEXT, **service):
        """Storage has taken some of the blocks and takes no more for now."""
        emulator = self.emulator(**{"no_ingestor": True, **service})
        emulator.fault("blob", "put_block", skip=HALF, status=503, code="ServerBusy")
        daemon = self.daemon(emulator, watch, upload=upload).start()
        daemon.put("large.txt", content)
        self.until("a part is stored", lambda: self.stored(emulator) == HALF)
        self.until("the attempt is journaled", lambda: has_begun(daemon.journal()))
        return emulator, daemon

    def killed(self, content, **options):
        emulator, daemon = self.half_way(content, **options)
        daemon.program.kill()
        return emulator, daemon

    def assert_arrives(self, emulator, content, sent_again=0):
        emulator.clear_faults()
        (message,) = self.posted(emulator, 1, seconds=120)
        self.assert_delivered(emulator, [message], [content])
        (blob,) = emulator.blobs()
        blocks = -(-blob["bytes"] // BLOCK)
        self.assertEqual(self.stored(emulator), blocks + sent_again)

    def test_after_an_outage_it_continues_where_it_was(self):
        content = random_text(self.BLOCKS)
        emulator, daemon = self.half_way(content)
        self.until("a failed attempt", lambda: "attempt failed" in daemon.output())
        self.assert_arrives(emulator, content)
        self.assertIn(CONTINUES, daemon.output())

    def test_after_kill_9_it_continues_where_it_was(self):
        content = random_text(self.BLOCKS)
        emulator, daemon = self.killed(content)
        daemon.start()
        self.assert_arrives(emulator, content)
        self.assertIn(f"stored_bytes={HALF * BLOCK}", daemon.output())

    def test_after_a_restart_it_continues_where_it_was(self):
        content = random_text(self.BLOCKS)
        emulator, daemon = self.half_way(content)
        daemon.stop()
        daemon.start()
        self.assert_arrives(emulator, content)

    def test_killed_twice_it_continues_twice(self):
        content = random_text(self.BLOCKS)
        emulator, daemon = self.killed(content)
        emulator.clear_faults()
        emulator.fault("blob", "put_block", skip=HALF // 2, status=503, code="ServerBusy")
        daemon.start()
        self.until("more is stored", lambda: self.stored(emulator) == HALF + HALF // 2)
        daemon.program.kill()
        daemon.start()
        self.assert_arrives(emulator, content)

    def test_a_blob_whose_last_answer_was_lost_is_not_sent_again(self):
        content = random_text(self.BLOCKS)
        emulator = self.emulator(no_ingestor=True)
        emulator.fault("blob", "put_block_list", reset="after")
        daemon = self.daemon(emulator, TEXT, upload=PLAIN).start()
        daemon.put("large.txt", content)
        self.until("a failed attempt", lambda: "attempt failed" in daemon.output())
        self.assert_arrives(emulator, content)

    def test_what_is_compressed_on_several_threads_is_the_same_again(self):
        content = random_text(96)
        emulator, daemon = self.killed(content, upload=PACKED)
        daemon.start()
        self.assert_arrives(emulator, content)

    def test_the_table_has_every_row_once(self):
        rows = [f"2026-08-22T10:00:00Z,info,{os.urandom(48).hex()},{n}" for n in range(8000)]
        content = "\n".join(rows).encode() + b"\n"
        emulator, daemon = self.killed(content, watch={}, no_ingestor=False)
        emulator.clear_faults()
        daemon.start()
        self.settled(daemon, succeeded=1)
        self.assertIn(CONTINUES, daemon.output())
        self.assertEqual(self.stored(emulator), -(-len(content) // BLOCK))
        got = emulator.query("Web | project number, message")
        self.assertEqual(sorted(got), [[n, row.split(",")[2]] for n, row in enumerate(rows)])

    def test_blocks_of_another_compression_are_not_used(self):
        content = random_text(48)
        emulator, daemon = self.killed(content, upload=PACKED)
        daemon.settings["upload"]["compression"] = "none"
        daemon.write()
        daemon.start()
        self.assert_arrives(emulator, content, sent_again=HALF)
        self.assertNotIn(CONTINUES, daemon.output())

    def test_a_file_that_changed_is_never_mixed(self):
        content = random_text(self.BLOCKS)
        emulator, daemon = self.killed(content)
        (claimed,) = daemon.inside("work")
        changed = content[:5 * BLOCK] + b"x" * 100 + content[5 * BLOCK + 100:]
        (daemon.drop / ".kustodrop" / "work" / claimed).write_bytes(changed)
        daemon.start()
        emulator.clear_faults()
        (message,) = self.posted(emulator, 1, seconds=120)
        self.assert_delivered(emulator, [message], [changed])

    def test_a_container_that_was_rotated_away_is_not_looked_at(self):
        content = random_text(self.BLOCKS)
        emulator, daemon = self.killed(content)
        emulator.control("rotate", "POST")
        daemon.start()
        self.assert_arrives(emulator, content, sent_again=HALF)

    def test_where_blocks_are_not_shown_all_is_sent_as_ever(self):
        content = random_text(self.BLOCKS)
        emulator, daemon = self.killed(content)
        emulator.clear_faults()
        emulator.fault(
            "blob", "get_block_list", status=403, code="AuthorizationPermissionMismatch"
        )
        daemon.start()
        (message,) = self.posted(emulator, 1, seconds=120)
        self.assert_delivered(emulator, [message], [content])
        self.assertGreater(
            emulator.requests(service="blob", operation="get_block_list", status=403), 0
        )
        self.assertEqual(self.stored(emulator), HALF + self.BLOCKS)
        self.assertNotIn(CONTINUES, daemon.output())
        self.assertEqual(daemon.scrape().get("kustodrop_service_usable"), 1)

    def test_a_killed_send_continues_when_it_is_run_again(self):
        content = random_text(self.BLOCKS)
        emulator = self.emulator(no_ingestor=True)
        emulator.fault("blob", "put_block", skip=HALF, status=503, code="ServerBusy")
        daemon = self.daemon(emulator, TEXT, upload=PLAIN)
        (daemon.folder / "large.txt").write_bytes(content)
        command = [
            "send", "--config", daemon.config_path, "--state-directory", daemon.state,
            "--database", "Demo", "--table", "Web", "--format", "txt", daemon.folder / "large.txt",
        ]
        first = Program("send", [path_of("KUSTODROP"), *command], daemon.folder / "send.log")
        self.until("a part is stored", lambda: self.stored(emulator) == HALF)
        # No one else can read its journal; by its second attempt the first one is in there.
        listed = {"service": "blob", "operation": "get_block_list"}
        self.until("another attempt", lambda: emulator.requests(**listed) > 0)
        first.kill()
        emulator.clear_faults()
        code, out, err = daemon.command(*command)
        self.assertEqual(code, 0, out + err)
        self.assert_arrives(emulator, content)


class EmulatorRestarted(EndToEnd):
    def test_the_emulator_holds_blocks_over_its_own_restart(self):
        emulator = self.emulator(no_ingestor=True)
        emulator.fault("blob", "put_block", skip=HALF, status=503, code="ServerBusy")
        daemon = self.daemon(emulator, TEXT, upload=PLAIN).start()
        content = random_text(2 * HALF)
        daemon.put("large.txt", content)
        done = {"service": "blob", "operation": "put_block", "status": 201}
        self.until("a part is stored", lambda: emulator.requests(**done) == HALF)
        self.until("the attempt is journaled", lambda: has_begun(daemon.journal()))
        daemon.program.kill()
        emulator.stop()
        again = self.service(
            self.folder / "again", data=emulator.folder / "data.db", no_ingestor=True
        )
        self.emulators.append(again)
        other = self.daemon(again, TEXT, name="other", upload=PLAIN)
        daemon.settings["cluster"] = other.settings["cluster"]
        daemon.settings["auth"] = other.settings["auth"]
        daemon.write()
        daemon.start()
        (message,) = self.posted(again, 1, seconds=120)
        self.assert_delivered(again, [message], [content])
        self.assertEqual(again.requests(**done), HALF)


if __name__ == "__main__":
    unittest.main()
