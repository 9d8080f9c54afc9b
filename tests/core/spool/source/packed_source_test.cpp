#include "spool/source/packed_source.hpp"

#include "support/in_work.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <limits>
#include <random>

using namespace kustodrop;
using namespace kustodrop::spool;

static const std::string an_id = "019acb12-9a4e-7000-8000-0123456789ab";
static constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

static source posted() {
    source what;
    what.id = an_id;
    what.watch = "web";
    what.target = "Logs.Web";
    what.claimed_at = wall_time(1'800'000'000s);
    what.slices.push_back({"a.csv", test::in_work(an_id + "~a.csv"), 0, 200});
    auto& identity = what.slices.front().identity;
    identity = {2049, 1'234'567, 200, 1'799'999'999'123'456'789, 1'800'000'000'000'456'789, 0};
    what.slices.front().end_check = 0x89ab'cdef;
    what.attempts = 1;
    what.posts = 1;
    what.last_post_at = what.claimed_at + 300ms;
    what.reported.in_queue = true;
    what.records = 12;
    blob_record blob{
        "account0000000001", "20261130-ingestdata-e5c334ee", an_id + ".csv.gz", 200, 90};
    what.stage = stage::posted{blob, what.last_post_at};
    return what;
}

static source unpacked(const source& what) {
    shared_texts texts;
    return unpack(pack(what, texts), what.id, texts);
}

BOOST_AUTO_TEST_SUITE(packed_sources)

BOOST_AUTO_TEST_CASE(come_back_as_they_were) {
    BOOST_TEST((unpacked(posted()) == posted()));
    BOOST_TEST((unpacked(source()) == source()));
}

BOOST_AUTO_TEST_CASE(keep_each_stage) {
    auto what = posted();
    auto blob = *blob_of(what.stage);
    outcome_record record{outcome::unconfirmed, "code", "why", "op", what.claimed_at - 1h};
    for (any_stage at :
         {any_stage(stage::claimed{}),
          any_stage(stage::uploaded{blob}),
          any_stage(stage::posting{blob, what.claimed_at + 1s}),
          any_stage(stage::settled{record}),
          any_stage(stage::retired{record, wall_time()})}) {
        what.stage = at;
        BOOST_TEST((unpacked(what) == what));
    }
}

BOOST_AUTO_TEST_CASE(keep_what_few_sources_have) {
    auto what = posted();
    what.ambiguous_posts = 3;
    what.begun = 2;
    what.token_number = largest;
    what.token_refused = true;
    what.reported = {true, true, true, true};
    what.rest_posts = {{"Logs", "Web", "1;2;3"}, {"Logs", "Web", ""}};
    what.failure_keys = {"a", ""};
    what.last_failure = outcome_record{outcome::failed, "Bad", "line\n1", "op", wall_time(-1s)};
    what.posts_before_failure = 1;
    what.cluster = std::string("east");
    what.records = std::nullopt;
    auto& file = what.slices.front();
    file.log_id = std::string("log-1");
    file.identity.born_ns = std::numeric_limits<std::int64_t>::min();
    file.identity.modified_ns = std::numeric_limits<std::int64_t>::max();
    file.offset = largest;
    what.slices.push_back({"sub/b.csv", "", 1, largest, {}, 1, 2, 3});
    BOOST_TEST((unpacked(what) == what));
}

// What stands for an id, a name and our folder may stand in a name itself.
BOOST_AUTO_TEST_CASE(keep_any_name) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 5000; ++i) {
        auto what = posted();
        std::string name;
        for (auto length = random() % 12; length > 0; --length) {
            static const std::string parts[] = {
                "\x01",
                "\x02",
                "\x03",
                "\x04",
                std::string(1, '\0'),
                "a.csv",
                ".kustodrop/",
                an_id,
                "\xff",
                "\n"};
            name += parts[random() % std::size(parts)];
        }
        what.slices.front().name = name;
        what.slices.front().location = i % 2 == 0 ? name + "~" + name : test::in_work(name);
        BOOST_TEST_REQUIRE((unpacked(what) == what));
    }
}

BOOST_AUTO_TEST_CASE(share_texts_and_know_their_watch) {
    shared_texts texts;
    auto one = posted();
    auto other = posted();
    other.watch = "api";
    auto first = pack(one, texts);
    auto second = pack(other, texts);
    auto third = pack(one, texts);
    BOOST_TEST(watch_of(first, texts) == "web");
    BOOST_TEST(watch_of(second, texts) == "api");
    BOOST_TEST(watch_of(third, texts) == "web");
    BOOST_TEST((unpack(second, other.id, texts) == other));
    BOOST_TEST(texts.number_of("Logs.Web") == texts.number_of("Logs.Web"));
}

BOOST_AUTO_TEST_SUITE_END()
