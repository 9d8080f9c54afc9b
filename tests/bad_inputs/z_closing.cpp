// The closing line, and proof that the cases were there.
#include "counting.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>

using kustodrop::test::bad_input_counts;

// Named so that it comes last.
BOOST_AUTO_TEST_SUITE(z_closing)

BOOST_AUTO_TEST_CASE(a_thousand_bad_inputs_were_met) {
    auto& counts = bad_input_counts::all();
    std::string left;
    for (auto& code : counts.not_reached) left += (left.empty() ? "" : ", ") + code;
    std::printf(
        "bad inputs: %zu cases, %zu of the configuration (%zu golden), %zu answers of the service, "
        "%zu entries of a folder; %zu failures reached; not reached: %s\n",
        counts.sum(),
        counts.configuration,
        counts.golden,
        counts.answers,
        counts.entries,
        counts.reached.size(),
        left.empty() ? "none" : left.c_str()
    );
    std::fflush(stdout);
    bool some_only = counts.configuration == 0 || counts.answers == 0 || counts.entries == 0;
    if (!some_only) BOOST_TEST(counts.sum() >= 1000U);
}

BOOST_AUTO_TEST_SUITE_END()
