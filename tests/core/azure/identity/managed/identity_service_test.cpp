#include "azure/identity/managed/identity_service.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace kustodrop;
using azure::identity_kind;

namespace {

using variables = std::map<std::string, std::string>;

azure::machine_facts facts_of(variables set, bool arc = false) {
    auto variable = [set](const std::string& name) -> std::optional<std::string> {
        auto found = set.find(name);
        if (found == set.end()) return std::nullopt;
        return found->second;
    };
    return {variable, arc};
}

azure::identity_service found(variables set, bool arc = false) {
    auto service = azure::find_identity_service(facts_of(std::move(set), arc));
    BOOST_TEST_REQUIRE(service.has_value());
    return *service;
}

std::string refused(variables set) {
    auto service = azure::find_identity_service(facts_of(std::move(set)));
    BOOST_TEST_REQUIRE(service.has_error());
    BOOST_TEST((service.error().next == remedy::reconfigure));
    return service.error().detail;
}

const auto endpoint = "http://127.0.0.1:41/msi/token";

std::string asked(const azure::identity_service& service, azure::identity_choice choice = {}) {
    return azure::identity_request(service, "https://r", choice).target.reveal();
}

std::string header(const azure::identity_service& service, std::string_view name) {
    auto request = azure::identity_request(service, "https://r", {});
    return std::string(request.headers.find(name).value_or("(none)"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(identity_service_)

BOOST_AUTO_TEST_CASE(is_the_metadata_service_where_nothing_else_is) {
    auto service = found({});
    BOOST_TEST((service.kind == identity_kind::imds));
    BOOST_TEST(
        asked(service) ==
        "http://169.254.169.254/metadata/identity/oauth2/token?"
        "api-version=2018-02-01&resource=https%3A%2F%2Fr"
    );
    BOOST_TEST(header(service, "Metadata") == "true");
}

BOOST_AUTO_TEST_CASE(the_metadata_service_may_be_elsewhere_on_this_machine) {
    for (auto* host : {"http://127.0.0.1:50342", "http://127.0.0.1:50342/"}) {
        auto service = found({{"AZURE_POD_IDENTITY_AUTHORITY_HOST", host}});
        BOOST_TEST(
            service.endpoint.redacted() == "http://127.0.0.1:50342/metadata/identity/oauth2/token"
        );
    }
}

BOOST_AUTO_TEST_CASE(is_app_service_where_endpoint_and_header_are_given) {
    auto service = found({{"IDENTITY_ENDPOINT", endpoint}, {"IDENTITY_HEADER", "h"}}, true);
    BOOST_TEST((service.kind == identity_kind::app_service));
    BOOST_TEST(
        asked(service) ==
        "http://127.0.0.1:41/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fr"
    );
    BOOST_TEST(header(service, "X-IDENTITY-HEADER") == "h");
    BOOST_TEST(header(service, "Metadata") == "(none)");
}

BOOST_AUTO_TEST_CASE(is_the_retired_app_service_before_arc) {
    auto service = found({{"MSI_ENDPOINT", endpoint}, {"MSI_SECRET", "s"}}, true);
    BOOST_TEST((service.kind == identity_kind::app_service_2017));
    BOOST_TEST(asked(service).find("api-version=2017-09-01") != std::string::npos);
    BOOST_TEST(header(service, "secret") == "s");
}

BOOST_AUTO_TEST_CASE(is_arc_by_its_variables_or_by_its_program) {
    auto by_variables =
        found({{"IDENTITY_ENDPOINT", endpoint}, {"IMDS_ENDPOINT", "http://127.0.0.1:40342"}});
    BOOST_TEST((by_variables.kind == identity_kind::arc));
    BOOST_TEST(by_variables.endpoint.redacted() == endpoint);
    auto by_program = found({}, true);
    BOOST_TEST((by_program.kind == identity_kind::arc));
    BOOST_TEST(
        asked(by_program) ==
        "http://127.0.0.1:40342/metadata/identity/oauth2/token?"
        "api-version=2020-06-01&resource=https%3A%2F%2Fr"
    );
    BOOST_TEST(header(by_program, "Metadata") == "true");
}

BOOST_AUTO_TEST_CASE(what_is_not_served_is_reported) {
    BOOST_TEST(refused({{"MSI_ENDPOINT", endpoint}}).find("Cloud Shell") != std::string::npos);
    BOOST_TEST(
        refused({{"IDENTITY_ENDPOINT", endpoint},
                 {"IDENTITY_HEADER", "h"},
                 {"IDENTITY_SERVER_THUMBPRINT", "t"}}
        ).find("Service Fabric") != std::string::npos
    );
}

BOOST_AUTO_TEST_CASE(nobody_beyond_this_link_is_asked) {
    for (auto* elsewhere :
         {"http://10.0.0.1/token",
          "http://identity.example/token",
          "http://169.254.example/token",
          "http://169.254.169.254.example/token",
          "https://127.0.0.1/token",
          "not a url",
          "http://user@127.0.0.1/token"}) {
        auto detail = refused({{"IDENTITY_ENDPOINT", elsewhere}, {"IDENTITY_HEADER", "h"}});
        BOOST_TEST(
            detail.find("IDENTITY_ENDPOINT names no identity endpoint") != std::string::npos,
            elsewhere
        );
        refused({{"AZURE_POD_IDENTITY_AUTHORITY_HOST", elsewhere}});
    }
    found({{"IDENTITY_ENDPOINT", "http://169.254.130.2:8081/msi"}, {"IDENTITY_HEADER", "h"}});
    found({{"IDENTITY_ENDPOINT", "http://localhost:8081/msi"}, {"IDENTITY_HEADER", "h"}});
}

BOOST_AUTO_TEST_CASE(each_service_has_its_own_message_for_an_identity) {
    auto imds = found({});
    auto web = found({{"IDENTITY_ENDPOINT", endpoint}, {"IDENTITY_HEADER", "h"}});
    auto ends = [](const std::string& url, std::string_view wanted) {
        BOOST_TEST(url.ends_with(wanted), url);
    };
    ends(asked(imds, {"c 1", "", ""}), "&client_id=c%201");
    ends(asked(imds, {"", "o", ""}), "&object_id=o");
    ends(asked(imds, {"", "", "/s/r"}), "&msi_res_id=%2Fs%2Fr");
    ends(asked(web, {"c", "", ""}), "&client_id=c");
    ends(asked(web, {"", "o", ""}), "&principal_id=o");
    ends(asked(web, {"", "", "/s"}), "&mi_res_id=%2Fs");
    auto retired = found({{"MSI_ENDPOINT", endpoint}, {"MSI_SECRET", "s"}});
    ends(asked(retired, {"c", "", ""}), "&clientid=c");
}

BOOST_AUTO_TEST_CASE(the_metadata_service_is_asked_again_as_its_rules_say) {
    auto again = [](unsigned status, unsigned tries) {
        return azure::next_try(identity_kind::imds, status, tries, std::nullopt);
    };
    for (unsigned status : {404u, 408u, 429u, 500u, 502u, 504u}) {
        BOOST_TEST((again(status, 1) == 1s));
        BOOST_TEST((again(status, 2) == 2s));
        BOOST_TEST((again(status, 3) == 4s));
        BOOST_TEST(!again(status, 4).has_value());
    }
    for (unsigned tries = 1; tries <= 7; ++tries) BOOST_TEST((again(410, tries) == 10s));
    BOOST_TEST(!again(410, 8).has_value());
    for (unsigned status : {200u, 400u, 401u, 403u}) BOOST_TEST(!again(status, 1).has_value());
}

BOOST_AUTO_TEST_CASE(the_others_are_asked_again_for_less) {
    for (auto kind : {identity_kind::arc, identity_kind::app_service}) {
        for (unsigned status : {404u, 408u, 429u, 500u, 503u, 504u}) {
            BOOST_TEST((azure::next_try(kind, status, 1, std::nullopt) == 1s));
            BOOST_TEST(!azure::next_try(kind, status, 4, std::nullopt).has_value());
        }
        for (unsigned status : {400u, 401u, 403u, 410u, 502u}) {
            BOOST_TEST(!azure::next_try(kind, status, 1, std::nullopt).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_servers_wish_is_a_floor_of_at_most_a_minute) {
    auto kind = identity_kind::app_service;
    BOOST_TEST((azure::next_try(kind, 429, 1, 7s) == 7s));
    BOOST_TEST((azure::next_try(kind, 429, 3, 1s) == 4s));
    BOOST_TEST((azure::next_try(kind, 429, 1, 1h) == 1min));
}

BOOST_AUTO_TEST_SUITE_END()
