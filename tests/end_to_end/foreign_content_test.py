#!/usr/bin/env python3
"""The reason why the service refused a file says what the file is, where it is not text at all."""
import io
import json
import unittest
import zipfile

from harness import EndToEnd, csv_rows

UTF16 = "the format is csv, but the file is UTF-16, and the service reads UTF-8 only; convert it"
BOOK = "the format is csv, but the file is a document of Office; save it as CSV (UTF-8)"


def workbook():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", "<workbook/>")
    return held.getvalue()


class ForeignContent(EndToEnd):
    def test_what_a_refused_file_is_stands_wherever_its_failure_does(self):
        _, daemon = self.pair()
        files = {
            "wide.csv": ("id,name\r\n1,x,y\r\n".encode("utf-16"), UTF16),
            "book.csv": (workbook(), BOOK),
            "rows.csv": (b"1,2\n1,2,3\n", ""),
        }
        for name, (content, _) in files.items():
            daemon.put(name, content)
        daemon.put("good.csv", csv_rows(1))
        self.settled(daemon, failed=len(files), succeeded=1)
        recorded = {one["file"]: one["details"] for one in daemon.journal()}
        for name, (content, note) in files.items():
            beside = daemon.drop / ".kustodrop" / "quarantine" / f"{name}.error.json"
            details = json.loads(beside.read_text())["details"]
            self.assertEqual(recorded[name], details)
            code, out, err = daemon.command(
                "explain", daemon.drop / name, "--config", daemon.config_path
            )
            self.assertEqual(code, 0, err)
            self.assertIn(details, out)
            if note:
                self.assertTrue(details.endswith("; " + note), details)
                self.assertIn(note, daemon.output())
            else:
                self.assertNotIn("but the file is", details)
        self.assertEqual(recorded["good.csv"], "")
        _, said, _ = daemon.command("failures", "--config", daemon.config_path)
        self.assertIn(BOOK, said)


if __name__ == "__main__":
    unittest.main()
