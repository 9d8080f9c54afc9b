#include "pipeline/intake/watching/folder_events.hpp"

#include "support/temp_folder.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace kustodrop;
using namespace kustodrop::pipeline;
using names = std::vector<std::string>;

namespace {

struct listening : test::world {
    test::temp_folder files;
    std::vector<std::string> lines;
    logger log{clock, log_level::info, log_format::text, [this](std::string_view line) {
                   lines.emplace_back(line);
               }};
    metrics measured;
    std::unique_ptr<spool::inotify> events = spool::inotify::open(io.get_executor()).value();
    watch watched{watch_options{.name = "web", .path = files.path()}};
    std::unique_ptr<folder_events> subject;

    listening() {
        auto folder = spool::drop_folder::open(files.path());
        watched.folder = std::make_shared<spool::drop_folder>(std::move(*folder));
        subject = std::make_unique<folder_events>(watched, events.get(), log, measured);
        subject->start(spool::medium_kind::local);
    }

    void make(const std::string& name) { std::filesystem::create_directories(files.path(name)); }

    void rename(const std::string& from, const std::string& to) {
        std::filesystem::rename(files.path(from), files.path(to));
    }

    bool request(names folders) {
        return subject->take(request_events(*watched.folder, *events, std::move(folders)));
    }

    /// A pass over the folder meets these. True: they are to be scanned once more.
    bool meet(const names& folders) {
        subject->begin_pass();
        bool any = request(subject->unwatched(folders));
        bool again = subject->end_pass();
        return any || again;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(folder_events_, listening)

BOOST_AUTO_TEST_CASE(each_folder_is_requested_once) {
    make("a");
    BOOST_TEST(subject->wants_root());
    BOOST_TEST(request({""}));
    BOOST_TEST(!subject->wants_root());
    BOOST_TEST(meet({"a"}));
    BOOST_TEST(!meet({"a"}));
    BOOST_TEST(subject->watched() == 2u);
    BOOST_TEST(!subject->polls());
}

// Its watch went with it: the kernel says that there is one already.
BOOST_AUTO_TEST_CASE(a_renamed_folder_is_watched_under_its_new_name) {
    make("a/x");
    request({""});
    meet({"a", "a/x"});
    rename("a", "b");
    subject->leave("a");
    BOOST_TEST(subject->watched() == 1u);
    BOOST_TEST(meet({"b", "b/x"}));
    BOOST_TEST(!meet({"b", "b/x"}));
    BOOST_TEST(!subject->polls());
}

BOOST_AUTO_TEST_CASE(a_rename_whose_events_were_lost_is_found_by_the_next_pass) {
    make("a");
    request({""});
    meet({"a"});
    rename("a", "b");
    BOOST_TEST(meet({"b"}));
    BOOST_TEST(meet({"b"}));
    BOOST_TEST(!meet({"b"}));
    BOOST_TEST(subject->watched() == 2u);
    BOOST_TEST(!subject->polls());
}

BOOST_AUTO_TEST_CASE(a_folder_that_left_the_tree_is_not_watched_any_more) {
    make("a");
    make("ab");
    request({""});
    meet({"a", "ab"});
    subject->leave("a");
    BOOST_TEST(subject->watched() == 2u);
    BOOST_TEST(!meet({}));
    BOOST_TEST(subject->watched() == 1u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_there_twice_is_polled_and_not_asked_for_again) {
    make("a");
    request({""});
    meet({"a"});
    subject->begin_pass();
    subject->unwatched({"a"});
    failure twice{errc::already_watched, remedy::give_up, "cannot watch"};
    BOOST_TEST(!subject->take({{"b", twice}}));
    BOOST_TEST(!subject->end_pass());
    BOOST_TEST(subject->polls());
    BOOST_TEST(subject->problem().has_value());
    BOOST_TEST(lines.size() == 1u);
    BOOST_TEST(subject->unwatched({"b"}).empty());
}

BOOST_AUTO_TEST_CASE(a_folder_that_went_meanwhile_is_not_scanned_again) {
    request({""});
    BOOST_TEST(!meet({"gone"}));
    BOOST_TEST(!subject->polls());
}

BOOST_AUTO_TEST_CASE(an_end_that_the_kernel_reports_late_does_not_end_the_next_watch) {
    make("a");
    request({""});
    meet({"a"});
    auto before = subject->watched();
    subject->leave("a");
    meet({"a"});
    for (int number = 0; number < 3; ++number) {
        if (!subject->owns(number)) subject->forget(number);
    }
    BOOST_TEST(subject->watched() == before);
}

BOOST_AUTO_TEST_SUITE_END()
