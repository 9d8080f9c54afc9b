#include "base/result.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <stdexcept>

using namespace kustodrop;

BOOST_AUTO_TEST_SUITE(result_)

BOOST_AUTO_TEST_CASE(holds_a_value_or_a_failure) {
    result<int> good = 5;
    result<int> bad =
        failure{.code = service_code("ServerBusy"), .next = remedy::reroute, .detail = "later"};
    BOOST_TEST((good.has_value() && *good == 5));
    BOOST_TEST((bad.has_error() && bad.error().next == remedy::reroute));
}

BOOST_AUTO_TEST_CASE(says_what_failed_when_a_value_was_taken_for_granted) {
    result<int> bad = failure{.code = service_code("ServerBusy"), .detail = "the account is busy"};
    auto says = [](const std::runtime_error& error) {
        return error.what() == std::string("ServerBusy: the account is busy");
    };
    BOOST_CHECK_EXCEPTION(bad.value(), std::runtime_error, says);
}

BOOST_AUTO_TEST_CASE(names_every_remedy_differently) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(remedy::give_up); ++i) {
        names.insert(to_string(static_cast<remedy>(i)));
    }
    BOOST_TEST(names.size() == 7u);
    BOOST_TEST(!names.contains("unknown"));
}

BOOST_AUTO_TEST_CASE(a_code_of_ours_has_a_fixed_name) {
    failure_code code = errc::connect_refused;
    BOOST_TEST(code == errc::connect_refused);
    BOOST_TEST(code.text() == "connect_refused");
    BOOST_TEST(code.service_text().empty());
    BOOST_TEST(failure_code().text() == "unspecified");
    BOOST_TEST(to_string(errc::stopped) == "stopped");
}

BOOST_AUTO_TEST_CASE(a_code_of_the_service_never_equals_one_of_ours) {
    auto code = service_code("timeout");
    BOOST_TEST((code != errc::timeout));
    BOOST_TEST(code == errc::service);
    BOOST_TEST(code.text() == "timeout");
    BOOST_TEST((code == service_code("timeout") && code != service_code("ServerBusy")));
}

BOOST_AUTO_TEST_CASE(a_message_ends_with_the_hint) {
    failure plain{.code = errc::timeout, .detail = "no answer"};
    BOOST_TEST(to_string(plain) == "timeout: no answer");
    failure helpful{.code = errc::dns_failed, .detail = "no name", .hint = "check the DNS"};
    BOOST_TEST(helpful.message() == "no name; check the DNS");
    helpful.detail = "The name is not known.";
    BOOST_TEST(helpful.message() == "The name is not known; check the DNS");
}

BOOST_AUTO_TEST_SUITE_END()
