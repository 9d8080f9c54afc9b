#include "kusto/streaming/streaming_request.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;

namespace {

const auto engine = *http::url::parse("https://c.westeurope.kusto.windows.net");

streamed_source web() {
    streamed_source out;
    out.id = "123a6999-411e-4226-a333-a79992dd9b95";
    out.attempt = 2;
    out.database = "Logs";
    out.table = "Web";
    return out;
}

std::string header(const http::request& from, std::string_view name) {
    return std::string(from.headers.find(name).value_or("none"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(streaming_requests)

BOOST_AUTO_TEST_CASE(name_their_target_in_the_path) {
    auto what = web();
    BOOST_TEST(
        streaming_target(engine, what).reveal() ==
        "https://c.westeurope.kusto.windows.net/v1/rest/ingest/Logs/Web?streamFormat=csv"
    );
    what.database = "My Logs";
    what.table = "a/b?";
    what.format = data_format::multijson;
    what.mapping_reference = "M&N";
    BOOST_TEST(
        streaming_target(engine, what).target() ==
        "/v1/rest/ingest/My%20Logs/a%2Fb%3F?streamFormat=multijson&mappingName=M%26N"
    );
}

BOOST_AUTO_TEST_CASE(carry_the_bytes_and_who_sends_them) {
    auto what = web();
    auto plain = streaming_request(engine, what, "1,2\n", "0.1.0");
    BOOST_TEST((plain.method == http::verb::post));
    BOOST_TEST(plain.payload() == "1,2\n");
    BOOST_TEST(!plain.idempotent);
    BOOST_TEST(header(plain, "Content-Encoding") == "none");
    BOOST_TEST(header(plain, "Content-Type") == "application/octet-stream");
    BOOST_TEST(
        header(plain, "x-ms-client-request-id") ==
        "KCC.executeStreamingIngest;123a6999-411e-4226-a333-a79992dd9b95;2"
    );
    BOOST_TEST(header(plain, "x-ms-app") == "kustodrop");
    BOOST_TEST(header(plain, "x-ms-client-version") == "Kusto.Kustodrop:{0.1.0}");
    what.gzip = true;
    BOOST_TEST(header(streaming_request(engine, what, "x", ""), "Content-Encoding") == "gzip");
}

BOOST_AUTO_TEST_CASE(go_to_the_query_endpoint) {
    auto place = [](const char* text, const trusted_hosts& trusted = {}) {
        auto out = streaming_endpoint(*http::url::parse(text), trusted);
        return out ? out->origin() : out.error().code.text();
    };
    BOOST_TEST(
        place("https://ingest-c.westeurope.kusto.windows.net") ==
        "https://c.westeurope.kusto.windows.net"
    );
    BOOST_TEST(
        place("https://ingest-trd-x.z0.kusto.fabric.microsoft.com") ==
        "https://trd-x.z0.kusto.fabric.microsoft.com"
    );
    BOOST_TEST(place("http://127.0.0.1:8080") == "http://127.0.0.1:8080");
    BOOST_TEST(
        place("https://ingest-c.corp.example", {"ingest-c.corp.example"}) == "untrusted_host"
    );
    BOOST_TEST(
        place("https://ingest-c.corp.example", {".corp.example"}) == "https://c.corp.example"
    );
    BOOST_TEST(place("http://ingest-c.kusto.windows.net") == "untrusted_host");
}

BOOST_AUTO_TEST_SUITE_END()
