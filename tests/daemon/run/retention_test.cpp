#include "daemon/run/retention.hpp"

#include "async/clock.hpp"
#include "spool/source/place.hpp"
#include "support/temp_folder.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

namespace {

// Retention over one real folder. The machine's own times are of this moment, our calendar is what
// the test says.
struct retaining : test::world {
    test::temp_folder drop;
    test::temp_folder state;
    worker_pool pool{0};
    logger log{clock, log_level::error, log_format::text, [](std::string_view) {}};
    metrics measured;
    random_generator random{1};
    std::unique_ptr<spool::journal> journal = open_journal();
    pipeline::roster sources{*journal, clock, measured};
    pipeline::watch_table watches;
    config::settings settings;
    std::optional<wall_time> service_time;
    std::string day = std::string(spool::archive_folder) + "/2026-01-01";
    std::shared_ptr<test::task<std::monostate>> running;

    std::unique_ptr<spool::journal> open_journal() {
        spool::journal_options where;
        where.path = state.path("journal.db");
        where.synced = false;
        return spool::journal::open(io.get_executor(), where, clock, pool, log, measured).value();
    }

    retaining() {
        pipeline::watch_options options;
        options.name = "web";
        options.path = drop.path();
        auto& watch = watches.add(options);
        watch.folder =
            std::make_shared<spool::drop_folder>(spool::drop_folder::open(drop.path()).value());
        BOOST_REQUIRE(watch.folder->prepare().has_value());
        drop.make_folder(day);
        drop.write(day + "/a.csv", "1");
        settings.retention.archive_for = 1s;
        settings.retention.min_free_percent = 0;
        // Everything was archived before our calendar's present.
        clock.advance(real_clock().wall_now() + 24h * 365 - clock.wall_now());
    }

    ~retaining() {
        if (running) cancel(*running);
    }

    void run() {
        daemon::surroundings around{io.get_executor(), clock, random, log, measured};
        daemon::retention_parts with{
            settings, watches, sources, *journal, pool, [this] { return service_time; }};
        with.meets_full_disk = [this](const std::string&) { return is_full; };
        subject.emplace(around, std::move(with));
        running = start(subject->run());
        pass(2min);
    }
    std::optional<daemon::retention> subject;
    bool is_full = false;

    bool is_there() const { return drop.has(day + "/a.csv"); }

    spool::source& archived() {
        spool::source what;
        what.id = "a";
        what.watch = "web";
        what.slices.push_back({"a.csv", day + "/a.csv", 0, 1, {}});
        what.stage = spool::stage::posted{};
        return sources.admit(std::move(what));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(retention_of_watches, retaining)

BOOST_AUTO_TEST_CASE(what_is_old_by_a_calendar_that_is_right_is_deleted) {
    service_time = clock.wall_now();
    run();
    BOOST_TEST(!is_there());
}

BOOST_AUTO_TEST_CASE(nothing_expires_before_the_services_time_is_known) {
    run();
    BOOST_TEST(is_there());
}

BOOST_AUTO_TEST_CASE(nothing_expires_while_the_clock_is_far_ahead) {
    service_time = clock.wall_now() - 24h * 100;
    run();
    BOOST_TEST(is_there());
    service_time = clock.wall_now();
    pass(2min);
    BOOST_TEST(!is_there());
}

BOOST_AUTO_TEST_CASE(a_limit_of_bytes_holds_whatever_the_clock_says) {
    settings.retention.archive_bytes = 1;
    run();
    BOOST_TEST(!is_there());
}

BOOST_AUTO_TEST_CASE(a_full_disk_clears_the_archive_at_once) {
    run();
    pass(10s);
    BOOST_TEST(is_there());
    settings.retention.archive_bytes = 1;
    pass(10s);
    BOOST_TEST(is_there());
    is_full = true;
    pass(6s);
    BOOST_TEST(!is_there());
}

BOOST_AUTO_TEST_CASE(the_archived_file_of_a_source_without_an_outcome_stays) {
    auto& what = archived();
    settings.retention.archive_bytes = 1;
    service_time = clock.wall_now();
    run();
    BOOST_TEST(is_there());
    spool::outcome_record record;
    sources.retire(what, record);
    pass(2min);
    BOOST_TEST(!is_there());
}

BOOST_AUTO_TEST_CASE(quarantine_stays_unless_a_limit_is_set) {
    auto bad = std::string(spool::quarantine_folder) + "/bad.csv";
    drop.write(bad, "1");
    service_time = clock.wall_now();
    run();
    BOOST_TEST(drop.has(bad));
    settings.retention.quarantine_for = 1h;
    // A clock that is far ahead deletes nothing.
    service_time = clock.wall_now() - 24h * 100;
    pass(2min);
    BOOST_TEST(drop.has(bad));
    service_time = clock.wall_now();
    pass(2min);
    BOOST_TEST(!drop.has(bad));
}

BOOST_AUTO_TEST_CASE(a_quarantined_file_whose_source_is_not_retired_stays) {
    auto bad = std::string(spool::quarantine_folder) + "/a.csv";
    drop.write(bad, "1");
    auto& what = archived();
    what.slices.front().location = bad;
    settings.retention.quarantine_bytes = 1;
    run();
    BOOST_TEST(drop.has(bad));
    sources.retire(what, spool::outcome_record());
    pass(2min);
    BOOST_TEST(!drop.has(bad));
}

BOOST_AUTO_TEST_CASE(small_differences_are_not_a_wrong_clock) {
    auto now = clock.wall_now();
    BOOST_TEST(!daemon::is_calendar_trusted(now, std::nullopt));
    BOOST_TEST(daemon::is_calendar_trusted(now, now - 50min));
    BOOST_TEST(daemon::is_calendar_trusted(now, now + 50min));
    BOOST_TEST(!daemon::is_calendar_trusted(now, now + 24h));
}

BOOST_AUTO_TEST_SUITE_END()
