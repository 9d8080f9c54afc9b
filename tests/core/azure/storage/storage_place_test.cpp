#include "azure/storage/sas_rights.hpp"
#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using azure::parse_storage_place;

static const auto now = *parse_iso8601("2026-08-22T10:00:00Z");

BOOST_AUTO_TEST_SUITE(storage_place_)

BOOST_AUTO_TEST_CASE(reads_account_container_and_expiry) {
    auto place = parse_storage_place(
        "https://sacc1.blob.core.windows.net/20230430-ingestdata-0"
        "?sv=2018-03-28&sr=c&sig=a%2Bb%3D&se=2026-08-26T16%3A17%3A21Z&sp=rw",
        now
    );
    BOOST_TEST(place->account == "sacc1");
    BOOST_TEST(place->name == "20230430-ingestdata-0");
    BOOST_TEST((place->expires_at == parse_iso8601("2026-08-26T16:17:21Z")));
    BOOST_TEST((place->reserve == 5min));
    BOOST_TEST(
        place->location.query() ==
        "sv=2018-03-28&sr=c&sig=a%2Bb%3D&se=2026-08-26T16%3A17%3A21Z&sp=rw"
    );
}

BOOST_AUTO_TEST_CASE(reads_accounts_in_dns_zones) {
    auto place = parse_storage_place("https://acct.z11.blob.storage.azure.net/c?sig=x", now);
    BOOST_TEST(place->account == "acct");
    BOOST_TEST(!place->expires_at.has_value());
}

BOOST_AUTO_TEST_CASE(reads_the_account_from_the_path_of_an_emulator) {
    for (auto host : {"127.0.0.1:10000", "localhost:10000", "[::1]:10000", "10.0.0.7", "azurite"}) {
        auto place = parse_storage_place(
            "http://" + std::string(host) + "/devstoreaccount1/container?sig=x", now
        );
        BOOST_TEST_REQUIRE(place.has_value());
        BOOST_TEST(place->account == "devstoreaccount1");
        BOOST_TEST(place->name == "container");
    }
}

BOOST_AUTO_TEST_CASE(the_reserve_of_a_short_life_is_a_quarter_of_it) {
    auto place =
        parse_storage_place("https://a.blob.core.windows.net/c?se=2026-08-22T10:00:20Z", now);
    BOOST_TEST((place->reserve == 5s));
    BOOST_TEST(place->usable_at(now + 14s));
    BOOST_TEST(!place->usable_at(now + 15s));
}

BOOST_AUTO_TEST_CASE(a_back_dated_start_does_not_lengthen_the_reserve) {
    auto place = parse_storage_place(
        "https://a.blob.core.windows.net/c?st=2026-08-22T09:00:00Z&se=2026-08-22T10:00:20Z", now
    );
    BOOST_TEST((place->reserve == 5s));
}

BOOST_AUTO_TEST_CASE(what_has_expired_is_not_usable) {
    auto place =
        parse_storage_place("https://a.blob.core.windows.net/c?se=2026-08-22T09:59:59Z", now);
    BOOST_TEST(place.has_value());
    BOOST_TEST(!place->usable_at(now));
}

BOOST_AUTO_TEST_CASE(without_an_expiry_it_is_always_usable) {
    auto place = parse_storage_place("https://a.blob.core.windows.net/c", now);
    BOOST_TEST(place->usable_at(now + std::chrono::hours(100'000)));
}

BOOST_AUTO_TEST_CASE(an_expiry_may_be_further_away_than_a_duration_reaches) {
    auto place = parse_storage_place("https://a.blob.core.windows.net/c?se=9999-12-31", now);
    BOOST_TEST(place->usable_at(now));
    BOOST_TEST((place->reserve == 5min));
    auto past = parse_storage_place("https://a.blob.core.windows.net/c?se=1013-08-22", now);
    BOOST_TEST(!past->usable_at(now));
}

BOOST_AUTO_TEST_CASE(an_expiry_may_lack_seconds_or_have_an_offset) {
    auto short_one = parse_storage_place("https://a.test/c?se=2026-08-22T10%3A05Z", now);
    BOOST_TEST((short_one->expires_at == now + 5min));
    auto far_east = parse_storage_place("https://a.test/c?se=2026-08-22T12%3A05%2B02%3A00", now);
    BOOST_TEST((far_east->expires_at == now + 5min));
}

BOOST_AUTO_TEST_CASE(an_expiry_that_cannot_be_read_is_unknown) {
    auto place = parse_storage_place("https://a.test/c?se=tomorrow", now);
    BOOST_TEST(place.has_value());
    BOOST_TEST(!place->expires_at.has_value());
    BOOST_TEST(place->usable_at(now));
}

BOOST_AUTO_TEST_CASE(refuses_what_names_no_container) {
    for (auto text :
         {"",
          "nonsense",
          "ftp://a.blob.core.windows.net/c",
          "https://a.blob.core.windows.net/",
          "https://a.blob.core.windows.net",
          "https://a.blob.core.windows.net/a/b",
          "http://127.0.0.1/account",
          "http://127.0.0.1/a/b/c",
          "http://127.0.0.1//c"}) {
        BOOST_TEST(!parse_storage_place(text, now).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_names_no_secret) {
    auto place = parse_storage_place("https://a.test/a/b?sig=TOPSECRET", now);
    BOOST_TEST(place.error().detail.find("TOPSECRET") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_what_its_sas_allows_and_never_the_signature) {
    auto base = std::string("https://a.queue.core.windows.net/q?sv=2021-08-06&sig=hunter2");
    auto narrow = *parse_storage_place(base + "&sp=p&se=2026-08-26T16%3A17Z", now);
    BOOST_TEST(azure::allows(narrow, 'p'));
    BOOST_TEST(!azure::allows(narrow, 'r'));
    BOOST_TEST(azure::key_of(narrow) == "a/q");
    BOOST_TEST(azure::sas_description(narrow) == "sv=2021-08-06 sp=p se=2026-08-26T16:17Z");
    auto by_policy = *parse_storage_place(base + "&si=readers", now);
    BOOST_TEST(azure::allows(by_policy, 'r'));
    BOOST_TEST(azure::sas_description(by_policy) == "sv=2021-08-06 si=readers");
    BOOST_TEST(!azure::allows(*parse_storage_place(base + "&sp=", now), 'r'));
}

BOOST_AUTO_TEST_SUITE_END()
