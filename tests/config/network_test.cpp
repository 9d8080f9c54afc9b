#include "configuration.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace kustodrop;
using namespace kustodrop::test;

static config::network_settings network_of(
    const std::string& section, std::map<std::string, std::string> variables = {}
) {
    auto loaded = load(minimal() + section, machine{std::move(variables)});
    BOOST_TEST_REQUIRE(printed(loaded) == "");
    return loaded.values.network;
}

BOOST_AUTO_TEST_SUITE(network_)

BOOST_AUTO_TEST_CASE(a_proxy_is_taken_apart_and_its_password_kept_secret) {
    auto network = network_of("network: {proxy: 'http://user:p%40ss@proxy.test:3128'}\n");
    BOOST_TEST(network.proxy == "http://proxy.test:3128");
    BOOST_TEST(network.proxy_authorization.reveal() == "Basic dXNlcjpwQHNz");
}

BOOST_AUTO_TEST_CASE(without_one_the_environment_is_asked) {
    BOOST_TEST(network_of("").proxy == "");
    BOOST_TEST(
        network_of("", {{"HTTPS_PROXY", "p:1"}, {"https_proxy", "q:2"}}).proxy == "http://p:1"
    );
    BOOST_TEST(network_of("", {{"HTTPS_PROXY", ""}, {"https_proxy", "q:2"}}).proxy == "http://q:2");
    BOOST_TEST(network_of("", {{"HTTPS_PROXY", " http://p:1 \t"}}).proxy == "http://p:1");
    BOOST_TEST(
        network_of("network: {proxy: ''}\n", {{"https_proxy", "q:2"}}).proxy == "http://q:2"
    );
    BOOST_TEST(
        network_of("network: {proxy: 'r:3'}\n", {{"HTTPS_PROXY", "p:1"}}).proxy == "http://r:3"
    );
    BOOST_TEST(network_of("", {{"HTTP_PROXY", "p:1"}, {"ALL_PROXY", "p:1"}}).proxy == "");
}

BOOST_AUTO_TEST_CASE(exceptions_come_from_the_key_or_the_environment) {
    BOOST_TEST(network_of("", {{"NO_PROXY", "a.test"}, {"no_proxy", "b"}}).no_proxy == "a.test");
    BOOST_TEST(network_of("", {{"no_proxy", "b"}}).no_proxy == "b");
    BOOST_TEST(network_of("network: {no_proxy: ''}\n", {{"NO_PROXY", "a"}}).no_proxy == "");
    BOOST_TEST(network_of("network: {no_proxy: c}\n", {{"NO_PROXY", "a"}}).no_proxy == "c");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_proxy_never_quotes_it) {
    machine one{{{"HTTPS_PROXY", "ftp://user:hunter2@p"}}};
    BOOST_TEST(
        problems_of(minimal(), one)
            .find("network.proxy: is not given, and HTTPS_PROXY in the environment is not a proxy; "
                  "allowed: "
                  "http://HOST:PORT") != std::string::npos
    );
    for (auto* bad : {"'ftp://u:hunter2@p'", "'http://u:hunter2@p/x'", "'${file:hunter2}'"}) {
        auto problems = problems_of(minimal() + "network: {proxy: " + bad + "}\n");
        BOOST_TEST(problems.find("network.proxy: ") != std::string::npos);
        BOOST_TEST(problems.find("hunter") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_proxys_password_stands_only_in_a_private_file) {
    auto folder =
        std::filesystem::temp_directory_path() / ("network_test_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    auto auth =
        "auth: {kind: client_secret, tenant_id: t, client_id: c, client_secret: '${env:S}'}\n";
    auto problem = [&](const std::string& proxy, ::mode_t mode) {
        auto file = (folder / "k.yaml").string();
        std::ofstream(file) << whole_cluster << auth << whole_watches << "network: {proxy: '"
                            << proxy << "'}\n";
        ::chmod(file.c_str(), mode);
        machine here{{{"S", "s"}, {"P", "http://u:hunter2@p"}}};
        return printed(config::load_file(file, here.environment()));
    };
    BOOST_TEST(problem("http://u:hunter2@p", 0600) == "");
    BOOST_TEST(problem("http://p:3128", 0644) == "");
    BOOST_TEST(problem("${env:P}", 0644) == "");
    auto refused = problem("http://u:hunter2@p", 0644);
    BOOST_TEST(refused.find("network.proxy: holds a literal password") != std::string::npos);
    BOOST_TEST(refused.find("hunter2") == std::string::npos);
    std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()
