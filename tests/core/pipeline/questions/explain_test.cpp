#include "pipeline/questions/explain.hpp"

#include "spool/folder/drop_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace kustodrop;
using namespace kustodrop::pipeline;

struct explaining {
    explain_facts facts;

    explaining() {
        facts.watch.name = "web";
        facts.watch.include = {"*.json"};
        facts.name = "a.json";
        facts.daemon_runs = true;
        spool::sighting seen;
        seen.kind = spool::file_kind::regular;
        seen.links = 1;
        seen.readable = true;
        facts.seen = seen;
    }
    std::string said() const { return conclusion(explain(facts)); }
};

BOOST_FIXTURE_TEST_SUITE(explain_, explaining)

BOOST_AUTO_TEST_CASE(a_file_that_every_rule_lets_pass_is_shipped) {
    BOOST_TEST(said() == "it is shipped, or about to be");
}

BOOST_AUTO_TEST_CASE(a_target_beyond_a_thousand_keeps_the_file) {
    facts.watch.target.database = "D";
    facts.watch.target.table = "{t}";
    facts.watch.route = {"{t}.json", {{"t", {"*"}}}};
    for (int i = 0; i < 1000; ++i) facts.met_targets.push_back("/D/t" + std::to_string(i) + "//");
    BOOST_TEST(said().starts_with("not shipped: route: route leads to more than 1000 targets"));
    facts.met_targets[0] = "/D/a//";
    BOOST_TEST(said() == "it is shipped, or about to be");
}

BOOST_AUTO_TEST_CASE(a_log_that_is_followed_is_never_dealt_with) {
    facts.watch.kind = watch_kind::follow;
    facts.is_kept = true;
    facts.ended = "shipped at 10:00";
    BOOST_TEST(said() == "it is shipped, or about to be");
}

BOOST_AUTO_TEST_CASE(a_log_says_from_which_byte_it_waits) {
    facts.watch.kind = watch_kind::follow;
    BOOST_TEST(said() == "it is shipped, or about to be");
    facts.seen->identity.size_bytes = 100;
    facts.progress = log_progress{0, 80, 60, 40, 0, ""};
    BOOST_TEST(said() == "waiting: from byte 40 on for its outcome");
    facts.progress->confirmed = 60;
    BOOST_TEST(said() == "waiting: from byte 60 on to be posted");
    facts.trouble = "away";
    BOOST_TEST(said() == "waiting: service: away; it waits from byte 60 on to be posted");
    facts.trouble.clear();
    facts.progress->posted = facts.progress->confirmed = 80;
    auto waits = std::string("waiting: from byte 80 on for the next cut or the end of its record");
    facts.watch.target.format = kusto::data_format::json;
    BOOST_TEST(said() == waits);
    facts.watch.target.format = kusto::data_format::csv;
    BOOST_TEST(said() == waits + "; for the end of a quotation at most 5min 0s");
    facts.seen->identity.size_bytes = 80;
    BOOST_TEST(said() == "all of it has an outcome");
    facts.progress->lost_bytes = 7;
    facts.progress->lost = "3 to 10: E";
    BOOST_TEST(said() == "all of it has an outcome; lost: 7 bytes; the last of them 3 to 10: E");
    facts.seen->identity.size_bytes = 5;
    BOOST_TEST(said().starts_with("waiting: from byte 0 on for the next cut: it was truncated"));
}

BOOST_AUTO_TEST_CASE(the_size_of_a_compressed_log_says_nothing_of_its_positions) {
    facts.watch.kind = watch_kind::follow;
    facts.name = "a.json.1.gz";
    facts.seen->identity.size_bytes = 10;
    facts.progress = log_progress{0, 80, 80, 80, 0, ""};
    BOOST_TEST(said() == "all of it has an outcome");
}

BOOST_AUTO_TEST_CASE(a_log_that_is_deleted_has_its_progress) {
    facts.watch.kind = watch_kind::follow;
    facts.seen.reset();
    facts.ended = "shipped at 10:00";
    facts.progress = log_progress{0, 80, 80, 60, 0, ""};
    BOOST_TEST(said() == "waiting: from byte 60 on for its outcome");
}

BOOST_AUTO_TEST_CASE(the_first_rule_that_stops_it_is_the_conclusion) {
    facts.name = "a.csv";
    facts.paused = "BadRequest_TableNotExist";
    BOOST_TEST(said() == "not shipped: name: no pattern of \"include\" matches");
}

BOOST_AUTO_TEST_CASE(each_rule_has_its_message) {
    auto after = [](auto change) {
        explaining other;
        change(other.facts);
        return other.said();
    };
    using facts_ref = explain_facts&;
    BOOST_TEST(after([](facts_ref f) { f.seen.reset(); }).find("file: there is none") > 0u);
    auto is = [](const std::string& text, std::string_view part) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST((text.find(part) != std::string::npos)); }
    };
    is(after([](facts_ref f) { f.seen->kind = spool::file_kind::fifo; }), "kind: a fifo");
    is(after([](facts_ref f) { f.seen->links = 2; }), "hard links: other names");
    is(after([](facts_ref f) { f.seen->readable = false; }), "readable: no");
    is(after([](facts_ref f) { f.name = "sub/a.json"; }), "recursive: false");
    is(after([](facts_ref f) { f.watch.done_marker = ".ok"; }), "a.json.ok is not there");
    is(after([](facts_ref f) { f.is_kept = true; }), "journal: dealt with before");
    is(after([](facts_ref f) { f.daemon_runs = false; }), "daemon: does not run");
    is(after([](facts_ref f) { f.daemon_silence = "it waits"; }), "waiting: status: it waits");
    is(after([](facts_ref f) { f.paused = "X: no"; }), "target: the watch is paused: X: no");
    is(after([](facts_ref f) { f.trouble = "AuthorizationFailure: no upload succeeds"; }),
       "service: AuthorizationFailure");
    is(after([](facts_ref f) { f.pending_files = 100'000; }), "max_pending: 100000 of 100000");
}

BOOST_AUTO_TEST_CASE(the_cluster_that_takes_over_is_named) {
    facts.failover = "goes to east";
    BOOST_TEST(said() == "it is shipped, or about to be");
    auto rules = explain(facts);
    auto of_cluster = [](auto& one) { return one.rule == "cluster"; };
    auto named = std::ranges::find_if(rules, of_cluster);
    BOOST_REQUIRE(named != rules.end());
    BOOST_TEST(named->answer == "goes to east");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_claimed_or_moved_waits_for_that) {
    facts.unclaimed = "no rights";
    BOOST_TEST(said() == "waiting: claim: it cannot be claimed: no rights");
    facts.seen.reset();
    facts.claimed_as = std::string(spool::work_folder) + "/ID~a.json";
    BOOST_TEST(said() == "it is shipped, or about to be");
    facts.unread = "no rights";
    BOOST_TEST(said() == "waiting: reading: it cannot be read: no rights");
    facts.unread.clear();
    facts.unmoved = "no rights";
    BOOST_TEST(said() == "waiting: move: it cannot be moved: no rights");
}

BOOST_AUTO_TEST_CASE(a_claimed_file_is_on_its_way_although_it_is_not_in_the_folder) {
    facts.seen.reset();
    facts.claimed_as = std::string(spool::work_folder) + "/ID~a.json";
    facts.pending_files = facts.watch.backlog.max_files;
    BOOST_TEST(said() == "it is shipped, or about to be");
    auto waits = [this] {
        for (auto& one : explain(facts)) {
            if (one.rule == "coalesce") return one.answer;
        }
        return std::string();
    };
    BOOST_TEST(waits().empty());
    facts.watch.coalesce.max_files = 10;
    BOOST_TEST(waits() == "waits for others to share a blob with, 30.0s at most");
    facts.is_recorded = true;
    BOOST_TEST(waits().empty());
}

BOOST_AUTO_TEST_CASE(what_the_journal_knows_of_the_end_is_the_conclusion) {
    facts.seen.reset();
    facts.ended = "shipped at 2026-08-22T10:00:00Z";
    facts.paused = "BadRequest_TableNotExist";
    BOOST_TEST(said() == "shipped at 2026-08-22T10:00:00Z");
    facts.ended = "in quarantine since 2026-08-22T10:00:00Z: Stream_WrongNumberOfFields";
    BOOST_TEST(said() == facts.ended);
}

BOOST_AUTO_TEST_CASE(a_new_file_of_a_name_that_was_shipped_before_is_about_to_be_shipped) {
    facts.ended = "shipped at 2026-08-22T10:00:00Z";
    BOOST_TEST(said() == "it is shipped, or about to be");
    facts.is_kept = true;
    facts.seen.emplace(*facts.seen);
    BOOST_TEST(said() == "shipped at 2026-08-22T10:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_posted_file_waits_for_its_outcome) {
    facts.posted_at = "2026-08-22T10:00:00Z";
    BOOST_TEST(said() == "it is shipped, or about to be");  // Another file of that name.
    facts.is_of_seen = true;
    BOOST_TEST(said() == "posted at 2026-08-22T10:00:00Z; waiting for its outcome");
    facts.is_of_seen = false;
    facts.seen.reset();
    facts.trouble = "AuthorizationFailure: no upload succeeds";
    BOOST_TEST(said() == "posted at 2026-08-22T10:00:00Z; waiting for its outcome");
    facts.outcome_trouble = "AuthorizationFailure: refused";
    BOOST_TEST(said() == "waiting: outcomes: cannot be read: AuthorizationFailure: refused");
}

BOOST_AUTO_TEST_CASE(a_file_that_has_its_outcome_has_ended_although_it_is_not_moved_yet) {
    facts.ended = "shipped at 2026-08-22T10:00:00Z";
    facts.is_settled = true;
    BOOST_TEST(said() == "it is shipped, or about to be");  // Another file of that name.
    facts.is_of_seen = true;
    BOOST_TEST(said() == "shipped at 2026-08-22T10:00:00Z");
    facts.is_of_seen = false;
    facts.seen.reset();
    facts.claimed_as = std::string(spool::work_folder) + "/ID~a.json";
    BOOST_TEST(said() == "shipped at 2026-08-22T10:00:00Z");
    facts.unmoved = "no rights";
    BOOST_TEST(said() == "waiting: move: it cannot be moved: no rights");
}

BOOST_AUTO_TEST_CASE(that_files_stay_in_place_is_said) {
    facts.in_place = "the folder is not writable";
    auto rules = explain(facts);
    auto is_place = [](auto& one) { return one.rule == "place" && one.lets_pass; };
    BOOST_TEST(std::ranges::any_of(rules, is_place));
}

BOOST_AUTO_TEST_CASE(whose_rights_were_tried_is_said) {
    facts.seen->readable = false;
    BOOST_TEST(said() == "not shipped: readable: no: this user may not read it");
    facts.looked_as = "the daemon";
    BOOST_TEST(said() == "not shipped: readable: no: the daemon may not read it");
}

BOOST_AUTO_TEST_CASE(the_next_attempt_is_said_where_the_file_waits_for_one) {
    facts.next_attempt = 40s;
    BOOST_TEST(said() == "it is shipped, or about to be");
    facts.seen.reset();
    facts.claimed_as = std::string(spool::work_folder) + "/ID~a.json";
    BOOST_TEST(said() == "waiting: attempt: the next one of this watch is in 40.0s");
    facts.trouble = "ServerBusy: no upload succeeds";
    BOOST_TEST(
        said() ==
        "waiting: service: ServerBusy: no upload succeeds; the next attempt of this watch is in "
        "40.0s"
    );
}

BOOST_AUTO_TEST_CASE(what_holds_up_the_whole_watch_or_daemon_is_the_conclusion) {
    facts.folder_present = false;
    BOOST_TEST(said().starts_with("waiting: folder: "));
    facts.held = "folder_locked: another process has it";
    BOOST_TEST(said() == "waiting: folder: folder_locked: another process has it");
    facts.folder_present = true;
    facts.held = "http_200: storage answers what it never does";
    BOOST_TEST(said() == "waiting: delivery: http_200: storage answers what it never does");
    facts.held.clear();
    facts.journal_trouble = "cannot be written: /state: its file system is full";
    BOOST_TEST(
        said() ==
        "waiting: journal file: cannot be written: /state: its file system is full; nothing is "
        "claimed or posted until it can be"
    );
    facts.journal_trouble.clear();
    facts.outcome_trouble = "AuthorizationFailure: refused";
    BOOST_TEST(said() == "it is shipped, or about to be");
    facts.seen.reset();
    facts.claimed_as = std::string(spool::work_folder) + "/ID~a.json";
    BOOST_TEST(said() == "waiting: outcomes: cannot be read: AuthorizationFailure: refused");
}

BOOST_AUTO_TEST_CASE(a_marker_must_be_younger_than_its_file) {
    facts.watch.done_marker = ".ok";
    facts.seen->identity.modified_ns = 10;
    facts.seen->identity.changed_ns = 20;
    facts.marker = facts.seen;
    facts.marker->identity.changed_ns = 10;
    BOOST_TEST(said() == "it is shipped, or about to be");
    facts.marker->identity.changed_ns = 9;
    BOOST_TEST((said().find("is older than the file") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(says_whether_a_file_travels_with_others) {
    auto joining = [this] {
        for (auto& rule : explain(facts)) {
            if (rule.rule == "coalesce") return rule.answer;
        }
        return std::string("nothing");
    };
    facts.watch.target.format = kusto::data_format::json;
    facts.seen->identity.size_bytes = 10;
    BOOST_TEST(joining() == "nothing");
    facts.watch.coalesce = {100, 1000, 30s};
    BOOST_TEST(joining() == "in one blob with up to 99 others, for which it waits 30.0s at most");
    facts.name = "a.json.gz";
    BOOST_TEST(joining() == "shipped alone: it is gzip already");
}

BOOST_AUTO_TEST_SUITE_END()
