#include "core/pipeline/shipping/shipping_fixture.hpp"
#include "core/spool/reading/gunzip.hpp"
#include "core/spool/reading/zipped.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;

namespace {

std::string packed(std::string_view text) {
    std::string out(text.size() * 2 + 1000, '\0');
    spool::gzip_encoder encoder(spool::compression::fast);
    auto step = encoder.step(text, out, true);
    out.resize(step.produced);
    return out;
}

http::response refusal(unsigned status, const std::string& code) {
    http::response out{status, {}, {}};
    if (!code.empty()) out.headers.add("x-ms-error-code", code);
    return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(shipper_, test::shipping)

BOOST_AUTO_TEST_CASE(a_file_is_uploaded_and_then_posted) {
    begin();
    claim(1);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST((next.handed == std::vector<std::string>{"posted " + id_of(1)}));
    BOOST_REQUIRE(network.sent.size() == 2u);
    BOOST_TEST(network.sent[0].operation == "put_blob");
    BOOST_TEST(test::gunzip(network.sent[0].body) == "1,2\n");
    BOOST_TEST(network.sent[0].target.path() == "/c/" + id_of(1) + ".csv.gz");
    BOOST_TEST(network.sent[1].operation == "put_message");
    auto* what = sources->find(id_of(1));
    BOOST_TEST(what->attempts == 1u);
    BOOST_TEST(what->begun == 0u);
    BOOST_TEST(what->posts == 1u);
    BOOST_TEST(spool::blob_of(what->stage)->raw_bytes == 4u);
}

BOOST_AUTO_TEST_CASE(what_holds_nothing_is_skipped_without_a_request) {
    web().options.target.ignore_first_record = true;
    begin();
    claim(1, "");
    claim(2, "\n\r\n");
    claim(3, packed(""));
    claim(4, "\xEF\xBB\xBF");
    claim(5, "a,b\n");
    claim(6, "a,b\n1,2\n");
    for (int i = 1; i <= 5; ++i) BOOST_TEST(state_of(i) == "skipped empty_file");
    BOOST_TEST(state_of(6) == "posted");
    BOOST_TEST(network.sent.size() == 2u);
    BOOST_TEST(next.handed.front() == "settled " + id_of(1));
}

BOOST_AUTO_TEST_CASE(zip_keeps_its_form_and_its_name) {
    begin();
    auto content = test::zipped({{"a.csv", "1,2\n"}});
    claim(1, content);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(network.sent[0].target.path() == "/c/" + id_of(1) + ".csv.zip");
    BOOST_TEST((network.sent[0].body == content));
    BOOST_TEST(spool::blob_of(sources->find(id_of(1))->stage)->raw_bytes == 4u);
}

BOOST_AUTO_TEST_CASE(what_was_added_to_a_compressed_file_is_sent_with_all_of_it) {
    auto content = packed("1\n");
    auto file = claimed_file("x.gz", content + packed("2\n"));
    file.offset = content.size();
    file.length_bytes -= content.size();
    admit(1, {file});
    begin();
    push(1);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(test::gunzip(network.sent[0].body) == "1\n2\n");
    auto& shipped = sources->find(id_of(1))->slices.front();
    BOOST_TEST(shipped.offset == 0u);
    BOOST_TEST(shipped.length_bytes == shipped.identity.size_bytes);
}

BOOST_AUTO_TEST_CASE(an_absent_folder_is_waited_for) {
    auto folder = std::exchange(web().folder, nullptr);
    begin();
    claim(1);
    BOOST_TEST(state_of(1) == "claimed");
    web().folder = folder;
    pass_seconds(5);
    BOOST_TEST(state_of(1) == "posted");
}

BOOST_AUTO_TEST_CASE(what_is_settled_elsewhere_is_left_alone) {
    auto& what = claim(1);
    sources->advance(what, stage::settled{});
    begin();
    BOOST_TEST(network.sent.empty());
    ready.push("unknown", clock.now());
    settle();
    BOOST_TEST(network.sent.empty());
}

BOOST_AUTO_TEST_CASE(a_paused_watch_holds_its_sources) {
    for (int i = 0; i < 5; ++i) web().gates.of("").refused({"x", "code", "", 1}, clock.now());
    begin();
    claim(1);
    BOOST_TEST(network.sent.empty());
    BOOST_TEST(web().gates.held() == 1u);
}

BOOST_AUTO_TEST_CASE(a_post_that_may_have_been_taken_is_held) {
    auto& what = admit(1, {claimed_file("a", "1\n")});
    what.posts = 1;
    what.ambiguous_posts = 1;
    what.last_post_at = clock.wall_now() + std::chrono::hours(5);  // The clock was set back.
    begin();
    push(1);
    BOOST_TEST(network.sent.empty());
    pass_seconds(61);
    BOOST_TEST(state_of(1) == "posted");
}

BOOST_AUTO_TEST_CASE(what_the_process_dies_of_is_rejected) {
    auto& what = admit(1, {claimed_file("a", "1\n")});
    what.begun = 5;
    begin();
    push(1);
    pass_seconds(10);
    BOOST_TEST(state_of(1) == "rejected crash_loop");
}

BOOST_AUTO_TEST_CASE(what_was_in_hand_at_several_deaths_is_tried_alone_and_later) {
    for (int i = 1; i <= 3; ++i) {
        auto& what = admit(i, {claimed_file(std::to_string(i), "1\n")});
        what.begun = 2;
        push(i);
    }
    begin();
    BOOST_TEST(network.sent.empty());
    pass_seconds(10);
    for (int i = 1; i <= 3; ++i) BOOST_TEST(state_of(i) == "posted");
}

BOOST_AUTO_TEST_CASE(what_is_too_large_for_the_service_is_rejected) {
    storage = [&](const http::request& asked) -> std::optional<result<http::response>> {
        if (asked.operation != "put_blob") return std::nullopt;
        return refusal(413, "RequestBodyTooLarge");
    };
    begin();
    claim(1);
    BOOST_TEST(state_of(1) == "rejected RequestBodyTooLarge");
    BOOST_TEST(next.handed.back() == "settled " + id_of(1));
}

BOOST_AUTO_TEST_CASE(of_several_files_the_one_that_cannot_be_read_goes_on_alone) {
    admit(
        1,
        {claimed_file("a", "1\n"),
         claimed_file("b", "\x28\xB5\x2F\xFD..."),
         claimed_file("c", "3\n"),
         claimed_file("d", "4\n")}
    );
    begin();
    push(1);
    pass_seconds(5);
    BOOST_TEST(asked("put_message") == 1u);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(sources->find(id_of(1))->slices.size() == 3u);
    BOOST_TEST(logged("a file cannot be sent in a blob with others") == 1u);
    BOOST_TEST(sources->counts("web").pending_files == 4u);
    BOOST_TEST(next.handed.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_source_of_several_files_that_is_refused_is_divided) {
    storage = [&](const http::request& asked) -> std::optional<result<http::response>> {
        bool is_first = asked.operation == "put_blob" && this->asked("put_blob") == 1;
        if (!is_first) return std::nullopt;
        return refusal(413, "RequestBodyTooLarge");
    };
    admit(1, {claimed_file("a", "1\n"), claimed_file("b", "2\n"), claimed_file("c", "3\n")});
    begin();
    push(1);
    pass_seconds(5);
    BOOST_TEST(asked("put_message") == 2u);
    BOOST_TEST(logged("sent again in halves") == 1u);
    BOOST_TEST(state_of(1) == "retired");
}

// A group that may have been ingested: under another id its rows would be there twice, whatever the
// tags say, and a late success would find nothing.
BOOST_AUTO_TEST_CASE(files_that_may_have_been_posted_keep_their_id_when_another_changes) {
    auto& what =
        admit(1, {claimed_file("a", "1\n"), claimed_file("b", "2\n"), claimed_file("c", "3\n")});
    what.posts = what.ambiguous_posts = 1;
    drop.write(test::in_work("b"), "x");
    std::filesystem::remove(drop.path(test::in_work("c")));
    begin();
    push(1);
    pass_seconds(5);
    BOOST_TEST(state_of(1) == "posted");
    auto& left = *sources->find(id_of(1));
    BOOST_TEST_REQUIRE(left.slices.size() == 1u);
    BOOST_TEST(left.slices.front().name == "a");
    BOOST_TEST(left.posts == 2u);
    BOOST_TEST(left.ambiguous_posts == 1u);
    BOOST_TEST(asked("put_message") == 1u);
    std::size_t looked_at_again = 0;
    for (auto& one : next.handed) looked_at_again += one.starts_with("changed ") ? 1 : 0;
    BOOST_TEST(looked_at_again == 2u);
    BOOST_TEST(sources->counts("web").pending_files == 3u);
    BOOST_TEST_REQUIRE(journal->flush().has_value());
    auto rows = journal->unretired();
    BOOST_TEST_REQUIRE(rows.has_value());
    BOOST_TEST(rows->size() == 3u);
    for (auto& row : *rows) BOOST_TEST(row.slices.size() == 1u);
}

BOOST_AUTO_TEST_CASE(missing_blocks_are_uploaded_again) {
    bool first = true;
    storage = [&](const http::request& asked) -> std::optional<result<http::response>> {
        if (asked.operation != "put_blob" || !std::exchange(first, false)) return std::nullopt;
        return refusal(400, "InvalidBlockList");
    };
    begin();
    claim(1);
    BOOST_TEST(state_of(1) == "claimed");
    pass_seconds(10);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(sources->find(id_of(1))->attempts == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_what_was_claimed_is_looked_at_again) {
    claim(1);
    drop.write(test::in_work("f1"), "x");
    claim(2);
    std::filesystem::remove(drop.path(test::in_work("f2")));
    begin();
    BOOST_TEST(
        (next.handed == std::vector<std::string>{"changed " + id_of(1), "changed " + id_of(2)})
    );
    BOOST_TEST(state_of(1) == "claimed");
}

BOOST_AUTO_TEST_SUITE_END()
