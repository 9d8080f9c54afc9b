#include "pipeline/following/log_measures.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

namespace {

struct measuring {
    metrics measured;
    log_measures subject{measured};
    std::uint64_t waiting = 0;

    static spool::followed_log a_log(std::uint64_t number, const std::string& name) {
        spool::followed_log log;
        log.number = number;
        log.name = name;
        log.is_rotated = name != "app.log";
        return log;
    }

    void look(const spool::folder_look& seen, std::uint64_t waits) {
        subject.looked("app", seen, std::exchange(waiting, waits), waits);
    }
    double seen() {
        return measured.count("kustodrop_log_bytes_seen_total", {{"watch", "app"}}).value();
    }
    double rotations(const std::string& kind) {
        metric_labels labels{{"watch", "app"}, {"kind", kind}};
        return measured.count("kustodrop_log_rotations_total", labels).value();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(log_measures_, measuring)

BOOST_AUTO_TEST_CASE(bytes_are_seen_when_they_begin_to_wait) {
    look({}, 100);
    look({}, 130);
    BOOST_TEST(seen() == 130);
    waiting = 0;  // All of it was cut.
    look({}, 20);
    BOOST_TEST(seen() == 150);
}

BOOST_AUTO_TEST_CASE(what_is_lost_was_seen) {
    look({}, 100);
    spool::folder_look vanished;
    vanished.lost.push_back({"app.log", 0, 140});
    look(vanished, 0);
    BOOST_TEST(seen() == 140);
}

BOOST_AUTO_TEST_CASE(what_does_not_wait_for_a_look_is_not_seen_twice) {
    look({}, 100);
    look({}, 0);
    look({}, 110);
    BOOST_TEST(seen() == 110);
}

BOOST_AUTO_TEST_CASE(rotations_are_counted_once) {
    spool::folder_look live;
    live.logs = {a_log(1, "app.log")};
    look(live, 0);
    spool::folder_look rotated;
    rotated.logs = {a_log(1, "app.log.1"), a_log(2, "app.log")};
    rotated.news = {
        {spool::log_status::new_log, 2, "app.log"}, {spool::log_status::copy, 3, "app.log.2"}};
    look(rotated, 0);
    look(rotated, 0);
    BOOST_TEST(rotations("renamed") == 1);
    BOOST_TEST(rotations("copied") == 1);
    BOOST_TEST(subject.figures().by_state.at("live") == 1u);
    BOOST_TEST(subject.figures().by_state.at("rotated") == 1u);
    rotated.logs.front().is_nameless = true;
    look(rotated, 0);
    look(rotated, 0);
    BOOST_TEST(rotations("deleted") == 1);
    BOOST_TEST(subject.figures().by_state.at("deleted") == 1u);
    BOOST_TEST(subject.figures().followed() == 2u);
}

BOOST_AUTO_TEST_CASE(what_a_cut_leaves_out_is_skipped) {
    subject.cut("app", "age", 0);
    subject.cut("app", "age", 7);
    metric_labels cuts{{"watch", "app"}, {"reason", "age"}};
    metric_labels skipped{{"watch", "app"}, {"outcome", "skipped"}};
    BOOST_TEST(measured.count("kustodrop_cuts_total", cuts).value() == 2);
    BOOST_TEST(measured.count("kustodrop_log_bytes_total", skipped).value() == 7);
}

BOOST_AUTO_TEST_SUITE_END()
