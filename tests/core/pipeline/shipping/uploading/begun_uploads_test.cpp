#include "pipeline/shipping/uploading/begun_uploads.hpp"

#include "core/pipeline/shipping/shipping_fixture.hpp"

#include <map>
#include <vector>

namespace kustodrop::pipeline::test {

namespace {

using stored_blocks = std::vector<azure::stored_block>;
using reply = result<http::response>;

const failure unreachable{errc::connection_reset, remedy::reroute, "the connection broke"};

failure answered(std::string code, remedy next) {
    return {service_code(std::move(code)), next, ""};
}

reply refused(unsigned status, std::string code) {
    return http::response{status, {{"x-ms-error-code", std::move(code)}}, {}};
}

reply list(const azure::block_key& block) {
    return http::response{
        200,
        {},
        "<BlockList><UncommittedBlocks><Block><Name>" + azure::block_id(block) +
            "</Name><Size>5</Size></Block></UncommittedBlocks></BlockList>"};
}

/// Storage of two accounts, one container each, of which `has` says who has blocks.
struct beginning : kustodrop::test::shipping {
    beginning() {
        storage = [this](const http::request& asked) -> std::optional<reply> {
            auto found = has.find(asked.target.host().substr(0, 3));
            if (found == has.end()) return refused(404, "BlobNotFound");
            return found->second;
        };
        settle();
        container = at("one");
    }

    azure::storage_place at(std::string_view account) {
        return *router.find_container(account, "c");
    }

    result<stored_blocks> find(bool is_of_an_earlier_run = false) {
        begun_uploads::wanted wanted{"id", "id.json.gz", is_of_an_earlier_run};
        auto task = start(begun.find(std::move(wanted), container));
        return *task->value;
    }

    /// The next attempt, which would go to "two".
    result<stored_blocks> find_again() {
        container = at("two");
        return find();
    }

    std::map<std::string, reply> has;  // By account.
    begun_uploads begun{router, blobs};
    azure::storage_place container;
    const stored_blocks one_block{{{3, 4}, 5}};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(begun_uploads_decisions)

BOOST_AUTO_TEST_CASE(who_does_not_answer_or_is_busy_may_answer_later) {
    BOOST_TEST(may_answer_later(unreachable));
    BOOST_TEST(may_answer_later({errc::timeout, remedy::retry, ""}));
    BOOST_TEST(may_answer_later(answered("ServerBusy", remedy::reroute)));
    BOOST_TEST(may_answer_later(answered("http_503", remedy::reroute)));
    BOOST_TEST(may_answer_later(answered("AuthenticationFailed", remedy::refresh_resources)));
}

BOOST_AUTO_TEST_CASE(a_refusal_and_an_answer_of_another_kind_stay_as_they_are) {
    auto mismatch = answered("AuthorizationPermissionMismatch", remedy::refresh_resources);
    BOOST_TEST(!may_answer_later(mismatch));
    BOOST_TEST(!may_answer_later(answered("AuthorizationFailure", remedy::refresh_resources)));
    BOOST_TEST(!may_answer_later(answered("http_400", remedy::reroute)));
    BOOST_TEST(!may_answer_later({errc::bad_answer, remedy::reroute, ""}));
    BOOST_TEST(!may_answer_later(answered("RequestBodyTooLarge", remedy::give_up)));
}

BOOST_AUTO_TEST_CASE(an_upload_goes_on_where_it_has_blocks_unless_storage_will_not_take_the_rest) {
    BOOST_TEST(!is_better_begun_afresh(unreachable, 3));
    BOOST_TEST(!is_better_begun_afresh(answered("ServerBusy", remedy::reroute), 3));
    auto expired = answered("AuthenticationFailed", remedy::refresh_resources);
    BOOST_TEST(!is_better_begun_afresh(expired, 3));
    BOOST_TEST(is_better_begun_afresh(unreachable, 0));
    BOOST_TEST(is_better_begun_afresh(answered("InvalidBlockList", remedy::upload_again), 3));
    BOOST_TEST(is_better_begun_afresh(answered("BlobAlreadyExists", remedy::reroute), 3));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(begun_uploads_, beginning)

BOOST_AUTO_TEST_CASE(the_first_attempt_of_a_source_asks_no_one) {
    BOOST_TEST(find().value().empty());
    BOOST_TEST(network.sent.empty());
    BOOST_TEST(container.account == "one");
}

BOOST_AUTO_TEST_CASE(the_next_one_goes_on_where_that_began) {
    BOOST_TEST(find().value().empty());
    begun.failed("id", unreachable, 1);
    has.emplace("one", list({3, 4}));
    BOOST_TEST((find_again().value() == one_block));
    BOOST_TEST(container.account == "one");
    BOOST_TEST(network.sent.size() == 1u);
    BOOST_TEST(network.last().target.path() == "/c/id.json.gz");
}

BOOST_AUTO_TEST_CASE(where_nothing_was_stored_it_goes_where_it_would) {
    BOOST_TEST(find().value().empty());
    BOOST_TEST(find_again().value().empty());
    BOOST_TEST(container.account == "two");
    begun.failed("id", unreachable, 0);
    container = at("one");
    BOOST_TEST(find(true).value().empty());
    BOOST_TEST(container.account == "one");
    BOOST_TEST(network.sent.size() == 1u);  // Not after a failure that stored nothing.
}

BOOST_AUTO_TEST_CASE(a_failure_before_storage_was_asked_changes_nothing) {
    BOOST_TEST(find().value().empty());
    begun.failed("id", unreachable, 1);
    begun.failed("id", {errc::read_error, remedy::retry, ""}, 0);
    begun.failed("another", unreachable, 0);
    has.emplace("one", list({3, 4}));
    BOOST_TEST((find_again().value() == one_block));
}

BOOST_AUTO_TEST_CASE(after_a_restart_every_container_is_asked) {
    has.emplace("two", list({3, 4}));
    BOOST_TEST((find(true).value() == one_block));
    BOOST_TEST(container.account == "two");
    auto first = network.sent.size();
    BOOST_TEST(first <= 2u);
    // From then on it is known.
    BOOST_TEST((find(true).value() == one_block));
    BOOST_TEST(network.sent.size() == first + 1);
}

BOOST_AUTO_TEST_CASE(what_was_shipped_or_given_up_is_forgotten) {
    BOOST_TEST(find().value().empty());
    begun.forget("id");
    BOOST_TEST(find().value().empty());
    BOOST_TEST(network.sent.empty());
}

BOOST_AUTO_TEST_CASE(while_only_that_account_is_away_it_waits_for_a_short_time) {
    BOOST_TEST(find().value().empty());
    has.emplace("one", unreachable);
    for (int attempt = 0; attempt < 4; ++attempt) {
        BOOST_TEST((find_again().error().code == errc::connection_reset));
    }
    // The fifth failure in a row makes the account unwell.
    BOOST_TEST(find_again().value().empty());
    BOOST_TEST(container.account == "two");
    BOOST_TEST(find_again().value().empty());
    BOOST_TEST(network.last().target.host() == "two.example");
}

BOOST_AUTO_TEST_CASE(storage_that_takes_blocks_and_never_lists_them_holds_up_nothing) {
    BOOST_TEST(find().value().empty());
    has.emplace("one", unreachable);
    for (int attempt = 0; attempt < 4; ++attempt) {
        BOOST_TEST(find_again().has_error());
        router.report(at("one"), result<void>());
        begun.failed("id", unreachable, 0);
    }
    // It continues where it was, for the blocks may be there.
    BOOST_TEST(find_again().value().empty());
    BOOST_TEST(container.account == "one");
    begun.failed("id", unreachable, 0);
    has.insert_or_assign("one", list({3, 4}));
    BOOST_TEST((find_again().value() == one_block));
}

BOOST_AUTO_TEST_CASE(a_container_that_answers_is_enough_after_a_restart) {
    has.emplace("one", unreachable);
    has.emplace("two", list({3, 4}));
    BOOST_TEST((find(true).value() == one_block));
    BOOST_TEST(container.account == "two");
}

BOOST_AUTO_TEST_CASE(a_container_that_does_not_list_blocks_is_not_asked_again) {
    for (auto& said :
         {refused(403, "AuthorizationPermissionMismatch"),
          refused(400, "Unknown"),
          reply(http::response{200, {}, "<html></html>"})}) {
        network.sent.clear();
        has.insert_or_assign("one", said);
        begun_uploads fresh(router, blobs);
        for (std::string id : {"a", "b"}) {
            for (auto account : {"one", "two"}) {
                container = at(account);
                begun_uploads::wanted wanted{id, id + ".gz", false};
                auto task = start(fresh.find(std::move(wanted), container));
                BOOST_TEST(task->value->value().empty());
                BOOST_TEST(container.account == account);
            }
        }
        BOOST_TEST(network.sent.size() == 1u);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kustodrop::pipeline::test
