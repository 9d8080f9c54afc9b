#include "spool/watching/inotify.hpp"

#include "core/spool/folder/drop_folder_fixture.hpp"
#include "support/skipping.hpp"
#include "support/world.hpp"

#include <sys/inotify.h>
#include <sys/resource.h>

#include <cstring>

using namespace kustodrop;
using namespace kustodrop::spool;

BOOST_AUTO_TEST_SUITE(event_meaning_)

BOOST_AUTO_TEST_CASE(every_mask_has_one_meaning) {
    struct {
        std::uint32_t mask;
        event_meaning meaning;
    } table[] = {
        {IN_CLOSE_WRITE, event_meaning::closed},
        {IN_MOVED_TO, event_meaning::moved_in},
        {IN_CREATE, event_meaning::appeared},
        {IN_DELETE, event_meaning::went},
        {IN_MOVED_FROM, event_meaning::went},
        {IN_ATTRIB, event_meaning::attributes},
        {IN_CREATE | IN_ISDIR, event_meaning::folder_appeared},
        {IN_MOVED_TO | IN_ISDIR, event_meaning::folder_appeared},
        {IN_ATTRIB | IN_ISDIR, event_meaning::folder_appeared},
        {IN_DELETE | IN_ISDIR, event_meaning::folder_went},
        {IN_MOVED_FROM | IN_ISDIR, event_meaning::folder_went},
        {IN_DELETE_SELF, event_meaning::root_removed},
        {IN_MOVE_SELF, event_meaning::root_removed},
        {IN_UNMOUNT, event_meaning::root_removed},
        {IN_IGNORED, event_meaning::ignored},
        {IN_Q_OVERFLOW, event_meaning::overflow},
        {IN_OPEN, event_meaning::nothing},
        {IN_ACCESS | IN_ISDIR, event_meaning::nothing},
        {0, event_meaning::nothing},
    };
    for (auto& row : table) {
        BOOST_TEST_CONTEXT(to_string(row.meaning)) {
            BOOST_TEST((meaning_of(row.mask) == row.meaning));
        }
    }
}

static std::string event_bytes(int watch, std::uint32_t mask, std::string name) {
    if (!name.empty()) name.resize((name.size() / 16 + 1) * 16);
    struct ::inotify_event head = {watch, mask, 0, static_cast<std::uint32_t>(name.size())};
    return std::string(reinterpret_cast<const char*>(&head), sizeof head) + name;
}

BOOST_AUTO_TEST_CASE(reads_a_buffer_of_several_events) {
    auto bytes = event_bytes(1, IN_CREATE, "a\xff") + event_bytes(1, IN_OPEN, "a") +
                 event_bytes(-1, IN_Q_OVERFLOW, "") + event_bytes(2, IN_CLOSE_WRITE, "b c");
    auto events = parse_events(bytes);
    BOOST_REQUIRE(events.size() == 3u);
    BOOST_TEST(events[0].name == "a\xff");
    BOOST_TEST(events[0].watch == 1);
    BOOST_TEST((events[1].meaning == event_meaning::overflow));
    BOOST_TEST(events[1].watch == -1);
    BOOST_TEST(events[2].name == "b c");
}

BOOST_AUTO_TEST_CASE(a_torn_buffer_is_read_as_far_as_it_goes) {
    auto bytes = event_bytes(1, IN_CREATE, "a") + event_bytes(1, IN_CREATE, "b");
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        BOOST_TEST(parse_events(std::string_view(bytes).substr(0, length)).size() <= 1u);
    }
    BOOST_TEST(parse_events(bytes).size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct watching : test::world {
    test::temp_folder files;
    std::unique_ptr<inotify> events = inotify::open(io.get_executor()).value();

    // All events that are there, as "name: meaning".
    std::vector<std::string> seen() {
        std::vector<std::string> lines;
        auto reading = start(events->read());
        if (!reading->done()) {
            cancel(*reading);
            return lines;
        }
        for (auto& event : *reading->value) {
            lines.push_back(event.name + ": " + std::string(to_string(event.meaning)));
        }
        return lines;
    }

    void expect(std::vector<std::string> lines) {
        BOOST_TEST(seen() == lines, boost::test_tools::per_element());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(inotify_, watching)

BOOST_AUTO_TEST_CASE(sees_a_file_written_and_closed) {
    BOOST_REQUIRE(events->add(files.root()).has_value());
    expect({});
    files.write("a", "1");
    expect({"a: appeared", "a: closed"});
    files.append("a", "2");
    expect({"a: closed"});
}

BOOST_AUTO_TEST_CASE(sees_renames_links_and_unnamed_files_that_get_a_name) {
    files.make_folder("in");
    files.write("x", "1");
    descriptor in(::open(files.path("in").c_str(), O_RDONLY | O_DIRECTORY));
    BOOST_REQUIRE(events->add(in.get()).has_value());
    std::filesystem::rename(files.path("x"), files.path("in/moved"));
    expect({"moved: moved in"});
    files.write("y", "1");
    std::filesystem::create_hard_link(files.path("y"), files.path("in/linked"));
    expect({"linked: appeared"});
    descriptor unnamed(::open(files.path("in").c_str(), O_TMPFILE | O_WRONLY, 0644));
    auto source = "/proc/self/fd/" + std::to_string(unnamed.get());
    auto linked = ::linkat(AT_FDCWD, source.c_str(), in.get(), "named", AT_SYMLINK_FOLLOW);
    BOOST_REQUIRE(linked == 0);
    expect({"named: appeared"});
    std::filesystem::remove(files.path("in/moved"));
    std::filesystem::rename(files.path("in/linked"), files.path("out"));
    auto lines = seen();
    BOOST_TEST(std::count(lines.begin(), lines.end(), "moved: went") == 1);
    BOOST_TEST(std::count(lines.begin(), lines.end(), "linked: went") == 1);
}

BOOST_AUTO_TEST_CASE(sees_that_a_file_becomes_readable) {
    files.write("a", "1");
    BOOST_REQUIRE(events->add(files.root()).has_value());
    ::chmod(files.path("a").c_str(), 0600);
    expect({"a: attributes"});
    ::chmod(files.path().c_str(), 0700);
    expect({});
}

BOOST_AUTO_TEST_CASE(sees_folders_come_and_go) {
    BOOST_REQUIRE(events->add(files.root()).has_value());
    files.make_folder("sub");
    expect({"sub: folder appeared"});
    std::filesystem::remove(files.path("sub"));
    expect({"sub: folder went"});
}

BOOST_AUTO_TEST_CASE(sees_that_the_watched_folder_went) {
    files.make_folder("in");
    descriptor in(::open(files.path("in").c_str(), O_RDONLY | O_DIRECTORY));
    BOOST_REQUIRE(events->add(in.get()).has_value());
    std::filesystem::rename(files.path("in"), files.path("elsewhere"));
    expect({": root gone"});
    in.reset();
    std::filesystem::remove(files.path("elsewhere"));
    expect({": root gone", ": ignored"});
}

BOOST_AUTO_TEST_CASE(watches_the_open_folder_whatever_its_path_leads_to) {
    files.make_folder("in");
    descriptor in(::open(files.path("in").c_str(), O_RDONLY | O_DIRECTORY));
    std::filesystem::rename(files.path("in"), files.path("old"));
    files.make_folder("in");
    BOOST_REQUIRE(events->add(in.get()).has_value());
    files.write("in/a", "1");
    expect({});
    files.write("old/b", "1");
    expect({"b: appeared", "b: closed"});
}

BOOST_AUTO_TEST_CASE(says_that_a_folder_is_watched_already) {
    BOOST_REQUIRE(events->add(files.root()).has_value());
    BOOST_TEST(events->add(files.root()).error().code == errc::already_watched);
}

BOOST_AUTO_TEST_CASE(a_file_is_not_a_folder_to_watch) {
    files.write("a", "1");
    descriptor file(::open(files.path("a").c_str(), O_RDONLY));
    BOOST_TEST(events->add(file.get()).has_error());
}

BOOST_AUTO_TEST_CASE(a_removed_watch_ends) {
    auto watch = events->add(files.root()).value();
    events->remove(watch);
    expect({": ignored"});
    files.write("a", "1");
    expect({});
}

BOOST_AUTO_TEST_CASE(names_come_as_raw_bytes) {
    BOOST_REQUIRE(events->add(files.root()).has_value());
    for (auto& name : test::hostile_names()) {
        files.write(name, "");
        expect({name + ": appeared", name + ": closed"});
    }
}

BOOST_AUTO_TEST_CASE(a_burst_that_is_too_large_ends_in_an_overflow) {
    std::ifstream sysctl("/proc/sys/fs/inotify/max_queued_events");
    std::size_t limit = 0;
    sysctl >> limit;
    if (limit > 100'000) return test::skip("max_queued_events is too large to fill");
    BOOST_REQUIRE(events->add(files.root()).has_value());
    for (std::size_t i = 0; i <= limit / 2; ++i) files.write("f" + std::to_string(i), "");
    std::size_t overflows = 0;
    for (auto lines = seen(); !lines.empty(); lines = seen()) {
        for (auto& line : lines) overflows += line == ": overflow";
    }
    BOOST_TEST(overflows == 1u);
}

BOOST_AUTO_TEST_CASE(names_the_sysctl_when_there_are_too_many_instances) {
    std::vector<std::unique_ptr<inotify>> many;
    std::ifstream sysctl("/proc/sys/fs/inotify/max_user_instances");
    std::size_t limit = 0;
    sysctl >> limit;
    if (limit > 500) return test::skip("max_user_instances is too large to reach");
    for (std::size_t i = 0; i <= limit; ++i) {
        auto one = inotify::open(io.get_executor());
        if (one) {
            many.push_back(std::move(*one));
            continue;
        }
        BOOST_TEST(one.error().code == errc::inotify_limit);
        BOOST_TEST(one.error().message().find("max_user_instances") != std::string::npos);
        return;
    }
    BOOST_ERROR("no limit was met");
}

BOOST_AUTO_TEST_SUITE_END()
