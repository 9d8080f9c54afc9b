// The logs of a real folder, as a follower looks at them.
#include "spool/following/looking/followed_logs.hpp"

#include "spool/reading/gzip.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct following_a_folder {
    test::temp_folder place;
    drop_folder folder = drop_folder::open(place.path()).value();
    test::temp_folder scratch;
    std::unique_ptr<followed_logs> subject = make();
    time_point now{};
    std::map<log_number, log_record> journal;
    std::set<std::uint64_t> pinned;

    std::unique_ptr<followed_logs> make() const {
        book_options book;
        book.watch = "app";
        following_rules rules;
        rules.names.include = {"*.log"};
        rules.ranges.max_record = 100;
        rules.scratch = scratch.path();
        return std::make_unique<followed_logs>(book, rules);
    }

    void append(const std::string& name, const std::string& text) {
        std::ofstream(place.path(name), std::ios::app | std::ios::binary) << text;
    }

    std::string gzip_of(const std::string& name) {
        std::stringstream text;
        text << std::ifstream(place.path(name), std::ios::binary).rdbuf();
        auto raw = text.str();
        std::string out(raw.size() + 1000, '\0');
        gzip_encoder encoder(compression::fast);
        auto done = encoder.step(raw, out, true);
        BOOST_TEST_REQUIRE(done.finished);
        out.resize(done.produced);
        return out;
    }

    // As a rotator does when it is undisturbed.
    void compress(const std::string& name) {
        append(name + ".gz", gzip_of(name));
        std::filesystem::remove(place.path(name));
    }

    void rename(const std::string& from, const std::string& to) {
        std::filesystem::rename(place.path(from), place.path(to));
    }

    static std::string lines(char first, int count) {
        std::string out;
        for (int i = 0; i < count; ++i) out += first + std::to_string(i) + " of these lines\n";
        return out;
    }

    folder_look look() {
        now += 2s;
        auto seen = subject->look(folder, pinned, now).value();
        record();
        return seen;
    }

    void record() {
        auto changes = subject->take_changes();
        for (auto& log : changes.written) journal[log.number] = log;
        for (auto number : changes.forgotten) journal.erase(number);
    }

    void restart() {
        subject = make();
        std::vector<log_record> logs;
        for (auto& [number, log] : journal) logs.push_back(log);
        subject->restore(logs, true);
    }

    // Cuts all that ends with a record and returns it.
    std::string cut(const folder_look& seen, bool unfinished = false) {
        std::vector<range_wish> wishes;
        for (auto& log : seen.logs) wishes.push_back({log.number, log.size, unfinished});
        std::string out;
        for (auto& one : subject->find(wishes)) {
            auto& bytes = one.range.bytes;
            auto opened = seen.files->find(bytes);
            BOOST_TEST_REQUIRE(opened != nullptr);
            BOOST_TEST(holds_slice(opened->get(), bytes));
            std::string text(bytes.length_bytes, '\0');
            auto at = static_cast<off_t>(bytes.offset);
            BOOST_TEST(
                ::pread(opened->get(), text.data(), text.size(), at) == ssize_t(text.size())
            );
            out += text;
            journal[one.log] = subject->cut(one);
        }
        return out;
    }
    std::string cut() { return cut(look()); }
};

}  // namespace

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

BOOST_AUTO_TEST_CASE(a_record_that_is_too_long_is_cut_within_at_a_character) {
    append(
        "app.log",
        std::string(148, 'x') +
            "\xC3\xBC"
            "y"
    );
    auto seen = look();
    auto found = subject->find({{seen.logs.front().number, 149}});
    BOOST_TEST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found[0].range.splits_record);
    BOOST_TEST(found[0].range.bytes.length_bytes == 148u);
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
    auto range = subject->find({wish}).front();
    journal[range.log] = subject->cut(range);
    std::filesystem::remove(place.path("app.log"));
    pinned = {range.range.bytes.identity.inode};
    BOOST_TEST(look().files->find(range.range.bytes) != nullptr);
    subject->end({range.log});
    BOOST_TEST(look().files->find(range.range.bytes) == nullptr);
}

BOOST_AUTO_TEST_CASE(what_was_compressed_while_down_is_read_on_where_it_was_left) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    append("app.log", lines('b', 50));
    look();
    restart();
    rename("app.log", "app.log.2");
    compress("app.log.2");
    append("app.log.1", lines('c', 80));  // This one was never seen.
    compress("app.log.1");
    append("app.log", lines('d', 10));
    auto seen = look();
    BOOST_TEST(seen.lost.empty());
    auto found = cut(seen);
    for (auto& part : {lines('b', 50), lines('c', 80), lines('d', 10)}) {
        BOOST_TEST(found.find(part) != std::string::npos);
    }
    BOOST_TEST(
        found.size() == lines('b', 50).size() + lines('c', 80).size() + lines('d', 10).size()
    );
    BOOST_TEST(cut() == "");
    restart();
    BOOST_TEST(cut() == "");
    rename("app.log.2.gz", "app.log.3.gz");
    BOOST_TEST(cut() == "");
}

BOOST_AUTO_TEST_CASE(a_log_that_was_read_is_not_read_again_when_it_is_compressed) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    rename("app.log", "app.log.1");
    append("app.log", "x\n");
    BOOST_TEST(cut() == "x\n");
    append("app.log.1.gz", gzip_of("app.log.1"));
    BOOST_TEST(cut() == "");
    std::filesystem::remove(place.path("app.log.1"));
    for (int turn = 0; turn < 3; ++turn) {
        auto seen = look();
        BOOST_TEST(seen.lost.empty());
        BOOST_TEST(cut(seen) == "");
        restart();
    }
}

BOOST_AUTO_TEST_CASE(compressed_logs_of_the_first_start_were_read_already) {
    append("app.log.1", lines('a', 100));
    compress("app.log.1");
    append("app.log", "x\n");
    BOOST_TEST(cut() == "x\n");
    rename("app.log.1.gz", "app.log.2.gz");
    restart();
    BOOST_TEST(cut() == "");
    std::filesystem::remove(place.path("app.log.2.gz"));
    BOOST_TEST(look().lost.empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_while_its_compression_is_not_finished) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    append("app.log", lines('b', 50));
    look();
    restart();
    auto whole = gzip_of("app.log");
    std::filesystem::remove(place.path("app.log"));
    append("app.log.1.gz", whole.substr(0, whole.size() / 2));
    for (int turn = 0; turn < 3; ++turn) {
        auto seen = look();
        BOOST_TEST(seen.lost.empty());
        BOOST_TEST(cut(seen) == "");
    }
    append("app.log.1.gz", whole.substr(whole.size() / 2));
    BOOST_TEST(cut() == lines('b', 50));
}

BOOST_AUTO_TEST_CASE(what_a_broken_compressed_log_held_is_lost_and_said) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    append("app.log", lines('b', 50));
    look();
    restart();
    auto whole = gzip_of("app.log");
    std::filesystem::remove(place.path("app.log"));
    append("app.log.1.gz", whole.substr(0, whole.size() / 2));
    append("app.log.2.gz", "no gzip at all");
    std::vector<lost_range> lost;
    for (int turn = 0; turn < 8; ++turn) {
        auto seen = look();
        lost.insert(lost.end(), seen.lost.begin(), seen.lost.end());
    }
    BOOST_TEST_REQUIRE(lost.size() == 1u);
    BOOST_TEST(lost[0].from == lines('a', 100).size());
    BOOST_TEST(lost[0].to == lines('a', 100).size() + lines('b', 50).size());
    BOOST_TEST((lost[0].cause == loss_cause::deleted));
}

BOOST_AUTO_TEST_SUITE_END()
