#include "pipeline/shipping/uploading/block_upload.hpp"

#include "base/crypto/crc64.hpp"
#include "base/text.hpp"
#include "core/spool/reading/gunzip.hpp"
#include "support/scripted_transport.hpp"
#include "support/temp_folder.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

namespace kustodrop::pipeline::test {

namespace {

struct uploading : kustodrop::test::world {
    kustodrop::test::temp_folder folder;
    random_generator random{1};
    metrics measured;
    worker_pool pool{0};
    logger log{clock, log_level::info, log_format::text, [](std::string_view) {}};
    reading_lanes lanes{pool, log, 2};
    kustodrop::test::scripted_transport network;
    azure::blob_client blobs{network, random};
    std::vector<bool> reported;
    std::vector<std::uint64_t> accepted;
    std::size_t buffers = 3;
    std::string content;
    std::optional<result<std::vector<azure::stored_block>>> find;  // What storage has already.
    std::vector<std::uint64_t> continued;

    asio::awaitable<result<std::vector<azure::stored_block>>> found() { co_return *find; }

    std::shared_ptr<spool::source_reader> reader(std::size_t bytes) {
        for (std::size_t i = 0; i < bytes; ++i) content += static_cast<char>('a' + i * i % 23);
        folder.write("f", content);
        spool::source what;
        what.slices.push_back({"f", "f", 0, bytes, folder.identity("f")});
        spool::reader_options how;
        how.root_fd = folder.root();
        how.how = spool::compression::none;
        return spool::source_reader::open(what, how);
    }

    auto begin(block_upload& upload, std::shared_ptr<spool::source_reader> from) {
        return start(upload.send({std::move(from)}));
    }

    block_upload upload() {
        block_upload::options how;
        how.block_bytes = 1000;
        how.buffers = buffers;
        how.report = [this](const result<void>& sent) { reported.push_back(sent.has_value()); };
        how.count = [](const spool::source_reader& read) { return read.raw_bytes(); };
        how.accepted = [this](std::uint64_t bytes) { accepted.push_back(bytes); };
        how.continues = [this](std::uint64_t bytes) { continued.push_back(bytes); };
        if (find) how.find = [this](const spool::source_reader&) { return found(); };
        block_upload_parts parts{blobs, lanes, clock, random, measured};
        auto blob = [](const spool::source_reader&) {
            return *http::url::parse("https://a.example/c/b.gz?sig=x");
        };
        return {parts, how, blob};
    }

    // Takes every request but those whose place in the order is in `lost`.
    void serve(std::map<std::size_t, failure> lost = {}) {
        network.always = [this, lost](const http::request&) -> result<http::response> {
            auto found = lost.find(network.sent.size() - 1);
            if (found != lost.end()) return found->second;
            return http::response{201, {}, {}};
        };
    }

    // What the service has in the end: the blocks in the order of their ids.
    std::string stored() const {
        std::map<unsigned, std::string> blocks;
        for (auto& sent : network.sent) {
            auto id = sent.target.parameter("blockid");
            if (id) blocks[azure::parse_block_id(*id)->index] = sent.body;
        }
        std::string whole;
        for (auto& [index, body] : blocks) whole += body;
        return whole;
    }

    // Those that were sent.
    std::vector<unsigned> sent_blocks() const {
        std::vector<unsigned> out;
        for (auto& sent : network.sent) {
            auto id = sent.target.parameter("blockid");
            if (id) out.push_back(azure::parse_block_id(*id)->index);
        }
        return out;
    }

    // As if storage had block `index` of what the reader gives.
    azure::block_key block(unsigned index) const {
        auto bytes = std::string_view(content).substr(1000 * std::size_t{index}, 1000);
        return {index, crc64(bytes)};
    }
};

const failure lost{errc::connection_reset, remedy::retry, "lost"};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(block_upload_, uploading)

BOOST_AUTO_TEST_CASE(what_fits_into_one_block_is_one_request) {
    serve();
    auto from = reader(900);
    auto sending = upload();
    BOOST_TEST(begin(sending, from)->value->has_value());
    BOOST_REQUIRE(network.sent.size() == 1u);
    BOOST_TEST(network.last().operation == "put_blob");
    BOOST_TEST(network.last().body == content);
}

BOOST_AUTO_TEST_CASE(what_does_not_goes_in_blocks_and_their_list) {
    for (std::size_t memory : {1u, 2u, 3u}) {
        network.sent.clear();
        content.clear();
        buffers = memory;
        serve();
        auto from = reader(4500);
        auto sending = upload();
        BOOST_TEST(begin(sending, from)->value->has_value());
        BOOST_REQUIRE(network.sent.size() == 6u);
        BOOST_TEST(stored() == content);
        BOOST_TEST(network.last().operation == "put_block_list");
        BOOST_TEST(network.last().body.find(azure::block_id(block(4))) != std::string::npos);
        BOOST_TEST(
            network.last().body.ends_with(azure::block_id(block(4)) + "</Latest></BlockList>")
        );
    }
    BOOST_TEST(reported == std::vector<bool>(18, true));
}

BOOST_AUTO_TEST_CASE(what_storage_has_accepted_is_counted_and_no_more) {
    buffers = 1;
    serve();
    auto from = reader(2500);
    auto sending = upload();
    BOOST_TEST(begin(sending, from)->value->has_value());
    BOOST_REQUIRE(!accepted.empty());
    BOOST_TEST(accepted.back() == 2500u);
    BOOST_TEST(std::ranges::is_sorted(accepted));
    accepted.clear();
    content.clear();
    auto sent_before = network.sent.size();
    serve({{sent_before, {service_code("http_403"), remedy::give_up, "refused"}}});
    auto small = reader(900);
    auto refused = upload();
    BOOST_TEST(begin(refused, small)->value->has_error());
    BOOST_TEST(accepted.empty());
}

BOOST_AUTO_TEST_CASE(a_block_that_was_lost_is_sent_again_and_nothing_else_is) {
    serve({{1, lost}});
    auto from = reader(4500);
    auto sending = upload();
    auto task = begin(sending, from);
    for (int i = 0; i < 10 && !task->done(); ++i) pass(1s);
    BOOST_REQUIRE(task->value);
    BOOST_TEST(task->value->has_value());
    BOOST_TEST(network.sent.size() == 7u);
    BOOST_TEST(stored() == content);
}

BOOST_AUTO_TEST_CASE(blocks_that_storage_has_are_not_sent_again) {
    serve();
    auto from = reader(4500);
    find = std::vector<azure::stored_block>{{block(0), 1000}, {block(3), 1000}};
    auto sending = upload();
    BOOST_TEST(begin(sending, from)->value->has_value());
    BOOST_TEST(sent_blocks() == (std::vector<unsigned>{1, 2, 4}));
    BOOST_TEST(sending.stored_blocks() == 5u);
    BOOST_TEST(continued == std::vector<std::uint64_t>{2000});
    std::string list;
    for (unsigned i = 0; i < 5; ++i) list += "<Latest>" + azure::block_id(block(i)) + "</Latest>";
    BOOST_TEST(
        network.last().body.find("<BlockList>" + list + "</BlockList>") != std::string::npos
    );
    BOOST_TEST(accepted.back() == 4500u);
}

BOOST_AUTO_TEST_CASE(blocks_of_other_content_place_or_size_are_sent) {
    serve();
    auto from = reader(2500);
    auto other = block(0);
    other.crc ^= 1u;
    auto moved = block(1);
    moved.index = 2;
    find = std::vector<azure::stored_block>{{other, 1000}, {moved, 500}, {block(1), 999}};
    auto sending = upload();
    BOOST_TEST(begin(sending, from)->value->has_value());
    BOOST_TEST(sent_blocks() == (std::vector<unsigned>{0, 1, 2}));
    BOOST_TEST(stored() == content);
    BOOST_TEST(continued.empty());
}

BOOST_AUTO_TEST_CASE(what_was_stored_before_a_failure_is_counted) {
    auto from = reader(4500);
    buffers = 2;
    serve({{2, {service_code("AuthenticationFailed"), remedy::refresh_resources, "no"}}});
    auto sending = upload();
    BOOST_TEST(begin(sending, from)->value->has_error());
    BOOST_TEST(sending.stored_blocks() == 2u);
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_where_it_cannot_be_seen_what_storage_has) {
    auto from = reader(4500);
    find = lost;
    auto sending = upload();
    BOOST_TEST((begin(sending, from)->value->error().code == errc::connection_reset));
    BOOST_TEST(network.sent.empty());
}

BOOST_AUTO_TEST_CASE(what_fits_into_one_block_is_not_looked_for) {
    serve();
    auto from = reader(900);
    find = lost;
    auto sending = upload();
    BOOST_TEST(begin(sending, from)->value->has_value());
}

BOOST_AUTO_TEST_CASE(an_upload_ends_with_the_failure_of_a_block_and_commits_nothing) {
    failure refused{service_code("AuthenticationFailed"), remedy::refresh_resources, "no"};
    serve({{1, refused}});
    auto from = reader(9500);
    auto sending = upload();
    auto task = begin(sending, from);
    BOOST_REQUIRE(task->value);
    BOOST_REQUIRE(task->value->has_error());
    BOOST_TEST(task->value->error().code.text() == "AuthenticationFailed");
    for (auto& sent : network.sent) BOOST_TEST(sent.operation == "put_block");
}

BOOST_AUTO_TEST_CASE(a_file_that_changes_meanwhile_ends_it_too) {
    auto from = reader(1'000'000);  // More than is read at once.
    network.always = [this](const http::request&) -> result<http::response> {
        folder.write("f", "other");
        return http::response{201, {}, {}};
    };
    auto sending = upload();
    auto task = begin(sending, from);
    BOOST_REQUIRE(task->value);
    BOOST_REQUIRE(task->value->has_error());
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_one_that_is_cancelled) {
    serve({{1, lost}});
    auto from = reader(4500);
    auto sending = upload();
    auto task = begin(sending, from);  // A block waits to be sent again.
    BOOST_TEST(!task->done());
    cancel(*task);
    BOOST_TEST(task->done());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kustodrop::pipeline::test
