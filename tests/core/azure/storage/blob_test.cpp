#include "azure/storage/blob.hpp"

#include "base/crypto/crc64.hpp"
#include "base/crypto/crypto.hpp"
#include "support/restricted_crypto.hpp"
#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <vector>

using namespace kustodrop;
using http::verb;

namespace {

struct blob_world : test::world {
    const http::url blob = *http::url::parse("https://a.blob.core.windows.net/c/b.gz?sig=S%2B1");
    random_generator random{1};
    test::scripted_transport network;
    azure::blob_client client{network, random};
    const std::vector<azure::block_key> two_blocks{{0, 7}, {1, 8}};

    template <class T>
    T finish(asio::awaitable<T> work) {
        auto task = start(std::move(work));
        if (task->error) std::rethrow_exception(task->error);
        return *task->value;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(blob_, blob_world)

BOOST_AUTO_TEST_CASE(puts_a_blob_in_one_request) {
    network.answer(201);
    BOOST_TEST(finish(client.put_blob(blob, "content")).has_value());
    auto& sent = network.last();
    BOOST_TEST((sent.method == verb::put));
    BOOST_TEST(sent.target.reveal() == "https://a.blob.core.windows.net/c/b.gz?sig=S%2B1");
    BOOST_TEST(sent.body == "content");
    BOOST_TEST(sent.idempotent);
    BOOST_TEST(sent.service == "blob");
    BOOST_TEST(sent.operation == "put_blob");
    BOOST_TEST(network.header("x-ms-blob-type") == "BlockBlob");
    BOOST_TEST(network.header("Content-MD5") == base64_encode(*md5("content")));
    BOOST_TEST(network.header("x-ms-version") != "(none)");
    BOOST_TEST(is_guid(network.header("x-ms-client-request-id")));
    // Only the name shows the compression; a SAS needs neither of the other two headers.
    BOOST_TEST(network.header("Content-Encoding") == "(none)");
    BOOST_TEST(network.header("Authorization") == "(none)");
    BOOST_TEST(network.header("x-ms-date") == "(none)");
}

BOOST_AUTO_TEST_CASE(a_page_in_place_of_an_empty_answer_is_not_the_service) {
    network.answer(201, "<html>welcome</html>");
    auto refused = finish(client.put_blob(blob, "content")).error();
    BOOST_TEST((refused.next == remedy::reroute));
    BOOST_TEST(refused.maybe_acted);
}

BOOST_AUTO_TEST_CASE(sends_no_checksum_where_the_system_has_no_md5) {
    test::restricted_crypto fips;
    network.answer(201);
    auto place = http::url::parse("https://a.blob.core.windows.net/c/b?sv=2018-03-28&sig=a");
    BOOST_TEST(finish(client.put_blob(*place, "123456789")).has_value());
    BOOST_TEST(network.header("Content-MD5") == "(none)");
    BOOST_TEST(network.header("x-ms-content-crc64") == "(none)");
    network.answer(201);
    BOOST_TEST(finish(client.put_block_list(*place, two_blocks, 4)).has_value());
    BOOST_TEST(network.header("Content-MD5") == "(none)");
}

BOOST_AUTO_TEST_CASE(guards_a_body_with_what_the_version_of_the_sas_knows) {
    auto sent_with = [&](const char* sas) {
        network.answer(201);
        auto place = http::url::parse(std::string("https://a.blob.core.windows.net/c/b?") + sas);
        BOOST_TEST(
            finish(client.put_block(*place, {0, crc64("123456789")}, "123456789")).has_value()
        );
        return std::pair(network.header("x-ms-content-crc64"), network.header("Content-MD5"));
    };
    auto crc = base64_encode("\x88\x98\x79\x0A\x86\x14\x8B\xAE");
    auto digest = base64_encode(*md5("123456789"));
    BOOST_TEST(
        (sent_with("sv=2019-02-02&sig=a") == std::pair<std::string, std::string>(crc, "(none)"))
    );
    BOOST_TEST(
        (sent_with("sv=2022-11-02&sig=a") == std::pair<std::string, std::string>(crc, "(none)"))
    );
    BOOST_TEST(
        (sent_with("sv=2018-11-09&sig=a") == std::pair<std::string, std::string>("(none)", digest))
    );
    BOOST_TEST((sent_with("sig=a") == std::pair<std::string, std::string>("(none)", digest)));
}

BOOST_AUTO_TEST_CASE(a_list_of_blocks_is_guarded_like_a_block) {
    network.answer(201);
    auto place = http::url::parse("https://a.blob.core.windows.net/c/b?sv=2022-11-02&sig=a");
    BOOST_TEST(finish(client.put_block_list(*place, two_blocks, 4)).has_value());
    auto crc = crc64_bytes(crc64(network.last().body));
    BOOST_TEST(network.header("x-ms-content-crc64") == base64_encode(crc));
}

BOOST_AUTO_TEST_CASE(every_request_has_an_id_of_its_own) {
    network.answer(201);
    network.answer(201);
    finish(client.put_blob(blob, "x"));
    auto first = network.header("x-ms-client-request-id");
    finish(client.put_blob(blob, "x"));
    BOOST_TEST(network.header("x-ms-client-request-id") != first);
}

BOOST_AUTO_TEST_CASE(block_ids_are_the_same_at_every_attempt_and_of_one_length) {
    BOOST_TEST(azure::block_id({7, 1}) == azure::block_id({7, 1}));
    std::set<std::string> ids;
    for (unsigned i = 0; i < 50'000; i += 77) {
        ids.insert(azure::block_id({i, i * 0x1234567890abcdefull}));
        BOOST_TEST(azure::block_id({i, 5}).size() == azure::block_id({0, ~0ull}).size());
        BOOST_TEST(base64_decode(azure::block_id({i, 5}))->size() <= 64u);
    }
    BOOST_TEST(ids.size() == 650u);
}

BOOST_AUTO_TEST_CASE(an_id_says_which_block_it_is) {
    for (azure::block_key block : {azure::block_key{0, 0}, {49'999, ~0ull}, {7, 0xabcull}}) {
        BOOST_TEST((azure::parse_block_id(azure::block_id(block)) == block));
    }
    for (auto text : {"", "block-00001", "block-0000001"}) {
        BOOST_TEST(!azure::parse_block_id(base64_encode(text)).has_value(), text);
    }
    BOOST_TEST(!azure::parse_block_id("no base64!").has_value());
}

BOOST_AUTO_TEST_CASE(an_id_is_as_long_as_those_of_earlier_programs_and_never_equal) {
    auto earlier = base64_encode("block-000001");
    BOOST_TEST(azure::block_id({1, 1}).size() == earlier.size());
    BOOST_TEST(azure::parse_block_id(earlier)->index > 50'000u);
}

BOOST_AUTO_TEST_CASE(lists_the_blocks_that_are_there) {
    auto entry = [](const std::string& id) {
        return "<Block><Name>" + id + "</Name><Size>3</Size></Block>";
    };
    auto list =
        "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>"
        "<CommittedBlocks>" +
        entry(azure::block_id({1, 2})) +
        "</CommittedBlocks>"
        "<UncommittedBlocks>" +
        entry(azure::block_id({0, 7})) + entry("Zm9yZWlnbg==") + entry(azure::block_id({5, 9})) +
        "<Block><Size>8</Size></Block><Block><Name>" + azure::block_id({6, 1}) +
        "</Name></Block>"
        "</UncommittedBlocks></BlockList>";
    network.answer(200, list);
    auto found = finish(client.blocks_of(blob));
    BOOST_TEST((network.last().method == verb::get));
    BOOST_TEST(network.last().target.query() == "sig=S%2B1&comp=blocklist&blocklisttype=all");
    BOOST_TEST(
        (found.value() == std::vector<azure::stored_block>{{{1, 2}, 3}, {{0, 7}, 3}, {{5, 9}, 3}})
    );
    network.answer(404, "", {{"x-ms-error-code", "BlobNotFound"}});
    BOOST_TEST(finish(client.blocks_of(blob)).value().empty());
    network.answer(200, "<html></html>");
    BOOST_TEST((finish(client.blocks_of(blob)).error().code == errc::bad_answer));
    network.answer(403, "", {{"x-ms-error-code", "AuthorizationPermissionMismatch"}});
    BOOST_TEST(!finish(client.blocks_of(blob)).error().code.service_text().empty());
}

BOOST_AUTO_TEST_CASE(puts_a_block_behind_the_sas) {
    network.answer(201);
    BOOST_TEST(finish(client.put_block(blob, {3, 0xabc}, "abc")).has_value());
    BOOST_TEST(
        network.last().target.query() ==
        "sig=S%2B1&comp=block&blockid=" + percent_encode(azure::block_id({3, 0xabc}))
    );
    BOOST_TEST(network.last().body == "abc");
    BOOST_TEST(network.header("Content-MD5") == base64_encode(*md5("abc")));
    BOOST_TEST(network.header("x-ms-blob-type") == "(none)");
}

BOOST_AUTO_TEST_CASE(commits_the_blocks_in_their_order) {
    network.answer(201);
    BOOST_TEST(finish(client.put_block_list(blob, two_blocks, 4)).has_value());
    BOOST_TEST(network.last().target.query() == "sig=S%2B1&comp=blocklist");
    BOOST_TEST(
        network.last().body == "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Latest>" +
                                   azure::block_id({0, 7}) + "</Latest><Latest>" +
                                   azure::block_id({1, 8}) + "</Latest></BlockList>"
    );
}

BOOST_AUTO_TEST_CASE(asks_for_the_size) {
    network.answer(200, "", {{"Content-Length", "12345678901"}});
    auto size = finish(client.size(blob));
    BOOST_TEST((network.last().method == verb::head));
    BOOST_TEST(size->value() == 12345678901u);
}

BOOST_AUTO_TEST_CASE(a_blob_that_is_not_there_has_no_size) {
    network.answer(404, "", {{"x-ms-error-code", "BlobNotFound"}});
    auto size = finish(client.size(blob));
    BOOST_TEST(size.has_value());
    BOOST_TEST(!size->has_value());
}

BOOST_AUTO_TEST_CASE(a_container_that_is_not_there_is_a_failure) {
    network.answer(404, "", {{"x-ms-error-code", "ContainerNotFound"}});
    BOOST_TEST((finish(client.size(blob)).error().next == remedy::refresh_resources));
}

BOOST_AUTO_TEST_CASE(a_size_that_is_no_number_is_a_failure) {
    network.answer(200, "", {{"Content-Length", "many"}});
    BOOST_TEST(finish(client.size(blob)).error().code == errc::bad_answer);
    network.answer(200);
    BOOST_TEST(finish(client.size(blob)).error().code == errc::bad_answer);
}

BOOST_AUTO_TEST_CASE(anything_but_created_is_a_failure) {
    for (unsigned status : {200u, 202u, 302u, 503u}) {
        network.answer(status);
        BOOST_TEST(!finish(client.put_blob(blob, "x")).has_value());
    }
}

BOOST_AUTO_TEST_CASE(failures_name_the_place_and_never_the_sas) {
    network.answer(403, "", {{"x-ms-error-code", "AuthenticationFailed"}});
    auto failed = finish(client.put_block(blob, {0, 1}, "x")).error();
    BOOST_TEST(failed.detail.find("https://a.blob.core.windows.net/c/b.gz") != std::string::npos);
    BOOST_TEST(failed.detail.find("put_block") != std::string::npos);
    BOOST_TEST(failed.detail.find("S%2B1") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_broken_network_is_a_reason_to_use_another_account) {
    network.fail({errc::connection_reset, remedy::retry, "broke"});
    BOOST_TEST((finish(client.put_blob(blob, "x")).error().next == remedy::reroute));
    network.fail({errc::dns_failed, remedy::retry, "gone"});
    BOOST_TEST((finish(client.put_blob(blob, "x")).error().next == remedy::refresh_resources));
    network.fail({errc::local_limit, remedy::retry, "ours"});
    BOOST_TEST((finish(client.put_blob(blob, "x")).error().next == remedy::retry));
    network.fail({errc::answer_too_large, remedy::give_up, "odd"});
    BOOST_TEST((finish(client.put_blob(blob, "x")).error().next == remedy::reroute));
    network.fail({errc::bad_request, remedy::give_up, "ours"});
    BOOST_TEST((finish(client.put_blob(blob, "x")).error().next == remedy::give_up));
}

BOOST_AUTO_TEST_CASE(what_may_not_be_overwritten_is_ours_if_it_has_our_size) {
    for (auto code : {"UnauthorizedBlobOverwrite", "BlobAlreadyExists"}) {
        network.answer(403, "", {{"x-ms-error-code", code}});
        network.answer(200, "", {{"Content-Length", "7"}});
        BOOST_TEST(finish(client.put_blob(blob, "content")).has_value());
    }
}

BOOST_AUTO_TEST_CASE(what_may_not_be_overwritten_and_is_not_known_to_be_ours_goes_elsewhere) {
    network.answer(403, "", {{"x-ms-error-code", "UnauthorizedBlobOverwrite"}});
    network.answer(200, "", {{"Content-Length", "6"}});
    BOOST_TEST((finish(client.put_blob(blob, "content")).error().next == remedy::reroute));
    network.answer(403, "", {{"x-ms-error-code", "UnauthorizedBlobOverwrite"}});
    network.answer(403, "", {{"x-ms-error-code", "AuthorizationPermissionMismatch"}});
    BOOST_TEST((finish(client.put_blob(blob, "content")).error().next == remedy::reroute));
}

BOOST_AUTO_TEST_CASE(a_repeated_block_list_whose_answer_was_lost_is_ours_if_it_has_our_size) {
    for (auto code : {"UnauthorizedBlobOverwrite", "BlobAlreadyExists"}) {
        network.answer(403, "", {{"x-ms-error-code", code}});
        network.answer(200, "", {{"Content-Length", "4"}});
        BOOST_TEST(finish(client.put_block_list(blob, two_blocks, 4)).has_value());
        network.answer(403, "", {{"x-ms-error-code", code}});
        network.answer(200, "", {{"Content-Length", "5"}});
        BOOST_TEST(
            (finish(client.put_block_list(blob, two_blocks, 4)).error().next == remedy::reroute)
        );
    }
}

BOOST_AUTO_TEST_CASE(a_block_of_a_blob_that_stands_already_goes_elsewhere) {
    network.answer(403, "", {{"x-ms-error-code", "UnauthorizedBlobOverwrite"}});
    BOOST_TEST((finish(client.put_block(blob, {0, 1}, "x")).error().next == remedy::reroute));
}

BOOST_AUTO_TEST_SUITE_END()
