#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <string>

namespace kustodrop::test {

/// Says that the present test cannot be run here, and why; `./dev test` shows and counts these.
inline void skip(const std::string& why) {
    auto& name = boost::unit_test::framework::current_test_case().p_name.get();
    std::printf("skipped: %s: %s\n", name.c_str(), why.c_str());
    std::fflush(stdout);
    BOOST_TEST(true);  // Not "no assertions".
}

}  // namespace kustodrop::test
