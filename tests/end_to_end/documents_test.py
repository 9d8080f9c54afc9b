#!/usr/bin/env python3
"""What a reader copies out of README.md and docs/ works: configurations, options, names of metrics;
and the shells complete what the program has."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from programs import ROOT, path_of, run

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CLUSTER = 'cluster: {ingestion_endpoint: "https://ingest-x.westeurope.kusto.windows.net"}\n'
WATCH = "watches: [{path: /srv/x, database: D, table: T, format: csv}]\n"
OPTION = r"--[a-z][a-z-]*"
# Commands of other programs in the same line have their own options.
OURS = re.compile(r"kustodrop ((?:gen-)?[a-z]+)((?:(?!kustodrop |&&|[;|`>]).|\\\|)*)")


class Documents(unittest.TestCase):
    def blocks(self, language):
        """(document, line, text) of each block of a language, without its indentation."""
        for path in DOCUMENTS:
            text = path.read_text()
            for found in re.finditer(rf"(?ms)^( *)```{language}\n(.*?)^\1```", text):
                block = re.sub(rf"(?m)^{found[1]}", "", found[2])
                yield path.name, text.count("\n", 0, found.start()) + 1, block

    def test_each_configuration_passes_the_check(self):
        count = 0
        for name, line, block in self.blocks("yaml"):
            if "ansible." in block:
                continue
            # Excerpts get what they leave out.
            text = f"watches:\n{block}" if block.startswith("  - ") else block
            text = text if re.search(r"(?m)^clusters?:", text) else CLUSTER + text
            text = text if re.search(r"(?m)^watches:", text) else text + WATCH
            with self.subTest(name, line=line), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "kustodrop.yaml"
                path.touch(mode=0o600)
                path.write_text(text)
                command = [path_of("KUSTODROP"), "check", "--offline", "--no-files"]
                code, out, err = run([*command, "--config", path])
                self.assertEqual(code, 0, f"{text}\n{out}{err}")
                count += 1
        self.assertGreater(count, 7)

    def options_of(self, command):
        code, out, _ = run([path_of("KUSTODROP"), command, "--help"])
        self.assertEqual(code, 0, command)
        return set(re.findall(OPTION, out))

    def test_each_option_of_a_command_exists(self):
        _, out, _ = run([path_of("KUSTODROP"), "--help"])
        commands = re.findall(r"(?m)^  ([a-z][a-z-]+)  +\S", out.split("Examples:")[0])
        known = {command: self.options_of(command) for command in commands}
        rules = ROOT / "packaging" / "prometheus" / "kustodrop.rules.yml"
        count = 0
        for path in (*DOCUMENTS, rules, ROOT / "config" / "kustodrop.example.yaml"):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                for command, rest in OURS.findall(line):
                    for option in re.findall(rf"(?<![\w-]){OPTION}", rest):
                        if command not in known:
                            continue
                        self.assertIn(option, known[command], f"{path.name}:{number}: {line}")
                        count += 1
        self.assertGreater(count, 60)

    def test_each_metric_that_is_named_is_documented(self):
        metric = r"\bkustodrop_[a-z_]+[a-z]\b"
        metrics = (ROOT / "docs" / "metrics.md").read_text()
        known = set(re.findall(metric, metrics))
        for path in DOCUMENTS:
            # Files of a release have such names too, and so has what the name is followed by.
            text = re.sub(r"kustodrop_(VERSION|\*)\S*", "", path.read_text())
            for name in re.findall(rf"`({metric})", text):
                self.assertIn(name, known, path.name)


class Completions(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kd-"))
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("kustodrop", "kustodrop-emulator"):
            (self.folder / name).symlink_to(path_of(name.upper().replace("-", "_")))
        script = ROOT / "packaging" / "completions.py"
        made = subprocess.run(
            [sys.executable, "-B", script, self.folder / "out", self.folder], check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        self.assertEqual(made.returncode, 0, made.stderr)

    def completed(self, *typed):
        """What bash offers for the last argument."""
        listed = " ".join(f"'{one}'" for one in typed)
        code, out, err = run(["bash", "-uc", (
            f"cd {self.folder}; source out/kustodrop.bash; COMP_WORDS=({listed});"
            f" COMP_CWORD={len(typed) - 1}; _kustodrop;"
            " if ((${#COMPREPLY[@]})); then printf '%s\\n' \"${COMPREPLY[@]}\"; fi"
        )])  # fmt: skip
        self.assertEqual((code, err), (0, ""))
        return out.splitlines()

    def test_bash_completes_commands_options_values_and_files(self):
        for name in ("a b.csv", "a.yaml"):
            (self.folder / name).touch()
        (self.folder / "a").mkdir()
        for typed, offered in (
            (["rel"], ["reload"]),
            (["journal", "--outcome", "f"], ["failed"]),
            (["check", "--off"], ["--offline"]),
            (["config", "s"], ["show"]),
            (["status", "--config", "a."], ["a.yaml"]),
            (["journal", "--file", "a."], ["a.yaml"]),
            (["init", "--path", "a"], ["a"]),
            (["explain", "a "], ["a b.csv"]),
            (["infer", "a "], ["a b.csv"]),
            (["plan", "a "], []),
        ):
            self.assertEqual(self.completed("kustodrop", *typed), offered, typed)

    def test_zsh_and_fish_understand_theirs(self):
        for shell, option, file in (
            ("zsh", "-n", "_kustodrop"),
            ("fish", "--no-execute", "kustodrop.fish"),
        ):
            if shutil.which(shell):
                code, out, err = run([shell, option, self.folder / "out" / file])
                self.assertEqual((code, out + err), (0, ""), shell)


class Manuals(unittest.TestCase):
    def test_each_option_stands_apart_from_its_meaning(self):
        sys.path.insert(0, str(ROOT / "packaging"))
        import helps

        for command, (_, options) in helps.commands_of(path_of("KUSTODROP")).items():
            for name, meaning in options:
                self.assertRegex(meaning, r"^\S.*\S$", f"{command} {name}")


if __name__ == "__main__":
    unittest.main()
