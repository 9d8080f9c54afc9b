#include "pipeline/watch/kept_files.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

static spool::file_identity identity(std::uint64_t inode) {
    return {1, inode, 10, 20, 30, static_cast<std::int64_t>(inode) + 1000};
}

static spool::kept_file kept(const std::string& name, std::uint64_t inode) {
    return {"web", name, identity(inode), "id", spool::outcome::succeeded};
}

static spool::sighting seen(const std::string& name, const spool::file_identity& of) {
    spool::sighting out;
    out.name = name;
    out.identity = of;
    out.kind = spool::file_kind::regular;
    return out;
}

namespace {

struct keeping {
    kept_files subject;
    kept_files::changes news;

    bool covers(const std::string& name, const spool::file_identity& of) {
        news = {};
        return subject.covers(seen(name, of), news);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(kept_files_, keeping)

BOOST_AUTO_TEST_CASE(a_kept_file_is_known_until_it_is_forgotten) {
    BOOST_TEST(subject.empty());
    BOOST_TEST(!covers("a", identity(1)));
    subject.load(kept("a", 1));
    subject.keep("b", identity(2));
    BOOST_TEST(covers("a", identity(1)));
    BOOST_TEST(news.forgotten.empty());
    BOOST_TEST(news.recorded.empty());
    BOOST_TEST(subject.contains("b"));
    subject.forget("b");
    subject.forget("never kept");
    BOOST_TEST(!subject.contains("b"));
    BOOST_TEST(!subject.empty());
}

BOOST_AUTO_TEST_CASE(one_that_has_changed_is_forgotten) {
    subject.load(kept("a", 1));
    auto grown = identity(1);
    grown.size_bytes = 11;
    BOOST_TEST(!covers("a", grown));
    BOOST_TEST(news.forgotten == std::vector<std::string>{"a"}, boost::test_tools::per_element());
    BOOST_TEST(subject.empty());
}

// a.log.1 becomes a.log.2, a.log becomes a.log.1, and a.log is a new file.
BOOST_AUTO_TEST_CASE(a_rotation_renames_kept_files_in_whatever_order_they_are_seen) {
    for (bool oldest_first : {true, false}) {
        subject = {};
        subject.load(kept("a.log", 1));
        subject.load(kept("a.log.1", 2));
        std::vector<std::pair<std::string, std::uint64_t>> order{{"a.log.2", 2}, {"a.log.1", 1}};
        if (!oldest_first) std::swap(order[0], order[1]);
        for (auto& [name, inode] : order) {
            BOOST_TEST(covers(name, identity(inode)));
            BOOST_REQUIRE(news.recorded.size() == 1u);
            BOOST_TEST(news.recorded[0].name == name);
            BOOST_TEST((news.recorded[0].identity == identity(inode)));
        }
        BOOST_TEST(!covers("a.log", identity(3)));
        subject.begin_pass();
        for (auto name : {"a.log", "a.log.1", "a.log.2"}) subject.met(name);
        BOOST_TEST(subject.forget_absent(true).empty());
        BOOST_TEST(covers("a.log.1", identity(1)));
        BOOST_TEST(covers("a.log.2", identity(2)));
    }
}

BOOST_AUTO_TEST_CASE(a_rotation_out_of_the_folder_forgets_the_last) {
    subject.load(kept("a.log.1", 1));
    subject.load(kept("a.log.2", 2));
    subject.begin_pass();
    BOOST_TEST(covers("a.log.2", identity(1)));
    // The name is in the journal for another file by now.
    BOOST_TEST(subject.forget_absent(true).empty());
    BOOST_TEST(!covers("a.log.3", identity(2)));
}

BOOST_AUTO_TEST_CASE(an_inode_that_another_file_has_by_now_is_not_the_kept_one) {
    subject.load(kept("a", 1));
    auto other = identity(1);
    other.born_ns = 5;
    BOOST_TEST(!covers("b", other));
    BOOST_TEST(!covers("a", other));
}

BOOST_AUTO_TEST_CASE(without_a_birth_time_a_file_is_known_by_its_name_only) {
    auto old = identity(1);
    old.born_ns = 0;
    subject.keep("a", old);
    BOOST_TEST(!covers("b", old));
    BOOST_TEST(!covers("b", identity(1)));
    BOOST_TEST(covers("a", old));
}

BOOST_AUTO_TEST_CASE(the_birth_time_of_one_that_an_older_release_kept_is_learned) {
    auto old = kept("a", 1);
    old.identity.born_ns = 0;
    subject.load(old);
    BOOST_TEST(covers("a", identity(1)));
    BOOST_REQUIRE(news.recorded.size() == 1u);
    BOOST_TEST(news.recorded[0].identity.born_ns == identity(1).born_ns);
    BOOST_TEST(covers("b", identity(1)));
}

// FAT, CIFS and FUSE: the inode number is not known, and another one after each mount.
BOOST_AUTO_TEST_CASE(where_inode_numbers_do_not_last_name_size_and_time_count) {
    auto before = kept("a", 0);
    before.identity.inode = 4711;
    subject.load(before);
    auto now = before.identity;
    now.inode = 0;
    now.born_ns = 77;
    BOOST_TEST(covers("a", now));
    BOOST_TEST(!covers("b", now));
    now.size_bytes = 11;
    BOOST_TEST(!covers("a", now));
    BOOST_TEST(subject.empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_a_scan_did_not_find_is_forgotten) {
    subject.load(kept("a", 1));
    subject.load(kept("b", 2));
    subject.begin_pass();
    subject.met("a");
    std::vector<std::string> absent{"b"};
    BOOST_TEST(subject.forget_absent(true) == absent, boost::test_tools::per_element());
    BOOST_TEST(subject.contains("a"));
    BOOST_TEST(!subject.contains("b"));
}

BOOST_AUTO_TEST_CASE(a_file_that_was_kept_during_a_scan_may_be_missing_in_it) {
    subject.begin_pass();
    subject.keep("a", identity(1));
    BOOST_TEST(subject.forget_absent(true).empty());
    subject.begin_pass();
    BOOST_TEST(subject.forget_absent(true).size() == 1u);
}

// A folder of many files is shown by several scans, between which a file may be renamed.
BOOST_AUTO_TEST_CASE(of_several_scans_two_passes_must_miss_a_file) {
    subject.load(kept("a", 1));
    for (int round = 0; round < 3; ++round) {
        subject.begin_pass();
        BOOST_TEST(subject.forget_absent(false).empty());
        subject.begin_pass();
        subject.met("a");
        BOOST_TEST(subject.forget_absent(false).empty());
    }
    subject.begin_pass();
    BOOST_TEST(subject.forget_absent(false).empty());
    subject.begin_pass();
    BOOST_TEST(subject.forget_absent(false).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_in_flight_is_not_a_kept_one) {
    subject.begin("a", identity(1));
    subject.begin("b", identity(2));
    BOOST_TEST(subject.is_in_flight("a"));
    BOOST_TEST(!subject.contains("a"));
    BOOST_TEST(covers("a", identity(9)));
    // Renamed while it is shipped.
    BOOST_TEST(covers("a.1", identity(1)));
    subject.end("a");
    subject.end("never begun");
    BOOST_TEST(!subject.is_in_flight("a"));
    BOOST_TEST(!covers("a.1", identity(1)));
    subject.end_all();
    BOOST_TEST(!subject.is_in_flight("b"));
}

BOOST_AUTO_TEST_CASE(what_was_taken_for_a_file_in_flight_is_looked_at_when_it_has_ended) {
    subject.begin("a", identity(1));
    subject.begin("b", identity(2));
    BOOST_TEST(covers("a", identity(1)));
    auto grown = identity(1);
    grown.size_bytes = 11;
    BOOST_TEST(covers("a", grown));
    subject.end("a");
    BOOST_TEST(!subject.take_unseen());
    BOOST_TEST(covers("b", identity(3)));
    BOOST_TEST(!subject.take_unseen());
    subject.end("b");
    BOOST_TEST(subject.take_unseen());
    BOOST_TEST(!subject.take_unseen());
    subject.begin("c", identity(4));
    BOOST_TEST(covers("d", identity(4)));
    subject.end("c");
    BOOST_TEST(subject.take_unseen());
}

// The journal does not have them.
BOOST_AUTO_TEST_CASE(without_a_birth_time_what_looks_like_a_file_in_flight_waits_for_it) {
    auto resumed = identity(1);
    resumed.born_ns = 0;
    subject.begin("a", resumed);
    BOOST_TEST(covers("b", identity(1)));
    auto grown = identity(1);
    grown.size_bytes = 11;
    BOOST_TEST(!covers("b", grown));
    subject.end("a");
    BOOST_TEST(!covers("b", identity(1)));
}

BOOST_AUTO_TEST_SUITE_END()
