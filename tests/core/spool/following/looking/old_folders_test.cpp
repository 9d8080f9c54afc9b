// Rotators that put old logs into another folder of the watch (logrotate's olddir).
#include "core/spool/following/looking/folder_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;
using test::following_a_folder;

namespace {

struct with_old_folder : following_a_folder {
    std::string old = "old/";

    with_old_folder() {
        recursive = true;
        subject = make();
        for (auto* one : {"old", "app"}) std::filesystem::create_directory(place.path(one));
    }

    void copy(const std::string& from, const std::string& to) {
        std::filesystem::copy_file(place.path(from), place.path(to));
    }
    void truncate(const std::string& name) { std::filesystem::resize_file(place.path(name), 0); }

    /// All that some looks cut. Nothing may be lost.
    std::string cut_all(int looks = 4) {
        std::string out;
        for (int i = 0; i < looks; ++i) {
            auto seen = look();
            BOOST_TEST(seen.lost.empty());
            out += cut(seen);
        }
        return out;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(old_folders, with_old_folder)

BOOST_AUTO_TEST_CASE(a_log_that_is_moved_there_is_the_same_log) {
    for (std::string live : {"app.log", "app/web.log"}) {
        auto moved = old + live.substr(live.rfind('/') + 1) + ".1";
        append(live, lines('a', 100));
        BOOST_TEST(cut() == lines('a', 100));
        append(live, lines('b', 10));
        rename(live, moved);
        append(live, lines('c', 10));
        auto found = cut_all();
        BOOST_TEST(found.size() == lines('b', 10).size() + lines('c', 10).size());
        restart();
        append(moved, "late\n");
        BOOST_TEST(cut_all() == "late\n");
    }
}

BOOST_AUTO_TEST_CASE(so_it_is_when_it_is_compressed_at_once) {
    for (std::string live : {"app.log", "app/web.log"}) {
        auto moved = old + live.substr(live.rfind('/') + 1) + ".1";
        append(live, lines('a', 100));
        BOOST_TEST(cut() == lines('a', 100));
        append(live, lines('b', 10));
        look();
        rename(live, moved);
        compress(moved);
        // Its program has not opened a new one yet.
        BOOST_TEST(cut_all() == lines('b', 10));
        append(live, lines('c', 10));
        BOOST_TEST(cut_all() == lines('c', 10));
        restart();
        BOOST_TEST(cut_all() == "");
    }
}

BOOST_AUTO_TEST_CASE(so_it_is_when_that_happens_while_the_daemon_is_down) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    append("app.log", lines('b', 10));
    look();
    rename("app.log", "old/app.log-20261130");
    compress("old/app.log-20261130");
    append("app.log", lines('c', 10));
    restart();
    auto found = cut_all();
    BOOST_TEST(found.size() == lines('b', 10).size() + lines('c', 10).size());
}

BOOST_AUTO_TEST_CASE(a_copy_that_is_put_there_is_not_read_again) {
    for (bool compressed : {false, true}) {
        for (std::string live : {"app.log", "app/web.log"}) {
            auto base = live.substr(live.rfind('/') + 1);
            auto moved = old + base + (compressed ? ".2" : ".1");
            append(live, lines('a', 100));
            auto before = cut_all();
            BOOST_TEST(before == lines('a', 100));
            copy(live, moved);
            BOOST_TEST(cut_all() == "");
            append(live, lines('b', 10));
            look();
            if (compressed) compress(moved);
            truncate(live);
            append(live, "c\n");
            auto seen = look();
            auto found = cut(seen);
            for (int i = 0; i < 3; ++i) found += cut();
            // What came between the copy and the truncation is lost, and nothing else.
            BOOST_TEST(found == "c\n");
            std::filesystem::remove(place.path(live));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_copy_that_is_put_there_supplies_what_was_truncated_unread) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    append("app.log", lines('b', 10));
    look();
    copy("app.log", "old/app.log.1");
    truncate("app.log");
    append("app.log", "c\n");
    auto found = cut_all();
    BOOST_TEST(found.size() == lines('b', 10).size() + 2);
    BOOST_TEST(found.find(lines('b', 10)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(logs_of_equal_names_in_two_folders_are_two_families) {
    append("app.log", lines('a', 100));
    append("app/app.log", lines('a', 100));
    BOOST_TEST(cut().size() == 2 * lines('a', 100).size());
    rename("app/app.log", "app/app.log.1");
    compress("app/app.log.1");
    append("app/app.log", "x\n");
    BOOST_TEST(cut_all() == "x\n");
}

BOOST_AUTO_TEST_CASE(a_copy_with_a_name_that_is_followed_is_cut_once) {
    char first = 'a';
    for (std::string moved : {"old/app-2026-11-29.log", "old/app-1.log"}) {
        append("app.log", lines(first, 100));
        BOOST_TEST(cut_all() == lines(first, 100));
        append("app.log", lines(++first, 10));
        look();
        copy("app.log", moved);
        truncate("app.log");
        append("app.log", lines(++first, 3));
        auto found = cut_all();
        BOOST_TEST(found.size() == lines('b', 10).size() + lines('c', 3).size());
        restart();
        BOOST_TEST(cut_all() == "");
        truncate("app.log");
        cut_all();
        ++first;
    }
}

BOOST_AUTO_TEST_CASE(what_is_there_at_the_first_start_with_such_a_name_is_read) {
    append("app.log", lines('a', 2));
    append("old/app-1.log", lines('b', 2));
    append("old/app.log.1", lines('c', 2));
    auto found = cut_all();
    BOOST_TEST(found.size() == lines('a', 2).size() + lines('b', 2).size());
}

BOOST_AUTO_TEST_CASE(renamed_and_compressed_under_names_that_are_followed_it_is_cut_once) {
    include = {"*.log*"};
    subject = make();
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    append("app.log", lines('b', 10));
    look();
    // Until something is written there is no app.log, and no look meets app.log.1.
    rename("app.log", "app.log.1");
    compress("app.log.1");
    BOOST_TEST(cut_all() == lines('b', 10));
    rename("app.log.1.gz", "app.log.2.gz");
    append("app.log", lines('c', 10));
    BOOST_TEST(cut_all() == lines('c', 10));
    restart();
    BOOST_TEST(cut_all() == "");
}

BOOST_AUTO_TEST_SUITE_END()
