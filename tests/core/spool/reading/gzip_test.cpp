#include "spool/reading/gzip.hpp"

#include "core/spool/reading/gunzip.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;
namespace data = boost::unit_test::data;

namespace kustodrop::spool {
static std::ostream& operator<<(std::ostream& out, compression how) {
    return out << (how == compression::fast ? "fast" : "dense");
}
}  // namespace kustodrop::spool

// Compresses in pieces of `in` bytes into buffers of `out` bytes.
static std::string encoded(
    compression how, std::string_view text, std::size_t in, std::size_t out
) {
    gzip_encoder encoder(how);
    std::string whole;
    std::string buffer(out, '\0');
    bool finished = false;
    while (!finished) {
        auto piece = text.substr(0, in);
        bool last = piece.size() == text.size();
        auto step = encoder.step(piece, buffer, last);
        BOOST_REQUIRE(step.finished || step.consumed + step.produced > 0);
        whole.append(buffer, 0, step.produced);
        text.remove_prefix(step.consumed);
        finished = step.finished;
    }
    BOOST_TEST(text.empty());
    return whole;
}

static std::string sample(int kind, std::size_t bytes) {
    if (kind == 0) return test::random_text(bytes, 7);
    if (kind == 1) return std::string(bytes, '\0');
    return test::lines(bytes);
}

static result<std::uint64_t> counted(
    std::string_view compressed, std::size_t piece, gzip_limits limits = {}
) {
    gzip_counter counter(limits);
    for (; !compressed.empty(); compressed.remove_prefix(std::min(piece, compressed.size()))) {
        if (auto added = counter.add(compressed.substr(0, piece)); !added) return added.error();
    }
    if (auto finished = counter.finish(); !finished) return finished.error();
    return counter.raw_bytes();
}

BOOST_AUTO_TEST_SUITE(gzip_)

static const auto both = data::make({compression::fast, compression::dense});
static const auto kinds = data::make({0, 1, 2});
static const auto sizes = data::make<std::size_t>(
    {0, 1, 2, 1000, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 5 * 1024 * 1024}
);

BOOST_DATA_TEST_CASE(what_it_makes_gunzip_restores, both* kinds* sizes, how, kind, size) {
    auto text = sample(kind, size);
    auto compressed = encoded(how, text, 256 * 1024, 4 * 1024 * 1024);
    BOOST_TEST((test::gunzip(compressed) == text));
    BOOST_TEST(counted(compressed, 1 << 20).value() == text.size());
}

BOOST_DATA_TEST_CASE(tiny_and_odd_buffers_make_no_difference, both* kinds, how, kind) {
    for (std::size_t size : {0u, 1u, 5'000u, 70'001u}) {
        auto text = sample(kind, size);
        for (std::size_t out : {1u, 3u, 7u, 13u, 1021u}) {
            for (std::size_t in : {1u, 17u, 4099u}) {
                auto compressed = encoded(how, text, in, out);
                BOOST_TEST((test::gunzip(compressed) == text));
            }
        }
    }
}

// As of many small files in one blob, with a large one among them.
BOOST_DATA_TEST_CASE(small_pieces_are_gathered, both, how) {
    auto text = test::lines(500'000);
    for (std::size_t out : {100u, 1u << 20}) {
        gzip_encoder encoder(how);
        std::string buffer(out, '\0');
        std::string whole;
        std::string_view rest = text;
        for (std::size_t number = 0;; ++number) {
            auto piece = rest.substr(0, number % 40 == 7 ? 50'000 : 900);
            bool last = piece.size() == rest.size();
            auto step = encoder.step(piece, buffer, last);
            whole.append(buffer, 0, step.produced);
            rest.remove_prefix(step.consumed);
            if (step.finished) break;
        }
        BOOST_TEST((test::gunzip(whole) == text));
        auto at_once = encoded(how, text, text.size(), 1 << 20);
        BOOST_TEST(whole.size() < at_once.size() * 21 / 20);
    }
}

BOOST_DATA_TEST_CASE(shrinks_text, both, how) {
    auto text = test::lines(1 << 20);
    BOOST_TEST(encoded(how, text, 1 << 18, 1 << 20).size() < text.size() / 4);
}

BOOST_AUTO_TEST_CASE(dense_is_smaller_than_fast) {
    auto text = test::lines(1 << 20);
    auto fast = encoded(compression::fast, text, 1 << 18, 1 << 20);
    auto dense = encoded(compression::dense, text, 1 << 18, 1 << 20);
    BOOST_TEST(dense.size() < fast.size());
}

BOOST_AUTO_TEST_CASE(refuses_to_be_an_encoder_that_does_not_encode) {
    auto make = [] { gzip_encoder encoder{compression::none}; };
    BOOST_CHECK_THROW(make(), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(gzip_counter_)

static const auto text = test::lines(300'000);
static const auto member = encoded(compression::dense, text, 1 << 18, 1 << 20);

BOOST_AUTO_TEST_CASE(counts_whatever_the_pieces) {
    for (std::size_t piece : {1u, 2u, 9u, 1000u, 1u << 20}) {
        BOOST_TEST(counted(member, piece).value() == text.size());
    }
}

BOOST_AUTO_TEST_CASE(counts_all_members) {
    auto three = member + encoded(compression::fast, "", 1, 100) + member;
    BOOST_TEST(counted(three, 777).value() == 2 * text.size());
}

BOOST_AUTO_TEST_CASE(knows_the_last_byte) {
    gzip_counter counter({});
    BOOST_TEST(counter.last_byte() == '\n');
    BOOST_REQUIRE(counter.add(encoded(compression::fast, "abc", 10, 100)));
    BOOST_TEST(counter.last_byte() == 'c');
}

BOOST_AUTO_TEST_CASE(every_truncation_is_broken) {
    auto small = encoded(compression::dense, "hello hello", 100, 100);
    for (std::size_t length = 0; length < small.size(); ++length) {
        auto said = counted(small.substr(0, length), 5);
        BOOST_REQUIRE(said.has_error());
        BOOST_TEST(said.error().code == errc::broken_gzip);
        // Of what begins like gzip, the writer may not be done.
        auto next = length == 0 ? remedy::give_up : remedy::retry;
        BOOST_TEST((said.error().next == next));
    }
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_of_data_or_trailer_is_broken) {
    auto small = encoded(compression::dense, test::lines(500), 1000, 1000);
    for (std::size_t at = 10; at < small.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            auto damaged = small;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
            auto said = counted(damaged, 64);
            // The bits that fill up the last byte of the data mean nothing.
            if (said.has_value() && at == small.size() - 9) continue;
            BOOST_REQUIRE(said.has_error());
            BOOST_TEST(said.error().code == errc::broken_gzip);
        }
    }
}

BOOST_AUTO_TEST_CASE(zeros_after_the_last_member_are_padding) {
    for (std::size_t piece : {1u, 100u, 4096u, 1u << 20u}) {
        for (std::size_t zeros : {1u, 511u, 10'000u}) {
            auto padded = member + std::string(zeros, '\0');
            BOOST_TEST(counted(padded, piece).value() == text.size());
            BOOST_TEST(counted(member + padded, piece).value() == 2 * text.size());
        }
    }
    gzip_counter counter({});
    BOOST_REQUIRE(counter.add(member + std::string(100, '\0')));
    BOOST_TEST(counter.member_bytes() == member.size());
}

BOOST_AUTO_TEST_CASE(what_follows_padding_is_broken) {
    for (std::size_t piece : {1u, 4096u, 1u << 20u}) {
        auto said = counted(member + std::string(3, '\0') + member, piece);
        BOOST_REQUIRE(said.has_error());
        BOOST_TEST(said.error().code == errc::broken_gzip);
    }
}

BOOST_AUTO_TEST_CASE(shows_the_raw_bytes_until_that_is_enough) {
    std::string seen;
    gzip_counter counter({}, [&](std::string_view raw) {
        seen += raw;
        return seen.size() < 100'000;
    });
    BOOST_REQUIRE(counter.add(member));
    BOOST_TEST(seen.size() >= 100'000u);
    BOOST_TEST(seen.size() < text.size());
    BOOST_TEST(text.starts_with(seen));
}

BOOST_AUTO_TEST_CASE(garbage_after_the_end_is_broken) {
    for (auto tail : {std::string("x"), std::string("\0x", 2), std::string("\x1f\x8b", 2)}) {
        auto said = counted(member + tail, 4096);
        BOOST_REQUIRE(said.has_error());
        BOOST_TEST(said.error().code == errc::broken_gzip);
    }
}

BOOST_AUTO_TEST_CASE(plain_text_is_broken) {
    BOOST_TEST(counted("a,b,c\n", 100).error().code == errc::broken_gzip);
}

BOOST_AUTO_TEST_CASE(stops_above_the_limit_and_not_at_it) {
    gzip_limits limits;
    limits.max_raw_bytes = text.size();
    BOOST_TEST(counted(member, 4096, limits).has_value());
    --limits.max_raw_bytes;
    auto said = counted(member, 4096, limits);
    BOOST_TEST(said.error().code == errc::too_large);
    BOOST_TEST((said.error().next == remedy::give_up));
}

BOOST_AUTO_TEST_CASE(a_bomb_is_found_before_it_is_inflated_to_the_end) {
    auto bomb = encoded(compression::dense, std::string(128 << 20, '\0'), 1 << 20, 1 << 20);
    auto said = counted(bomb, 4096);
    BOOST_REQUIRE(said.has_error());
    BOOST_TEST(said.error().code == errc::gzip_bomb);
    BOOST_TEST((said.error().next == remedy::give_up));
}

BOOST_AUTO_TEST_CASE(zeros_below_the_free_amount_are_no_bomb) {
    auto zeros = encoded(compression::dense, std::string(60 << 20, '\0'), 1 << 20, 1 << 20);
    BOOST_TEST(counted(zeros, 1 << 20).value() == 60u << 20);
}

BOOST_AUTO_TEST_SUITE_END()
