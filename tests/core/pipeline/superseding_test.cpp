#include "pipeline/superseding.hpp"

#include "core/pipeline/intake/intake_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;

namespace {

/// A claimed file of which a post was sent, and which is to be sent once more.
struct sending_again : test::taking {
    std::string id;

    spool::source& claim_and_post(unsigned posts, std::size_t failures = 0) {
        open();
        files.write("a", "{\"number\":1}\n");
        settle_files();
        auto& what = *claimed().front();
        id = what.id;
        what.posts = posts;
        what.failure_keys.assign(failures, "a key");
        what.last_post_at = clock.wall_now();
        sources->note(what);
        return what;
    }

    std::string place() { return sources->find(id)->slices.front().location; }
    spool::source* other() {
        for (auto* what : claimed()) {
            if (what->id != id) return what;
        }
        return nullptr;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(superseding, sending_again)

BOOST_AUTO_TEST_CASE(a_new_version_of_what_may_still_be_reported_has_an_id_of_its_own) {
    auto& former = claim_and_post(1);
    auto where = place();
    files.write(where, "{\"number\":2}\n{\"number\":3}\n");
    subject->look_again(former);
    settle_files();
    BOOST_TEST_REQUIRE(claimed().size() == 2u);
    BOOST_TEST(std::holds_alternative<stage::posted>(sources->find(id)->stage));
    BOOST_TEST(place().empty());
    BOOST_TEST(routed.posted_ids == std::vector<std::string>{id}, boost::test_tools::per_element());
    auto& next = *other();
    BOOST_TEST(std::holds_alternative<stage::claimed>(next.stage));
    BOOST_TEST(next.posts == 0u);
    BOOST_TEST(next.slices.front().location == where);
    BOOST_TEST(next.slices.front().length_bytes == 26u);
    BOOST_TEST(has_said("written again while a post of it was unanswered"));
    auto& counts = sources->counts("web");
    BOOST_TEST(counts.pending_files == 2u);
}

BOOST_AUTO_TEST_CASE(a_new_version_keeps_the_id_when_every_post_was_reported) {
    auto& former = claim_and_post(2, 2);
    files.write(place(), "{\"number\":2}\n{\"number\":3}\n");
    subject->look_again(former);
    settle_files();
    BOOST_TEST(claimed().size() == 1u);
    BOOST_TEST(sources->find(id)->slices.front().length_bytes == 26u);
}

BOOST_AUTO_TEST_CASE(a_dropped_copy_says_that_another_one_may_still_be_reported) {
    auto& former = claim_and_post(1, 1);
    former.failure_keys = {"copy-0123456789abcdef"};
    BOOST_TEST(may_be_reported(former));
    former.posts = 2;
    former.failure_keys.push_back("0123456789abcdef");
    BOOST_TEST(!may_be_reported(former));
}

BOOST_AUTO_TEST_CASE(a_new_version_keeps_the_id_when_nothing_was_posted) {
    auto& former = claim_and_post(0);
    files.write(place(), "{\"number\":2}\n{\"number\":3}\n");
    subject->look_again(former);
    settle_files();
    BOOST_TEST(claimed().size() == 1u);
    BOOST_TEST(sources->find(id)->slices.front().length_bytes == 26u);
}

BOOST_AUTO_TEST_CASE(a_look_that_finds_the_same_bytes_changes_nothing) {
    auto& former = claim_and_post(1);
    subject->look_again(former);
    settle_files();
    BOOST_TEST(claimed().size() == 1u);
    BOOST_TEST(!place().empty());
}

BOOST_AUTO_TEST_CASE(what_vanished_waits_for_its_report) {
    auto& former = claim_and_post(2, 1);
    std::filesystem::remove(files.path(place()));
    subject->look_again(former);
    settle_files();
    BOOST_TEST(std::holds_alternative<stage::posted>(sources->find(id)->stage));
    BOOST_TEST(routed.settled_ids.empty());
}

BOOST_AUTO_TEST_CASE(what_vanished_and_was_never_posted_is_rejected) {
    auto& former = claim_and_post(0);
    std::filesystem::remove(files.path(place()));
    subject->look_again(former);
    settle_files();
    BOOST_TEST(std::holds_alternative<stage::settled>(sources->find(id)->stage));
}

BOOST_AUTO_TEST_CASE(a_restart_finds_both) {
    auto& former = claim_and_post(1);
    files.write(place(), "{\"number\":2}\n{\"number\":3}\n");
    subject->look_again(former);
    settle_files();
    auto next_id = other()->id;
    BOOST_TEST_REQUIRE(journal->flush().has_value());
    auto rows = journal->unretired();
    BOOST_TEST_REQUIRE(rows.has_value());
    BOOST_TEST(rows->size() == 2u);
    BOOST_TEST(sources->find(next_id) != nullptr);
    for (auto& what : *rows) {
        bool is_former = what.id == id;
        BOOST_TEST(what.slices.front().location.empty() == is_former);
        BOOST_TEST(std::holds_alternative<stage::posted>(what.stage) == is_former);
    }
}

BOOST_AUTO_TEST_SUITE_END()
