#include "daemon/terminal/output.hpp"

#include "daemon/exit_code.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::daemon;

BOOST_AUTO_TEST_SUITE(output_)

BOOST_AUTO_TEST_CASE(lost_output_is_an_error_where_the_command_has_no_other) {
    BOOST_TEST(exit_code_after(all_well, output_end::whole) == all_well);
    BOOST_TEST(exit_code_after(all_well, output_end::lost) == journal_io);
    BOOST_TEST(exit_code_after(some_failed, output_end::lost) == journal_io);
    BOOST_TEST(exit_code_after(refused, output_end::lost) == refused);
    BOOST_TEST(exit_code_after(all_well, output_end::closed) == all_well);
}

BOOST_AUTO_TEST_SUITE_END()
