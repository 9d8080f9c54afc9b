#include "emulator/storage/storage_fixture.hpp"

#include <algorithm>

using namespace kustodrop;
using namespace kustodrop::emulator;
using http::verb;

namespace {

struct layout_world : emulator::test::storage {
    layout with(layout_options options) {
        layout out(clock, database, std::move(options));
        out.set_endpoints({"http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"});
        return out;
    }
    static std::vector<storage_resource> of_type(const layout& from, std::string_view type) {
        std::vector<storage_resource> out;
        for (auto& one : from.resources()) {
            if (one.type == type) out.push_back(one);
        }
        return out;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(layout_, layout_world)

BOOST_AUTO_TEST_CASE(lists_one_notification_queue_of_each_kind) {
    auto usual = with({});
    BOOST_TEST(of_type(usual, "SuccessfulIngestionsQueue").size() == 1u);
    BOOST_TEST(of_type(usual, "FailedIngestionsQueue").size() == 1u);
}

BOOST_AUTO_TEST_CASE(lists_no_notification_queue_where_none_is_wanted) {
    layout_options options;
    options.success_queues = 0;
    options.failure_queues = 0;
    auto none = with(options);
    BOOST_TEST(of_type(none, "SuccessfulIngestionsQueue").empty());
    BOOST_TEST(of_type(none, "FailedIngestionsQueue").empty());
}

BOOST_AUTO_TEST_CASE(lists_queues_of_equal_names_in_several_accounts) {
    layout_options options;
    options.success_queues = 2;
    auto two = with(options);
    auto queues = of_type(two, "SuccessfulIngestionsQueue");
    BOOST_REQUIRE(queues.size() == 2u);
    BOOST_TEST(queues[0].name == queues[1].name);
    BOOST_TEST(queues[0].account != queues[1].account);
}

BOOST_AUTO_TEST_CASE(a_queue_may_allow_nothing_but_processing) {
    layout_options options;
    options.notification_permissions = "p";
    auto narrow = with(options);
    auto listed = of_type(narrow, "SuccessfulIngestionsQueue").at(0);
    auto messages = narrow.address(listed, "", 1h).with_path_suffix("messages");
    BOOST_TEST(ask(queue, verb::get, messages).answer.status == 200u);
    auto peek = messages.with_parameters("peekonly=true");
    BOOST_TEST(ask(queue, verb::get, peek).answer.status == 403u);
}

BOOST_AUTO_TEST_CASE(accepts_its_own_times_without_seconds) {
    layout_options options;
    options.sas_without_seconds = true;
    auto minutes = with(options);
    auto container = of_type(minutes, "TempStorage").at(0);
    auto target = minutes.address(container, "", 1h).with_path_suffix("a.csv");
    auto answer = ask(blob, verb::put, target, "x", {{"x-ms-blob-type", "BlockBlob"}});
    BOOST_TEST(answer.answer.status == 201u);
}

BOOST_AUTO_TEST_SUITE_END()
