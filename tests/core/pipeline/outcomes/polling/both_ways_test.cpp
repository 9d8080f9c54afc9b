// Whether the service also notifies of what was posted by REST is not known (docs/protocol.md
// §11.1): nothing may depend on it.
#include "core/pipeline/outcomes/polling/asking.hpp"

using namespace kustodrop;

namespace {

struct both : test::asking {
    void notify(int number) {
        auto read = kusto::parse_notification(kusto::notification_kind::success, success(number));
        handler->apply(read.value());
    }

    void report(int number) {
        auto done = details(R"("Succeeded":1)", blob(number, R"("status":"Succeeded")"));
        rest.answer(200, done);
        rest.answer(200, done);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(both_ways_, both)

BOOST_AUTO_TEST_CASE(a_notification_beside_an_operation_settles_once) {
    posted_in(1, "op");
    pass(5s);
    report(1);
    BOOST_TEST(poll());
    notify(1);
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(settled.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_operation_is_not_asked_for_after_a_notification) {
    posted_in(1, "op");
    notify(1);
    BOOST_TEST(state(1) == "succeeded");
    pass(5s);
    BOOST_TEST(!poll());
    BOOST_TEST(rest.sent.empty());
    BOOST_TEST(settled.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
