#include "config/reading/interpolate.hpp"

#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

static const machine ours{
    {{"NAME", "value"}, {"EMPTY", ""}, {"NESTED", "${env:NAME}"}, {"_a1", "underscore"}},
    {{"/secret", "from file\n"},
     {"/two", "one\n\n"},
     {"/dos", "line\r\n"},
     {"/notepad", "\xEF\xBB\xBFline \t\r\n"},
     {"/blank", " \n"},
     {"/credentials/client-secret", "from systemd\n"}},
};

static std::string text_of(std::string_view text) {
    auto found = config::interpolate(text, ours.environment());
    return found ? found->text : "failed: " + found.error().detail;
}

BOOST_AUTO_TEST_SUITE(interpolate_)

BOOST_AUTO_TEST_CASE(replaces_references) {
    struct row {
        const char* text;
        const char* expected;
    };
    for (auto& [text, expected] : std::initializer_list<row>{
             {"", ""},
             {"plain", "plain"},
             {"${env:NAME}", "value"},
             {"a-${env:NAME}-${env:_a1}-b", "a-value-underscore-b"},
             {"${env:EMPTY}", ""},
             {"${env:EMPTY:-default}", "default"},
             {"${env:ABSENT:-default}", "default"},
             {"${env:ABSENT:-}", ""},
             {"${env:NAME:-default}", "value"},
             {"${env:ABSENT:-a:-b $x}", "a:-b $x"},
             {"${file:/secret}", "from file"},
             {"${file:/two}", "one"},
             {"${file:/dos}", "line"},
             {"${file:/notepad}", "line"},
             {"${file:/blank}", ""},
             {"${cred:client-secret}", "from systemd"},
             {"$$", "$"},
             {"$${env:NAME}", "${env:NAME}"},
             {"$$$${env:NAME}", "$${env:NAME}"},
             {"cost $5", "cost $5"},
             {"end $", "end $"},
             {"a}b", "a}b"}}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(text_of(text) == expected); }
    }
}

BOOST_AUTO_TEST_CASE(does_not_look_again_at_what_came_in) {
    BOOST_TEST(text_of("${env:NESTED}") == "${env:NAME}");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
    struct row {
        const char* text;
        const char* expected;
    };
    for (auto& [text, expected] : std::initializer_list<row>{
             {"${env:ABSENT}",
              "failed: refers to the environment variable ABSENT, which is not set; set it or "
              "write ${env:ABSENT:-default}"},
             {"${env:}",
              "failed: names no variable in ${env:…}; use ${env:NAME}, "
              "${env:NAME:-default}"},
             {"${env:1A}",
              "failed: names no variable in ${env:…}; use ${env:NAME}, "
              "${env:NAME:-default}"},
             {"${env:A-B}",
              "failed: names no variable in ${env:…}; use ${env:NAME}, "
              "${env:NAME:-default}"},
             {"${file:relative}", "failed: names no absolute path in ${file:…}; use ${file:/path}"},
             {"${file:/absent}",
              "failed: refers to a file that cannot be read: /absent: No such file or directory"},
             {"${cred:absent}",
              "failed: refers to the credential absent, which cannot be read: "
              "/credentials/absent: No such file or directory; give it with LoadCredential= in "
              "the unit, as kustodrop gen-dropin does"},
             {"${cred:../secret}",
              "failed: names no credential in ${cred:…}; use ${cred:name} with letters, "
              "digits, - _ ."},
             {"${cred:..}",
              "failed: names no credential in ${cred:…}; use ${cred:name} with letters, "
              "digits, - _ ."},
             {"${NAME}",
              "failed: has an unknown ${…}; use ${env:NAME}, ${env:NAME:-default}, "
              "${file:/path}, ${cred:name}, ${host}, and $$ for a dollar sign"},
             {"a ${env:NAME", "failed: has a ${ without its }; write $$ for a dollar sign"}}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(text_of(text) == expected); }
    }
}

BOOST_AUTO_TEST_CASE(needs_the_credentials_directory_for_credentials) {
    auto machine = ours;
    machine.credentials_directory.clear();
    auto found = config::interpolate("${cred:client-secret}", machine.environment());
    BOOST_TEST_REQUIRE(found.has_error());
    BOOST_TEST(
        found.error().detail ==
        "refers to the credential client-secret, but $CREDENTIALS_DIRECTORY is not set; give it "
        "with LoadCredential= in the unit, as kustodrop gen-dropin does"
    );
}

BOOST_AUTO_TEST_CASE(reports_where_the_text_stood) {
    struct row {
        const char* text;
        bool refers;
        bool is_literal;
        bool can_reread;
    };
    for (auto& row : std::initializer_list<row>{
             {"plain", false, true, false},
             {"$$", false, true, false},
             {"${env:NAME}", true, false, false},
             {"${env:NAME:-default}", true, true, false},
             {"${env:ABSENT:-default}", true, true, false},
             {"${env:ABSENT:-}", true, false, false},
             {"${file:/secret}", true, false, true},
             {"${cred:client-secret}", true, false, true},
             {"a${cred:client-secret}", true, true, false},
             {"${cred:client-secret}a", true, true, false},
             {"${cred:client-secret}${file:/secret}", true, false, false}}) {
        auto found = config::interpolate(row.text, ours.environment());
        BOOST_TEST_CONTEXT(row.text) {
            BOOST_TEST_REQUIRE(found.has_value());
            BOOST_TEST(found->refers == row.refers);
            BOOST_TEST(found->is_literal == row.is_literal);
            BOOST_TEST(found->can_reread == row.can_reread);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
