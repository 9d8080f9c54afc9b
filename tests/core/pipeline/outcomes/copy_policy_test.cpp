#include "core/pipeline/outcomes/conversation.hpp"
#include "spool/source/failure_marks.hpp"

using namespace kustodrop;
using namespace kustodrop::test;

namespace {

constexpr auto copy_code = "BlobAlreadyReceived_BlobAlreadyFoundInBatch";

/// A source that was posted twice, for the answer to the first post was lost.
struct posted_twice : conversation {
    posted_twice() { source.posts = 2; }

    void has_dropped(const std::string& operation) {
        auto copy = failed(copy_code);
        copy.operation_id = operation;
        source.failure_keys.push_back(failure_key(copy));
    }
    decision after_copy() const { return after(failed(copy_code)); }
    std::string answer_to_copy() const { return std::string(name_of(after_copy().next)); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(copy_policy, posted_twice)

BOOST_AUTO_TEST_CASE(a_dropped_copy_ends_one_post_and_is_no_failure) {
    auto decided = after_copy();
    BOOST_TEST(name_of(decided.next) == "wait");
    BOOST_TEST(decided.is_new_copy);
    BOOST_TEST(!decided.is_new_failure);
}

BOOST_AUTO_TEST_CASE(a_failure_after_the_copy_was_dropped_is_final) {
    has_dropped("1");
    BOOST_TEST(answer(failed(data_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(a_failure_before_the_copy_was_dropped_becomes_final) {
    has_failed(failed(data_code));
    auto decided = after_copy();
    auto& record = std::get<action::settle>(decided.next).record;
    BOOST_TEST((record.outcome == spool::outcome::failed));
    BOOST_TEST(record.code == data_code);
    BOOST_TEST(record.details == "why");
    BOOST_TEST(decided.is_new_copy);
}

BOOST_AUTO_TEST_CASE(a_success_after_the_copy_was_dropped_settles) {
    has_dropped("1");
    BOOST_TEST(answer(success()) == "settle");
}

BOOST_AUTO_TEST_CASE(a_copy_that_is_reported_again_ends_nothing_more) {
    source.posts = 3;
    has_dropped("");
    has_failed(failed(data_code));
    auto decided = after_copy();
    BOOST_TEST(name_of(decided.next) == "wait");
    BOOST_TEST(!decided.is_new_copy);
}

BOOST_AUTO_TEST_CASE(a_failure_waits_while_a_third_post_is_outstanding) {
    source.posts = 3;
    has_failed(failed(data_code));
    BOOST_TEST(answer_to_copy() == "wait");
    has_dropped("1");
    BOOST_TEST(answer_to_copy() == "settle");
}

BOOST_AUTO_TEST_CASE(not_every_post_was_a_copy) {
    source.posts = 1;
    BOOST_TEST(!after_copy().is_new_copy);
    source.posts = 2;
    has_dropped("1");
    BOOST_TEST(!after_copy().is_new_copy);
    source.posts = 1;
    source.failure_keys.clear();
    has_failed(failed(data_code));
    BOOST_TEST(!after_copy().is_new_copy);
}

BOOST_AUTO_TEST_CASE(a_failure_of_an_earlier_post_does_not_become_final) {
    source.posts = 1;
    has_failed(failed("General_RetryAttemptsExceeded"));
    source.posts = 2;
    auto decided = after_copy();
    BOOST_TEST(name_of(decided.next) == "wait");
    BOOST_TEST(decided.is_new_copy);
}

BOOST_AUTO_TEST_CASE(what_is_on_its_way_to_a_shipper_is_not_judged_again) {
    has_failed(failed(data_code));
    source.stage = stage::claimed{};
    BOOST_TEST(answer_to_copy() == "wait");
    source.stage = stage::uploaded{};
    BOOST_TEST(answer_to_copy() == "wait");
}

BOOST_AUTO_TEST_CASE(a_settled_source_ignores_a_dropped_copy) {
    source.stage = stage::settled{{spool::outcome::succeeded, "", "", "", {}}};
    BOOST_TEST(answer_to_copy() == "ignore");
}

BOOST_AUTO_TEST_CASE(what_the_failure_asked_for_is_done_when_the_copy_was_dropped) {
    has_failed(failed("General_InternalServerError", failure_status::exhausted));
    BOOST_TEST(answer_to_copy() == "post_again");
    has_failed(failed("Download_SourceNotFound"));
    source.posts = 4;
    source.posts_before_failure = 4;
    has_dropped("1");
    BOOST_TEST(answer_to_copy() == "upload_again");
}

BOOST_AUTO_TEST_CASE(several_files_are_split_but_not_behind_an_update_policy) {
    source.slices.push_back({"b", in_work("b"), 0, 10, {}});
    has_failed(failed(data_code));
    BOOST_TEST(answer_to_copy() == "split_source");
    source.failure_keys.clear();
    auto behind_policy = failed(data_code);
    behind_policy.from_update_policy = true;
    has_failed(behind_policy);
    BOOST_TEST(answer_to_copy() == "settle");
    BOOST_TEST(on_timeout() == "settle");
}

BOOST_AUTO_TEST_CASE(a_refusal_by_a_former_target_sends_to_the_new_one) {
    has_failed(failed(target_code));
    target = "Logs.New";
    BOOST_TEST(answer_to_copy() == "send_to_new_target");
}

BOOST_AUTO_TEST_CASE(a_refusal_by_a_target_that_is_paused_holds_the_source) {
    has_failed(failed(target_code));
    BOOST_TEST(answer_to_copy() == "settle");
    for (auto id : {"1", "2", "3", "4", "5"}) gate.refused({id, target_code, "why", 1}, at.now);
    BOOST_TEST(answer_to_copy() == "hold_for_target");
    source.failure_keys.clear();
    has_failed(failed(data_code));
    BOOST_TEST(answer_to_copy() == "settle");
}

BOOST_AUTO_TEST_CASE(a_key_of_an_earlier_release_is_known_without_its_mark) {
    auto exhausted = failed("General_InternalServerError", failure_status::exhausted);
    auto key = failure_key(exhausted);
    BOOST_TEST(key.starts_with("again-"));
    source.failure_keys.push_back(key.substr(6));
    BOOST_TEST(answer(exhausted) == "ignore");
}

BOOST_AUTO_TEST_CASE(a_failure_without_a_key_of_its_own_is_final) {
    has_failed(failed(data_code));
    source.failure_keys.clear();
    has_dropped("1");
    BOOST_TEST(on_timeout() == "settle");
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_post_that_cannot_be_asked_for_ends_the_wait) {
    source.rest_posts = {{"Logs", "Web", ""}, {"Logs", "Web", "op"}};
    auto decided = after_copy();
    auto& record = std::get<action::park>(decided.next).record;
    BOOST_TEST((record.outcome == spool::outcome::unconfirmed));
    BOOST_TEST(record.details.find("has accepted another one") != std::string::npos);
    BOOST_TEST(decided.is_new_copy);
    on_unconfirmed = unconfirmed_action::archive;
    BOOST_TEST(answer_to_copy() == "settle");
    on_unconfirmed = unconfirmed_action::repost;
    BOOST_TEST(answer_to_copy() == "repost");
}

BOOST_AUTO_TEST_CASE(a_copy_ends_nothing_while_another_post_can_be_asked_for) {
    source.posts = 3;
    source.rest_posts = {{"Logs", "Web", ""}, {"Logs", "Web", "1"}, {"Logs", "Web", "2"}};
    BOOST_TEST(answer_to_copy() == "wait");
    has_dropped("1");
    BOOST_TEST(answer_to_copy() == "park");
    source.stage = stage::posting{};
    BOOST_TEST(answer_to_copy() == "wait");
}

BOOST_AUTO_TEST_CASE(copies_are_not_counted_as_failures) {
    has_failed(failed(data_code));
    has_dropped("1");
    BOOST_TEST(spool::failure_count(source) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
