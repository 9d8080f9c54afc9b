#include "daemon/run/noted_pause.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;
using daemon::watch_status;

namespace {

constexpr auto absent_table = "BadRequest_TableNotExist";

// The gates of a watch whose target was refused at a post.
pipeline::target_gates refused(const std::string& target = "") {
    pipeline::target_gates out;
    out.of(target).refused({"a", absent_table, "No such table.", 1, true}, {});
    return out;
}

watch_status noted(const pipeline::target_gates& gates, watch_status of) {
    note_pause(gates, of);
    return of;
}

watch_status with_pending_file() {
    watch_status out;
    out.counts.pending_files = 1;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(noted_pause)

BOOST_AUTO_TEST_CASE(a_target_that_is_right_is_not_said) {
    BOOST_TEST(noted(pipeline::target_gates(), with_pending_file()).paused == "");
}

BOOST_AUTO_TEST_CASE(a_refused_target_is_said_with_its_remedy_while_a_file_waits) {
    auto said = noted(refused(), with_pending_file()).paused;
    BOOST_TEST(said.starts_with("BadRequest_TableNotExist: No such table; create the table"));
    watch_status in_folder;
    in_folder.waiting_in_folder = 1;
    BOOST_TEST(noted(refused(), in_folder).paused == said);
    auto gates = refused();
    gates.of("").hold("b");
    BOOST_TEST(noted(gates, {}).paused == said);
}

BOOST_AUTO_TEST_CASE(it_is_not_said_when_nothing_is_left_to_be_sent) {
    BOOST_TEST(noted(refused(), {}).paused == "");
    watch_status done;
    done.counts.parked_files = 1;
    done.quarantined = 5;
    BOOST_TEST(noted(refused(), done).paused == "");
}

BOOST_AUTO_TEST_SUITE_END()
