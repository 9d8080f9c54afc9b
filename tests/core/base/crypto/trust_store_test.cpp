#include "base/crypto/trust_store.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

using namespace kustodrop;

namespace {

/// A variable of the environment, for the life of the object.
class variable {
public:
    variable(const char* name, const std::string& value) : name_(name) {
        if (auto* before = std::getenv(name)) before_ = before;
        if (value.empty()) {
            ::unsetenv(name);
        } else {
            ::setenv(name, value.c_str(), 1);
        }
    }
    ~variable() {
        if (before_.empty()) {
            ::unsetenv(name_);
        } else {
            ::setenv(name_, before_.c_str(), 1);
        }
    }
    variable(const variable&) = delete;

private:
    const char* name_;
    std::string before_;
};

struct machine {
    std::filesystem::path folder;
    variable no_file{"SSL_CERT_FILE", ""};
    variable no_directory{"SSL_CERT_DIR", ""};

    machine() {
        auto pattern = (std::filesystem::temp_directory_path() / "trust-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp failed");
        folder = pattern;
    }
    ~machine() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    machine(const machine&) = delete;

    std::string root() const { return folder.string(); }

    std::string add(const std::string& path, const std::string& text = "-----BEGIN") {
        auto whole = folder / path;
        std::filesystem::create_directories(whole.parent_path());
        std::ofstream(whole) << text;
        return whole.string();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(trust_store_, machine)

BOOST_AUTO_TEST_CASE(each_distribution_keeps_it_in_a_place_of_its_own) {
    for (auto* path :
         {"etc/ssl/certs/ca-certificates.crt",
          "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
          "etc/pki/tls/certs/ca-bundle.crt",
          "var/lib/ca-certificates/ca-bundle.pem",
          "etc/ssl/ca-bundle.pem",
          "etc/ssl/cert.pem",
          "usr/local/share/certs/ca-root-nss.crt"}) {
        machine other;
        auto whole = other.add(path);
        BOOST_TEST_CONTEXT(path) {
            auto found = find_trust_store(other.root());
            BOOST_TEST(found.bundle == whole);
            BOOST_TEST(found.directory.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(hashed_names_are_preferred_for_less_is_read) {
    add("etc/ssl/certs/ca-certificates.crt");
    add("etc/ssl/certs/4042bcee.0");
    auto found = find_trust_store(root());
    BOOST_TEST(found.bundle.empty());
    BOOST_TEST(found.directory == root() + "/etc/ssl/certs");
}

BOOST_AUTO_TEST_CASE(other_names_are_no_hashes) {
    for (auto* name :
         {"ca.pem", "4042bcee", "4042bcee.r0", "4042bceg.0", "README", "4042bceea.0"}) {
        add(std::string("etc/ssl/certs/") + name);
    }
    BOOST_TEST(find_trust_store(root()).is_empty());
}

BOOST_AUTO_TEST_CASE(an_empty_bundle_is_none) {
    add("etc/ssl/certs/ca-certificates.crt", "");
    auto second = add("etc/ssl/cert.pem");
    BOOST_TEST(find_trust_store(root()).bundle == second);
}

BOOST_AUTO_TEST_CASE(a_folder_in_place_of_the_bundle_is_none) {
    std::filesystem::create_directories(folder / "etc/ssl/cert.pem");
    BOOST_TEST(find_trust_store(root()).is_empty());
}

BOOST_AUTO_TEST_CASE(the_environment_replaces_each) {
    add("etc/ssl/certs/4042bcee.0");
    auto own = add("own.pem");
    auto list = root() + "/none:" + root() + "/list";
    add("list/11112222.1");
    {
        variable file("SSL_CERT_FILE", own);
        auto found = find_trust_store(root());
        BOOST_TEST(found.bundle == own);
        BOOST_TEST(found.directory == root() + "/etc/ssl/certs");
    }
    variable directories("SSL_CERT_DIR", list);
    auto found = find_trust_store(root());
    BOOST_TEST(found.bundle.empty());
    BOOST_TEST(found.directory == list);
}

BOOST_AUTO_TEST_CASE(an_environment_that_names_nothing_is_reported_as_such) {
    add("etc/ssl/cert.pem");
    variable file("SSL_CERT_FILE", root() + "/absent.pem");
    BOOST_TEST(find_trust_store(root()).is_empty());
    BOOST_TEST(empty_trust_store_hint().find("SSL_CERT_FILE is ") == 0u);
}

BOOST_AUTO_TEST_CASE(an_empty_folder_of_the_environment_too) {
    variable directories("SSL_CERT_DIR", root());
    BOOST_TEST(find_trust_store(root()).is_empty());
    BOOST_TEST(empty_trust_store_hint().find("SSL_CERT_DIR is ") == 0u);
}

BOOST_AUTO_TEST_CASE(a_bare_machine_is_given_three_ways_out) {
    auto hint = empty_trust_store_hint();
    for (auto* way : {"ca-certificates", "SSL_CERT_FILE", "network.ca_file"}) {
        BOOST_TEST(hint.find(way) != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
