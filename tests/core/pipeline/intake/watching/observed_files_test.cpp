#include "pipeline/intake/watching/observed_files.hpp"

#include "spool/folder/scanning.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;
using spool::event_meaning;
using request = observed_files::request;

static watch_options rules(const std::string& marker = "") {
    watch_options out;
    out.include = {"*.csv"};
    out.done_marker = marker;
    return out;
}

static spool::sighting file(const std::string& name, std::uint64_t size = 10) {
    spool::sighting out;
    out.name = name;
    out.identity = {1, 7, size, 20, 30};
    out.kind = spool::file_kind::regular;
    out.links = 1;
    out.readable = true;
    return out;
}

struct observing {
    observed_files subject{rules()};
    kept_files kept;
    time_point now = time_point() + 1h;

    observed_files::effect note(
        const spool::sighting& seen, std::optional<spool::sighting> marker = {}
    ) {
        return subject.note({seen, std::move(marker), false}, kept, now);
    }
    std::vector<std::string> looks() { return subject.take_looks(now, 100).names; }
};

BOOST_FIXTURE_TEST_SUITE(observed_files_, observing)

BOOST_AUTO_TEST_CASE(knows_since_when_complete_files_wait) {
    BOOST_TEST(!subject.complete_since().has_value());
    for (auto name : {"a.csv", "b.csv"}) {
        note(file(name));
        now += 2s;
        note(file(name));
    }
    auto last = now;
    now += 1min;
    BOOST_TEST((subject.complete_since() == last - 2s));
    BOOST_TEST(subject.complete_count() == 2u);
    subject.take_complete(1);
    BOOST_TEST((subject.complete_since() == last));
    subject.take_complete(1);
    BOOST_TEST(!subject.complete_since().has_value());
}

BOOST_AUTO_TEST_CASE(a_file_is_complete_when_it_stayed_the_same_for_long_enough) {
    note(file("a.csv"));
    BOOST_TEST(subject.settling() == 1u);
    BOOST_TEST((subject.look_due() == now + 2s));
    BOOST_TEST(looks().empty());
    now += 2s;
    BOOST_TEST(looks().size() == 1u);
    note(file("a.csv"));
    BOOST_TEST(subject.complete() == 1u);
    // A scan that shows it again before it is claimed changes nothing.
    note(file("a.csv", 11));
    BOOST_TEST(subject.settling() == 0u);
    BOOST_TEST(subject.take_complete(5).front().name == "a.csv");
    BOOST_TEST(subject.complete() == 0u);
    note(file("a.csv"));
    BOOST_TEST(subject.settling() == 1u);
}

BOOST_AUTO_TEST_CASE(a_scan_of_a_file_server_completes_nothing_without_a_look) {
    for (int i = 0; i < 3; ++i) {
        subject.note({file("a.csv"), {}, false, false}, kept, now);
        now += 2s;
    }
    BOOST_TEST(subject.complete() == 0u);
    BOOST_TEST(looks().size() == 1u);
    note(file("a.csv"));
    BOOST_TEST(subject.complete() == 1u);
}

BOOST_AUTO_TEST_CASE(complete_files_are_taken_in_their_order_as_many_as_there_is_room_for) {
    subject.stop_waiting();
    for (int round = 0; round < 2; ++round) {
        for (auto name : {"b.csv", "a.csv", "c.csv"}) note(file(name));
    }
    auto two = subject.take_complete(2);
    BOOST_TEST_REQUIRE(two.size() == 2u);
    BOOST_TEST(two[0].name == "b.csv");
    BOOST_TEST(two[1].name == "a.csv");
    BOOST_TEST(subject.complete() == 1u);
    subject.clear();
    BOOST_TEST(subject.complete() == 0u);
}

BOOST_AUTO_TEST_CASE(an_event_asks_for_a_look_at_its_file) {
    BOOST_TEST((subject.note_event(event_meaning::closed, "a.csv") == request::look));
    BOOST_TEST((subject.note_event(event_meaning::appeared, "b.csv") == request::look));
    BOOST_TEST((subject.note_event(event_meaning::attributes, "a.csv") == request::look));
    BOOST_TEST((subject.note_event(event_meaning::moved_in, "no.txt") == request::look));
    BOOST_TEST(subject.has_hints());
    auto wanted = subject.take_looks(now, 100);
    std::vector<std::string> names{"a.csv", "b.csv"};
    BOOST_TEST(wanted.names == names, boost::test_tools::per_element());
    BOOST_TEST(wanted.closed.contains("a.csv"));
    BOOST_TEST(!wanted.closed.contains("b.csv"));
    BOOST_TEST(!subject.has_hints());
}

BOOST_AUTO_TEST_CASE(an_event_about_a_folder_asks_for_a_scan) {
    BOOST_TEST((subject.note_event(event_meaning::root_removed, "") == request::scan));
    BOOST_TEST((subject.note_event(event_meaning::folder_appeared, "sub") == request::look));
    auto deep = rules();
    deep.recursive = true;
    observed_files recursive(deep);
    BOOST_TEST((recursive.note_event(event_meaning::folder_appeared, "sub") == request::scan));
    BOOST_TEST((subject.note_event(event_meaning::overflow, "") == request::full_scan));
    for (auto quiet :
         {event_meaning::ignored, event_meaning::folder_went, event_meaning::nothing}) {
        BOOST_TEST((subject.note_event(quiet, "sub") == request::nothing));
    }
}

BOOST_AUTO_TEST_CASE(more_hints_than_a_scan_is_worth_become_one) {
    auto last = request::nothing;
    for (int i = 0; i <= 10'000; ++i) {
        last = subject.note_event(event_meaning::closed, std::to_string(i) + ".csv");
    }
    BOOST_TEST((last == request::full_scan));
    BOOST_TEST(!subject.has_hints());
    subject.note_event(event_meaning::closed, "a.csv");
    subject.forget_hints();
    BOOST_TEST(!subject.has_hints());
}

BOOST_AUTO_TEST_CASE(a_file_that_disappears_does_not_settle) {
    note(file("a.csv"));
    BOOST_TEST((subject.note_event(event_meaning::went, "a.csv") == request::nothing));
    BOOST_TEST(subject.settling() == 0u);
    note(file("a.csv"));
    subject.note_absent("a.csv");
    BOOST_TEST(subject.settling() == 0u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_claimed_is_refused_with_its_reason) {
    auto link = file("a.csv");
    link.links = 2;
    BOOST_TEST(note(link).refused->code == errc::hard_link);
    auto secret = file("a.csv");
    secret.readable = false;
    BOOST_TEST(note(secret).refused->code == errc::unreadable);
    auto pipe = file("a.csv");
    pipe.kind = spool::file_kind::fifo;
    BOOST_TEST(note(pipe).refused->code == errc::not_a_file);
    auto folder = file("sub.csv");
    folder.kind = spool::file_kind::folder;
    BOOST_TEST(!note(folder).refused.has_value());
    BOOST_TEST(!note(file("no.txt")).refused.has_value());
    BOOST_TEST(subject.settling() == 0u);
    BOOST_TEST(subject.wants("a.csv"));
    BOOST_TEST(!subject.wants("no.txt"));
}

// Else it would be due for a look at once, again and again, before all others.
BOOST_AUTO_TEST_CASE(what_becomes_refused_while_it_settles_is_not_looked_at_again) {
    auto linked = file("a.csv");
    linked.links = 2;
    auto symlink = file("a.csv");
    symlink.kind = spool::file_kind::symlink;
    auto folder = file("a.csv");
    folder.kind = spool::file_kind::folder;
    auto locked = file("a.csv");
    locked.readable = false;
    for (auto& becomes : {linked, symlink, folder, locked}) {
        note(file("a.csv"));
        BOOST_TEST(subject.look_due().has_value());
        note(becomes);
        BOOST_TEST(!subject.look_due().has_value());
        now += 2s;
        BOOST_TEST(looks().empty());
    }
    note(file("a.csv"));
    subject.note_absent("a.csv");
    BOOST_TEST(!subject.look_due().has_value());
}

BOOST_AUTO_TEST_CASE(what_is_refused_or_marks_another_file_does_not_wait) {
    auto fifo = file("a.csv");
    fifo.kind = spool::file_kind::fifo;
    BOOST_TEST(subject.waits(file("a.csv"), kept));
    BOOST_TEST(!subject.waits(fifo, kept));
    BOOST_TEST(!subject.waits(file("a.txt"), kept));
    kept.keep("a.csv", file("a.csv").identity);
    BOOST_TEST(!subject.waits(file("a.csv"), kept));
    subject = observed_files(rules(".ok"));
    BOOST_TEST(subject.wants("b.csv.ok"));
    BOOST_TEST(!subject.waits(file("b.csv.ok"), kept));
}

BOOST_AUTO_TEST_CASE(a_kept_file_is_left_alone_until_it_changes) {
    kept.keep("a.csv", file("a.csv").identity);
    BOOST_TEST(note(file("a.csv")).kept.forgotten.empty());
    BOOST_TEST(subject.settling() == 0u);
    BOOST_TEST(note(file("a.csv", 11)).kept.forgotten.size() == 1u);
    BOOST_TEST(!kept.contains("a.csv"));
    BOOST_TEST(subject.settling() == 1u);
    kept.begin("a.csv");
    note(file("a.csv", 12));
    BOOST_TEST(subject.settling() == 0u);
}

BOOST_AUTO_TEST_CASE(with_a_done_marker_a_file_is_complete_as_soon_as_it_is_marked) {
    subject = observed_files(rules(".ok"));
    BOOST_TEST(subject.needs_markers());
    BOOST_TEST(subject.wants("a.csv.ok"));
    note(file("a.csv"));
    BOOST_TEST(subject.settling() == 0u);
    subject.note_event(event_meaning::closed, "a.csv.ok");
    auto wanted = subject.take_looks(now, 100);
    BOOST_TEST_REQUIRE(wanted.names.size() == 1u);
    BOOST_TEST(wanted.names[0] == "a.csv");
    note(file("a.csv"), file("a.csv.ok"));
    BOOST_TEST(subject.complete() == 1u);
}

// The clock was set back between the two: by their times the marker is the older one.
BOOST_AUTO_TEST_CASE(a_marker_that_appears_after_the_file_counts_whatever_the_clock_says) {
    auto old_marker = file("a.csv.ok");
    old_marker.identity.changed_ns = 1;
    subject = observed_files(rules(".ok"));
    note(file("a.csv"));
    BOOST_TEST(!note(file("a.csv"), old_marker).refused.has_value());
    BOOST_TEST(subject.complete() == 1u);
    // A scan may have been the first to see it.
    subject = observed_files(rules(".ok"));
    spool::scan found;
    found.sightings.push_back(file("a.csv"));
    subject.note_marked(found);
    note(file("a.csv"), old_marker);
    BOOST_TEST(subject.complete() == 1u);
}

BOOST_AUTO_TEST_CASE(a_marker_that_was_there_before_the_file_is_one_of_an_earlier_file) {
    auto old_marker = file("a.csv.ok");
    old_marker.identity.changed_ns = 1;
    subject = observed_files(rules(".ok"));
    for (int i = 0; i < 2; ++i) {
        auto refused = note(file("a.csv"), old_marker).refused;
        BOOST_REQUIRE(refused.has_value());
        BOOST_TEST(refused->code == errc::stale_marker);
    }
    BOOST_TEST(subject.complete() == 0u);
    // Written again, with the clock still behind.
    old_marker.identity.changed_ns = 2;
    note(file("a.csv"), old_marker);
    BOOST_TEST(subject.complete() == 1u);
}

BOOST_AUTO_TEST_CASE(a_scan_asks_for_looks_at_the_marked_files) {
    subject = observed_files(rules(".ok"));
    spool::scan found;
    for (auto name : {"a.csv", "b.csv", "b.csv.ok"}) found.sightings.push_back(file(name));
    subject.note_marked(found);
    auto names = looks();
    BOOST_TEST_REQUIRE(names.size() == 1u);
    BOOST_TEST(names[0] == "b.csv");
    // In a slice of a large folder the marker may be missing.
    found.truncated = true;
    subject.note_marked(found);
    BOOST_TEST(subject.take_looks(now, 100).names.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_file_that_a_writer_has_open_waits_and_is_overdue_after_a_while) {
    note(file("a.csv"));
    now += 2s;
    note(file("a.csv"));
    auto complete = subject.take_complete(1);
    BOOST_TEST_REQUIRE(complete.size() == 1u);
    subject.note_held(complete.front(), now);
    BOOST_TEST(subject.settling() == 1u);
    BOOST_TEST(!subject.is_overdue("a.csv", now + 9s));
    BOOST_TEST(subject.is_overdue("a.csv", now + 10s));
    BOOST_TEST(!subject.is_overdue("b.csv", now + 10s));
    subject.note_absent("a.csv");
    BOOST_TEST(!subject.is_overdue("a.csv", now + 10s));
}

BOOST_AUTO_TEST_CASE(a_file_is_known_to_be_closed_while_it_is_as_it_was_then) {
    note(file("a.csv"));
    BOOST_TEST(!subject.was_closed(file("a.csv")));
    subject.note({file("a.csv"), {}, true}, kept, now);
    BOOST_TEST(subject.was_closed(file("a.csv")));
    BOOST_TEST(!subject.was_closed(file("a.csv", 11)));
    subject.forget_held("a.csv");
    BOOST_TEST(!subject.was_closed(file("a.csv")));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_due_and_named_by_an_event_is_looked_at_once) {
    note(file("a.csv"));
    now += 2s;
    subject.note_event(event_meaning::appeared, "a.csv");
    BOOST_TEST(looks() == std::vector<std::string>{"a.csv"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_that_waits_to_be_claimed_does_not_wait_twice) {
    note(file("a.csv"));
    now += 2s;
    note(file("a.csv"));
    subject.note_held(file("a.csv"), now);
    now += 2s;
    subject.note_held(file("a.csv"), now);
    note(file("b.csv"));
    BOOST_TEST(subject.complete() == 1u);
}

BOOST_AUTO_TEST_CASE(a_marker_is_a_file) {
    subject = observed_files(rules(".ok"));
    auto folder = file("a.csv.ok");
    folder.kind = spool::file_kind::folder;
    BOOST_TEST(!note(file("a.csv"), folder).refused);
    BOOST_TEST(!note(file("a.csv"), folder).refused);
    BOOST_TEST(subject.complete() == 0u);
    auto marker = file("a.csv.ok");
    marker.identity.inode = 8;
    BOOST_TEST(!note(file("a.csv"), marker).refused);
    BOOST_TEST(subject.complete() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
