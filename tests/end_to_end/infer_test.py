#!/usr/bin/env python3
"""What `kustodrop infer` prints is taken by the service as it stands, and the sample is shipped."""
import json
import unittest

from harness import EndToEnd
from programs import path_of, run

SAMPLES = {
    "csv": ("a.csv", 'time,level,took,ok\n2026-01-05T07:00:00Z,info,1.5,true\n'
                     '2026-01-05T07:00:01Z,"a, ""b""\nc",2,false\n', {}),
    "headless": ("b.csv", "2026-01-05T07:00:00Z,info,1\n2026-01-05T07:00:01Z,warn,2\n", {}),
    "tsv": ("c.tsv", "id\tname\n7\tann\n8\tbob\n", {}),
    "json": ("d.json", '{"time":"2026-01-05T07:00:00Z","user":{"name":"ann"},"odd name":1.5}\n'
                       '{"time":"2026-01-05T07:00:01Z","tags":["a","b"],"n":12}\n', {}),
    "multijson": ("e.json", '[\n {"id": 1,\n  "of": "x"},\n {"id": 2}\n]\n', {}),
    "keys": ("g.json", '{"it\'s":1,"a\\\\b":2,"[0]":3,"a```b":4,"x]y":5}\n', {}),
    "words": ("h.csv", "where,in,datetime\n1,2,3\n4,5,6\n", {}),
    "quoted": ("f.csv", "day,it's\n2026-01-05,1\n2026-01-06,2\n", {"table": "a b'c"}),
}


def statements(commands):
    """The commands of the output: comments and blank lines separate them."""
    out, inside = [""], False
    for line in commands.splitlines():
        inside ^= line.strip() == "```"
        if not inside and (line.startswith("//") or not line.strip()):
            out.append("")
        else:
            out[-1] += line + "\n"
    return [one for one in out if one.strip()]


class Infer(EndToEnd):
    def infer(self, path, *more, **options):
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        code, out, err = run([path_of("KUSTODROP"), "infer", *more, *flags, str(path)])
        self.assertEqual(code, 0, err)
        return out

    def sample(self, kind):
        name, text, options = SAMPLES[kind]
        path = self.folder / name
        path.write_text(text)
        return path, {"table": f"New{kind}", **options}

    def test_the_commands_are_taken_and_the_sample_arrives(self):
        emulator = self.emulator()
        for kind in SAMPLES:
            with self.subTest(kind):
                path, options = self.sample(kind)
                commands = statements(self.infer(path, **options))
                self.assertEqual(len(commands), 2, commands)
                for one in commands:
                    emulator.manage(one)
                found = json.loads(self.infer(path, "--json", **options))
                watch = {
                    "table": options["table"],
                    "format": found["format"],
                    "ingestion_mapping_reference": f"{options['table']}_{found['format']}",
                    "ignore_first_record": found["header"],
                }
                if found["format"] in ("json", "multijson"):
                    del watch["ignore_first_record"]
                daemon = self.daemon(emulator, watch).start()
                daemon.put(path.name, path.read_bytes())
                self.settled(daemon, succeeded=1)
                quoted = options["table"].replace("'", "\\'")
                count = emulator.query(f"['{quoted}'] | count")[0][0]
                self.assertEqual(count, found["records"])
                daemon.stop()

    def test_values_are_where_the_commands_put_them(self):
        emulator = self.emulator()
        path, options = self.sample("json")
        for one in statements(self.infer(path, **options)):
            emulator.manage(one)
        mapping = f"{options['table']}_json"
        watch = {"table": options["table"], "format": "json",
                 "ingestion_mapping_reference": mapping}
        daemon = self.daemon(emulator, watch).start()
        daemon.put(path.name, path.read_bytes())
        self.settled(daemon, succeeded=1)
        rows = emulator.query(f"{options['table']} | project user, odd_name, n")
        self.assertEqual(sorted(str(row[2]) for row in rows), ["12", "None"])
        self.assertIn("ann", str(rows))
        self.assertIn("1.5", str(rows))

    def test_more_columns_in_a_later_sample_are_added_to_the_table(self):
        emulator = self.emulator()
        path, options = self.sample("json")
        for one in statements(self.infer(path, **options)):
            emulator.manage(one)
        path.write_text('{"time":"2026-01-05T07:00:02Z","extra":true}\n')
        for one in statements(self.infer(path, **options)):
            emulator.manage(one)
        watch = {"table": options["table"], "format": "json",
                 "ingestion_mapping_reference": f"{options['table']}_json"}
        daemon = self.daemon(emulator, watch).start()
        daemon.put(path.name, path.read_bytes())
        self.settled(daemon, succeeded=1)
        self.assertEqual(len(emulator.query(f"{options['table']} | where extra == true")), 1)

    def test_keys_with_quotes_are_found_by_their_paths(self):
        emulator = self.emulator()
        path, options = self.sample("keys")
        for one in statements(self.infer(path, **options)):
            emulator.manage(one)
        watch = {"table": options["table"], "format": "json",
                 "ingestion_mapping_reference": f"{options['table']}_json"}
        daemon = self.daemon(emulator, watch).start()
        daemon.put(path.name, path.read_bytes())
        self.settled(daemon, succeeded=1)
        self.assertEqual(emulator.query(options["table"]), [[1, 2, 3, 4, 5]])

    def test_samples_that_do_not_go_together_are_refused(self):
        first = self.folder / "a.csv"
        first.write_text("id,name\n1,ann\n")
        other = self.folder / "b"
        for text, said in (
            ("4,dee\n", "has none"),
            ("name,id\nbob,2\n", "in another order"),
            ('{"a":1}\n', "b is json"),
        ):
            with self.subTest(said):
                other.write_text(text)
                code, out, err = run([path_of("KUSTODROP"), "infer", str(first), str(other)])
                self.assertEqual((code, out), (1, ""))
                self.assertIn(said, err)


if __name__ == "__main__":
    unittest.main()
