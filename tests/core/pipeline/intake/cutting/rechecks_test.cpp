#include "pipeline/intake/cutting/rechecks.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

BOOST_AUTO_TEST_SUITE(rechecks_)

BOOST_AUTO_TEST_CASE(a_source_is_due_once_at_the_last_time_that_was_given) {
    rechecks subject;
    time_point now{};
    BOOST_TEST(!subject.next_due().has_value());
    subject.add({"a"}, now + 1s);
    subject.add({"b"}, now + 2s);
    subject.add({"a", 2}, now + 3s);
    BOOST_TEST((subject.next_due() == now + 2s));
    BOOST_TEST(subject.take_due(now + 1s).empty());
    BOOST_TEST(subject.take_due(now + 3s).size() == 2u);
    BOOST_TEST(!subject.next_due().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
