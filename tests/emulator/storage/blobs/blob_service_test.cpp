#include "base/crypto/crc64.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "emulator/storage/storage_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::emulator;
using http::verb;

namespace {

struct blob_world : emulator::test::storage {
    http::url container = address("TempStorage", "rwd");
    http::url target = container.with_path_suffix("a.json");
    const http::headers block_blob = {{"x-ms-blob-type", "BlockBlob"}};

    http::reply put(std::string body) { return put(std::move(body), block_blob); }
    http::reply put(std::string body, http::headers headers) {
        return ask(blob, verb::put, target, std::move(body), std::move(headers));
    }
    http::reply put_block(std::string_view id, std::string body) {
        auto parameters = "comp=block&blockid=" + percent_encode(base64_encode(id));
        return ask(blob, verb::put, target.with_parameters(parameters), std::move(body), {});
    }
    http::reply commit(std::initializer_list<std::string_view> ids) {
        std::string body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BlockList>";
        for (auto id : ids) body += "<Latest>" + base64_encode(id) + "</Latest>\n";
        return ask(
            blob, verb::put, target.with_parameters("comp=blocklist"), body + "</BlockList>", {}
        );
    }
    std::string content() { return emulator::test::body_of(ask(blob, verb::get, target)); }
    std::size_t file_count() {
        std::size_t count = 0;
        for (auto& entry : std::filesystem::recursive_directory_iterator(home.path / "blobs")) {
            count += entry.is_regular_file();
        }
        return count;
    }
};

std::string code(const http::reply& reply) {
    return std::to_string(reply.answer.status) + " " +
           emulator::test::header(reply, "x-ms-error-code");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(blob_service_, blob_world)

BOOST_AUTO_TEST_CASE(stores_a_blob_and_gives_it_back) {
    auto answer = put("hello");
    BOOST_TEST(answer.answer.status == 201u);
    BOOST_TEST(!emulator::test::header(answer, "ETag").empty());
    BOOST_TEST(!emulator::test::header(answer, "x-ms-request-id").empty());
    BOOST_TEST(emulator::test::header(answer, "Content-MD5") == base64_encode(*md5("hello")));
    BOOST_TEST(content() == "hello");
}

BOOST_AUTO_TEST_CASE(overwrites_a_blob_and_leaves_no_file_behind) {
    put("first");
    put("second");
    BOOST_TEST(content() == "second");
    BOOST_TEST(file_count() == 1u);
}

BOOST_AUTO_TEST_CASE(takes_a_body_that_came_as_a_file) {
    auto path = home.path / "spooled";
    std::ofstream(path) << "from a file";
    http::incoming request;
    request.method = verb::put;
    request.target = target.target();
    request.headers = block_blob;
    request.spooled = std::make_shared<http::spooled_body>();
    request.spooled->path = path;
    request.spooled->bytes = 11;
    auto sent = start(door.handle(blob, exchange(std::move(request))));
    BOOST_TEST(sent->value.value().answer.status == 201u);
    BOOST_TEST(content() == "from a file");
}

BOOST_AUTO_TEST_CASE(requires_the_type_of_the_blob) {
    auto refused = put("x", {});
    BOOST_TEST(code(refused) == "400 MissingRequiredHeader");
    BOOST_TEST(emulator::test::element(refused.answer.body, "HeaderName") == "x-ms-blob-type");
    BOOST_TEST(code(put("x", {{"x-ms-blob-type", "PageBlob"}})) == "400 InvalidHeaderValue");
}

BOOST_AUTO_TEST_CASE(refuses_what_was_corrupted_on_its_way) {
    auto wrong = base64_encode(*md5("something else"));
    auto refused = put("x", {{"x-ms-blob-type", "BlockBlob"}, {"Content-MD5", wrong}});
    BOOST_TEST(code(refused) == "400 Md5Mismatch");
    auto crc = base64_encode("12345678");
    refused = put("x", {{"x-ms-blob-type", "BlockBlob"}, {"x-ms-content-crc64", crc}});
    BOOST_TEST(code(refused) == "400 Crc64Mismatch");
    BOOST_TEST(file_count() == 0u);
    BOOST_TEST(code(ask(blob, verb::get, target)) == "404 BlobNotFound");
}

BOOST_AUTO_TEST_CASE(refuses_a_block_and_a_list_that_were_corrupted) {
    auto wrong = base64_encode("12345678");
    auto block = target.with_parameters("comp=block&blockid=" + percent_encode("MQ=="));
    http::headers headers = {{"x-ms-content-crc64", wrong}};
    BOOST_TEST(code(ask(blob, verb::put, block, "x", headers)) == "400 Crc64Mismatch");
    put_block("1", "x");
    auto list = target.with_parameters("comp=blocklist");
    std::string ids = "<BlockList><Latest>MQ==</Latest></BlockList>";
    BOOST_TEST(code(ask(blob, verb::put, list, ids, headers)) == "400 Crc64Mismatch");
}

BOOST_AUTO_TEST_CASE(answers_a_block_with_the_digest_that_it_came_with) {
    auto crc = base64_encode(crc64_bytes(0xAE8B14860A799888));
    auto block = target.with_parameters("comp=block&blockid=" + percent_encode("MQ=="));
    auto answer = ask(blob, verb::put, block, "123456789", {{"x-ms-content-crc64", crc}});
    BOOST_TEST(answer.answer.status == 201u);
    BOOST_TEST(emulator::test::header(answer, "x-ms-content-crc64") == crc);
    BOOST_TEST(emulator::test::header(answer, "Content-MD5").empty());
}

BOOST_AUTO_TEST_CASE(does_not_overwrite_where_there_must_be_none) {
    put("first");
    auto refused = put("second", {{"x-ms-blob-type", "BlockBlob"}, {"If-None-Match", "*"}});
    BOOST_TEST(code(refused) == "409 BlobAlreadyExists");
    BOOST_TEST(content() == "first");
}

BOOST_AUTO_TEST_CASE(joins_blocks_in_the_order_of_the_list) {
    put_block("0001", "one ");
    put_block("0002", "two ");
    put_block("0003", "three");
    BOOST_TEST(commit({"0002", "0001", "0003"}).answer.status == 201u);
    BOOST_TEST(content() == "two one three");
    BOOST_TEST(file_count() == 1u);
}

BOOST_AUTO_TEST_CASE(shows_nothing_before_the_blocks_are_committed) {
    put_block("0001", "one");
    BOOST_TEST(code(ask(blob, verb::get, target)) == "404 BlobNotFound");
    auto list = ask(blob, verb::get, target.with_parameters("comp=blocklist&blocklisttype=all"));
    BOOST_TEST(emulator::test::element(list.answer.body, "Name") == base64_encode("0001"));
    BOOST_TEST(emulator::test::element(list.answer.body, "Size") == "3");
}

BOOST_AUTO_TEST_CASE(lists_the_blocks_that_are_and_are_not_part_of_the_blob) {
    put_block("0001", "one");
    commit({"0001"});
    put_block("0002", "two");
    auto listed = [&](const std::string& type) {
        auto list = target.with_parameters("comp=blocklist&blocklisttype=" + type);
        auto body = ask(blob, verb::get, list).answer.body;
        auto has = [&](std::string_view id) { return body.find(base64_encode(id)) != body.npos; };
        return std::pair(has("0001"), has("0002"));
    };
    BOOST_TEST((listed("committed") == std::pair(true, false)));
    BOOST_TEST((listed("uncommitted") == std::pair(false, true)));
    BOOST_TEST((listed("all") == std::pair(true, true)));
}

BOOST_AUTO_TEST_CASE(lists_blocks_only_for_who_may_read) {
    put_block("0001", "one");
    auto list = address("TempStorage", "wcl")
                    .with_path_suffix("a.json")
                    .with_parameters("comp=blocklist&blocklisttype=uncommitted");
    BOOST_TEST(code(ask(blob, verb::get, list)) == "403 AuthorizationPermissionMismatch");
}

BOOST_AUTO_TEST_CASE(replaces_a_block_that_is_put_again) {
    put_block("0001", "lost answer");
    put_block("0001", "again");
    commit({"0001"});
    BOOST_TEST(content() == "again");
    BOOST_TEST(file_count() == 1u);
}

BOOST_AUTO_TEST_CASE(commits_the_same_list_twice) {
    put_block("0001", "one ");
    put_block("0002", "two");
    commit({"0001", "0002"});
    BOOST_TEST(commit({"0001", "0002"}).answer.status == 201u);
    BOOST_TEST(content() == "one two");
}

BOOST_AUTO_TEST_CASE(refuses_a_list_with_a_block_it_does_not_have) {
    put_block("0001", "one");
    BOOST_TEST(code(commit({"0001", "0002"})) == "400 InvalidBlockList");
}

BOOST_AUTO_TEST_CASE(wants_block_ids_of_one_length) {
    put_block("0001", "one");
    BOOST_TEST(code(put_block("00002", "two")) == "400 InvalidBlobOrBlock");
    auto nonsense = target.with_parameters("comp=block&blockid=not-base64!");
    BOOST_TEST(code(ask(blob, verb::put, nonsense, "x", {})) == "400 InvalidQueryParameterValue");
    BOOST_TEST(code(put_block(std::string(65, 'x'), "x")) == "400 InvalidQueryParameterValue");
}

BOOST_AUTO_TEST_CASE(drops_uncommitted_blocks_when_a_whole_blob_is_put) {
    put_block("0001", "one");
    put("whole");
    BOOST_TEST(code(commit({"0001"})) == "400 InvalidBlockList");
    BOOST_TEST(content() == "whole");
}

BOOST_AUTO_TEST_CASE(gives_the_range_that_is_asked_for) {
    put("0123456789");
    auto part = ask(blob, verb::get, target, "", {{"x-ms-range", "bytes=2-4"}});
    BOOST_TEST(part.answer.status == 206u);
    BOOST_TEST(emulator::test::body_of(part) == "234");
    BOOST_TEST(emulator::test::header(part, "Content-Range") == "bytes 2-4/10");
    auto rest = ask(blob, verb::get, target, "", {{"Range", "bytes=8-"}});
    BOOST_TEST(emulator::test::body_of(rest) == "89");
    auto beyond = ask(blob, verb::get, target, "", {{"Range", "bytes=10-"}});
    BOOST_TEST(code(beyond) == "416 InvalidRange");
}

BOOST_AUTO_TEST_CASE(answers_head_with_the_length) {
    put("hello");
    auto head = ask(blob, verb::head, target);
    BOOST_TEST(head.answer.status == 200u);
    BOOST_TEST(emulator::test::header(head, "Content-Length") == "5");
}

BOOST_AUTO_TEST_CASE(deletes_only_for_those_who_may) {
    put("hello");
    target = address("TempStorage", "rw").with_path_suffix("a.json");
    BOOST_TEST(code(ask(blob, verb::delete_, target)) == "403 AuthorizationPermissionMismatch");
    target = address("TempStorage", "d").with_path_suffix("a.json");
    BOOST_TEST(ask(blob, verb::delete_, target).answer.status == 202u);
    BOOST_TEST(file_count() == 0u);
}

BOOST_AUTO_TEST_CASE(keeps_names_with_every_character) {
    target = container.with_path_suffix("a%20b/c%2Bd%C3%A9.json");
    put("hello");
    BOOST_TEST(database.blobs().at(0).name == "a b/c+d\xC3\xA9.json");
    BOOST_TEST(content() == "hello");
}

BOOST_AUTO_TEST_CASE(says_that_a_container_does_not_exist_after_a_rotation) {
    put("hello");
    places.rotate_containers();
    BOOST_TEST(code(put("again")) == "404 ContainerNotFound");
}

BOOST_AUTO_TEST_CASE(lets_the_ingestor_read_from_a_rotated_container) {
    put("hello");
    places.rotate_containers();
    auto read = ask(blob, verb::get, target, "", {{"x-emulator-internal", "the ingestor"}});
    BOOST_TEST(emulator::test::body_of(read) == "hello");
}

BOOST_AUTO_TEST_CASE(refuses_every_old_sas_after_the_keys_are_rotated) {
    places.rotate_keys();
    BOOST_TEST(code(put("hello")) == "403 AuthenticationFailed");
    target = address("TempStorage", "rw").with_path_suffix("a.json");
    BOOST_TEST(put("hello").answer.status == 201u);
}

BOOST_AUTO_TEST_CASE(refuses_a_sas_that_has_expired) {
    pass(1h);
    BOOST_TEST(code(put("hello")) == "403 AuthenticationFailed");
}

BOOST_AUTO_TEST_CASE(remembers_blobs_containers_and_keys_over_a_restart) {
    put("hello");
    layout again(clock, database, {});
    BOOST_TEST(again.resources().back().name == places.resources().back().name);
    BOOST_TEST(again.key_of("emulator1") == places.key_of("emulator1"));
    storage_database reopened(home.path / "storage");
    BOOST_TEST(reopened.blobs().size() == 1u);
}

BOOST_AUTO_TEST_CASE(digests_what_a_gzip_blob_inflates_to) {
    auto path = home.path / "x.gz";
    // "hello\n" in two members: gzip of "hel" and of "lo\n".
    auto members =
        base64_decode("H4sIAAAAAAACA8tIzQEAG/EL5QMAAAAfiwgAAAAAAAIDy8nnAgAgdTy8AwAAAA==");
    std::ofstream(path) << members.value();
    auto digest = blob_files::digest(path, true);
    BOOST_TEST(digest.sha256 == hex_encode(sha256(*members)));
    BOOST_TEST(digest.raw_bytes.value() == 6u);
    BOOST_TEST(digest.raw_sha256.value() == hex_encode(sha256("hello\n")));
}

BOOST_AUTO_TEST_CASE(says_nothing_about_the_inside_of_a_broken_gzip) {
    auto path = home.path / "x.gz";
    std::ofstream(path) << "no gzip at all";
    auto digest = blob_files::digest(path, true);
    BOOST_TEST(!digest.raw_bytes.has_value());
    BOOST_TEST(digest.sha256 == hex_encode(sha256("no gzip at all")));
}

BOOST_AUTO_TEST_SUITE_END()
