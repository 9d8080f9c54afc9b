#include "pipeline/intake/grouping.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

namespace {

watch_options joining(std::string format, std::uint64_t max_files = 3) {
    watch_options watch;
    watch.target.format = *kusto::parse_data_format(format);
    watch.coalesce = {max_files, 1000, 30s};
    return watch;
}

std::string listed(const std::vector<std::vector<std::string>>& groups) {
    std::string out;
    for (auto& names : groups) {
        out += out.empty() ? "" : " ";
        for (auto& name : names) out += (&name == &names.front() ? "" : "+") + name;
    }
    return out;
}

std::string listed(const std::vector<grouping::group>& groups) {
    std::vector<std::vector<std::string>> names;
    for (auto& files : groups) {
        auto& ids = names.emplace_back();
        for (auto& file : files) ids.push_back(file.id);
    }
    return listed(names);
}

struct gathering {
    grouping subject{{3, 1000, 30s}};
    time_point now{};

    void add(std::string id, std::uint64_t bytes = 1, const std::string& key = "") {
        subject.add(key, {std::move(id), bytes, 0}, now);
    }
    std::string closed() { return listed(subject.take_closed(now)); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(grouping_)

BOOST_AUTO_TEST_CASE(only_line_formats_are_joined) {
    for (auto format : {"csv", "tsv", "psv", "scsv", "sohsv", "txt", "json"}) {
        BOOST_TEST_CONTEXT(format) { BOOST_TEST(joining_rules(joining(format)).joins_any()); }
    }
    for (auto format : {"raw", "multijson", "tsve", "avro", "parquet", "orc", "w3clogfile"}) {
        BOOST_TEST_CONTEXT(format) {
            joining_rules rules(joining(format));
            BOOST_TEST(!rules.joins_any());
            auto why = "files of format " + std::string(format) + " cannot be joined";
            BOOST_TEST(rules.alone_because("x", 1).value() == why);
        }
    }
}

BOOST_AUTO_TEST_CASE(max_files_1_is_one_blob_a_file) {
    joining_rules rules(joining("json", 1));
    BOOST_TEST(!rules.joins_any());
    BOOST_TEST(rules.alone_because("x.json", 1).value() == "coalesce.max_files is 1");
}

BOOST_AUTO_TEST_CASE(a_header_can_only_be_found_in_formats_with_columns) {
    for (auto format : {"csv", "txt", "json"}) {
        auto watch = joining(format);
        watch.target.ignore_first_record = true;
        BOOST_TEST_CONTEXT(format) {
            BOOST_TEST(joining_rules(watch).joins_any() == (std::string_view(format) == "csv"));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_empty_large_or_gzip_travels_alone) {
    joining_rules rules(joining("json"));
    BOOST_TEST(!rules.alone_because("x.json", 1));
    BOOST_TEST(!rules.alone_because("x.json", 999));
    BOOST_TEST(rules.alone_because("x.json", 0).value() == "it is empty");
    BOOST_TEST(rules.alone_because("x.json", 1000).has_value());
    BOOST_TEST(rules.alone_because("x.json.gz", 1).value() == "it is gzip already");
    auto generous = joining("json");
    generous.coalesce.max_bytes = 1u << 30u;
    BOOST_TEST(!joining_rules(generous).alone_because("x", small_file_bytes - 1));
    BOOST_TEST(joining_rules(generous).alone_because("x", small_file_bytes).has_value());
}

BOOST_AUTO_TEST_CASE(files_are_joined_with_those_of_the_same_time) {
    auto watch = joining("json");
    BOOST_TEST(joining_rules(watch).key("web-20260822.json") == "");
    watch.target.creation_time_pattern = "'web-'yyyyMMdd'.json'";
    joining_rules rules(watch);
    BOOST_TEST(rules.key("web-20260822.json") != rules.key("web-20260823.json"));
    BOOST_TEST(rules.key("web-20260822.json") == rules.key("web-20260822.json.1"));
    BOOST_TEST(rules.key("other.json") == "");
}

BOOST_FIXTURE_TEST_CASE(max_files_closes_a_group, gathering) {
    for (auto id : {"a", "b", "c", "d"}) add(id);
    BOOST_TEST(closed() == "a+b+c");
    BOOST_TEST(closed() == "");
}

BOOST_FIXTURE_TEST_CASE(a_file_that_would_be_too_much_begins_the_next_group, gathering) {
    add("a", 600);
    add("b", 400);
    BOOST_TEST(closed() == "a+b");
    add("c", 600);
    add("d", 401);
    BOOST_TEST(closed() == "c");
    BOOST_TEST(listed(subject.take_all()) == "d");
}

BOOST_FIXTURE_TEST_CASE(max_age_counts_from_the_first_file, gathering) {
    BOOST_TEST(!subject.next_due().has_value());
    add("a");
    now += 29s;
    add("b");
    BOOST_TEST((subject.next_due().value() == now + 1s));
    BOOST_TEST(closed() == "");
    now += 1s;
    BOOST_TEST(closed() == "a+b");
    BOOST_TEST(!subject.next_due().has_value());
    add("c");
    now += 30s;
    BOOST_TEST(closed() == "c");
}

BOOST_FIXTURE_TEST_CASE(groups_of_different_keys_do_not_mix, gathering) {
    add("a", 1, "monday");
    add("b", 1, "tuesday");
    add("c", 1, "monday");
    BOOST_TEST(closed() == "");
    BOOST_TEST(listed(subject.take_all()) == "a+c b");
}

BOOST_FIXTURE_TEST_CASE(so_many_groups_are_open_at_once_and_no_more, gathering) {
    for (int i = 0; i < 64; ++i) add(std::to_string(i), 1, std::to_string(i));
    BOOST_TEST(closed() == "");
    add("one more", 1, "its own");
    BOOST_TEST(closed() == "0");
}

BOOST_AUTO_TEST_CASE(a_plan_shows_the_groups_of_files_that_are_there) {
    auto files = std::vector<listed_file>{
        {"1.json", 10}, {"2.json.gz", 10}, {"3.json", 10}, {"4.json", 0}, {"5.json", 10}, {"6", 5}};
    BOOST_TEST(listed(group(files, joining("json"))) == "2.json.gz 4.json 1.json+3.json+5.json 6");
    BOOST_TEST(listed(group(files, joining("avro"))) == "1.json 2.json.gz 3.json 4.json 5.json 6");
    BOOST_TEST(listed(group({}, joining("json"))) == "");
}

BOOST_AUTO_TEST_CASE(a_pattern_that_is_none_gives_every_file_the_same_key) {
    auto watch = joining("json");
    watch.target.creation_time_pattern = "no time in it";
    joining_rules rules(watch);
    BOOST_TEST(rules.key("no time in it") == rules.key("another"));
}

BOOST_AUTO_TEST_CASE(files_of_a_route_are_joined_by_target_and_time) {
    auto watch = joining("csv");
    watch.target.database = "Partners";
    watch.target.table = "{partner}";
    watch.target.creation_time_pattern = "'day-'yyyyMMdd";
    watch.route = {"{partner}/**", {{"partner", {"a", "b"}}}};
    joining_rules rules(watch);
    BOOST_TEST(rules.key("a/day-20261128.csv") == rules.key("a/day-20261128-2.csv"));
    BOOST_TEST(rules.key("a/day-20261128.csv") != rules.key("a/day-20261129.csv"));
    BOOST_TEST(rules.key("a/day-20261128.csv") != rules.key("b/day-20261128.csv"));
    BOOST_TEST(rules.key("a/x.csv") != rules.key("b/x.csv"));
    // It has no target: it is not shipped at all.
    BOOST_TEST(rules.key("c/x.csv") == "");
}

BOOST_AUTO_TEST_SUITE_END()
