#include "core/pipeline/shipping/shipping_fixture.hpp"
#include "core/spool/reading/gunzip.hpp"
#include "core/spool/reading/zipped.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;

namespace {

std::string packed(std::string_view text) {
    std::string out(text.size() * 2 + 1000, '\0');
    spool::gzip_encoder encoder(spool::compression::fast);
    auto step = encoder.step(text, out, true);
    out.resize(step.produced);
    return out;
}

}  // namespace

// Compressed files that are still being written.
BOOST_FIXTURE_TEST_SUITE(cut_files_, test::shipping)

BOOST_AUTO_TEST_CASE(a_gzip_file_that_is_cut_is_shipped_when_it_is_whole) {
    auto whole = packed(test::lines(10'000));
    auto& what = claim(1, whole.substr(0, 100));
    begin();
    BOOST_TEST(state_of(1) == "claimed");
    BOOST_TEST((next.handed == std::vector<std::string>{"changed " + id_of(1)}));
    // Its writer continues; what the intake does when it looks again.
    auto grow = [&](std::size_t from, std::size_t to) {
        drop.append(test::in_work("f1"), whole.substr(from, to - from));
        touch(test::in_work("f1"));
        auto now = drop.identity(test::in_work("f1"));
        what.slices.front().identity = now;
        what.slices.front().length_bytes = now.size_bytes;
        push(1);
    };
    auto uploads = network.sent.size();
    pass_seconds(20);
    grow(100, 200);
    BOOST_TEST(next.handed.size() == 2u);
    push(1);
    BOOST_TEST(next.handed.size() == 3u);
    pass_seconds(20);
    grow(200, whole.size());
    BOOST_TEST(network.sent.size() == uploads);
    push(1);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST((network.sent[0].body == whole));
}

BOOST_AUTO_TEST_CASE(a_gzip_file_that_stays_cut_is_rejected_after_a_while) {
    claim(1, packed("1,2\n").substr(0, 20));
    begin();
    BOOST_TEST(state_of(1) == "claimed");
    pass_seconds(59);
    push(1);
    BOOST_TEST(state_of(1) == "claimed");
    pass_seconds(1);
    push(1);
    BOOST_TEST(state_of(1) == "rejected broken_gzip");
    BOOST_TEST(network.sent.empty());
}

BOOST_AUTO_TEST_CASE(a_gzip_file_that_was_cut_long_ago_is_rejected_at_once) {
    auto file = claimed_file("a.gz", packed("1,2\n").substr(0, 20));
    touch(file.location, 10min);
    file.identity = drop.identity(file.location);
    admit(1, {file});
    begin();
    push(1);
    BOOST_TEST(state_of(1) == "rejected broken_gzip");
}

BOOST_AUTO_TEST_CASE(where_growth_is_not_followed_a_cut_gzip_file_is_rejected_at_once) {
    web().follows_growth = false;
    begin();
    claim(1, packed("1,2\n").substr(0, 20));
    BOOST_TEST(state_of(1) == "rejected broken_gzip");
}

BOOST_AUTO_TEST_CASE(a_gzip_file_that_grew_meanwhile_is_looked_at_again) {
    auto file = claimed_file("a.gz", packed("1,2\n").substr(0, 20));
    drop.append(file.location, "more");
    admit(1, {file});
    begin();
    push(1);
    BOOST_TEST(state_of(1) == "claimed");
    BOOST_TEST((next.handed == std::vector<std::string>{"changed " + id_of(1)}));
}

BOOST_AUTO_TEST_CASE(a_zip_file_that_is_cut_is_waited_for_too) {
    auto whole = test::zipped({{"a.csv", test::lines(1000)}});
    auto& what = claim(1, whole.substr(0, 100));
    begin();
    BOOST_TEST(state_of(1) == "claimed");
    drop.append(test::in_work("f1"), whole.substr(100));
    what.slices.front().identity = drop.identity(test::in_work("f1"));
    what.slices.front().length_bytes = whole.size();
    push(1);
    BOOST_TEST(state_of(1) == "claimed");
    push(1);
    BOOST_TEST(state_of(1) == "posted");
}

BOOST_AUTO_TEST_SUITE_END()
