#include "pipeline/shipping/shipment.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

static target logs() {
    target where;
    where.database = "Logs";
    where.table = "Web";
    where.format = kusto::data_format::json;
    return where;
}

static spool::source one_file(std::string name) {
    spool::source what;
    what.id = "5d608b78-2235-4885-911e-b16a84388a85";
    what.slices.push_back({std::move(name), "", 0, 10, {}});
    return what;
}

BOOST_AUTO_TEST_SUITE(shipment_)

BOOST_AUTO_TEST_CASE(a_gzip_file_is_known_by_its_name_in_any_case) {
    BOOST_TEST(is_gzip_name("a.json.gz"));
    BOOST_TEST(is_gzip_name("A.JSON.GZ"));
    BOOST_TEST(!is_gzip_name("a.gz.json"));
    BOOST_TEST(!is_gzip_name("gz"));
}

BOOST_AUTO_TEST_CASE(a_blob_is_named_by_its_source_and_says_how_it_is_stored) {
    auto what = one_file("some file.json");
    BOOST_TEST(blob_name(what, logs(), spool::stored_as::gzip) == what.id + ".json.gz");
    BOOST_TEST(blob_name(what, logs(), spool::stored_as::zip) == what.id + ".json.zip");
    BOOST_TEST(blob_name(what, logs(), spool::stored_as::raw) == what.id + ".json");
}

BOOST_AUTO_TEST_CASE(a_post_never_names_a_blob_that_was_uploaded_after_it) {
    auto what = one_file("some file.json");
    what.posts = 2;
    BOOST_TEST(blob_name(what, logs(), spool::stored_as::gzip) == what.id + "-2.json.gz");
}

BOOST_AUTO_TEST_CASE(every_format_says_what_is_data) {
    using kusto::data_format;
    using spool::data_syntax;
    auto separated = [](data_format format) {
        auto rules = data_rules_of(format);
        return rules.syntax == data_syntax::separated ? rules.separator : '\0';
    };
    BOOST_TEST(separated(data_format::csv) == ',');
    BOOST_TEST(separated(data_format::tsv) == '\t');
    BOOST_TEST(separated(data_format::scsv) == ';');
    BOOST_TEST(separated(data_format::psv) == '|');
    BOOST_TEST(separated(data_format::sohsv) == '\x01');
    BOOST_TEST((data_rules_of(data_format::txt).syntax == data_syntax::lines));
    BOOST_TEST((data_rules_of(data_format::tsve).syntax == data_syntax::lines));
    BOOST_TEST((data_rules_of(data_format::multijson).syntax == data_syntax::json));
    BOOST_TEST((data_rules_of(data_format::w3clogfile).syntax == data_syntax::w3c));
    BOOST_TEST((data_rules_of(data_format::raw).syntax == data_syntax::whole));
    BOOST_TEST((data_rules_of(data_format::parquet).syntax == data_syntax::bytes));
}

BOOST_AUTO_TEST_CASE(a_small_file_needs_no_whole_block) {
    BOOST_TEST(buffer_bytes_for(100, 4u << 20u) < 4096u);
    BOOST_TEST(buffer_bytes_for(100, 4u << 20u) >= 100u);
    BOOST_TEST(buffer_bytes_for(1u << 30u, 4u << 20u) == 4u << 20u);
}

BOOST_AUTO_TEST_CASE(a_large_file_has_all_it_can_use_while_there_is_memory_for_it) {
    constexpr std::uint64_t block = 4u << 20u;
    auto rich = plan_upload(1u << 30u, block, 4, {64u << 20u, 64u << 20u});
    BOOST_TEST(rich.buffers == 3u);
    BOOST_TEST(rich.threads == 4u);
    BOOST_TEST(rich.bytes() > 3 * block);
    BOOST_TEST(rich.bytes() < 8 * block);
    auto poor = plan_upload(1u << 30u, block, 4, {rich.bytes() - 1, 64u << 20u});
    BOOST_TEST(poor.buffers == 2u);
    BOOST_TEST(poor.threads == 1u);
    BOOST_TEST(poor.bytes() == 2 * block);
    auto least = plan_upload(1u << 30u, block, 4, {0, 2 * block - 1});
    BOOST_TEST(least.buffers == 1u);
    auto small = plan_upload(1000, block, 4, {64u << 20u, 64u << 20u});
    BOOST_TEST(small.buffers == 1u);
    BOOST_TEST(small.threads == 1u);
    BOOST_TEST(small.bytes() == buffer_bytes_for(1000, block));
}

BOOST_AUTO_TEST_CASE(every_remedy_has_its_consequence) {
    auto decided = [](remedy next) { return decide(failure{service_code("some_code"), next, ""}); };
    BOOST_TEST((decided(remedy::retry) == after_failure::try_again));
    BOOST_TEST((decided(remedy::reauthenticate) == after_failure::try_again));
    BOOST_TEST((decided(remedy::reroute) == after_failure::try_again));
    BOOST_TEST((decided(remedy::refresh_resources) == after_failure::try_again));
    BOOST_TEST((decided(remedy::reconfigure) == after_failure::try_again));
    BOOST_TEST((decided(remedy::upload_again) == after_failure::upload_again));
    BOOST_TEST((decided(remedy::give_up) == after_failure::reject));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_what_was_claimed_is_looked_at_again) {
    BOOST_TEST((decide({errc::file_changed, remedy::retry, ""}) == after_failure::look_again));
    BOOST_TEST((decide({errc::file_vanished, remedy::give_up, ""}) == after_failure::look_again));
}

BOOST_AUTO_TEST_CASE(a_file_without_data_is_skipped_and_a_gzip_that_is_cut_may_be_unfinished) {
    BOOST_TEST((decide({errc::empty_file, remedy::give_up, ""}) == after_failure::skip));
    BOOST_TEST((decide({errc::broken_gzip, remedy::retry, ""}) == after_failure::await_writer));
    BOOST_TEST((decide({errc::unreadable, remedy::retry, ""}) == after_failure::await_writer));
    BOOST_TEST((decide({errc::broken_gzip, remedy::give_up, ""}) == after_failure::reject));
}

BOOST_AUTO_TEST_CASE(the_message_holds_the_target_the_size_and_the_time_in_the_name) {
    auto where = logs();
    where.mapping_reference = "M";
    where.tags = {"drop-by:x"};
    where.creation_time_pattern = "'web-'yyyyMMdd'.json'";
    auto what = one_file("web-20260822.json");
    spool::blob_record blob;
    blob.raw_bytes = 4711;
    what.stage = spool::stage::uploaded{blob};
    auto location = *http::url::parse("https://a.blob.core.windows.net/c/b?sig=x");
    auto request = message_for(what, where, location, {});
    BOOST_TEST(request.id == what.id);
    BOOST_TEST(request.raw_bytes == 4711u);
    BOOST_TEST(request.database == "Logs");
    BOOST_TEST(request.mapping_reference == "M");
    BOOST_TEST(request.tags.size() == 1u);
    BOOST_TEST(request.report_level == 2);
    auto midnight = wall_time(std::chrono::sys_days(
        std::chrono::year(2026) / std::chrono::month(8) / std::chrono::day(22)
    ));
    BOOST_TEST((request.creation_time == midnight));
}

BOOST_AUTO_TEST_CASE(every_post_has_its_own_row_in_the_status_table) {
    BOOST_TEST(pipeline::status_row_of("id", 1).partition == "id");
    BOOST_TEST(pipeline::status_row_of("id", 1).row == "00000000-0000-0000-0000-000000000001");
    BOOST_TEST(pipeline::status_row_of("id", 12).row == "00000000-0000-0000-0000-000000000012");
}

BOOST_AUTO_TEST_CASE(the_first_record_is_ignored_only_at_the_beginning_of_a_file) {
    auto where = logs();
    where.ignore_first_record = true;
    auto location = *http::url::parse("http://127.0.0.1:1/container/blob");
    auto what = one_file("a.csv");
    BOOST_TEST(message_for(what, where, location, {}).ignore_first_record);
    what.slices.front().offset = 10;  // What was appended after the first slice was posted.
    BOOST_TEST(!message_for(what, where, location, {}).ignore_first_record);
}

BOOST_AUTO_TEST_SUITE_END()
