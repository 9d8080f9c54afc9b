#!/usr/bin/env python3
"""Logs of containers: every record is one row that says whose it is, through every rotation."""
import collections
import json
import os
import unittest

from container_log import POD, CriLog, DockerLog, stamp
from harness import EndToEnd
from log_writer import FOLLOW, rest

COLUMNS = [
    "time", "stream", "message", "namespace", "pod", "pod_uid", "container", "restart", "file",
    "offset", "source", "node=worker-7",
]  # fmt: skip
TABLE = (
    "Demo.Pods(time:datetime,stream:string,message:string,namespace:string,pod:string,"
    "pod_uid:string,container:string,restart:int,file:string,offset:long,source:string,"
    "node:string)"
)
PODS = {**FOLLOW, "recursive": True, "table": "Pods", "format": "csv", "columns": COLUMNS}


class Containers(EndToEnd):
    def following(self, **watch):
        return self.pair({**PODS, **watch}, {"table": [TABLE]})

    def log_of(self, daemon, kind=CriLog, *owner):
        made = kind(daemon.drop, *owner)
        self.addCleanup(lambda: made.file.close())
        return made

    def rows(self, emulator, columns="stream, message"):
        return [tuple(row) for row in emulator.query(f"Pods | project {columns}")]

    def arrive_once(self, emulator, *logs):
        """All records of the logs are there, each once, and nothing else is."""
        wanted = collections.Counter(row for log in logs for row in log.rows)

        def arrived():
            self.seen = collections.Counter(self.rows(emulator))
            return sum(self.seen.values()) >= sum(wanted.values())

        try:
            self.until("every row", arrived, 90)
        except AssertionError:
            self.assertEqual(dict(wanted - self.seen), {}, "missing")
            raise
        self.assertEqual(dict(wanted - self.seen), {}, "missing")
        self.assertEqual(dict(self.seen - wanted), {}, "too many")

    def all_succeed(self, daemon):
        """Rows can be queried before their notification arrives."""
        self.until(
            "every outcome", lambda: set(daemon.outcomes()) == {"succeeded"}, daemon=daemon
        )

    def begun(self, emulator, log):
        """A log that is known: one that is rotated before the first look counts as read."""
        log.write(3)
        self.arrive_once(emulator, log)
        return log


class AnyRuntime:
    """What holds for every runtime, in every format."""

    format = "csv"

    def start(self, **watch):
        emulator, daemon = self.following(records=self.records, format=self.format, **watch)
        return emulator, daemon, self.begun(emulator, self.log_of(daemon, self.log))

    def test_records_are_rows_as_they_are_written(self):
        emulator, daemon, log = self.start()
        for _ in range(3):
            log.write(20)
            self.arrive_once(emulator, log)
        self.all_succeed(daemon)

    def test_parts_of_both_streams_are_joined(self):
        emulator, daemon, log = self.start()
        log.put(
            log.line("stdout", "out 1, ", "P"),
            log.line("stderr", "err 1, ", "P"),
            log.line("stdout", "out 2, ", "P"),
            log.line("stderr", "err 2"),
            log.line("stderr", "another"),
            log.line("stdout", "out 3"),
        )
        log.rows += [
            ("stdout", "out 1, out 2, out 3"),
            ("stderr", "err 1, err 2"),
            ("stderr", "another"),
        ]
        self.arrive_once(emulator, log)
        self.all_succeed(daemon)

    def test_an_open_part_waits_for_the_rest(self):
        emulator, daemon, log = self.start(record_wait="1h")
        log.write(1)
        log.put(log.line("stdout", "begun, ", "P"))
        self.arrive_once(emulator, log)
        rest(1.5)
        self.arrive_once(emulator, log)
        log.put(log.line("stdout", "done"))
        log.rows.append(("stdout", "begun, done"))
        self.arrive_once(emulator, log)

    def test_an_open_part_of_a_quiet_log_is_a_row(self):
        emulator, daemon, log = self.start()
        log.put(log.line("stdout", "never done", "P"))
        log.rows.append(("stdout", "never done"))
        self.arrive_once(emulator, log)
        name, scraped = "kustodrop_records_split_total", daemon.scrape()
        self.assertEqual(scraped.get(name, watch="web", reason="unfinished"), 1)
        self.assertEqual(scraped.get(name, watch="web", reason="length"), 0)

    def test_a_record_longer_than_allowed_is_several_rows(self):
        emulator, daemon, log = self.start(max_record="1KiB")
        for number in range(4):
            part = str(number) * 512
            log.put(log.line("stdout", part, "FP"[number < 3]))
        log.rows += [("stdout", "0" * 512 + "1" * 512), ("stdout", "2" * 512 + "3" * 512)]
        log.put(log.line("stderr", "4" * 1000 + "ä" * 20))
        log.rows += [("stderr", "4" * 1000 + "ä" * 12), ("stderr", "ä" * 8)]
        self.arrive_once(emulator, log)
        self.all_succeed(daemon)

    def test_rotations_while_it_is_written(self):
        emulator, daemon, log = self.start()
        for turn in range(8):
            log.write(30)
            rest(0.3)
            if turn % 2:
                log.rotate()
        self.arrive_once(emulator, log)
        self.all_succeed(daemon)

    def test_a_record_that_a_rotation_splits_is_one_row(self):
        emulator, daemon, log = self.start()
        log.write(2)
        log.put(log.line("stdout", "before, ", "P"))
        log.rotate()
        log.put(log.line("stdout", "after"))
        log.rows.append(("stdout", "before, after"))
        log.write(2)
        self.arrive_once(emulator, log)
        self.all_succeed(daemon)

    def test_rotations_while_the_daemon_is_down(self):
        emulator, daemon, log = self.start()
        log.write(2)
        self.arrive_once(emulator, log)
        self.all_succeed(daemon)
        daemon.stop()
        log.write(5)
        log.put(log.line("stderr", "before, ", "P"))
        log.rotate()
        log.put(log.line("stderr", "after"))
        log.rows.append(("stderr", "before, after"))
        log.write(5)
        daemon.start()
        self.arrive_once(emulator, log)
        self.all_succeed(daemon)

    def test_kills_lose_nothing_and_double_only_what_was_being_posted(self):
        emulator, daemon, log = self.start()
        for turn in range(6):
            for _ in range(10):
                log.write(5)
                rest(0.05)
            if turn % 2:
                log.rotate()
            daemon.program.kill()
            log.write(5)
            daemon.start()
            log.write(1)
        wanted = set(log.rows)
        self.until("every row", lambda: wanted <= set(self.rows(emulator)), daemon=daemon)
        self.all_succeed(daemon)
        if not [one for one in daemon.journal() if one.get("ambiguous_posts")]:
            self.arrive_once(emulator, log)
        self.assertEqual(set(self.rows(emulator)), wanted)

    def test_what_the_runtime_has_not_written_is_a_row_without_time_and_stream(self):
        emulator, daemon, log = self.start()
        broken = ["panic: no envelope", '{"log":"half of a li', "stdout F text", "2026 stdout F x"]
        for text in broken:
            log.put(text + "\n")
            log.rows.append(("", text))
            log.write(1)
        self.arrive_once(emulator, log)
        found = self.rows(emulator, "message, isnull(time)")
        self.assertEqual({text for text, lacks_time in found if lacks_time}, set(broken))
        self.assertEqual(daemon.scrape().get("kustodrop_foreign_lines_total"), len(broken))
        self.all_succeed(daemon)


class Cri(AnyRuntime, Containers):
    records, log = "cri", CriLog

    def test_a_row_says_whose_it_is(self):
        emulator, daemon, log = self.start()
        (row, *_) = self.rows(emulator, "time, namespace, pod, pod_uid, container, restart, file")
        self.assertTrue(row[0].startswith(stamp(1)[:-4]), row)
        namespace, pod, uid = POD.split("_")
        self.assertEqual(row[1:], (namespace, pod, uid, "app", 0, f"{POD}/app/0.log"))
        self.all_succeed(daemon)
        sources = {one["source_id"] for one in daemon.journal()}
        for source, offset, node in self.rows(emulator, "source, offset, node"):
            self.assertIn(source, sources)
            self.assertEqual(node, "worker-7")
        first_line = len(log.line("stdout", log.rows[0][1]).encode())
        self.assertEqual(sorted(self.rows(emulator, "offset"))[:2], [(0,), (first_line,)])

    def test_compressed_by_kubelet_while_the_daemon_is_down(self):
        emulator, daemon, log = self.start()
        log.write(30)
        self.arrive_once(emulator, log)
        log.write(10)
        daemon.program.kill()
        for _ in range(3):
            log.write(20)
            log.rotate()
        log.write(20)
        daemon.start()
        self.arrive_once(emulator, log)
        self.all_succeed(daemon)

    def test_pods_come_and_go(self):
        emulator, daemon, first = self.start()
        logs = [first]
        for number in range(4):
            log = self.log_of(
                daemon, CriLog, f"shop_job-{number}_{number}", f"step-{number}"
            )
            # Another text in each, so that rows show whose they are.
            for turn in range(5):
                text = f"job {number} says {turn}"
                log.put(log.line("stdout", text))
                log.rows.append(("stdout", text))
            logs.append(log)
        self.arrive_once(emulator, *logs)
        for log in logs[1:]:
            os.unlink(log.path)
            log.path.parent.rmdir()
        first.write(3)
        self.arrive_once(emulator, *logs)
        owners = self.rows(emulator, "message, pod, container")
        for text, pod, container in owners:
            if text.startswith("job"):
                number = text.split()[1]
                self.assertEqual((pod, container), (f"job-{number}", f"step-{number}"))
        self.all_succeed(daemon)

    def test_logs_of_the_daemon_itself_are_left_out(self):
        emulator, daemon, log = self.start(exclude=["*_kustodrop-pods-*/**"])
        own = self.log_of(daemon, CriLog, "kustodrop_kustodrop-pods-x7k2p_1", "kustodrop")
        alike = self.log_of(daemon, CriLog, "shop_kustodrop-web-1_2", "app")
        alike.put(alike.line("stdout", "another program"))
        alike.rows.append(("stdout", "another program"))
        for _ in range(2):
            own.put(own.line("stderr", "a blob was posted"))
            own.rotate()
        log.write(5)
        self.arrive_once(emulator, log, alike)

    def test_a_restarted_container_begins_another_log(self):
        emulator, daemon, log = self.start()
        log.put(log.line("stdout", "cut off by the end of ", "P"))
        log.rows.append(("stdout", "cut off by the end of "))
        again = CriLog(daemon.drop, name="1.log")
        self.addCleanup(again.file.close)
        again.put(again.line("stdout", "started again"))
        again.rows.append(("stdout", "started again"))
        self.arrive_once(emulator, log, again)
        restarts = dict(self.rows(emulator, "message, restart"))
        self.assertEqual(restarts["started again"], 1)
        self.assertEqual(restarts["cut off by the end of "], 0)

    def test_messages_that_are_json_are_parsed_in_a_dynamic_column(self):
        table = TABLE.replace("message:string", "message:dynamic")
        emulator, daemon = self.pair({**PODS, "records": "cri"}, {"table": [table]})
        log = self.log_of(daemon)
        value = {"level": "info", "text": 'a "quoted", word\nand a line', "n": 7}
        log.put(log.line("stdout", json.dumps(value)))
        self.until("the row", lambda: emulator.count("Pods") == 1)
        self.assertEqual(emulator.query("Pods | project message.level, message.n"), [["info", 7]])
        ((text,),) = emulator.query("Pods | project tostring(message.text)")
        self.assertEqual(text, value["text"])


class CriAsJson(Cri):
    format = "json"


class Docker(AnyRuntime, Containers):
    records, log = "docker", DockerLog

    def test_a_row_says_whose_it_is(self):
        emulator, daemon, log = self.start()
        rows = set(self.rows(emulator, "namespace, container, file"))
        self.assertEqual(rows, {("", log.ID, f"{log.ID}/{log.ID}-json.log")})


class DockerAsJson(Docker):
    format = "json"


if __name__ == "__main__":
    unittest.main()
