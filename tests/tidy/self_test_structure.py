#!/usr/bin/env python3
"""The checks of the tree's structure find planted violations, and leave alone what is right."""
import unittest

import circles
import citations
import classes
import continuation
import floors
import folders
import listed
import tree
import unity


def found(checker, name, text):
    return [line for line, _ in checker.findings(name, text)]


class InnerLayers(unittest.TestCase):
    def test_lets_a_folder_include_itself_and_lower_layers(self):
        for name, header in [
            ("core/spool/folder/a.cpp", "spool/source/source.hpp"),
            ("core/spool/folder/a.cpp", "spool/folder/scanning.hpp"),
            ("core/pipeline/engine/engine.cpp", "pipeline/retiring/retirer.hpp"),
            ("core/pipeline/engine.cpp", "pipeline/intake/intake.hpp"),
            ("daemon/main.cpp", "daemon/commands/commands.hpp"),
            ("core/http/client/a.cpp", "http/transport.hpp"),
            ("emulator/storage/a.cpp", "core/base/text.hpp"),
        ]:
            self.assertEqual(found(floors, name, f'#include "{header}"'), [], name)

    def test_finds_an_include_that_goes_up_or_aside(self):
        for name, header in [
            ("core/spool/source/a.cpp", "spool/folder/scanning.hpp"),
            ("core/spool/reading/a.cpp", "spool/journal/journal.hpp"),
            ("core/azure/storage/a.cpp", "azure/identity/token.hpp"),
            ("core/http/client/a.cpp", "http/server/server.hpp"),
            ("core/pipeline/shipping/a.cpp", "pipeline/intake/intake.hpp"),
            ("core/pipeline/intake/a.cpp", "pipeline/engine.hpp"),
            ("daemon/admin/a.cpp", "daemon/commands/commands.hpp"),
            ("emulator/engine/a.cpp", "emulator/front/service.hpp"),
        ]:
            self.assertEqual(found(floors, name, f'//\n#include "{header}"'), [2], name)

    def test_finds_a_folder_that_has_no_layer(self):
        self.assertEqual(found(floors, "core/spool/cellar/a.cpp", ""), [1])
        self.assertEqual(found(floors, "config/reading/a.cpp", ""), [])


class Listed(unittest.TestCase):
    def found(self, text, *themes):
        names = [f"tests/area/{theme}_test.py" for theme in themes]
        return [name for name, _, _ in listed.findings(names, lambda name: text)]

    def test_finds_a_test_that_ctest_does_not_run(self):
        text = "foreach(theme\n  follow_rows one # two\n)\n"
        self.assertEqual(self.found(text, "follow_rows", "one"), [])
        missing = ["tests/area/two_test.py", "tests/area/follow_test.py"]
        self.assertEqual(self.found(text, "two", "follow"), missing)

    def test_a_folder_may_take_all_of_them(self):
        text = "file(GLOB all CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.py)"
        self.assertEqual(self.found(text, "two"), [])


class Circles(unittest.TestCase):
    def members(self, files):
        return sorted({name for name, _, _ in circles.findings(files)})

    def test_finds_a_circle_that_runs_through_a_source(self):
        files = {
            "core/a/x.hpp": "",
            "core/a/x.cpp": '#include "a/x.hpp"\n#include "a/y.hpp"\n',
            "core/a/y.hpp": '#include "a/z.hpp"\n',
            "core/a/z.hpp": '#include "a/x.hpp"\n',
            "core/a/top.cpp": '#include "a/x.hpp"\n',
        }
        circle = ["core/a/x.cpp", "core/a/y.hpp", "core/a/z.hpp"]
        self.assertEqual(self.members(files), circle)

    def test_leaves_a_diamond_and_a_pair_alone(self):
        files = {
            "core/a/x.hpp": '#include "a/y.hpp"\n#include "a/z.hpp"\n',
            "core/a/x.cpp": '#include "a/x.hpp"\n',
            "core/a/y.hpp": '#include "a/w.hpp"\n',
            "core/a/z.hpp": '#include "a/w.hpp"\n',
            "core/a/w.hpp": "",
        }
        self.assertEqual(self.members(files), [])


class Folders(unittest.TestCase):
    def places(self, names):
        return [name for name, _, _ in folders.findings(names)]

    def test_finds_a_full_folder(self):
        names = [f"core/a/f{number}.cpp" for number in range(25)]
        self.assertEqual(self.places([*names, "core/a/b/c.cpp"]), [])
        self.assertEqual(self.places([*names, "core/a/one_more.hpp"]), ["core/a"])

    def test_finds_tests_that_mirror_nothing(self):
        names = ["core/a/f.cpp", "tests/core/a/f_test.cpp", "tests/support/g.hpp"]
        self.assertEqual(self.places(names), [])
        self.assertEqual(self.places([*names, "tests/core/b/g_test.cpp"]), ["tests/core/b"])


class Continuation(unittest.TestCase):
    HEADER = "namespace k {\nclass engine {\nvoid run();\nstruct part { int x(); };\n};\n}\n"

    def lines(self, name, text):
        files = {"core/a/engine.hpp": self.HEADER, name: f"namespace k {{\n{text}\n}}\n"}
        return [(path, line) for path, line, _ in continuation.findings(files)]

    def test_finds_members_defined_in_another_file(self):
        for text in [
            "void engine::run() { work(); }",
            "asio::awaitable<result<int>> engine::run(int x) {\n    co_return 1;\n}",
            "engine::engine(options o) : a_{o}, b_{1} {}",
            "int engine::part::x() { return 1; }",
            "bool engine::operator==(const engine& o) const { return true; }",
        ]:
            name = "core/a/engine_work.cpp"
            self.assertEqual(self.lines(name, text), [(name, 2)], text)

    def test_leaves_alone_what_belongs_where_it_stands(self):
        self.assertEqual(self.lines("core/a/engine.cpp", "void engine::run() {}"), [])
        for text in [
            "struct own { void f(); };\nvoid own::f() { engine e; e.run(); }",
            "void f() { engine::run(); }",
            "int g(engine::part p) { return p.x(); }",
            "static const auto x = engine::make({1});",
        ]:
            self.assertEqual(self.lines("core/a/other.cpp", text), [], text)


class Classes(unittest.TestCase):
    def body(self, methods, members):
        lines = [f"    asio::awaitable<int> m{n}(int a = f(1)) const;" for n in range(methods)]
        lines += [f"    std::function<void(int)> d{n}_ = g(1);" for n in range(members)]
        return "class c : public base {\npublic:\n" + "\n".join(lines) + "\n};\n"

    def test_finds_many_methods_and_many_members(self):
        self.assertEqual(found(classes, "a.hpp", self.body(25, 20)), [])
        self.assertEqual(found(classes, "a.hpp", self.body(26, 0)), [1])
        self.assertEqual(found(classes, "a.hpp", self.body(0, 21)), [1])

    def test_counts_bodies_initialisers_and_nothing_else(self):
        body = """struct s {
    s() = default;
    explicit s(int x) : a_{x} {}
    int f() const { return g(1); }
    using type = std::vector<int>;
    static constexpr int most = 3;
    enum class kind { one, two };
    struct inner { int a; int b; };
    std::map<int, std::function<void(int)>> table{{1, {}}};
    int a_{1};
    friend bool operator==(const s&, const s&) = default;
};
"""
        inside = body[body.index("{") + 1 : body.rindex("}")]
        self.assertEqual(classes.counted(inside), (2, 2))

    def test_accepts_a_reason_at_the_head(self):
        text = "/// The journal.\n// Large because each method is one query.\n" + self.body(30, 0)
        self.assertEqual(found(classes, "a.hpp", text), [])
        self.assertEqual(found(classes, "a.hpp", "/// It is large.\n" + self.body(30, 0)), [2])


class Citations(unittest.TestCase):
    KNOWN = {"docs/protocol.md", "README.md"}

    def lines(self, text):
        sections = lambda _path: {"6", "6.1"}
        return [line for line, _ in citations.findings("core/a.cpp", text, self.KNOWN, sections)]

    def test_finds_a_document_or_a_section_that_does_not_exist(self):
        self.assertEqual(self.lines("\n// house.md §2"), [2])
        self.assertEqual(self.lines("\n// docs/wire.md"), [2])
        self.assertEqual(self.lines("\n/// docs/protocol.md §6.2"), [2])
        self.assertEqual(self.lines("\n/// As in docs/protocol.md\n/// §7 it says"), [2])

    def test_leaves_alone_what_exists(self):
        for text in [
            "// docs/protocol.md §6.1, README.md",
            "/// (docs/protocol.md\n/// §6)",
            "// https://example.com/docs/other.md",
        ]:
            self.assertEqual(self.lines(text), [], text)

    def test_finds_a_source_file_that_a_document_names_and_that_does_not_exist(self):
        known = {"core/a.cpp", "tests/core/a_test.cpp"}
        text = "`core/a.cpp`\n`core/a_test.cpp`\n`core/b.cpp`\n"
        lines = lambda name: [line for line, _ in citations.findings(name, text, known)]
        self.assertEqual(lines("docs/x.md"), [3])
        self.assertEqual(lines("CHANGELOG.md"), [])

    def test_reads_the_sections_of_a_document(self):
        text = "# Title\n## 6. Queues\ntext 9.\n### 6.1 Messages\n## §7 More\n"
        self.assertEqual(citations.HEADING.findall(text), ["6", "6.1", "7"])


class Unity(unittest.TestCase):
    def lines(self, *texts, alone=()):
        files = {f"core/a/f{n}.cpp": f"namespace k {{\n{text}\n}}" for n, text in enumerate(texts)}
        return [(name, line) for name, line, _ in unity.findings(files, set(alone))]

    def test_finds_static_names_of_two_sources(self):
        for first, second in [
            ("static int f(int a) { return a; }", "static int f(text other) { return 2; }"),
            ("static constexpr size_t most = 3;", "static const int most{4};"),
            ("namespace {\nint f() { return 1; }\n}", "static int f();"),
            ("namespace {\nstruct part { int a; };\n}", "namespace {\nclass part {};\n}"),
        ]:
            self.assertEqual(len(self.lines(first, second)), 1, first)
            self.assertEqual(self.lines(first, second, alone=["core/a/f1.cpp"]), [], first)

    def test_finds_a_static_function_with_the_name_of_a_class(self):
        files = {"core/a/x.hpp": "struct part { int a; };", "core/a/y.cpp": "static int part();"}
        self.assertEqual(len(list(unity.findings(files, set()))), 1)

    def test_leaves_inner_statics_alone(self):
        for first, second in [
            ("void f() { static int x = 1; }", "void g() { static int x = 2; }"),
            ("int f() { return 1; }", "static int g() { return f(); }"),
        ]:
            self.assertEqual(self.lines(first, second), [], first)


class Baselines(unittest.TestCase):
    FOUND = [("a.cpp", 1, "x"), ("a.cpp", 2, "x"), ("b.cpp", 1, "x")]

    def test_reports_nothing_as_long_as_the_sum_does_not_grow(self):
        self.assertEqual(tree.judge(self.FOUND, {"a.cpp": 2, "b.cpp": 1}), ([], 0))
        self.assertEqual(tree.judge(self.FOUND, {"old.cpp": 5}), ([], 2))

    def test_reports_the_files_that_grew(self):
        self.assertEqual(tree.judge(self.FOUND, {"a.cpp": 2}), ([self.FOUND[2]], 0))
        self.assertEqual(tree.judge(self.FOUND, {}), (self.FOUND, 0))


if __name__ == "__main__":
    unittest.main()
