#include "azure/identity/managed/arc_key.hpp"

#include "support/skipping.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace kustodrop;

namespace {

constexpr std::string_view tokens = "/var/opt/azcmagent/tokens";

std::string why_not(std::string_view challenge) {
    auto name = azure::challenged_key(challenge, tokens);
    BOOST_TEST_REQUIRE(name.has_error(), challenge);
    BOOST_TEST(name.error().code == errc::arc_challenge);
    BOOST_TEST((name.error().next == remedy::reconfigure));
    return name.error().detail;
}

// A token directory and what lies around it, removed after the test.
struct folder {
    folder() {
        auto name = (std::filesystem::temp_directory_path() / "arc_key_test_XXXXXX").string();
        BOOST_TEST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        root = name;
        directory = (root / "tokens").string();
        std::filesystem::create_directory(directory);
    }
    ~folder() { std::filesystem::remove_all(root); }

    void write(const std::filesystem::path& path, const std::string& text) const {
        std::ofstream(root / path) << text;
    }
    std::string failed(const std::string& name) const {
        auto read = azure::read_arc_key(directory, name);
        BOOST_TEST_REQUIRE(read.has_error(), name);
        return read.error().code.text();
    }

    std::filesystem::path root;
    std::string directory;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(arc_key_, folder)

BOOST_AUTO_TEST_CASE(takes_the_name_out_of_a_challenge) {
    for (auto* challenge :
         {"Basic realm=/var/opt/azcmagent/tokens/aB-1_2.key",
          "basic REALM=/var/opt/azcmagent/tokens/aB-1_2.key ",
          "Basic realm=\"/var/opt/azcmagent/tokens/aB-1_2.key\""}) {
        auto name = azure::challenged_key(challenge, tokens);
        BOOST_TEST_REQUIRE(name.has_value(), challenge);
        BOOST_TEST(*name == "aB-1_2.key");
    }
}

BOOST_AUTO_TEST_CASE(refuses_every_way_out_of_the_directory) {
    for (auto* challenge :
         {"",
          "Bearer realm=/var/opt/azcmagent/tokens/a.key",
          "Basic realm=",
          "Basic realm=a.key",
          "Basic realm=/etc/shadow",
          "Basic realm=/etc/ssl/private/server.key",
          "Basic realm=/var/opt/azcmagent/tokens/../../../../etc/server.key",
          "Basic realm=/var/opt/azcmagent/tokens//a.key",
          "Basic realm=/var/opt/azcmagent/tokens/./a.key",
          "Basic realm=/var/opt/azcmagent/tokens/sub/a.key",
          "Basic realm=/var/opt/azcmagent/tokens2/a.key",
          "Basic realm=//var/opt/azcmagent/tokens/a.key",
          "Basic realm=var/opt/azcmagent/tokens/a.key",
          "Basic realm=/var/opt/azcmagent/tokens/a.pem",
          "Basic realm=/var/opt/azcmagent/tokens/a.key.bak",
          "Basic realm=/var/opt/azcmagent/tokens/.key",
          "Basic realm=/var/opt/azcmagent/tokens/..key",
          "Basic realm=/var/opt/azcmagent/tokens/a\\b.key",
          "Basic realm=/var/opt/azcmagent/tokens/a%2fb.key",
          "Basic realm=/var/opt/azcmagent/tokens/a b.key",
          "Basic realm=/VAR/opt/azcmagent/tokens/a.key",
          "Basic realm=/var/opt/azcmagent/tokens/a.KEY"}) {
        BOOST_TEST(why_not(challenge).find("nothing was read") != std::string::npos);
    }
    why_not(std::string("Basic realm=/var/opt/azcmagent/tokens/a\0.key", 44));
}

BOOST_AUTO_TEST_CASE(reads_the_content_as_it_goes_into_a_header) {
    write("tokens/a.key", "s3cret/+=");
    BOOST_TEST(azure::read_arc_key(directory, "a.key")->reveal() == "s3cret/+=");
    write("tokens/b.key", std::string(4096, 'x'));
    BOOST_TEST(azure::read_arc_key(directory, "b.key")->reveal().size() == 4096u);
}

BOOST_AUTO_TEST_CASE(refuses_links_and_what_is_no_file) {
    write("outside.key", "outside");
    namespace fs = std::filesystem;
    fs::create_symlink(root / "outside.key", root / "tokens/link.key");
    BOOST_TEST(failed("link.key") == "arc_challenge");
    fs::create_hard_link(root / "outside.key", root / "tokens/hard.key");
    BOOST_TEST(failed("hard.key") == "arc_challenge");
    fs::create_directory(root / "tokens/folder.key");
    BOOST_TEST(failed("folder.key") == "arc_challenge");
    BOOST_TEST_REQUIRE(::mkfifo((root / "tokens/pipe.key").c_str(), 0600) == 0);
    BOOST_TEST(failed("pipe.key") == "arc_challenge");
    BOOST_TEST(failed("../outside.key") == "arc_challenge");
    // The directory itself may be no link either.
    fs::create_directory_symlink(root / "tokens", root / "other");
    write("tokens/a.key", "inside");
    auto by_link = azure::read_arc_key((root / "other").string(), "a.key");
    BOOST_TEST(by_link.has_error());
}

BOOST_AUTO_TEST_CASE(refuses_what_is_too_large_or_cannot_go_into_a_header) {
    write("tokens/large.key", std::string(4097, 'x'));
    BOOST_TEST(failed("large.key") == "arc_challenge");
    write("tokens/empty.key", "");
    BOOST_TEST(failed("empty.key") == "arc_challenge");
    write("tokens/lines.key", "a\r\nX-Evil: b");
    BOOST_TEST(failed("lines.key") == "arc_challenge");
    BOOST_TEST(failed("absent.key") == "arc_challenge");
}

BOOST_AUTO_TEST_CASE(a_missing_right_names_the_group_to_join) {
    if (::geteuid() == 0) {
        test::skip("root may read everything");
        return;
    }
    write("tokens/a.key", "x");
    ::chmod((root / "tokens/a.key").c_str(), 0);
    auto failed = azure::read_arc_key(directory, "a.key").error();
    BOOST_TEST(failed.code == errc::arc_group);
    BOOST_TEST(failed.detail.find("usermod -aG himds") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
