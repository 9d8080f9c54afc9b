#include "azure/identity/managed/managed_identity.hpp"

#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <map>

using namespace kustodrop;

namespace {

constexpr auto token_body =
    R"({"access_token":"eyJ","expires_in":"86399","token_type":"Bearer","client_id":"c-1"})";

struct machine_world : test::world {
    machine_world() {
        where.resource = "https://kusto.kusto.windows.net";
        where.scope = where.resource + "/.default";
        auto name = (std::filesystem::temp_directory_path() / "identity_test_XXXXXX").string();
        BOOST_TEST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        options.token_directory = name;
        options.facts = [this] {
            auto variable = [this](const std::string& key) -> std::optional<std::string> {
                auto found = variables.find(key);
                if (found == variables.end()) return std::nullopt;
                return found->second;
            };
            return azure::machine_facts{variable, arc};
        };
    }
    ~machine_world() { std::filesystem::remove_all(options.token_directory); }

    auto begin() {
        if (!source) source.emplace(network, clock, options);
        return start(source->fetch(where));
    }
    result<azure::access_token> fetch() {
        auto task = begin();
        if (task->error) std::rethrow_exception(task->error);
        BOOST_TEST_REQUIRE(task->done());
        return *task->value;
    }

    void challenge(const std::string& path) {
        network.answer(401, "", {{"WWW-Authenticate", "Basic realm=" + path}});
    }
    void write_key(const std::string& name, const std::string& text) const {
        std::ofstream(options.token_directory + "/" + name) << text;
    }

    bool arc = false;
    std::map<std::string, std::string> variables;
    azure::managed_identity_options options;
    azure::authority where;
    test::scripted_transport network;
    std::optional<azure::managed_identity_source> source;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(managed_identity_, machine_world)

BOOST_AUTO_TEST_CASE(asks_for_the_resource_not_the_scope) {
    network.answer(200, token_body);
    auto token = fetch();
    BOOST_TEST(token->value.reveal() == "eyJ");
    BOOST_TEST((token->lifetime == 86399s));
    auto url = network.last().target.reveal();
    BOOST_TEST(url.ends_with("resource=https%3A%2F%2Fkusto.kusto.windows.net"));
}

BOOST_AUTO_TEST_CASE(the_first_probe_is_short_until_something_has_answered) {
    network.fail({errc::connect_timeout, remedy::retry, "no answer"});
    auto failed = fetch().error();
    BOOST_TEST(failed.code == errc::no_managed_identity);
    BOOST_TEST((failed.next == remedy::reconfigure));
    BOOST_TEST(failed.message().find("this machine is not an Azure VM") != std::string::npos);
    BOOST_TEST((network.last().connect_timeout == 1s));
    network.answer(200, token_body);
    fetch();
    BOOST_TEST((network.last().connect_timeout == 1s));
    network.fail({errc::connect_timeout, remedy::retry, "no answer"});
    auto outage = fetch().error();
    BOOST_TEST(outage.code == errc::connect_timeout);
    BOOST_TEST((outage.next == remedy::retry));
    BOOST_TEST(!network.last().connect_timeout.has_value());
}

BOOST_AUTO_TEST_CASE(a_metadata_service_that_is_upgraded_is_waited_for) {
    for (int i = 0; i < 7; ++i) network.answer(410, "");
    network.answer(200, token_body);
    auto task = begin();
    for (int i = 0; i < 7; ++i) {
        BOOST_TEST(!task->done());
        pass(10s);
    }
    BOOST_TEST_REQUIRE(task->done());
    BOOST_TEST(task->value->has_value());
    BOOST_TEST(network.sent.size() == 8u);
}

BOOST_AUTO_TEST_CASE(what_does_not_pass_is_reported_after_the_last_try) {
    for (int i = 0; i < 4; ++i) network.answer(404, "");
    auto task = begin();
    for (auto wait : {1s, 2s, 4s}) {
        BOOST_TEST(!task->done());
        pass(wait);
    }
    BOOST_TEST_REQUIRE(task->done());
    BOOST_TEST((*task->value).error().message().find("system-assigned") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unknown_identity_is_reported_with_its_keys) {
    options.choice.client_id = "c-2";
    network.answer(400, R"({"error":"invalid_request","error_description":"Identity not found"})");
    auto failed = fetch().error();
    BOOST_TEST((failed.next == remedy::reconfigure));
    BOOST_TEST(failed.detail.find("Identity not found") != std::string::npos);
    BOOST_TEST(failed.message().find("auth.client_id") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(app_service_says_why_in_its_own_form) {
    variables = {{"IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi"}, {"IDENTITY_HEADER", "h"}};
    network.answer(400, R"({"statusCode":400,"message":"No MSI found"})");
    BOOST_TEST(fetch().error().detail.find("No MSI found") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(arc_is_shown_the_file_that_it_asks_for) {
    arc = true;
    write_key("one.key", "k3y");
    challenge(options.token_directory + "/one.key");
    network.answer(200, token_body);
    BOOST_TEST(fetch()->value.reveal() == "eyJ");
    BOOST_TEST(network.sent.size() == 2u);
    BOOST_TEST(network.header("Authorization") == "Basic k3y");
    BOOST_TEST(network.header("Metadata") == "true");
    BOOST_TEST((network.sent[0].target == network.sent[1].target));
    BOOST_TEST(!network.sent[0].headers.find("Authorization").has_value());
}

BOOST_AUTO_TEST_CASE(a_rogue_agent_has_nothing_read_to_it) {
    arc = true;
    write_key("one.key", "k3y");
    for (auto& path :
         {std::string("/etc/passwd"),
          options.token_directory + "/../one.key",
          options.token_directory + "/one.pem",
          std::string()}) {
        challenge(path);
        auto before = network.sent.size();
        BOOST_TEST(fetch().error().code == errc::arc_challenge);
        BOOST_TEST(network.sent.size() == before + 1);
    }
}

BOOST_AUTO_TEST_CASE(arc_that_refuses_its_own_key_is_reported) {
    arc = true;
    write_key("one.key", "k3y");
    challenge(options.token_directory + "/one.key");
    network.answer(401, "");
    BOOST_TEST(fetch().error().message().find("restart its service") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(arc_that_is_not_running_is_reported) {
    arc = true;
    network.fail({errc::connect_refused, remedy::retry, "refused"});
    auto failed = fetch().error();
    BOOST_TEST((failed.next == remedy::retry));
    BOOST_TEST(failed.message().find("systemctl start himdsd") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(arc_must_say_whose_token_it_gives) {
    arc = true;
    options.choice.client_id = "C-1";
    network.answer(200, token_body);
    BOOST_TEST(fetch().has_value());
    for (auto* body :
         {R"({"access_token":"t","expires_in":60})",
          R"({"access_token":"t","expires_in":60,"client_id":"c-2"})"}) {
        network.answer(200, body);
        BOOST_TEST(fetch().error().code == errc::no_managed_identity);
    }
}

BOOST_AUTO_TEST_CASE(a_broken_network_and_a_strange_machine_are_passed_on) {
    network.fail({errc::answer_too_large, remedy::retry, "large"});
    BOOST_TEST(fetch().error().code == errc::answer_too_large);
    variables = {{"MSI_ENDPOINT", "http://127.0.0.1:1/msi"}};
    BOOST_TEST(fetch().error().code == errc::no_managed_identity);
}

BOOST_AUTO_TEST_SUITE_END()
