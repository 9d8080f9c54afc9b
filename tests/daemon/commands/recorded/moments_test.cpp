#include "daemon/commands/recorded/moments.hpp"

#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using daemon::parse_moment;

static const auto now = *parse_iso8601("2026-11-27T10:30:00Z");

static wall_time at(const char* text) { return *parse_iso8601(text); }

BOOST_AUTO_TEST_SUITE(moments_)

BOOST_AUTO_TEST_CASE(reads_what_people_write) {
    BOOST_TEST((parse_moment("1h", now) == at("2026-11-27T09:30:00Z")));
    BOOST_TEST((parse_moment("7d", now) == at("2026-11-20T10:30:00Z")));
    BOOST_TEST((parse_moment("now", now) == now));
    BOOST_TEST((parse_moment("today", now) == at("2026-11-27")));
    BOOST_TEST((parse_moment("yesterday", now) == at("2026-11-26")));
    BOOST_TEST((parse_moment("2026-11-25", now) == at("2026-11-25T00:00:00Z")));
    BOOST_TEST((parse_moment("2026-11-25 08:15", now) == at("2026-11-25T08:15:00Z")));
    BOOST_TEST((parse_moment("2026-11-25T08:15:00+02:00", now) == at("2026-11-25T06:15:00Z")));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_time) {
    for (auto text : {"", "1", "h", "tomorrow", "2026-13-01", "27.11.2026", "-1h"}) {
        BOOST_TEST(!parse_moment(text, now).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
