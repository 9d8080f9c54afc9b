#include "core/pipeline/shipping/shipping_fixture.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace data = boost::unit_test::data;

namespace {

http::response refusal(unsigned status, const std::string& code) {
    http::response out{status, {}, {}};
    if (!code.empty()) out.headers.add("x-ms-error-code", code);
    return out;
}

}  // namespace

// What shippers do when storage answers as it should not, or when an attempt throws.
BOOST_FIXTURE_TEST_SUITE(refusals_, test::shipping)

BOOST_AUTO_TEST_CASE(an_exception_in_an_upload_is_a_failure_of_that_attempt) {
    int thrown = 0;
    storage = [&](const http::request& asked) -> std::optional<result<http::response>> {
        bool first = asked.target.path().find(id_of(1)) != std::string::npos && thrown++ < 2;
        if (first) throw std::runtime_error("EVP_Digest failed");
        return std::nullopt;
    };
    begin();
    claim(1);
    claim(2);
    BOOST_TEST(state_of(1) == "claimed");
    BOOST_TEST(state_of(2) == "posted");
    BOOST_TEST(sources->find(id_of(1))->attempts == 1u);
    BOOST_TEST(sources->find(id_of(1))->begun == 0u);
    BOOST_TEST(logged("unforeseen error") == 1u);
    BOOST_TEST(logged("EVP_Digest failed") == 1u);
    pass_seconds(10);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(sources->find(id_of(1))->attempts == 3u);
    BOOST_TEST(sources->find(id_of(1))->ambiguous_posts == 0u);
}

BOOST_AUTO_TEST_CASE(a_token_that_was_refused_on_the_way_to_the_next_post_is_not_sent_again) {
    begin();
    claim(1);
    BOOST_TEST(state_of(1) == "posted");
    auto& what = *sources->find(id_of(1));
    auto refused = what.token_number;
    BOOST_TEST(refused == identity_token.number());
    what.token_refused = true;
    sources->advance(what, spool::stage::claimed{});
    ready.push(what.id, clock.now());
    pass_seconds(60);
    // The same token is all that there is.
    BOOST_TEST(state_of(1) == "uploaded");
    issued = "another token";
    pass_seconds(600);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(what.token_number > refused);
    BOOST_TEST(!what.token_refused);
}

BOOST_AUTO_TEST_CASE(an_exception_in_a_post_leaves_open_whether_the_service_has_it) {
    bool throws = true;
    storage = [&](const http::request& asked) -> std::optional<result<http::response>> {
        if (asked.operation == "put_message" && std::exchange(throws, false)) {
            throw std::bad_alloc();
        }
        return std::nullopt;
    };
    begin();
    claim(1);
    BOOST_TEST(state_of(1) == "posting");
    BOOST_TEST(sources->find(id_of(1))->ambiguous_posts == 1u);
    BOOST_TEST((next.handed == std::vector<std::string>{"unanswered " + id_of(1)}));
    pass_seconds(61);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(sources->find(id_of(1))->posts == 2u);
}

BOOST_AUTO_TEST_CASE(a_cancellation_is_no_failure_of_the_attempt) {
    storage = [](const http::request&) -> std::optional<result<http::response>> {
        throw boost::system::system_error(asio::error::operation_aborted);
    };
    begin(1);
    ready.push(id_of(1), clock.now());
    claim(1);
    BOOST_TEST((tasks.back()->error != nullptr));
    BOOST_TEST(logged("unforeseen error") == 0u);
}

namespace {

struct unforeseen_answer {
    const char* operation;
    unsigned status;
    const char* code;
};

std::ostream& operator<<(std::ostream& out, const unforeseen_answer& one) {
    return out << one.operation << " " << one.status << " " << one.code;
}

constexpr unforeseen_answer unforeseen_answers[] = {
    {"put_blob", 400, "InvalidAuthenticationInfo"},
    {"put_blob", 409, "AccountBeingCreated"},
    {"put_blob", 412, "LeaseIdMissing"},
    {"put_blob", 400, "UnsupportedHeader"},
    {"put_blob", 404, "ContainerNotFound"},
    {"put_blob", 404, ""},
    {"put_blob", 302, ""},
    {"put_blob", 200, ""},
    {"put_blob", 416, "InvalidRange"},
    {"put_message", 400, "InvalidUri"},
    {"put_message", 404, "QueueNotFound"},
    {"put_message", 404, ""},
    {"put_message", 409, "QueueDisabled"},
    {"insert_entity", 404, "TableNotFound"},
    {"insert_entity", 415, "MediaTypeNotSupported"},
    {"insert_entity", 400, ""},
};

}  // namespace

BOOST_DATA_TEST_CASE(
    an_unforeseen_answer_is_never_the_files_fault, data::make(unforeseen_answers), one
) {
    bool refuses = true;
    std::set<std::string> accounts;
    storage = [&](const http::request& asked) -> std::optional<result<http::response>> {
        if (asked.operation != one.operation || !refuses) return std::nullopt;
        accounts.insert(std::string(asked.target.host()));
        return refusal(one.status, one.code);
    };
    bool in_table = std::string_view(one.operation) == "insert_entity";
    if (in_table) how.reports.method = kusto::report_method::table;
    shipper->set_options(how);
    begin();
    for (int i = 1; i <= 20; ++i) claim(i);
    pass_seconds(10);
    BOOST_TEST(accounts.size() == (in_table ? 1u : 2u));
    pass_seconds(3600);
    for (int i = 1; i <= 20; ++i) BOOST_TEST(!state_of(i).starts_with("rejected"));
    BOOST_TEST(logged("the watch is held") == 1u);
    // A few while it was not held yet, then one now and then.
    BOOST_TEST(asked(one.operation) < 250u);
    refuses = false;
    pass_seconds(1200);
    for (int i = 1; i <= 20; ++i) BOOST_TEST(state_of(i) == "posted");
    BOOST_TEST(logged("held no longer") == 1u);
}

BOOST_AUTO_TEST_CASE(one_account_that_refuses_is_left_for_another) {
    storage = [&](const http::request& asked) -> std::optional<result<http::response>> {
        if (asked.operation != "put_blob" || !asked.target.host().starts_with("one")) return {};
        return refusal(409, "AccountBeingCreated");
    };
    begin();
    for (int i = 1; i <= 20; ++i) claim(i);
    pass_seconds(10);
    for (int i = 1; i <= 20; ++i) BOOST_TEST(state_of(i) == "posted");
    BOOST_TEST(logged("the watch is held") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
