#include "spool/reading/segment_encoder.hpp"

#include "core/spool/reading/gunzip.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

namespace kustodrop::spool::test {

using kustodrop::test::gunzip_one_member;

namespace {

std::string text_of(std::size_t bytes) {
    std::mt19937_64 random(7);
    std::string out;
    while (out.size() < bytes) {
        out +=
            R"({"time":"2026-08-22","level":"info","number":)" + std::to_string(random()) + "}\n";
    }
    out.resize(bytes);
    return out;
}

segment_encoder::read_at reading(const std::string& raw) {
    return [&raw](std::uint64_t offset, std::span<char> into) -> result<void> {
        raw.copy(into.data(), into.size(), offset);
        return {};
    };
}

segment_options small_segments(compression how) {
    segment_options options;
    options.how = how;
    options.segment_bytes = 100'000;
    return options;
}

std::string all_of(segment_encoder& encoder, std::size_t room) {
    std::string out;
    std::vector<char> buffer(room);
    for (;;) {
        auto filled = encoder.fill(buffer);
        BOOST_REQUIRE(filled.has_value());
        out.append(buffer.data(), filled->bytes);
        if (filled->last) return out;
        BOOST_REQUIRE(filled->bytes == room);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(segment_encoder_)

BOOST_AUTO_TEST_CASE(makes_one_gzip_member_of_many_segments) {
    for (auto how : {compression::fast, compression::dense}) {
        for (std::size_t bytes : {1u, 99'999u, 100'000u, 100'001u, 1'234'567u}) {
            auto raw = text_of(bytes);
            segment_encoder encoder(raw.size(), reading(raw), small_segments(how));
            auto packed = all_of(encoder, 4096);
            BOOST_TEST((gunzip_one_member(packed) == raw));
        }
    }
}

BOOST_AUTO_TEST_CASE(gives_the_same_bytes_with_any_helper) {
    auto raw = text_of(3'000'000);
    segment_encoder alone(raw.size(), reading(raw), small_segments(compression::fast));
    auto expected = all_of(alone, 1000);
    boost::asio::thread_pool pool(3);
    for (int round = 0; round < 20; ++round) {
        auto options = small_segments(compression::fast);
        options.threads = 4;
        options.run = [&pool](std::function<void()> work) { boost::asio::post(pool, work); };
        segment_encoder helped(raw.size(), reading(raw), options);
        BOOST_TEST((all_of(helped, 70'000) == expected));
    }
    pool.join();
}

BOOST_AUTO_TEST_CASE(never_waits_for_a_thread_that_does_not_come) {
    auto raw = text_of(2'000'000);
    std::vector<std::function<void()>> never;
    auto options = small_segments(compression::fast);
    options.threads = 3;
    options.run = [&never](std::function<void()> work) { never.push_back(std::move(work)); };
    {
        segment_encoder encoder(raw.size(), reading(raw), options);
        BOOST_TEST((gunzip_one_member(all_of(encoder, 5000)) == raw));
    }
    BOOST_TEST(!never.empty());
    for (auto& late : never) late();  // And one that comes too late does no harm.
}

BOOST_AUTO_TEST_CASE(keeps_what_does_not_compress_whole) {
    std::mt19937_64 random(1);
    std::string raw(500'000, '\0');
    for (auto& c : raw) c = static_cast<char>(random());
    segment_encoder encoder(raw.size(), reading(raw), small_segments(compression::fast));
    auto packed = all_of(encoder, 10'000);
    BOOST_TEST((gunzip_one_member(packed) == raw));
    BOOST_TEST(packed.size() < raw.size() + raw.size() / 64);
}

BOOST_AUTO_TEST_CASE(fails_as_the_reading_does) {
    auto read = [](std::uint64_t offset, std::span<char> into) -> result<void> {
        if (offset >= 250'000) return failure{errc::read_error, remedy::retry, "gone"};
        std::fill(into.begin(), into.end(), 'x');
        return {};
    };
    segment_encoder encoder(1'000'000, read, small_segments(compression::fast));
    std::vector<char> buffer(1 << 20);
    auto filled = encoder.fill(buffer);
    BOOST_REQUIRE(filled.has_error());
    BOOST_TEST(filled.error().code == errc::read_error);
}

BOOST_AUTO_TEST_CASE(lets_only_so_many_compress_at_a_time) {
    compression_gate gate(1);
    auto pass = std::make_unique<compression_pass>(&gate);
    auto raw = text_of(1000);
    auto options = small_segments(compression::fast);
    options.gate = &gate;
    bool done = false;
    boost::asio::thread_pool pool(1);
    boost::asio::post(pool, [&] {
        segment_encoder encoder(raw.size(), reading(raw), options);
        all_of(encoder, 4096);
        done = true;
    });
    BOOST_TEST(!done);  // It cannot be: the only pass is ours.
    pass.reset();
    pool.join();
    BOOST_TEST(done);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kustodrop::spool::test
