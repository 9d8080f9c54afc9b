// What may lie in a drop folder: names of every byte and length, and things that are not files.
#include "base/text.hpp"
#include "core/spool/folder/drop_folder_fixture.hpp"
#include "counting.hpp"
#include "spool/folder/archiving.hpp"
#include "spool/folder/claiming.hpp"
#include "spool/folder/scanning.hpp"
#include "support/skipping.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include <unistd.h>

using namespace kustodrop;
using namespace kustodrop::test;

// Every name that is one of a file, with the bytes that careless programs stumble over.
static std::vector<std::string> names_of_files() {
    std::vector<std::string> out;
    for (int byte = 1; byte < 256; ++byte) {
        auto c = static_cast<char>(byte);
        if (c == '/') continue;
        out.push_back(std::string("a") + c + "b");
        out.push_back(std::string(1, c) + "x");
    }
    for (std::size_t length = 200; length <= 255; ++length) out.emplace_back(length, 'n');
    for (auto& name : hostile_names()) out.push_back(name);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

BOOST_AUTO_TEST_SUITE(bad_entries)

BOOST_AUTO_TEST_CASE(whose_names_are_odd_are_claimed_and_archived_all_the_same) {
    dropping test;
    auto names = names_of_files();
    for (auto& name : names) test.files.write(name, "x");
    auto seen = test.names(spool::scan_folder(test.drop, {}).value());
    BOOST_TEST((seen == names));
    int number = 0;
    for (auto& name : names) {
        char id[40];
        std::snprintf(id, sizeof id, "11111111-aaaa-4bbb-8ccc-%012d", ++number);
        BOOST_TEST_CONTEXT(printable(name)) {
            auto claimed = spool::claim(test.drop, test.look(name), id);
            BOOST_TEST_REQUIRE(claimed.has_value());
            auto archived = spool::archive(test.drop, *claimed, id, at_day(22));
            BOOST_TEST_REQUIRE(archived.has_value());
            BOOST_TEST(archived->starts_with(".kustodrop/archive/"));
            BOOST_TEST(is_valid_utf8(printable(name)));
        }
        ++bad_input_counts::all().entries;
    }
    BOOST_TEST(test.work_is_empty());
}

BOOST_AUTO_TEST_CASE(whose_names_lead_elsewhere_are_looked_at_by_nobody) {
    dropping test;
    test.files.write("a", "x");
    for (std::string name :
         {"..", ".", "", "../a", "a/..", "./a", "/etc/passwd", "a/../../x", "//a", "a//b"}) {
        auto seen = test.drop.look(name);
        BOOST_TEST_CONTEXT(name) { BOOST_TEST((!seen || !*seen)); }
        spool::sighting planted;
        planted.name = name;
        planted.kind = spool::file_kind::regular;
        BOOST_TEST(!spool::claim(test.drop, planted, first_id));
        ++bad_input_counts::all().entries;
    }
}

BOOST_AUTO_TEST_CASE(that_are_no_files_are_never_claimed) {
    dropping test;
    auto path = [&](const std::string& name) { return test.files.path(name); };
    test.files.write("target", "x");
    ::symlink("target", path("link").c_str());
    ::symlink("/etc/passwd", path("link out").c_str());
    ::symlink("nowhere", path("dangling").c_str());
    ::symlink("loop", path("loop").c_str());
    ::mkfifo(path("fifo").c_str(), 0644);
    ::mkdir(path("folder").c_str(), 0755);
    ::link(path("target").c_str(), path("hard link").c_str());
    auto number = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
    ::bind(number, reinterpret_cast<sockaddr*>(&address), sizeof address);
    std::vector<std::string> names{
        "link", "link out", "dangling", "loop", "fifo", "folder", "hard link", "socket"};
    if (::mknod(path("device").c_str(), S_IFCHR | 0644, makedev(1, 3)) == 0) {
        names.emplace_back("device");
    } else {
        skip("making a device needs root");
    }
    for (auto& name : names) {
        BOOST_TEST_CONTEXT(name) {
            auto seen = test.drop.look(name).value();
            BOOST_TEST_REQUIRE(seen.has_value());
            BOOST_TEST(!spool::claim(test.drop, *seen, first_id));
            seen->kind = spool::file_kind::regular;  // It was one a moment ago.
            BOOST_TEST(!spool::claim(test.drop, *seen, first_id));
            BOOST_TEST(test.drop.look(name).value().has_value());
        }
        ++bad_input_counts::all().entries;
    }
    ::close(number);
    BOOST_TEST(test.work_is_empty());
}

BOOST_AUTO_TEST_SUITE_END()
