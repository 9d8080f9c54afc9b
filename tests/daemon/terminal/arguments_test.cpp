#include "daemon/terminal/arguments.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using strings = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(arguments_)

BOOST_AUTO_TEST_CASE(options_may_stand_before_the_command) {
    auto is = [](strings given, const strings& wanted) {
        BOOST_TEST(daemon::arranged(std::move(given)) == wanted, boost::test_tools::per_element());
    };
    is({"--config", "a.yaml", "status", "--json"}, {"status", "--config", "a.yaml", "--json"});
    is({"--config=a.yaml", "status"}, {"status", "--config=a.yaml"});
    is({"--json", "--socket", "s", "journal"}, {"journal", "--json", "--socket", "s"});
    is({"status", "--json"}, {"status", "--json"});
    is({"--config"}, {"--config"});
    is({"--config", "a.yaml"}, {"--config", "a.yaml"});
    is({}, {});
}

BOOST_AUTO_TEST_CASE(help_and_version_are_understood_at_the_top) {
    auto is = [](strings given, const strings& wanted) {
        BOOST_TEST(daemon::arranged(std::move(given)) == wanted, boost::test_tools::per_element());
    };
    is({"help", "retry"}, {"retry", "--help"});
    is({"help"}, {"--help"});
    is({"help", "help"}, {"--help"});
    is({"--help"}, {"--help"});
    is({"--version"}, {"version"});
    is({"-V", "--json"}, {"version", "--json"});
}

BOOST_AUTO_TEST_CASE(a_mistyped_command_gets_a_suggestion) {
    std::vector<std::string_view> commands{"status", "journal", "retry"};
    auto said = [&](const strings& given) {
        return daemon::about_unknown_command(given, commands);
    };
    BOOST_TEST(said({"staus"}) == "there is no command \"staus\"; did you mean status?");
    BOOST_TEST(said({"frobnicate"}) == "there is no command \"frobnicate\"");
    BOOST_TEST(said({"status"}).empty());
    BOOST_TEST(said({"--help"}).empty());
    BOOST_TEST(said({}).empty());
}

BOOST_AUTO_TEST_CASE(a_mistyped_option_gets_a_suggestion) {
    strings options{"--config", "--json", "--since"};
    auto said = [&](const strings& given) { return daemon::about_unknown_option(given, options); };
    BOOST_TEST(
        said({"journal", "--jsno"}) == "journal has no option \"--jsno\"; did you mean --json?"
    );
    BOOST_TEST(said({"journal", "--sinc=1h"}).ends_with("did you mean --since?"));
    BOOST_TEST(said({"journal", "--frobnicate"}) == "journal has no option \"--frobnicate\"");
    for (strings good :
         {strings{"journal", "--since", "1h", "--json"},
          {"journal", "--json=true"},
          {"journal", "--", "--jsno"},
          {"journal", "file", "-j"},
          {"journal"},
          {}}) {
        BOOST_TEST(said(good).empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()
