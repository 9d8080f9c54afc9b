#include "emulator/ingest/batching.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;

namespace {

constexpr time_point start{std::chrono::hours(1)};

pending_ingestion item(const std::string& id, const std::string& blob) {
    pending_ingestion out;
    out.message.id = id;
    out.message.database = "Db";
    out.message.table = "T";
    out.message.blob = *http::url::parse("https://a.b/c/" + blob);
    out.message.raw_size = 10;
    return out;
}

bool add(batching& batches, pending_ingestion one, duration after = 0s) {
    return batches.add(one, start + after);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batching_)

BOOST_AUTO_TEST_CASE(seals_a_batch_when_its_first_message_has_waited) {
    batching batches({.batching = 10s});
    BOOST_TEST(!batches.next_seal().has_value());
    add(batches, item("1", "a"));
    add(batches, item("2", "b"), 9s);
    BOOST_TEST((batches.next_seal() == start + 10s));
    BOOST_TEST(batches.seal(start + 9s).empty());
    auto sealed = batches.seal(start + 10s);
    BOOST_REQUIRE(sealed.size() == 1u);
    BOOST_TEST(sealed[0].items.size() == 2u);
    BOOST_TEST(batches.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(keeps_apart_what_differs_in_table_or_properties) {
    batching batches({.batching = 10s});
    add(batches, item("1", "a"));
    auto other_table = item("2", "b");
    other_table.message.table = "U";
    add(batches, other_table);
    auto tagged = item("3", "c");
    tagged.message.tags = {"x"};
    add(batches, tagged);
    auto skipping = item("4", "d");
    skipping.message.ignore_first_record = true;
    add(batches, skipping);
    BOOST_TEST(batches.seal(start + 10s).size() == 4u);
}

BOOST_AUTO_TEST_CASE(refuses_a_second_copy_of_a_blob_or_an_id_in_one_batch_only) {
    batching batches({.batching = 10s});
    BOOST_TEST(add(batches, item("1", "a?sig=1")));
    BOOST_TEST(!add(batches, item("2", "a?sig=2")));
    BOOST_TEST(!add(batches, item("1", "b")));
    batches.seal(start + 10s);
    BOOST_TEST(add(batches, item("1", "a?sig=1"), 11s));
}

BOOST_AUTO_TEST_CASE(seals_early_when_full_large_or_asked_to) {
    batching few({.batching = 10s, .max_items = 2});
    add(few, item("1", "a"));
    add(few, item("2", "b"));
    BOOST_TEST(few.seal(start).size() == 1u);

    batching small({.batching = 10s, .max_bytes = 15});
    add(small, item("1", "a"));
    BOOST_TEST(small.seal(start).empty());
    add(small, item("2", "b"));
    BOOST_TEST(small.seal(start).size() == 1u);

    batching flushed_at_once({.batching = 10s});
    auto flushed = item("1", "a");
    flushed.message.flush_immediately = true;
    add(flushed_at_once, flushed);
    BOOST_TEST(flushed_at_once.seal(start).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
