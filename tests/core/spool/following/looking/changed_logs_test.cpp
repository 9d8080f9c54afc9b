// Logs that are truncated or overwritten between a look and the cut of what it has shown.
#include "core/spool/following/looking/folder_fixture.hpp"

#include <string>
#include <utility>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

// Logs without times: rows repeat.
const std::string row = "a row of a log\n";

struct changing_a_log : test::following_a_folder {
    void truncate(std::uint64_t to = 0) { std::filesystem::resize_file(place.path("app.log"), to); }

    std::string copy(const std::string& name = "app.log.1") {
        std::filesystem::copy_file(place.path("app.log"), place.path(name));
        return place.path(name);
    }

    void write_at(std::uint64_t at, const std::string& text) {
        std::fstream file(place.path("app.log"), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(at));
        file << text;
    }

    // All that is cut in some turns, and the ranges that are lost.
    std::string rest() {
        std::string out;
        for (int i = 0; i < 4; ++i) {
            auto seen = look();
            for (auto& one : seen.lost) lost.emplace_back(one.from, one.to);
            out += cut(seen);
        }
        return out;
    }

    std::vector<std::pair<std::uint64_t, std::uint64_t>> lost;
};

using ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(changed_logs, changing_a_log)

BOOST_AUTO_TEST_CASE(a_short_row_behind_a_truncation_is_not_cut_as_of_the_log_before_it) {
    append("app.log", lines('a', 50));
    auto seen = look();
    auto size = seen.logs.front().size;
    truncate();
    append("app.log", "b\n");
    BOOST_TEST(cut(seen) == "");
    BOOST_TEST(rest() == "b\n");
    BOOST_TEST((lost == ranges{{0, size}}));
}

BOOST_AUTO_TEST_CASE(a_copy_supplies_what_the_truncated_log_had_and_the_new_row_comes_once) {
    auto text = lines('a', 50);
    append("app.log", text);
    auto seen = look();
    copy();
    truncate();
    append("app.log", "b\n");
    BOOST_TEST(cut(seen) == "");
    auto got = rest();
    BOOST_TEST(got.size() == text.size() + 2);
    BOOST_TEST(got.find(text) != std::string::npos);
    BOOST_TEST(got.find("b\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_gzip_of_the_copy_does_so_too) {
    auto text = lines('a', 50);
    append("app.log", text);
    auto seen = look();
    copy();
    truncate();
    append("app.log", "b\n");
    compress("app.log.1");
    BOOST_TEST(cut(seen) == "");
    auto got = rest();
    BOOST_TEST(got.size() == text.size() + 2);
    BOOST_TEST(got.find(text) != std::string::npos);
    BOOST_TEST(got.find("b\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_copy_of_a_short_log_is_known_while_it_is_being_compressed) {
    for (std::string of : {"abc", "def"}) {
        bool keeps_copy = of == "abc";
        append("app.log", lines(of[0], 3));
        BOOST_TEST(cut() == lines(of[0], 3));
        append("app.log", lines(of[1], 1));
        look();
        std::filesystem::copy_file(place.path("app.log"), place.path("app.log.1"));
        auto whole = gzip_of("app.log.1");
        append("app.log.1.gz", whole.substr(0, whole.size() / 2));
        if (!keeps_copy) std::filesystem::remove(place.path("app.log.1"));
        std::filesystem::resize_file(place.path("app.log"), 0);
        append("app.log", lines(of[2], 2));
        std::string found;
        for (int turn = 0; turn < 3; ++turn) found += cut();
        append("app.log.1.gz", whole.substr(whole.size() / 2));
        for (int turn = 0; turn < 3; ++turn) found += cut();
        std::filesystem::remove(place.path("app.log.1"));
        for (int turn = 0; turn < 3; ++turn) found += cut();
        BOOST_TEST(found.size() == lines(of[1], 1).size() + lines(of[2], 2).size());
        BOOST_TEST(found.find(lines(of[1], 1)) != std::string::npos);
        std::filesystem::remove(place.path("app.log.1.gz"));
        std::filesystem::remove(place.path("app.log"));
        look();
    }
}

BOOST_AUTO_TEST_CASE(what_is_written_beyond_the_size_that_was_seen_is_not_its_end) {
    append("app.log", lines('a', 50));
    auto seen = look();
    truncate();
    auto text = lines('b', 80);
    append("app.log", text);
    BOOST_TEST(cut(seen) == "");
    BOOST_TEST(rest() == text);
    BOOST_TEST(lost.size() == 1u);
}

BOOST_AUTO_TEST_CASE(nor_is_what_is_just_as_long) {
    append("app.log", lines('a', 50));
    auto seen = look();
    truncate();
    auto text = lines('b', 50);
    append("app.log", text);
    BOOST_TEST(cut(seen) == "");
    BOOST_TEST(rest() == text);
    BOOST_TEST(lost.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_cut_of_a_short_log_and_not_read_is_found_in_its_copy) {
    append("app.log", "a\nb\n");
    auto seen = look();
    auto wish = range_wish{seen.logs.front().number, seen.logs.front().size};
    auto found = subject->find({wish}).ranges.front();
    journal[found.log] = subject->cut(found);
    copy();
    truncate();
    append("app.log", "another row\n");
    BOOST_TEST(rest() == "another row\n");
    auto files = look().files;
    auto* holder = files->holder_of(found.range.bytes);
    BOOST_TEST_REQUIRE(holder != nullptr);
    BOOST_TEST(holder->name == "app.log.1");
}

BOOST_AUTO_TEST_CASE(the_same_row_again_is_another_one) {
    append("app.log", row + row + row);
    auto seen = look();
    truncate();
    append("app.log", row);
    BOOST_TEST(cut(seen) == "");
    BOOST_TEST(rest() == row);
    BOOST_TEST((lost == ranges{{0, 3 * row.size()}}));
}

BOOST_AUTO_TEST_CASE(a_writer_that_keeps_its_place_leaves_a_hole_of_which_nothing_is_cut) {
    auto text = lines('a', 50);
    append("app.log", text);
    auto seen = look();
    truncate();
    write_at(text.size(), "b\n");
    BOOST_TEST(cut(seen) == "");
    BOOST_TEST(rest() == "b\n");
    BOOST_TEST(lost.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_end_that_is_taken_back_is_waited_for) {
    auto text = lines('a', 200);
    append("app.log", text);
    BOOST_TEST(cut() == text);
    append("app.log", "b1\nb2\n");
    auto seen = look();
    truncate(text.size() + 3);
    BOOST_TEST(cut(seen) == "");
    BOOST_TEST(rest() == "b1\n");
    BOOST_TEST((lost == ranges{{text.size() + 3, text.size() + 6}}));
}

BOOST_AUTO_TEST_CASE(of_a_log_that_has_changed_it_is_not_said_that_no_record_ends_in_it) {
    append("app.log", "a\n");
    append("other.log", "half");
    auto seen = look();
    truncate();
    std::vector<range_wish> wishes;
    for (auto& log : seen.logs) wishes.push_back({log.number, log.size});
    auto found = subject->find(wishes);
    for (auto& log : seen.logs) {
        BOOST_TEST(found.lacks_record(log.number) == (log.name == "other.log"));
        BOOST_TEST(found.changed.contains(log.number) == (log.name == "app.log"));
    }
}

BOOST_AUTO_TEST_CASE(what_grows_meanwhile_is_cut_as_far_as_it_was_seen) {
    append("app.log", "a\n");
    auto seen = look();
    append("app.log", "b\n");
    BOOST_TEST(cut(seen) == "a\n");
    BOOST_TEST(rest() == "b\n");
}

BOOST_AUTO_TEST_SUITE_END()
