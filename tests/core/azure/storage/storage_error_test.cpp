#include "azure/storage/storage_error.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using azure::on_refusal;
using azure::storage_error_code;
using azure::storage_failure;

namespace {

http::response answer(unsigned status, std::string code) {
    http::response out;
    out.status = status;
    if (!code.empty()) out.headers.add("x-ms-error-code", std::move(code));
    return out;
}

std::string xml(std::string_view code) {
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>" + std::string(code) +
           "</Code><Message>The server is busy.\nRequestId:1\nTime:2</Message></Error>";
}

struct row {
    unsigned status;
    const char* code;
    remedy next;
    bool maybe_acted;
};

std::ostream& operator<<(std::ostream& out, const row& row) {
    return out << row.status << " " << row.code;
}

constexpr row table[] = {
    {400, "InvalidHeaderValue", remedy::reroute, false},
    {400, "InvalidAuthenticationInfo", remedy::reroute, false},
    {400, "UnsupportedHeader", remedy::reroute, false},
    {400, "InvalidQueryParameterValue", remedy::reroute, false},
    {400, "InvalidUri", remedy::reroute, false},
    {400, "OutOfRangeInput", remedy::reroute, false},
    {400, "", remedy::reroute, false},
    {400, "Md5Mismatch", remedy::retry, false},
    {400, "Crc64Mismatch", remedy::retry, false},
    {400, "InvalidOperation", remedy::retry, false},
    {400, "InvalidBlockList", remedy::upload_again, false},
    {400, "InvalidBlobOrBlock", remedy::upload_again, false},
    {400, "PopReceiptMismatch", remedy::reroute, false},
    {401, "", remedy::refresh_resources, false},
    {403, "AuthenticationFailed", remedy::refresh_resources, false},
    {403, "AuthorizationFailure", remedy::refresh_resources, false},
    {403, "AuthorizationPermissionMismatch", remedy::refresh_resources, false},
    {403, "AuthorizationResourceTypeMismatch", remedy::refresh_resources, false},
    {404, "ContainerNotFound", remedy::refresh_resources, false},
    {404, "QueueNotFound", remedy::refresh_resources, false},
    {404, "ResourceNotFound", remedy::refresh_resources, false},
    {404, "", remedy::refresh_resources, false},
    {404, "TableNotFound", remedy::refresh_resources, false},
    {404, "MessageNotFound", remedy::reroute, false},
    {404, "BlobNotFound", remedy::reroute, false},
    {408, "", remedy::reroute, true},
    {409, "ContainerBeingDeleted", remedy::refresh_resources, false},
    {409, "BlobAlreadyExists", remedy::reroute, false},
    {409, "AccountBeingCreated", remedy::reroute, false},
    {409, "BlockCountExceedsLimit", remedy::give_up, false},
    {412, "LeaseIdMissing", remedy::reroute, false},
    {413, "RequestBodyTooLarge", remedy::give_up, false},
    {413, "", remedy::give_up, false},
    {415, "", remedy::reroute, false},
    {415, "ContentTypeNotSupported", remedy::reroute, false},
    {429, "", remedy::reroute, false},
    {500, "OperationTimedOut", remedy::reroute, true},
    {500, "InternalError", remedy::reroute, true},
    {502, "", remedy::reroute, true},
    {503, "ServerBusy", remedy::reroute, false},
    {503, "", remedy::reroute, true},
    {504, "", remedy::reroute, true},
    {507, "", remedy::reroute, true},
    {302, "", remedy::reroute, true},
    {200, "", remedy::reroute, true},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(storage_error_)

BOOST_DATA_TEST_CASE(every_answer_has_its_remedy, table, expected) {
    auto failed = storage_failure(answer(expected.status, expected.code), "put blob to x");
    BOOST_TEST(to_string(failed.next) == to_string(expected.next));
    BOOST_TEST(failed.maybe_acted == expected.maybe_acted);
    bool named = *expected.code != '\0';
    BOOST_TEST(
        failed.code.text() == (named ? expected.code : "http_" + std::to_string(expected.status))
    );
}

BOOST_AUTO_TEST_CASE(a_right_the_sas_never_had_calls_for_no_refresh) {
    auto refused = answer(403, "AuthorizationPermissionMismatch");
    auto failed = storage_failure(refused, "update message", on_refusal::accept);
    BOOST_TEST((failed.next == remedy::give_up));
}

BOOST_AUTO_TEST_CASE(a_queue_that_is_absent_calls_for_a_refresh_even_then) {
    auto failed = storage_failure(answer(404, "QueueNotFound"), "x", on_refusal::accept);
    BOOST_TEST((failed.next == remedy::refresh_resources));
}

BOOST_AUTO_TEST_CASE(reads_the_code_from_the_body) {
    http::response busy;
    busy.status = 503;
    busy.body = xml("ServerBusy");
    BOOST_TEST(storage_error_code(busy) == "ServerBusy");
    busy.body = "\xEF\xBB\xBF" + xml("ServerBusy");
    BOOST_TEST(storage_error_code(busy) == "ServerBusy");
}

BOOST_AUTO_TEST_CASE(the_header_counts_more_than_the_body) {
    auto both = answer(403, "AuthenticationFailed");
    both.body = xml("Other");
    BOOST_TEST(storage_error_code(both) == "AuthenticationFailed");
}

BOOST_AUTO_TEST_CASE(what_is_no_code_is_none) {
    http::response odd;
    odd.status = 503;
    for (auto body :
         {"",
          "<html>",
          "<Error><Code></Code></Error>",
          "<Error/>",
          "<Error><Code>a b</Code>",
          "{\"code\":1}",
          "<!DOCTYPE x><Error><Code>A</Code></Error>"}) {
        odd.body = body;
        BOOST_TEST(storage_error_code(odd).empty(), body);
    }
    odd.body = xml(std::string(65, 'a'));
    BOOST_TEST(storage_error_code(odd).empty());
    auto forged = answer(503, "a\nb");
    BOOST_TEST(storage_error_code(forged).empty());
}

BOOST_AUTO_TEST_CASE(carries_the_wish_to_wait_and_the_request_id) {
    auto busy = answer(503, "ServerBusy");
    busy.headers.add("Retry-After", "7");
    busy.headers.add("x-ms-request-id", "3f1");
    auto failed = storage_failure(busy, "put blob to https://a/c");
    BOOST_TEST((failed.retry_after == 7s));
    BOOST_TEST(failed.request_id == "3f1");
    BOOST_TEST(failed.detail.starts_with("put blob to https://a/c: 503 ServerBusy; "));
}

BOOST_AUTO_TEST_CASE(an_answer_that_waiting_does_not_overcome_is_unforeseen) {
    auto refused = [](unsigned status, std::string code) {
        return azure::is_unforeseen(storage_failure(answer(status, std::move(code)), ""));
    };
    BOOST_TEST(refused(400, "InvalidAuthenticationInfo"));
    BOOST_TEST(refused(404, "TableNotFound"));
    BOOST_TEST(refused(409, "AccountBeingCreated"));
    BOOST_TEST(refused(302, ""));
    BOOST_TEST(refused(200, ""));
    // A SAS that has ended, an account that is busy, damage on the way, the blob itself.
    BOOST_TEST(!refused(403, "AuthenticationFailed"));
    BOOST_TEST(!refused(401, ""));
    BOOST_TEST(!refused(503, "ServerBusy"));
    BOOST_TEST(!refused(500, ""));
    BOOST_TEST(!refused(429, ""));
    BOOST_TEST(!refused(408, ""));
    BOOST_TEST(!refused(400, "Md5Mismatch"));
    BOOST_TEST(!refused(413, "RequestBodyTooLarge"));
    BOOST_TEST(!refused(500, "InternalError"));
    BOOST_TEST(!refused(500, "OperationTimedOut"));
    BOOST_TEST(!azure::is_unforeseen({errc::connection_reset, remedy::reroute, ""}));
}

BOOST_AUTO_TEST_CASE(reads_the_code_of_every_form_of_error) {
    auto code = [](std::string body) {
        return azure::storage_error_code({400, {}, std::move(body)});
    };
    BOOST_TEST(code(R"({"odata.error":{"code":"TableNotFound"}})") == "TableNotFound");
    BOOST_TEST(code(R"({"error":{"code":"TableNotFound"}})") == "TableNotFound");
    BOOST_TEST(
        code("\xEF\xBB\xBF "
             R"({"odata.error":{"code":"TableNotFound"}})") == "TableNotFound"
    );
    BOOST_TEST(code("<error><code>TableNotFound</code></error>") == "TableNotFound");
    BOOST_TEST(code("<m:error><m:code>TableNotFound</m:code></m:error>") == "TableNotFound");
    BOOST_TEST(code(R"({"odata.error":{"code":5}})").empty());
    BOOST_TEST(code(R"({"odata.error":"TableNotFound"})").empty());
    BOOST_TEST(code("{" + std::string(100'000, ' ') + "}").empty());
}

BOOST_AUTO_TEST_CASE(a_refusal_below_300_is_not_the_answer_of_a_storage_service) {
    auto failed = storage_failure(answer(206, ""), "x");
    BOOST_TEST((failed.next == remedy::reroute));
}

BOOST_AUTO_TEST_SUITE_END()
