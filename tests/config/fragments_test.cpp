// Files of conf.d add their watches to those of the main file, or are refused with their place.
#include "config/reading/fragments.hpp"

#include "configuration.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace kustodrop;
using namespace kustodrop::test;
namespace files = std::filesystem;

// A configuration with a folder of fragments, gone with the test.
struct configured {
    configured() {
        auto name = (files::temp_directory_path() / "fragments_test_XXXXXX").string();
        BOOST_TEST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
        files::create_directory(folder / "conf.d");
        write("kustodrop.yaml", std::string(whole_cluster) + std::string(whole_watches));
    }
    ~configured() { files::remove_all(folder); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder / name) << text;
    }
    config::loaded load(const std::string& name = "kustodrop.yaml") const {
        return config::load_file((folder / name).string(), machine().environment());
    }
    // All problems, without the test's folder.
    std::string problems() const {
        auto text = printed(load());
        auto prefix = folder.string() + "/";
        for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix)) {
            text.erase(at, prefix.size());
        }
        return text;
    }
    std::string names(const std::string& name = "kustodrop.yaml") const {
        std::string out;
        auto loaded = load(name);
        BOOST_TEST(printed(loaded) == "");
        for (auto& watch : loaded.values.watches) out += watch.name + " ";
        return out;
    }

    files::path folder;
};

static std::string watch(const std::string& name) {
    return "watches:\n  - {name: " + name + ", path: /drop/" + name +
           ", database: D, table: T, format: csv}\n";
}

BOOST_FIXTURE_TEST_SUITE(fragments, configured)

BOOST_AUTO_TEST_CASE(add_their_watches_in_the_order_of_their_names) {
    write("conf.d/20-b.yaml", watch("b"));
    write("conf.d/10-c.yaml", watch("c"));
    BOOST_TEST(names() == "web c b ");
}

BOOST_AUTO_TEST_CASE(may_hold_all_watches) {
    write("kustodrop.yaml", std::string(whole_cluster));
    BOOST_TEST(
        problems() == "kustodrop.yaml:1:1: watches: is missing; give a list of at least one watch\n"
    );
    write("conf.d/a.yaml", watch("a"));
    BOOST_TEST(names() == "a ");
    write("kustodrop.yaml", std::string(whole_cluster) + "watches: []\n");
    BOOST_TEST(names() == "a ");
    write("conf.d/b.yaml", "watches: []\n");
    BOOST_TEST(names() == "a ");
}

BOOST_AUTO_TEST_CASE(are_not_what_editors_and_package_managers_leave) {
    for (auto* name :
         {"a.yaml~",
          "a.yaml.dpkg-old",
          "a.yaml.rpmsave",
          ".a.yaml.swp",
          ".#a.yaml",
          "#a.yaml#",
          "README",
          "a.yaml.bak"}) {
        write(std::string("conf.d/") + name, "broken: [");
    }
    BOOST_TEST(names() == "web ");
}

BOOST_AUTO_TEST_CASE(that_are_probably_meant_have_a_warning) {
    write("conf.d/a.yml", watch("a"));
    BOOST_TEST(
        problems() == "conf.d/a.yml:1:1: warning: is not read; use a name that ends in .yaml\n"
    );
}

BOOST_AUTO_TEST_CASE(name_their_own_file_line_and_column) {
    write("conf.d/a.yaml", "watches:\n  - path: /drop/a\n    databse: D\n    table: T\n");
    auto text = problems();
    // What stands there under another name is not missing.
    BOOST_TEST(text.find("database: is missing") == text.npos);
    BOOST_TEST(text.find("conf.d/a.yaml:2:5: watches[0].format: is missing") != text.npos);
    BOOST_TEST(
        text.find("conf.d/a.yaml:3:5: watches[0].databse: is an unknown key; did you mean database?"
        ) != text.npos
    );
    write("conf.d/a.yaml", "watches: [\n");
    BOOST_TEST(problems().starts_with("conf.d/a.yaml:"));
}

BOOST_AUTO_TEST_CASE(hold_nothing_else) {
    write("conf.d/a.yaml", watch("a") + "auth: {client_secret: hunter2}\nwatch: []\n");
    BOOST_TEST(
        problems() ==
        "conf.d/a.yaml:3:7: auth: belongs into the main file; a fragment has watches and "
        "clusters only\n"
        "conf.d/a.yaml:4:1: watch: is an unknown key; did you mean watches?\n"
    );
    write("conf.d/a.yaml", "- {name: a}\n");
    BOOST_TEST(
        problems() ==
        "conf.d/a.yaml:1:1: is not a map; use a map with the list watches:, or an empty list for "
        "no watches\n"
    );
}

BOOST_AUTO_TEST_CASE(that_are_empty_are_refused) {
    for (auto* text : {"", "# nothing\n", "---\n"}) {
        write("conf.d/a.yaml", text);
        BOOST_TEST(problems().find("conf.d/a.yaml:1:1: the file is empty") == 0);
    }
    write("conf.d/a.yaml", "watches:\n");
    BOOST_TEST(problems().starts_with("conf.d/a.yaml:1:1: watches: has no value"));
}

BOOST_AUTO_TEST_CASE(that_use_a_name_again_name_both_places) {
    write("conf.d/a.yaml", watch("a"));
    write(
        "conf.d/b.yaml",
        "watches:\n  - {name: a, path: /drop/b, database: D, table: T, format: csv}\n"
    );
    auto text = printed(load());
    auto first = (folder / "conf.d/a.yaml").string() + ":2:12";
    auto second = (folder / "conf.d/b.yaml").string() + ":2:12: watches[0].name: ";
    BOOST_TEST(
        text ==
        second + "\"a\" is the name of watches[0] in " + first + " too; use a name of its own\n"
    );
}

BOOST_AUTO_TEST_CASE(that_use_a_folder_again_name_both_places) {
    write(
        "conf.d/a.yaml",
        "watches:\n  - {name: a, path: /drop/web/a, database: D, table: T, format: csv}\n"
    );
    auto text = problems();
    BOOST_TEST(
        text.find("conf.d/a.yaml:2:21: watches[0].path: lies inside the path of watches[0] in ") ==
        0
    );
    BOOST_TEST(text.find("kustodrop.yaml:2:18; use separate folders") != text.npos);
}

BOOST_AUTO_TEST_CASE(that_cannot_be_read_are_problems) {
    files::create_directory(folder / "conf.d/a.yaml");
    BOOST_TEST(problems().find("conf.d/a.yaml:1:1: cannot be read: ") == 0);
    files::remove(folder / "conf.d/a.yaml");
    files::create_symlink("/nowhere/at/all", folder / "conf.d/b.yaml");
    BOOST_TEST(problems().find("conf.d/b.yaml:1:1: cannot be read: ") == 0);
    files::remove_all(folder / "conf.d");
    BOOST_TEST(names() == "web ");
    write("conf.d", "");
    BOOST_TEST(problems().find("conf.d:1:1: cannot be read: ") == 0);
}

BOOST_AUTO_TEST_CASE(of_other_configurations_in_the_folder_are_in_folders_of_their_names) {
    write("conf.d/a.yaml", watch("a"));
    write("second.yaml", std::string(whole_cluster) + watch("own"));
    BOOST_TEST(names("second.yaml") == "own ");
    files::create_directory(folder / "second.conf.d");
    write("second.conf.d/b.yaml", watch("b"));
    BOOST_TEST(names("second.yaml") == "own b ");
    BOOST_TEST(names() == "web a ");
}

BOOST_AUTO_TEST_CASE(lie_beside_the_file) {
    BOOST_TEST(
        config::fragments_folder("/etc/kustodrop/kustodrop.yaml") == "/etc/kustodrop/conf.d"
    );
    BOOST_TEST(config::fragments_folder("/etc/kustodrop/web.yaml") == "/etc/kustodrop/web.conf.d");
    BOOST_TEST(config::fragments_folder("/nowhere/k.yaml") == "/nowhere/conf.d");
    BOOST_TEST(config::fragments_folder("k.yaml") == "conf.d");
}

BOOST_AUTO_TEST_SUITE_END()
