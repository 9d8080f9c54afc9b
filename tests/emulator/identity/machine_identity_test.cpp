#include "emulator/identity/machine_identity.hpp"

#include "base/text.hpp"
#include "emulator/identity/token_service.hpp"
#include "emulator/storage/storage_fixture.hpp"

#include <boost/json.hpp>

#include <filesystem>

using namespace kustodrop;
using namespace kustodrop::emulator;
namespace json = boost::json;

namespace {

struct machine_world : emulator::test::storage {
    machine_world() { entra.set_endpoint("http://127.0.0.1:4"); }

    identity_options options() const {
        identity_options out;
        out.arc_token_directory = (home.path / "tokens").string();
        return out;
    }

    http::response get(std::string_view path, std::string query, http::headers headers) {
        auto target = http::url::parse("http://127.0.0.1:4")->with_path(path);
        auto url = target.with_parameters("resource=" + percent_encode(resource) + "&" + query);
        return ask(entra, http::verb::get, url, "", std::move(headers)).answer;
    }
    http::response imds(const std::string& more) {
        auto query = "api-version=2018-02-01&" + more;
        return get(machine_identity::imds_path, query, {{"Metadata", "true"}});
    }
    http::response app_service(const std::string& header, const std::string& more) {
        auto query = "api-version=2019-08-01&" + more;
        return get(machine_identity::app_service_path, query, {{"X-IDENTITY-HEADER", header}});
    }
    http::response arc(std::optional<std::string> authorization) {
        http::headers headers{{"Metadata", "true"}};
        if (authorization) headers.add("Authorization", *authorization);
        return get(machine_identity::arc_path, "api-version=2020-06-01", std::move(headers));
    }
    bool is_token(const http::response& answer) const {
        if (answer.status != 200) return false;
        auto body = json::parse(answer.body).as_object();
        return body.at("expires_on").is_string() &&
               tokens.is_valid(std::string_view(body.at("access_token").as_string()));
    }

    token_issuer tokens{clock, options()};
    token_service entra{clock, random, tokens};
    std::string resource = "https://kusto.kusto.windows.net";
};

std::string content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(machine_identity_, machine_world)

BOOST_AUTO_TEST_CASE(a_virtual_machine_has_one_identity_by_any_of_its_names) {
    auto& known = tokens.options();
    BOOST_TEST(is_token(imds("")));
    BOOST_TEST(is_token(imds("client_id=" + known.client_id)));
    BOOST_TEST(is_token(imds("object_id=" + known.object_id)));
    BOOST_TEST(is_token(imds("msi_res_id=" + percent_encode(known.resource_id))));
    for (auto* other : {"client_id=x", "object_id=x", "msi_res_id=x"}) {
        auto answer = imds(other);
        BOOST_TEST(answer.status == 400u);
        BOOST_TEST(answer.body.find("Identity not found") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(writes_the_end_of_a_token_in_the_chosen_form) {
    auto now = *parse_iso8601("2026-09-04T13:05:09Z");
    clock.advance(now - clock.wall_now());
    for (auto [form, expected] : std::initializer_list<std::pair<std::string, std::string>>{
             {"us", "9/4/2026 2:05:09 PM +00:00"}, {"iso", "2026-09-04T14:05:09+00:00"}}) {
        auto chosen = options();
        chosen.expires_on_format = form;
        token_issuer other{clock, chosen};
        machine_identity machine{clock, random, other};
        http::incoming request;
        request.target = std::string(machine_identity::imds_path) +
                         "?api-version=2018-02-01&resource=" + percent_encode(resource);
        request.headers.add("Metadata", "true");
        exchange one(std::move(request));
        one.operation = "imds_token";
        auto body = json::parse(machine.answer(one, "issuer").body).as_object();
        BOOST_TEST(std::string_view(body.at("expires_on").as_string()) == expected);
    }
}

BOOST_AUTO_TEST_CASE(a_virtual_machine_wants_its_header_version_and_resource) {
    BOOST_TEST(get(machine_identity::imds_path, "api-version=2018-02-01", {}).status == 400u);
    BOOST_TEST(get(machine_identity::imds_path, "", {{"Metadata", "true"}}).status == 400u);
    resource = "https://other";
    BOOST_TEST(imds("").status == 400u);
    BOOST_TEST(app_service(tokens.options().identity_header, "").status == 400u);
    BOOST_TEST(arc(std::nullopt).status == 400u);
}

BOOST_AUTO_TEST_CASE(a_slash_at_the_end_makes_no_difference) {
    auto path = std::string(machine_identity::imds_path) + "/";
    BOOST_TEST(is_token(get(path, "api-version=2018-02-01", {{"Metadata", "true"}})));
}

BOOST_AUTO_TEST_CASE(app_service_wants_its_header) {
    auto& known = tokens.options();
    BOOST_TEST(is_token(app_service(known.identity_header, "")));
    BOOST_TEST(is_token(app_service(known.identity_header, "principal_id=" + known.object_id)));
    BOOST_TEST(app_service("another", "").status == 401u);
    BOOST_TEST(app_service(known.identity_header, "client_id=x").status == 400u);
    auto answer = app_service(known.identity_header, "");
    BOOST_TEST(!json::parse(answer.body).as_object().contains("expires_in"));
}

BOOST_AUTO_TEST_CASE(arc_wants_the_content_of_a_file_that_is_used_once) {
    auto challenge = arc(std::nullopt);
    BOOST_TEST(challenge.status == 401u);
    auto said = std::string(challenge.headers.find("WWW-Authenticate").value_or(""));
    BOOST_TEST(said.starts_with("Basic realm=" + tokens.options().arc_token_directory + "/"));
    BOOST_TEST(said.ends_with(".key"));
    auto path = said.substr(12);
    auto key = content(path);
    BOOST_TEST(!key.empty());
    auto rights = std::filesystem::status(path).permissions();
    BOOST_TEST((rights == static_cast<std::filesystem::perms>(0640)));
    BOOST_TEST(arc("Basic " + key + "x").status == 403u);
    BOOST_TEST(arc("Bearer " + key).status == 403u);
    BOOST_TEST(is_token(arc("Basic " + key)));
    BOOST_TEST(!std::filesystem::exists(path));
    BOOST_TEST(arc("Basic " + key).status == 403u);
}

BOOST_AUTO_TEST_CASE(arc_leaves_no_endless_row_of_files) {
    for (int i = 0; i < 150; ++i) arc(std::nullopt);
    std::filesystem::directory_iterator files(tokens.options().arc_token_directory);
    BOOST_TEST(std::distance(begin(files), end(files)) == 100);
}

BOOST_AUTO_TEST_CASE(troubles_come_on_demand) {
    std::vector<fault_rule> rules;
    fault_plan::parse(
        R"([{"service":"token","operation":"imds_token","count":1,"action":{"status":410}},)"
        R"({"service":"token","operation":"imds_token","count":1,)"
        R"("action":{"status":429,"retry_after":"2"}}])",
        rules
    );
    for (auto& rule : rules) door.faults().add(rule);
    BOOST_TEST(imds("").status == 410u);
    auto busy = imds("");
    BOOST_TEST(busy.status == 429u);
    BOOST_TEST(busy.headers.find("Retry-After").value_or("") == "2");
    BOOST_TEST(is_token(imds("")));
}

BOOST_AUTO_TEST_CASE(an_old_secret_is_known_to_have_expired) {
    auto& known = tokens.options();
    auto old = known.client_secret;
    auto ask_with = [&](const std::string& secret) {
        auto target = http::url::parse("http://127.0.0.1:4")
                          ->with_path("/" + known.tenant + "/oauth2/v2.0/token");
        auto form = "grant_type=client_credentials&client_id=" + known.client_id +
                    "&client_secret=" + percent_encode(secret) +
                    "&scope=" + percent_encode(known.resource + "/.default");
        return ask(entra, http::verb::post, target, form, {}).answer;
    };
    tokens.replace_client_secret("new");
    BOOST_TEST(ask_with(old).body.find("AADSTS7000222") != std::string::npos);
    BOOST_TEST(ask_with("wrong").body.find("AADSTS7000215") != std::string::npos);
    BOOST_TEST(ask_with("new").status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()
