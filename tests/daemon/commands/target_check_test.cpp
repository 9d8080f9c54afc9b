#include "daemon/commands/checking/target_check.hpp"

#include <boost/test/unit_test.hpp>

using kustodrop::daemon::absent_name;

BOOST_AUTO_TEST_SUITE(target_check_)

BOOST_AUTO_TEST_CASE(what_was_probably_meant_is_suggested) {
    BOOST_TEST(
        absent_name("Wbe", "a table of Logs", {"Web", "Other"}) ==
        "\"Wbe\" is not a table of Logs; did you mean Web?"
    );
    // Names compare exactly at the service.
    BOOST_TEST(
        absent_name("EVENTLOG", "a table of Logs", {"EventLog"}) ==
        "\"EVENTLOG\" is not a table of Logs; did you mean EventLog?"
    );
    BOOST_TEST(absent_name("X", "a database", {}) == "\"X\" is not a database");
}

BOOST_AUTO_TEST_SUITE_END()
