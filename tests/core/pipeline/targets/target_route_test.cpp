#include "pipeline/targets/target_route.hpp"

#include "base/random.hpp"
#include "base/text.hpp"
#include "pipeline/targets/target_template.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace kustodrop;
using namespace kustodrop::pipeline;

struct routing_files {
    route_options options{
        "{tenant}/{table}/**",
        {{"tenant", {"contoso", "fabrikam", "O'Neil & Söhne"}}, {"table", {"Web*", "Audit"}}}};
    kusto::target rules{"Partners", "{tenant}_{table}"};

    std::variant<kusto::target, route_refusal> decide(std::string_view path) const {
        return target_route(options, rules).decide(path);
    }
    std::string name(std::string_view path) const {
        auto made = decide(path);
        auto* where = std::get_if<kusto::target>(&made);
        return where ? where->name() : std::get<route_refusal>(made).code;
    }
};

BOOST_FIXTURE_TEST_SUITE(target_route_, routing_files)

BOOST_AUTO_TEST_CASE(folders_below_the_watched_one_name_the_table) {
    BOOST_TEST(name("contoso/Web/a.json") == "Partners.contoso_Web");
    BOOST_TEST(name("fabrikam/WebLogs/2026/11/a.json") == "Partners.fabrikam_WebLogs");
    BOOST_TEST(name("contoso/Audit/a.json") == "Partners.contoso_Audit");
    BOOST_TEST(name("O'Neil & Söhne/Audit/a") == "Partners.O'Neil & Söhne_Audit");
}

BOOST_AUTO_TEST_CASE(a_path_that_the_route_does_not_describe_has_no_target) {
    for (auto path : {"a.json", "contoso/a.json", "", "/", "contoso//a.json", "//a"}) {
        BOOST_TEST(!name(path).starts_with("Partners."), path);
    }
}

BOOST_AUTO_TEST_CASE(a_value_that_allow_does_not_name_is_refused_by_its_capture) {
    auto made = decide("evil/Web/a.json");
    auto& refused = std::get<route_refusal>(made);
    BOOST_TEST(refused.code == "not_allowed");
    BOOST_TEST(refused.capture == "tenant");
    BOOST_TEST(refused.value == "evil");
    BOOST_TEST(
        refused.detail ==
        "{tenant} is \"evil\", which allow does not name: the file stays in the folder"
    );
    auto other = decide("contoso/Secrets/a.json");
    BOOST_TEST(std::get<route_refusal>(other).capture == "table");
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_printed_harmlessly) {
    auto made = decide("a\n\x1b[2J\xff/Web/a.json");
    auto& refused = std::get<route_refusal>(made);
    BOOST_TEST(refused.detail.find('\n') == std::string::npos);
    BOOST_TEST(refused.detail.find('\x1b') == std::string::npos);
    BOOST_TEST(is_valid_utf8(refused.detail));
}

BOOST_AUTO_TEST_CASE(a_glob_lets_plain_names_through_and_nothing_else) {
    std::vector<std::string> all{"*"};
    for (auto value : {"Web", "web-1", "web_2", "a.b", "Web Logs", "0"}) {
        BOOST_TEST(is_allowed(value, all), value);
    }
    for (std::string value : {
             "",
             " ",
             ".",
             "..",
             " Web",
             "Web ",
             "Web%2f",
             "Web'",
             "Web\"",
             "Web`",
             "Web|take 1",
             "['Web']",
             "Web;drop",
             "Web\n",
             "Web\t",
             "Web\\",
             "Web{tenant}",
             "W\xd0\xb5"
             "b",            // A Cyrillic letter.
             "Web\u200b",    // A blank without width.
             "Web\u202e",    // Turns the direction of writing.
             "W\xc3",        // Not UTF-8.
             "\xef\xbc\xb7"  // A wide W.
         }) {
        BOOST_TEST(!is_allowed(value, all), printable(value));
    }
    BOOST_TEST(!is_allowed(std::string("Web\0", 4), all));
}

BOOST_AUTO_TEST_CASE(a_literal_value_is_compared_byte_for_byte) {
    BOOST_TEST(is_allowed("O'Neil", {"O'Neil"}));
    BOOST_TEST(!is_allowed("o'neil", {"O'Neil"}));
    BOOST_TEST(!is_allowed("contoso", {"contosо"}));  // A Cyrillic о in the list.
    BOOST_TEST(!is_allowed("contoso", {}));
    BOOST_TEST(is_allowed("Web1", {"Audit", "Web[0-9]"}));
    BOOST_TEST(!is_allowed("Webx", {"Audit", "Web[0-9]"}));
}

BOOST_AUTO_TEST_CASE(a_route_may_name_parts_of_a_file_name) {
    options = {"{tenant}/{table}_*.csv", {{"tenant", {"*"}}, {"table", {"*"}}}};
    BOOST_TEST(name("contoso/Web_2026_11.csv") == "Partners.contoso_Web");
    BOOST_TEST(name("contoso/Web_.csv") == "Partners.contoso_Web");
    BOOST_TEST(name("contoso/_x.csv") == "no_route");
    BOOST_TEST(name("contoso/Web.csv") == "no_route");
    BOOST_TEST(name("contoso/Web_2026.csv.gz") == "no_route");
    BOOST_TEST(name("contoso/x/Web_1.csv") == "no_route");
    BOOST_TEST(name("Web_1.csv") == "no_route");
}

BOOST_AUTO_TEST_CASE(a_capture_takes_as_little_as_it_can_and_the_last_literal_stands_at_the_end) {
    auto matched = [](std::string_view pattern, std::string_view path) {
        return route_pattern::parse(pattern).value().match(path);
    };
    auto two = matched("{a}-{b}", "x-y-z");
    BOOST_TEST_REQUIRE(two.has_value());
    BOOST_TEST(two->at("a") == "x");
    BOOST_TEST(two->at("b") == "y-z");
    BOOST_TEST(matched("{a}.csv", "a.csv.csv")->at("a") == "a.csv");
    BOOST_TEST(!matched("{a}.csv", ".csv"));
    BOOST_TEST(!matched("a{a}a", "a"));
    BOOST_TEST(!matched("a{a}a", "aa"));
    BOOST_TEST(matched("a{a}a", "aaa")->at("a") == "a");
    BOOST_TEST(!matched("in-{a}", "out-x"));
    BOOST_TEST(!matched("{a}-x-{b}", "q-y-r"));
    BOOST_TEST(matched("*-{b}", "-r")->at("b") == "r");
    BOOST_TEST(matched("x/{b}/*", "x/y/z")->at("b") == "y");
    BOOST_TEST(!matched("x/{b}/*", "x/y"));
    BOOST_TEST(!matched("x/{b}", "z/y"));
}

BOOST_AUTO_TEST_CASE(a_route_without_sense_is_refused_with_what_to_do) {
    auto problem = [](std::string_view pattern) {
        auto parsed = route_pattern::parse(pattern);
        return parsed ? std::string() : parsed.error().detail;
    };
    BOOST_TEST(problem("{tenant}/**") == "");
    BOOST_TEST(problem("").starts_with("has an empty part"));
    BOOST_TEST(problem("/{a}").starts_with("has an empty part"));
    BOOST_TEST(problem("{a}//x").starts_with("has an empty part"));
    BOOST_TEST(problem("../{a}").starts_with("has a part of dots"));
    BOOST_TEST(problem("**").starts_with("names no part"));
    BOOST_TEST(problem("x/y").starts_with("names no part"));
    BOOST_TEST(problem("**/{a}").starts_with("has ** elsewhere"));
    BOOST_TEST(problem("{a}/x**").starts_with("has ** elsewhere"));
    BOOST_TEST(problem("{a}{b}").starts_with("has two of"));
    BOOST_TEST(problem("{a}*").starts_with("has two of"));
    BOOST_TEST(problem("{a}/{a}").starts_with("has {a} twice"));
    BOOST_TEST(problem("{a").starts_with("has a { without"));
    BOOST_TEST(problem("a}").starts_with("has a } without"));
    BOOST_TEST(problem("{A}").starts_with("has a name that {A} is not"));
    BOOST_TEST(problem("{}").starts_with("has a name that {} is not"));
    BOOST_TEST(problem("{a}/[x]").starts_with("has one of ?"));
    BOOST_TEST(problem("{a}" + std::string(1024, 'x')).starts_with("is too long"));
    BOOST_TEST(route_pattern::parse("{a}/**")->is_deep());
    BOOST_TEST(!route_pattern::parse("{a}.csv")->is_deep());
}

BOOST_AUTO_TEST_CASE(mapping_tags_and_pattern_have_captures_too) {
    options.allow["tenant"].push_back("it's");
    rules.mapping_reference = "{table}V1";
    rules.tags = {"drop-by:{tenant}", "fixed", "{{braces}}"};
    rules.creation_time_pattern = "'{tenant}/{table}/'yyyyMMdd";
    auto made = decide("it's/Web/20261129.json");
    auto& where = std::get<kusto::target>(made);
    BOOST_TEST(where.mapping_reference == "WebV1");
    BOOST_TEST(where.tags[0] == "drop-by:it's");
    BOOST_TEST(where.tags[1] == "fixed");
    BOOST_TEST(where.tags[2] == "{braces}");
    BOOST_TEST(where.creation_time_pattern == "'it''s/Web/'yyyyMMdd");
}

BOOST_AUTO_TEST_CASE(a_value_is_not_read_as_a_text_with_captures_again) {
    options.allow["tenant"] = {"{table}"};
    BOOST_TEST(name("{table}/Web/a") == "Partners.{table}_Web");
}

BOOST_AUTO_TEST_CASE(a_capture_without_a_list_chooses_no_target) {
    options.allow.erase("table");
    BOOST_TEST(name("contoso/Web/a.json") == "not_allowed");
    rules.table = "{tenant}";
    BOOST_TEST(name("contoso/Web/a.json") == "Partners.contoso");
    rules.table = "{other}";
    BOOST_TEST(name("contoso/Web/a.json") == "not_allowed");
    rules.table = "{";
    BOOST_TEST(name("contoso/Web/a.json") == "not_allowed");
}

BOOST_AUTO_TEST_CASE(a_name_that_becomes_too_long_is_refused) {
    options = {"{a}/{b}/{c}/{d}/{e}/**", {}};
    rules.table = "{a}{b}{c}{d}{e}";
    std::string path;
    for (auto name : {"a", "b", "c", "d", "e"}) {
        options.allow[name] = {"*"};
        path += std::string(255, 'x') + "/";
    }
    BOOST_TEST(name(path + "f") == "not_allowed");
    rules.table = "{a}{b}{c}{d}";
    BOOST_TEST(name(path + "f").size() == 9 + 1020);
}

BOOST_AUTO_TEST_CASE(without_a_readable_route_nothing_has_a_target) {
    options.pattern = "{";
    BOOST_TEST(name("contoso/Web/a.json") == "no_route");
}

BOOST_AUTO_TEST_CASE(the_targets_of_literal_lists_are_known_beforehand) {
    options.allow["table"] = {"Web", "Audit"};
    auto all = listed_targets(options, rules, 6);
    BOOST_TEST_REQUIRE(all.size() == 6u);
    BOOST_TEST(all.front().name() == "Partners.contoso_Web");
    BOOST_TEST(all.back().name() == "Partners.O'Neil & Söhne_Audit");
    BOOST_TEST(listed_targets(options, rules, 5).empty());
    options.allow["table"].push_back("A*");
    BOOST_TEST(listed_targets(options, rules, 100).empty());
    rules.table = "{other}";
    BOOST_TEST(listed_targets(options, rules, 100).empty());
    rules.table = "{";
    BOOST_TEST(listed_targets(options, rules, 100).empty());
}

BOOST_AUTO_TEST_CASE(a_destination_says_what_the_route_decided) {
    kusto::target rules;
    rules.format = kusto::data_format::json;
    kusto::target where{"My.Db", "Web/1", kusto::data_format::csv, "M'1"};
    where.tags = {"a b", "%2f", ""};
    where.creation_time_pattern = "'x/'yyyy";
    auto read = target_of(destination_of(where), rules);
    BOOST_TEST_REQUIRE(read.has_value());
    where.format = kusto::data_format::json;
    BOOST_TEST((*read == where));
    BOOST_TEST(shown_target(destination_of(where)) == "My.Db.Web/1");
    BOOST_TEST(shown_target("Logs.Web") == "Logs.Web");
    for (auto text :
         {"", "/a", "a/b/c/d", "/a/b/c", "//b/c/d", "/a//c/d", "/a/b/%/d", "/a/b/c/d/%"}) {
        BOOST_TEST(!target_of(text, rules).has_value(), text);
    }
    BOOST_TEST(target_of("/a/b//", rules)->tags.empty());
}

// A path of pieces that were chosen to do harm.
static std::string hostile_path(random_generator& random) {
    static const std::vector<std::string> pieces{
        "contoso", "fabrikam", "Web",  "Audit", "evil",     "..",       ".",     "%2f",   "/",
        "//",      "'",        "\"",   "\\",    "|",        ";",        "{",     "}",     "{table}",
        "*",       "\n",       "\x1b", "\x7f",  "\xff\xfe", "\xc3\x28", "о",     "е",     "\u200b",
        "\u202e",  " ",        "_",    "-",     "Web*",     "['x']",    ".drop", "a.csv", "x"};
    std::string out = random() % 2 == 0 ? "contoso/Web" : "";
    auto count = 1 + random() % 7;
    for (std::uint64_t i = 0; i < count; ++i) {
        out += pieces[random() % pieces.size()];
        if (random() % 3 == 0) out += '/';
        if (random() % 40 == 0) out += std::string(255, 'A');
        if (random() % 60 == 0) out += '\0';
    }
    return out;
}

BOOST_AUTO_TEST_CASE(no_name_reaches_a_target_that_the_allow_list_does_not_name) {
    random_generator random(20);
    target_route route(options, rules);
    std::set<std::string> tenants{"contoso", "fabrikam", "O'Neil & Söhne"};
    std::size_t sent = 0;
    for (int i = 0; i < 100'000; ++i) {
        auto path = hostile_path(random);
        auto made = route.decide(path);
        auto* where = std::get_if<kusto::target>(&made);
        if (!where) continue;
        ++sent;
        auto parts = split(path, '/');
        bool is_ours = parts.size() > 2 && tenants.contains(std::string(parts[0])) &&
                       (parts[1] == "Audit" || parts[1].starts_with("Web")) &&
                       where->database == "Partners" &&
                       where->table == std::string(parts[0]) + "_" + std::string(parts[1]);
        BOOST_TEST_REQUIRE(is_ours, printable(path));
        for (char c : where->table) {
            BOOST_TEST_REQUIRE((c != '/' && c != '|' && c != '%' && c != '\0' && c != '\n'));
        }
        auto read = target_of(destination_of(*where), rules);
        BOOST_TEST_REQUIRE((read && *read == *where));
    }
    BOOST_TEST(sent > 100);
}

BOOST_AUTO_TEST_SUITE_END()
