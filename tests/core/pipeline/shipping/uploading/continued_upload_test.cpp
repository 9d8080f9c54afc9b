#include "azure/storage/blob.hpp"
#include "base/crypto/crc64.hpp"
#include "core/pipeline/shipping/shipping_fixture.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline::test {

namespace {

using reply = result<http::response>;
constexpr std::size_t block_bytes = 1000;

/// Storage that keeps blocks, by account, and takes so many of them.
struct large_file : kustodrop::test::shipping {
    large_file() {
        how.block_bytes = block_bytes;
        how.how = spool::compression::none;
        how.compression_threads = 1;
        shipper->set_options(how);
        storage = [this](const http::request& asked) -> std::optional<reply> {
            auto& mine = blocks[std::string(asked.target.host().substr(0, 3))];
            if (asked.operation == "put_block") return take(mine, asked);
            if (asked.operation == "get_block_list") return list(mine);
            return std::nullopt;
        };
        for (int i = 0; i < 500; ++i) content += std::to_string(1'000'000 + i * 7919) + ",\n";
    }

    reply take(std::map<std::string, std::string>& mine, const http::request& asked) {
        auto account = std::string(asked.target.host().substr(0, 3));
        visits = router.visits(account, storage_router::errand::upload);
        if (taken.size() >= most) return http::response{503, {}, {}};
        auto id = *asked.target.parameter("blockid");
        taken.push_back(azure::parse_block_id(id)->index);
        mine[id] = asked.payload();
        return http::response{201, {}, {}};
    }

    static reply list(const std::map<std::string, std::string>& mine) {
        std::string body = "<BlockList><UncommittedBlocks>";
        for (auto& [id, bytes] : mine) {
            body += "<Block><Name>" + id + "</Name><Size>" + std::to_string(bytes.size()) +
                    "</Size></Block>";
        }
        return http::response{200, {}, body + "</UncommittedBlocks></BlockList>"};
    }

    // As an earlier run left it, with so many attempts behind it.
    void resume(unsigned attempts) {
        spool::source what;
        what.id = id_of(1);
        what.watch = "web";
        what.target = "Logs.Web";
        what.slices = {claimed_file("f1", content)};
        what.claimed_at = clock.wall_now();
        what.attempts = attempts;
        sources->resume(std::move(what));
        push(1);
    }

    void store(const std::string& account, unsigned index) {
        auto bytes = content.substr(index * block_bytes, block_bytes);
        blocks[account][azure::block_id({index, crc64(bytes)})] = bytes;
    }

    std::string committed() const {
        for (auto& sent : network.sent) {
            if (sent.operation == "put_block_list") return std::string(sent.target.host());
        }
        return "";
    }

    std::string content;
    std::map<std::string, std::map<std::string, std::string>> blocks;  // By account, by id.
    std::vector<unsigned> taken;                                       // In their order.
    std::size_t most = 100;
    std::size_t visits = 0;  // To the account that was sent the last block.
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(continued_upload_, large_file)

BOOST_AUTO_TEST_CASE(an_attempt_after_one_that_failed_sends_only_the_rest) {
    BOOST_REQUIRE(content.size() == 4500u);
    most = 2;
    claim(1, content);
    begin(1);
    for (int i = 0; i < 60 && asked("get_block_list") == 0; ++i) pass_seconds(1);
    BOOST_TEST(state_of(1) == "claimed");
    most = 100;
    pass_seconds(120);
    BOOST_TEST(state_of(1) == "posted");
    std::ranges::sort(taken);
    BOOST_TEST(taken == (std::vector<unsigned>{0, 1, 2, 3, 4}));
    BOOST_TEST(logged("continues an upload") > 0u);
}

BOOST_AUTO_TEST_CASE(what_an_earlier_run_has_begun_is_looked_for_and_found) {
    store("two", 1);
    store("two", 4);
    resume(1);
    begin(1);
    pass_seconds(5);
    BOOST_TEST(state_of(1) == "posted");
    std::ranges::sort(taken);
    BOOST_TEST(taken == (std::vector<unsigned>{0, 2, 3}));
    BOOST_TEST(committed() == "two.example");
    BOOST_TEST(visits == 1u);
    BOOST_TEST(router.visits("two", storage_router::errand::upload) == 0u);
    BOOST_TEST(logged("stored_bytes=1500") == 1u);
}

BOOST_AUTO_TEST_CASE(what_no_run_has_begun_is_not_looked_for) {
    store("one", 1);
    store("two", 1);
    resume(0);
    begin(1);
    pass_seconds(5);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(asked("get_block_list") == 0u);
    BOOST_TEST(taken.size() == 5u);
    BOOST_TEST(logged("continues an upload") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kustodrop::pipeline::test
