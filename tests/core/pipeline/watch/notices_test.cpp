#include "pipeline/watch/notices.hpp"

#include "pipeline/intake/watching/copy_check.hpp"
#include "pipeline/intake/watching/refusal_log.hpp"
#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

using namespace kustodrop;
using namespace kustodrop::pipeline;

namespace {

struct saying {
    test::manual_clock clock;
    std::vector<std::string> lines;
    logger log{clock, log_level::info, log_format::text, [this](std::string_view line) {
                   lines.emplace_back(line);
               }};
    refusal_log refused{"web", log};
    notices subject{"web", log};
    time_point now = time_point() + 1h;
    failure link{errc::hard_link, remedy::give_up, "other names lead to it"};

    void refuse(int files, int from = 0) {
        for (int i = from; i < from + files; ++i)
            refused.report("f" + std::to_string(i), link, now);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(notices_, saying)

BOOST_AUTO_TEST_CASE(a_refused_file_is_logged_once_a_reason) {
    refuse(3);
    refuse(3);
    BOOST_TEST(lines.size() == 3u);
    refused.report("f0", {errc::unreadable, remedy::reconfigure, "no"}, now);
    BOOST_TEST(lines.size() == 4u);
    refused.clear();
    refuse(3);
    BOOST_TEST(lines.size() == 7u);
}

BOOST_AUTO_TEST_CASE(of_very_many_refused_files_most_are_only_counted) {
    // As a folder is polled for an hour.
    for (int scan = 0; scan < 1800; ++scan) {
        refuse(12'000);
        refused.flush(now);
        now += 2s;
    }
    BOOST_TEST(lines.size() == 21u);
    BOOST_TEST(lines.back().find("files=11980") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(new_names_again_and_again_make_a_few_lines_a_minute) {
    for (int second = 0; second < 3600; ++second) {
        refuse(1000, second * 1000);
        refused.flush(now);
        now += 1s;
    }
    BOOST_TEST(lines.size() < 300u);
}

BOOST_AUTO_TEST_CASE(what_stays_in_the_folder_is_counted_in_each_pass) {
    subject.begin_pass();
    subject.left("not_a_file", "pipe", "it is a fifo");
    subject.left("not_a_file", "link", "it is a symbolic link");
    BOOST_TEST(subject.all().empty());
    subject.end_pass();
    BOOST_TEST_REQUIRE(subject.all().size() == 1u);
    BOOST_TEST(subject.all()[0].files == 2u);
    BOOST_TEST(subject.all()[0].example == "pipe");
    subject.begin_pass();
    subject.end_pass();
    BOOST_TEST(subject.all().empty());
}

BOOST_AUTO_TEST_CASE(what_is_unusual_about_shipped_files_is_said_once_and_counted) {
    for (auto name : {"a", "b", "c"}) subject.shipped("no_creation_time", name, "does not match");
    BOOST_TEST(lines.size() == 1u);
    BOOST_TEST_REQUIRE(subject.all().size() == 1u);
    BOOST_TEST(subject.all()[0].files == 3u);
    BOOST_TEST(subject.all()[0].example == "a");
}

BOOST_AUTO_TEST_CASE(a_file_and_its_compressed_copy_are_both_shipped) {
    copy_check names;
    std::set<std::string> there;
    auto kept = [&](const std::string& name) { return there.contains(name); };
    BOOST_TEST(!names.has_both("x.log", kept));
    BOOST_TEST(names.has_both("x.log.gz", kept));
    BOOST_TEST(!names.has_both("y.log.zip", kept));
    BOOST_TEST(names.has_both("y.log", kept));
    BOOST_TEST(!names.has_both("z.log", kept));
    BOOST_TEST(!names.has_both("z.log.1.gz", kept));
    there.insert("old.log");
    BOOST_TEST(names.has_both("old.log.GZ", kept));
    BOOST_TEST((uncompressed_name("a.gz") == "a"));
    for (auto name : {"", ".gz", "a/.gz", "a.txt", "gz"}) BOOST_TEST(!uncompressed_name(name));
}

BOOST_AUTO_TEST_CASE(a_name_without_the_time_that_the_pattern_wants_is_found) {
    copy_check names;
    BOOST_TEST(names.matches_time("", "a"));
    BOOST_TEST(names.matches_time("'web-'yyyyMMdd", "web-20261127.json"));
    BOOST_TEST(!names.matches_time("'web-'yyyyMMdd", "web-2026.json"));
    BOOST_TEST(!names.matches_time("'app-'yyyyMMdd", "web-20261127.json"));
}

BOOST_AUTO_TEST_SUITE_END()
