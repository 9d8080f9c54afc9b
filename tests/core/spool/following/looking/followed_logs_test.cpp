// The logs of a real folder, as a follower looks at them.
#include "core/spool/following/looking/folder_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;
using test::following_a_folder;

BOOST_FIXTURE_TEST_SUITE(followed_logs_, following_a_folder)

BOOST_AUTO_TEST_CASE(whole_lines_are_cut_once) {
    append("app.log", "a\nb\nhalf");
    BOOST_TEST(cut() == "a\nb\n");
    BOOST_TEST(cut() == "");
    append("app.log", " c\n");
    BOOST_TEST(cut() == "half c\n");
}

BOOST_AUTO_TEST_CASE(a_renamed_log_is_read_to_its_end_and_the_next_from_its_beginning) {
    append("app.log", "a\n");
    BOOST_TEST(cut() == "a\n");
    append("app.log", "b\n");
    std::filesystem::rename(place.path("app.log"), place.path("app.log.1"));
    append("app.log", "c\n");
    auto both = cut();
    std::ranges::sort(both);
    BOOST_TEST(both == "\n\nbc");
    append("app.log.1", "late\n");
    BOOST_TEST(cut() == "late\n");
}

BOOST_AUTO_TEST_CASE(a_restart_knows_its_logs_by_what_they_are) {
    append("app.log", "a\n");
    BOOST_TEST(cut() == "a\n");
    append("app.log", "b\n");
    std::filesystem::rename(place.path("app.log"), place.path("app.log.1"));
    restart();
    BOOST_TEST(cut() == "b\n");
    restart();
    BOOST_TEST(cut() == "");
}

BOOST_AUTO_TEST_CASE(a_restart_knows_them_also_by_names_that_are_not_listed) {
    include = {"app.log"};
    subject = make();
    append("app.log", "a\n");
    BOOST_TEST(cut() == "a\n");
    append("app.log", "b\n");
    std::filesystem::rename(place.path("app.log"), place.path("app_20261130"));
    append("other", "not a log\n");
    restart();
    auto seen = look();
    BOOST_TEST(seen.lost.empty());
    BOOST_TEST(cut(seen) == "b\n");
}

BOOST_AUTO_TEST_CASE(a_deleted_log_is_read_from_what_is_open) {
    append("app.log", "a\n");
    look();
    append("app.log", "b\n");
    std::filesystem::remove(place.path("app.log"));
    auto seen = look();
    BOOST_TEST_REQUIRE(seen.logs.size() == 1u);
    BOOST_TEST(seen.logs.front().is_nameless);
    BOOST_TEST(cut(seen) == "a\nb\n");
    subject->end({seen.logs.front().number});
    BOOST_TEST(look().logs.empty());
}

BOOST_AUTO_TEST_CASE(of_a_log_without_a_name_is_known_whether_it_is_written) {
    append("app.log", "a\n");
    auto writer = std::make_unique<std::ofstream>(place.path("app.log"), std::ios::app);
    look();
    std::filesystem::rename(place.path("app.log"), scratch.path("app.log"));
    BOOST_TEST(cut() == "a\n");
    BOOST_TEST((look().logs.front().writers == writer_state::some));
    *writer << "late\n" << std::flush;
    BOOST_TEST(cut() == "late\n");
    writer.reset();
    BOOST_TEST((look().logs.front().writers == writer_state::none));
}

BOOST_AUTO_TEST_CASE(a_range_that_is_overwritten_from_its_beginning_on_is_not_what_was_cut) {
    append("app.log", lines('a', 1000));
    auto seen = look();
    auto range =
        subject->find({{seen.logs.front().number, seen.logs.front().size}}).ranges.front().range;
    auto file = seen.files->find(range.bytes);
    BOOST_TEST(holds_slice(file->get(), range.bytes));
    std::fstream(place.path("app.log"), std::ios::in | std::ios::out) << "something else";
    BOOST_TEST(!holds_slice(file->get(), range.bytes));
}

BOOST_AUTO_TEST_CASE(what_was_cut_stands_when_the_end_of_a_log_is_taken_away) {
    auto text = lines('a', 2000);
    append("app.log", text);
    BOOST_TEST(cut() == text);
    auto left = text.find("a1500 ");
    std::filesystem::resize_file(place.path("app.log"), left);
    look();
    auto again = cut();
    BOOST_TEST(again.size() < text.size() / 8);
    BOOST_TEST(text.substr(left - again.size(), again.size()) == again);
    append("app.log", "new\n");
    BOOST_TEST(cut() == "new\n");
}

BOOST_AUTO_TEST_CASE(a_log_that_was_deleted_meanwhile_is_lost_with_what_was_seen_of_it) {
    append("app.log", "a\nbb\n");
    look();
    std::filesystem::remove(place.path("app.log"));
    restart();
    auto seen = look();
    BOOST_TEST_REQUIRE(seen.lost.size() == 1u);
    BOOST_TEST(seen.lost[0].name == "app.log");
    BOOST_TEST(seen.lost[0].from == 0u);
    BOOST_TEST(seen.lost[0].to == 5u);
    BOOST_TEST((seen.lost[0].cause == loss_cause::deleted));
}

BOOST_AUTO_TEST_CASE(a_truncated_log_begins_again) {
    append("app.log", "aaaa\nbbbb\n");
    BOOST_TEST(cut() == "aaaa\nbbbb\n");
    std::filesystem::resize_file(place.path("app.log"), 0);
    append("app.log", "c\n");
    look();
    BOOST_TEST(cut() == "c\n");
}

BOOST_AUTO_TEST_CASE(a_copy_in_the_folder_supplies_what_was_truncated_unread) {
    std::string read = std::string(2000, 'a') + "\n";
    append("app.log", read);
    BOOST_TEST(cut() == read);
    append("app.log", "unread\n");
    look();
    std::filesystem::copy_file(place.path("app.log"), place.path("app.log.1"));
    std::filesystem::resize_file(place.path("app.log"), 0);
    append("app.log", "c\n");
    std::string got;
    std::size_t lost = 0;
    for (int i = 0; i < 4; ++i) {
        auto seen = look();
        lost += seen.lost.size();
        got += cut(seen);
    }
    BOOST_TEST(got.find("unread\n") != std::string::npos);
    BOOST_TEST(got.find("c\n") != std::string::npos);
    BOOST_TEST(got.size() == 9u);
    BOOST_TEST(lost == 0u);
}

BOOST_AUTO_TEST_CASE(nuls_around_the_text_are_not_read) {
    append("app.log", "a\n");
    std::filesystem::resize_file(place.path("app.log"), 4096);
    BOOST_TEST(look().logs.front().size == 2u);
    append("other.log", std::string(100'000, '\0') + "b\n");
    auto both = cut();
    std::ranges::sort(both);
    BOOST_TEST(both == "\n\nab");
}

BOOST_AUTO_TEST_CASE(holes_are_not_read) {
    append("app.log", "a\n");
    append("big.log", "b\n");
    std::filesystem::resize_file(place.path("big.log"), 60ull << 30);
    append("hole.log", "");
    std::filesystem::resize_file(place.path("hole.log"), 60ull << 30);
    auto both = cut();
    std::ranges::sort(both);
    BOOST_TEST(both == "\n\nab");
}

BOOST_AUTO_TEST_CASE(of_a_large_reserve_that_is_no_hole_only_some_is_read) {
    auto text = lines('a', 10'000);
    append("app.log", text);
    append("app.log", std::string(50'000'000, '\0'));
    BOOST_TEST(look().logs.front().size == text.size());
    append("other.log", std::string(50'000'000, '\0'));
    BOOST_TEST(look().logs.back().size == 0u);
}

BOOST_AUTO_TEST_CASE(a_record_that_is_too_long_is_cut_within_at_a_character) {
    append(
        "app.log",
        std::string(148, 'x') +
            "\xC3\xBC"
            "y"
    );
    auto seen = look();
    auto found = subject->find({{seen.logs.front().number, 149}}).ranges;
    BOOST_TEST_REQUIRE(found.size() == 1u);
    BOOST_TEST((found[0].range.split == record_split::length));
    BOOST_TEST(found[0].range.bytes.length_bytes == 148u);
}

BOOST_AUTO_TEST_CASE(a_log_in_utf16_is_known_by_its_mark) {
    append(
        "app.log",
        std::string(
            "\xFF\xFE"
            "a\0\n\0",
            6
        )
    );
    append("other.log", "a\n");
    auto seen = look();
    BOOST_TEST_REQUIRE(seen.logs.size() == 2u);
    for (auto& log : seen.logs) {
        auto found = subject->find({{log.number, log.size}}).ranges;
        BOOST_TEST_REQUIRE(found.size() == 1u);
        BOOST_TEST(found[0].range.is_utf16 == (log.name == "app.log"));
    }
}

BOOST_AUTO_TEST_CASE(an_unfinished_end_is_cut_when_it_is_asked_for) {
    append("app.log", "half");
    auto seen = look();
    BOOST_TEST(cut(seen) == "");
    BOOST_TEST(cut(seen, true) == "half");
}

BOOST_AUTO_TEST_CASE(a_file_that_a_source_needs_stays_open_after_its_log_has_ended) {
    append("app.log", "a\n");
    auto seen = look();
    auto wish = range_wish{seen.logs.front().number, 2};
    auto range = subject->find({wish}).ranges.front();
    journal[range.log] = subject->cut(range);
    std::filesystem::remove(place.path("app.log"));
    pinned = {range.range.bytes.identity.inode};
    BOOST_TEST(look().files->find(range.range.bytes) != nullptr);
    subject->end({range.log});
    BOOST_TEST(look().files->find(range.range.bytes) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
