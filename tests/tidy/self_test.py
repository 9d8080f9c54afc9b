#!/usr/bin/env python3
"""Every check finds what it is there to find, and leaves alone what is right."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import budgets
import coroutines
import floors
import layout
import leftovers
import seams
import tree
import versions


def found(checker, name, text):
    return [line for line, _ in checker.findings(name, text)]


class Versions(unittest.TestCase):
    def test_of_packages_and_manifests_are_those_of_the_programs(self):
        def lines(name, text):
            return [line for line, _ in versions.findings(name, text, "1.0.0-rc.1")]

        image = "image: REGISTRY/kustodrop:"
        self.assertEqual(lines("packaging/kubernetes/a.yaml", f"{image}1.0.0-rc.1\n"), [])
        self.assertEqual(lines("packaging/kubernetes/a.yaml", f"\n{image}0.1.0\n"), [2])
        self.assertEqual(lines(versions.CHANGELOG, "kustodrop (1.0.0~rc.1) x\nkustodrop (0.1)"), [])
        self.assertEqual(lines(versions.CHANGELOG, "kustodrop (1.0.0-rc.1) x\n"), [1])


class Floors(unittest.TestCase):
    def test_lets_a_room_include_itself_and_lower_floors(self):
        text = '#include "azure/blob.hpp"\n#include "http/url.hpp"\n#include "blob.hpp"\n'
        self.assertEqual(found(floors, "core/azure/storage/queue.cpp", text), [])
        self.assertEqual(found(floors, "daemon/run/app.cpp", '#include "config/load.hpp"'), [])

    def test_finds_an_include_that_goes_up(self):
        for room, header in [
            ("core/base", "http/url.hpp"),
            ("core/azure", "kusto/resources.hpp"),
            ("core/pipeline", "config/settings.hpp"),
            ("core/pipeline", "core/daemon/app.hpp"),
            ("config", "daemon/run/app.hpp"),
        ]:
            self.assertEqual(found(floors, f"{room}/a.cpp", f'//\n#include "{header}"'), [2], room)

    def test_keeps_the_neighbours_apart(self):
        self.assertEqual(found(floors, "core/spool/a.cpp", '#include "http/url.hpp"'), [1])
        self.assertEqual(found(floors, "core/http/a.cpp", '#include "spool/gzip.hpp"'), [1])
        self.assertEqual(found(floors, "emulator/ingest/a.cpp", '#include "azure/blob.hpp"'), [1])
        self.assertEqual(found(floors, "daemon/a.cpp", '#include "emulator/engine/store.hpp"'), [1])
        self.assertEqual(found(floors, "daemon/a.cpp", '#include "cellar/wine.hpp"'), [1])

    def test_finds_a_library_outside_its_wall(self):
        for name, header in [
            ("core/http/transport.hpp", "boost/beast/http.hpp"),
            ("daemon/a.cpp", "boost/beast/http.hpp"),
            ("core/base/crypto/crypto.hpp", "openssl/evp.h"),
            ("core/azure/a.cpp", "openssl/evp.h"),
            ("core/http/transport.hpp", "openssl/ssl.h"),
            ("daemon/a.cpp", "boost/asio/ssl.hpp"),
            ("core/azure/a.hpp", "boost/json.hpp"),
            ("core/kusto/a.hpp", "boost/json/value.hpp"),
            ("config/settings.hpp", "yaml-cpp/yaml.h"),
            ("core/spool/journal/a.cpp", "sqlite3.h"),
            ("emulator/engine/a.cpp", "sqlite3.h"),
            ("core/pipeline/a.cpp", "zlib.h"),
            ("core/pipeline/a.cpp", "isa-l/igzip_lib.h"),
            ("core/pipeline/a.cpp", "sys/inotify.h"),
        ]:
            self.assertEqual(found(floors, name, f"#include <{header}>"), [1], header)
        beast = "#include <boost/beast/core.hpp>"
        self.assertEqual(found(floors, "core/http/server/served_connection.cpp", beast), [])


class Budgets(unittest.TestCase):
    def function(self, lines):
        body = "    work({1, 2});\n" * (lines - 2)
        return "namespace a {\nstruct b {\nint f(int x) const {\n" + body + "}\n};\n}\n"

    def test_finds_a_long_file(self):
        self.assertEqual(found(budgets, "core/a.cpp", "\n" * 350), [])
        self.assertEqual(found(budgets, "core/a.cpp", "\n" * 351), [351])

    def test_finds_a_long_function(self):
        self.assertEqual(found(budgets, "core/a.cpp", self.function(70)), [])
        self.assertEqual(found(budgets, "core/a.cpp", self.function(71)), [3])

    def test_finds_a_long_test_case(self):
        text = "BOOST_AUTO_TEST_CASE(a) {\n" + "    f();\n" * 70 + "}\n"
        self.assertEqual(found(budgets, "tests/a.cpp", text), [1])

    def test_is_not_misled_by_braces_in_strings_or_by_tables(self):
        text = self.function(60).replace("work(", 'work("{", \'{\', ')
        self.assertEqual(found(budgets, "core/a.cpp", text), [])
        table = "static const table names{\n" + '    {"a", 1},\n' * 100 + "};\n"
        self.assertEqual(found(budgets, "core/a.cpp", table), [])

    def test_finds_a_wide_line_and_counts_characters(self):
        self.assertEqual(found(budgets, "dev", "ü" * 100), [])
        self.assertEqual(found(budgets, "dev", "ok\n" + "x" * 101), [2])

    def test_finds_a_long_python_function(self):
        self.assertEqual(found(budgets, "a.py", "def f():\n" + "    g()\n" * 70), [1])

    def test_has_reasons_for_its_exceptions(self):
        for path, reason in budgets.ALLOWED.items():
            self.assertTrue((tree.ROOT / path).exists(), path)
            self.assertGreater(len(reason.split()), 5, path)


class Seams(unittest.TestCase):
    def test_finds_who_reads_a_clock(self):
        for line in [
            "auto t = std::chrono::steady_clock::now();",
            "auto t = system_clock ::now();",
            "std::this_thread::sleep_for(1s);",
            "::usleep(10);",
            "auto x = rand();",
            "std::random_device device;",
            "auto t = ::time(nullptr);",
        ]:
            self.assertEqual(found(seams, "core/spool/a.cpp", f"\n{line}"), [2], line)

    def test_lets_the_clock_read_it_and_others_speak_of_it(self):
        text = "auto t = std::chrono::steady_clock::now();  // steady_clock::now()"
        self.assertEqual(found(seams, "core/async/clock.cpp", text), [])
        self.assertEqual(found(seams, "core/spool/a.cpp", "// not steady_clock::now()"), [])
        self.assertEqual(found(seams, "core/spool/a.cpp", "co_await clock.sleep_until(x);"), [])

    def test_finds_a_test_that_sleeps(self):
        self.assertEqual(found(seams, "tests/end_to_end/a.py", "import time\ntime.sleep(1)"), [2])


class Leftovers(unittest.TestCase):
    def test_finds_notes_paths_and_leftovers(self):
        for text in ["// TODO: later", "// FIXME", "/home/" + "someone/x", "<" * 7 + " HEAD"]:
            self.assertEqual(found(leftovers, "core/a.cpp", "\n" + text), [2], text)

    def test_leaves_the_daemons_own_folders_alone(self):
        self.assertEqual(found(leftovers, "core/a.cpp", '"/.kustodrop/' 'work/1~a"'), [])


class Coroutines(unittest.TestCase):
    def test_finds_what_the_compiler_gets_wrong(self):
        for text in [
            "co_await f([v] { g(v); });",
            "co_await f(options{1});",
            "auto x = c ? co_await a() : b;",
            "if ((co_await a()).ok) b();",
            "asio::co_spawn(io, f(), asio::detached);",
            "asio::awaitable<void> f(int a, options o = {});",
            "asio::awaitable<std::vector<int>> x::f(std::vector<int> a = {1});",
            "auto f = [](int a = 1) -> asio::awaitable<void> { co_return; };",
        ]:
            self.assertEqual(found(coroutines, "a.cpp", f"\n{text}"), [2], text)

    def test_leaves_good_ones_alone(self):
        for text in [
            "auto r = co_await f(std::move(work));",
            "asio::awaitable<result<int>> f(std::function<void()> a);",
            "void plain(options o = {}); asio::awaitable<void> f();",
            "auto f = [x = 1]() -> asio::awaitable<void> { co_return; };",
            "// asio::detached",
        ]:
            self.assertEqual(found(coroutines, "a.cpp", text), [], text)


class Layout(unittest.TestCase):
    def test_finds_a_file_out_of_form(self):
        program = layout.formatter()
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(tree.ROOT / ".clang-format", folder)
            path = pathlib.Path(folder) / "planted.cpp"
            path.write_text("int  main( ){return 0 ;}\n")
            self.assertIn("planted.cpp", layout.misplaced([str(path)], program))
            path.write_text("int main() { return 0; }\n")
            self.assertEqual(layout.misplaced([str(path)], program), "")


class Runner(unittest.TestCase):
    def test_a_finding_fails_the_run(self):
        script = "import tree; tree.check(lambda n, t: [(1, 'x')] if n == 'LICENSE' else [], %r)"
        for names, code in [(["LICENSE"], 1), (["CHANGELOG.md"], 0)]:
            ended = subprocess.run(
                ["python3", "-c", script % names],
                cwd=pathlib.Path(__file__).parent, capture_output=True, check=False,
            )
            self.assertEqual(ended.returncode, code)

    def test_the_tree_is_not_empty(self):
        self.assertGreater(len(tree.tracked(".cpp", ".hpp")), 20)


if __name__ == "__main__":
    unittest.main()
