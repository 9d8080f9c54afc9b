#include "emulator/storage/sas.hpp"

#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;

namespace {

// Azurite's well-known development key; the signatures below were computed with another program.
constexpr std::string_view key =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

wall_time at(std::string_view text) { return parse_iso8601(text).value(); }

sas_grant container_grant() {
    sas_grant out;
    out.account = "devstoreaccount1";
    out.resource = "20261123-ingestdata-0";
    out.permissions = "rw";
    out.start = at("2026-11-23T00:00:00Z");
    out.expiry = at("2026-11-27T00:00:00Z");
    return out;
}

exchange asked(std::string query, std::string path) {
    http::incoming request;
    request.target = std::move(path) + "?" + std::move(query);
    request.peer = "127.0.0.1";
    exchange one(std::move(request));
    split_path(one);
    return one;
}

exchange upload_with(std::string query) {
    return asked(std::move(query), "/devstoreaccount1/20261123-ingestdata-0/a.json.gz");
}

std::string result_of(const exchange& one, sas_demand demand, std::string_view time) {
    auto error = check_sas(one, demand, key, at(time));
    return error ? error->code : "admitted";
}

const sas_demand to_write{storage_service::blob, "wc", "", 'o'};
const auto noon = "2026-11-24T12:00:00Z";

std::string signature_of(const std::string& query) {
    return std::string(asked(query, "/").parameter("sig").value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sas)

BOOST_AUTO_TEST_CASE(signs_a_container_as_version_2018_03_28_wants_it) {
    BOOST_TEST(
        signature_of(service_sas(container_grant(), key)) ==
        "bMVt9uzhIa+1kZg5m1V53n9U1rlKetDGMIO9wvkc2QQ="
    );
}

BOOST_AUTO_TEST_CASE(signs_a_container_as_version_2018_11_09_wants_it) {
    auto grant = container_grant();
    grant.version = "2018-11-09";
    BOOST_TEST(
        signature_of(service_sas(grant, key)) == "hw/EpHNHs/5NoO+fz08Re4k7R7/XFU8ZBjspu2Hrp/8="
    );
}

BOOST_AUTO_TEST_CASE(signs_a_container_as_version_2020_12_06_wants_it) {
    auto grant = container_grant();
    grant.version = "2020-12-06";
    BOOST_TEST(
        signature_of(service_sas(grant, key)) == "oDzvy+8Wo+CST9HNjJtawFPqhSZCcrUB+7ZMldD/hJ4="
    );
}

BOOST_AUTO_TEST_CASE(signs_a_queue) {
    auto grant = container_grant();
    grant.service = storage_service::queue;
    grant.resource = "readyforaggregation-secured-0";
    grant.permissions = "a";
    grant.version = "2022-11-02";
    BOOST_TEST(
        signature_of(service_sas(grant, key)) == "oJm94c9WbZqINt+/AWwJsCua/MEWXYT+y5PZzTxqNYc="
    );
}

BOOST_AUTO_TEST_CASE(signs_a_table) {
    auto grant = container_grant();
    grant.service = storage_service::table;
    grant.resource = "ingestionsstatus";
    grant.permissions = "raud";
    BOOST_TEST(
        signature_of(service_sas(grant, key)) == "n9RclXPo9F0y08DrEheSpxhjUMZdqsTk13kFrIIhyI8="
    );
}

BOOST_AUTO_TEST_CASE(signs_a_whole_account) {
    account_sas_grant grant;
    grant.account = "devstoreaccount1";
    grant.start = at("2026-11-23T00:00:00Z");
    grant.expiry = at("2026-11-27T00:00:00Z");
    BOOST_TEST(
        signature_of(account_sas(grant, key)) == "5jVsBA1U9FlywF85iyV/WDtkUTrti+9kjJRCCUElDYI="
    );
}

BOOST_AUTO_TEST_CASE(admits_what_it_grants) {
    auto one = upload_with(service_sas(container_grant(), key));
    BOOST_TEST(result_of(one, to_write, noon) == "admitted");
}

BOOST_AUTO_TEST_CASE(admits_whatever_the_client_appends_to_the_query) {
    auto one = upload_with(service_sas(container_grant(), key) + "&comp=block&blockid=YQ%3D%3D");
    BOOST_TEST(result_of(one, to_write, noon) == "admitted");
}

BOOST_AUTO_TEST_CASE(refuses_before_its_time_and_after_it) {
    auto one = upload_with(service_sas(container_grant(), key));
    BOOST_TEST(result_of(one, to_write, "2026-11-22T23:59:59Z") == "AuthenticationFailed");
    BOOST_TEST(result_of(one, to_write, "2026-11-23T00:00:00Z") == "admitted");
    BOOST_TEST(result_of(one, to_write, "2026-11-26T23:59:59Z") == "admitted");
    BOOST_TEST(result_of(one, to_write, "2026-11-27T00:00:00Z") == "AuthenticationFailed");
}

BOOST_AUTO_TEST_CASE(refuses_what_was_changed_after_signing) {
    auto query = service_sas(container_grant(), key);
    auto longer = query;
    longer.replace(longer.find("2026-11-27"), 10, "2027-11-27");
    BOOST_TEST(result_of(upload_with(longer), to_write, noon) == "AuthenticationFailed");
    auto wider = query;
    wider.replace(wider.find("sp=rw"), 5, "sp=rwd");
    BOOST_TEST(result_of(upload_with(wider), to_write, noon) == "AuthenticationFailed");
}

BOOST_AUTO_TEST_CASE(refuses_another_container) {
    auto one = asked(service_sas(container_grant(), key), "/devstoreaccount1/other/a.json.gz");
    BOOST_TEST(result_of(one, to_write, noon) == "AuthenticationFailed");
}

BOOST_AUTO_TEST_CASE(refuses_another_account) {
    auto one = asked(service_sas(container_grant(), key), "/another/20261123-ingestdata-0/a");
    BOOST_TEST(result_of(one, to_write, noon) == "AuthenticationFailed");
}

BOOST_AUTO_TEST_CASE(refuses_what_it_does_not_grant) {
    auto one = upload_with(service_sas(container_grant(), key));
    sas_demand to_delete{storage_service::blob, "d", "", 'o'};
    BOOST_TEST(result_of(one, to_delete, noon) == "AuthorizationPermissionMismatch");
}

BOOST_AUTO_TEST_CASE(refuses_a_request_without_any) {
    BOOST_TEST(result_of(upload_with(""), to_write, noon) == "NoAuthenticationInformation");
}

BOOST_AUTO_TEST_CASE(admits_with_an_account_sas_within_its_services_and_types) {
    account_sas_grant grant;
    grant.account = "devstoreaccount1";
    grant.services = "b";
    grant.resource_types = "o";
    grant.start = at("2026-11-23T00:00:00Z");
    grant.expiry = at("2026-11-27T00:00:00Z");
    BOOST_TEST(result_of(upload_with(account_sas(grant, key)), to_write, noon) == "admitted");
    grant.services = "q";
    BOOST_TEST(
        result_of(upload_with(account_sas(grant, key)), to_write, noon) ==
        "AuthorizationServiceMismatch"
    );
    grant.services = "b";
    grant.resource_types = "c";
    BOOST_TEST(
        result_of(upload_with(account_sas(grant, key)), to_write, noon) ==
        "AuthorizationResourceTypeMismatch"
    );
}

BOOST_AUTO_TEST_SUITE_END()
