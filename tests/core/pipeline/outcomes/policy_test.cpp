#include "pipeline/outcomes/policy.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;
using kusto::failure_status;
using kusto::notification;
namespace stage = spool::stage;

namespace {

constexpr auto data_code = "Stream_WrongNumberOfFields";
constexpr auto target_code = "BadRequest_TableNotExist";

// One source of the watch "web", posted once to Logs.Web, and what the service says about it.
struct conversation {
    conversation() {
        source.id = "s";
        source.watch = "web";
        source.target = "Logs.Web";
        source.slices.push_back({"a", ".kustodrop/work/a", 0, 10, {}});
        source.stage = stage::posted{{"account", "container", "blob", 10, 5}, {}};
        source.posts = 1;
        source.last_post_at = wall_time(10h);
    }

    source_facts facts() const {
        source_facts out{source};
        out.is_parked = is_parked;
        out.is_watched = is_watched;
        out.target = target;
        out.target_since = target_since;
        out.on_unconfirmed = on_unconfirmed;
        out.gate = is_watched ? &gate : nullptr;
        return out;
    }

    static notification success() {
        notification out;
        out.success = true;
        out.operation_id = "op";
        return out;
    }

    static notification failed(
        std::string code, failure_status status = failure_status::permanent
    ) {
        notification out;
        out.code = std::move(code);
        out.status = status;
        out.details = "why";
        return out;
    }

    decision after(const notification& reported) const {
        return decide(facts(), reported, options, at);
    }
    std::string answer(const notification& reported) const {
        return std::string(name_of(after(reported).next));
    }
    std::string on_timeout() const {
        return std::string(name_of(decide_on_timeout(facts(), options, at)));
    }

    // As if this failure had been noted after so many posts.
    void has_failed(const notification& reported) {
        source.failure_keys.push_back(failure_key(reported));
        source.last_failure = record_of(reported, {});
        source.posts_before_failure = source.posts;
    }

    spool::source source;
    bool is_parked = false;
    bool is_watched = true;
    std::string target = "Logs.Web";
    wall_time target_since{};
    unconfirmed_action on_unconfirmed = unconfirmed_action::keep;
    target_gate gate;
    policy_options options;
    moment at{time_point(1h), wall_time(20h)};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(policy, conversation)

BOOST_AUTO_TEST_CASE(a_success_settles_the_source) {
    auto decided = after(success());
    auto& record = std::get<action::settle>(decided.next).record;
    BOOST_TEST((record.outcome == spool::outcome::succeeded));
    BOOST_TEST(record.operation_id == "op");
    BOOST_TEST((record.at == wall_time(20h)));
    BOOST_TEST(!decided.is_new_failure);
}

BOOST_AUTO_TEST_CASE(a_permanent_failure_of_the_only_post_settles_the_source) {
    auto decided = after(failed(data_code));
    auto& record = std::get<action::settle>(decided.next).record;
    BOOST_TEST((record.outcome == spool::outcome::failed));
    BOOST_TEST(record.code == data_code);
    BOOST_TEST(record.details == "why");
    BOOST_TEST(decided.is_new_failure);
}

BOOST_AUTO_TEST_CASE(a_settled_source_ignores_further_notifications) {
    source.stage = stage::settled{{spool::outcome::succeeded, "", "", "", {}}};
    BOOST_TEST(answer(success()) == "ignore");
    BOOST_TEST(answer(failed(data_code)) == "ignore");
}

BOOST_AUTO_TEST_CASE(an_unconfirmed_source_accepts_a_late_notification) {
    source.stage = stage::settled{{spool::outcome::unconfirmed, "", "", "", {}}};
    is_parked = true;
    BOOST_TEST(answer(success()) == "settle");
    BOOST_TEST(answer(failed(data_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(a_transient_failure_waits_for_the_service_to_try_again) {
    auto decided = after(failed(data_code, failure_status::transient));
    BOOST_TEST(name_of(decided.next) == "wait");
    BOOST_TEST(!decided.is_new_failure);
    BOOST_TEST(answer(failed("BlobAlreadyReceived_BlobAlreadyFoundInBatch")) == "wait");
}

BOOST_AUTO_TEST_CASE(a_failure_that_was_noted_before_is_ignored) {
    source.posts = 2;
    has_failed(failed(data_code));
    auto decided = after(failed(data_code));
    BOOST_TEST(name_of(decided.next) == "ignore");
    BOOST_TEST(!decided.is_new_failure);
}

BOOST_AUTO_TEST_CASE(a_failure_waits_while_another_post_is_outstanding) {
    source.posts = 2;
    auto decided = after(failed(data_code));
    BOOST_TEST(name_of(decided.next) == "wait");
    BOOST_TEST(decided.is_new_failure);
    has_failed(failed(data_code));
    BOOST_TEST(answer(failed("Stream_Other")) == "settle");
}

BOOST_AUTO_TEST_CASE(a_success_settles_whatever_failed_before) {
    source.posts = 2;
    has_failed(failed(data_code));
    BOOST_TEST(answer(success()) == "settle");
}

BOOST_AUTO_TEST_CASE(a_blob_that_could_not_be_read_is_uploaded_again) {
    BOOST_TEST(answer(failed("Download_SourceNotFound")) == "upload_again");
}

BOOST_AUTO_TEST_CASE(a_message_that_failed_is_posted_again) {
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "post_again");
    BOOST_TEST(
        answer(failed("General_InternalServerError", failure_status::exhausted)) == "post_again"
    );
}

BOOST_AUTO_TEST_CASE(what_is_on_its_way_to_a_shipper_is_not_sent_again) {
    source.stage = stage::claimed{};
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "ignore");
}

BOOST_AUTO_TEST_CASE(a_source_is_not_sent_again_without_end) {
    source.posts = options.resend_limit;
    source.failure_keys.assign(source.posts - 1, "earlier");
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "post_again");
    ++source.posts;
    source.failure_keys.push_back("another");
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "settle");
}

BOOST_AUTO_TEST_CASE(an_unconfirmed_source_has_no_blob_to_post_again) {
    source.stage = stage::settled{{spool::outcome::unconfirmed, "", "", "", {}}};
    is_parked = true;
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "settle");
}

BOOST_AUTO_TEST_CASE(several_files_are_split_when_one_of_them_is_to_blame) {
    source.slices.push_back({"b", ".kustodrop/work/b", 0, 10, {}});
    BOOST_TEST(answer(failed(data_code)) == "split_source");
    auto behind_policy = failed(data_code);
    behind_policy.from_update_policy = true;
    BOOST_TEST(answer(behind_policy) == "settle");
    BOOST_TEST(answer(failed("SomethingOfTheFuture")) == "settle");
    source.slices[0].location.clear();
    BOOST_TEST(answer(failed(data_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(the_first_refusals_of_a_target_settle_their_sources_and_are_counted) {
    auto decided = after(failed(target_code));
    BOOST_TEST(name_of(decided.next) == "settle");
    BOOST_TEST(decided.target_refused);
}

BOOST_AUTO_TEST_CASE(a_refusal_that_pauses_the_watch_holds_its_source) {
    for (auto id : {"1", "2", "3", "4"}) gate.refused({id, target_code, "why", 1}, at.now);
    auto decided = after(failed(target_code));
    BOOST_TEST(name_of(decided.next) == "hold_for_target");
    BOOST_TEST(decided.is_new_failure);
    BOOST_TEST(!gate.is_paused());
}

BOOST_AUTO_TEST_CASE(a_paused_watch_holds_even_a_source_with_another_post_outstanding) {
    for (auto id : {"1", "2", "3", "4", "5"}) gate.refused({id, target_code, "why", 1}, at.now);
    source.posts = 2;
    BOOST_TEST(answer(failed(target_code)) == "hold_for_target");
}

BOOST_AUTO_TEST_CASE(an_unconfirmed_source_is_not_held) {
    for (auto id : {"1", "2", "3", "4", "5"}) gate.refused({id, target_code, "why", 1}, at.now);
    source.stage = stage::settled{{spool::outcome::unconfirmed, "", "", "", {}}};
    is_parked = true;
    auto decided = after(failed(target_code));
    BOOST_TEST(name_of(decided.next) == "settle");
    BOOST_TEST(!decided.target_refused);
}

BOOST_AUTO_TEST_CASE(a_refusal_by_a_target_that_was_replaced_sends_the_source_to_the_new_one) {
    target = "Logs.New";
    auto decided = after(failed(target_code));
    BOOST_TEST(name_of(decided.next) == "send_to_new_target");
    BOOST_TEST(!decided.target_refused);
    source.posts = 2;
    BOOST_TEST(answer(failed(target_code)) == "wait");
}

BOOST_AUTO_TEST_CASE(the_same_table_counts_as_replaced_when_it_was_changed_after_the_post) {
    target_since = wall_time(11h);
    BOOST_TEST(answer(failed(target_code)) == "send_to_new_target");
    target_since = wall_time(9h);
    BOOST_TEST(answer(failed(target_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(a_target_that_seems_to_change_after_every_post_ends_at_the_limit) {
    target_since = wall_time(11h);
    source.posts = options.resend_limit + 1;
    source.failure_keys.assign(source.posts - 1, "earlier");
    BOOST_TEST(answer(failed(target_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(bad_data_is_bad_for_any_target) {
    target = "Logs.New";
    BOOST_TEST(answer(failed(data_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(a_source_whose_watch_is_not_configured_is_settled_all_the_same) {
    is_watched = false;
    BOOST_TEST(answer(success()) == "settle");
    auto decided = after(failed(target_code));
    BOOST_TEST(name_of(decided.next) == "settle");
    BOOST_TEST(!decided.target_refused);
    BOOST_TEST(on_timeout() == "park");
}

BOOST_AUTO_TEST_CASE(silence_leaves_a_source_unconfirmed) {
    auto next = decide_on_timeout(facts(), options, at);
    auto& record = std::get<action::park>(next).record;
    BOOST_TEST((record.outcome == spool::outcome::unconfirmed));
    BOOST_TEST(record.code == "no_notification");
}

BOOST_AUTO_TEST_CASE(silence_settles_where_unconfirmed_files_are_archived) {
    on_unconfirmed = unconfirmed_action::archive;
    auto next = decide_on_timeout(facts(), options, at);
    auto& record = std::get<action::settle>(next).record;
    BOOST_TEST((record.outcome == spool::outcome::unconfirmed));
}

BOOST_AUTO_TEST_CASE(silence_reposts_where_the_watch_wants_it_but_not_without_end) {
    on_unconfirmed = unconfirmed_action::repost;
    BOOST_TEST(on_timeout() == "repost");
    source.posts = options.resend_limit + 1;
    BOOST_TEST(on_timeout() == "park");
}

BOOST_AUTO_TEST_CASE(silence_is_presumed_success_where_only_failures_are_reported) {
    for (auto reports : {report_level::failures, report_level::none}) {
        options.reports = reports;
        auto next = decide_on_timeout(facts(), options, at);
        auto& record = std::get<action::settle>(next).record;
        BOOST_TEST((record.outcome == spool::outcome::presumed));
    }
}

BOOST_AUTO_TEST_CASE(a_failure_after_all_posts_decides_when_the_other_copies_stay_silent) {
    source.posts = 2;
    has_failed(failed(data_code));
    auto next = decide_on_timeout(facts(), options, at);
    auto& record = std::get<action::settle>(next).record;
    BOOST_TEST((record.outcome == spool::outcome::failed));
    BOOST_TEST(record.code == data_code);
}

BOOST_AUTO_TEST_CASE(a_failure_of_an_earlier_post_does_not_decide_for_a_later_one) {
    has_failed(failed("General_RetryAttemptsExceeded"));
    source.posts = 2;
    BOOST_TEST(on_timeout() == "park");
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_former_target_sends_to_the_new_one_when_the_rest_is_silent) {
    source.posts = 2;
    has_failed(failed(target_code));
    target = "Logs.New";
    BOOST_TEST(on_timeout() == "send_to_new_target");
}

BOOST_AUTO_TEST_CASE(two_failures_differ_by_operation_time_or_code) {
    auto one = failed(data_code);
    auto other = one;
    BOOST_TEST(failure_key(one) == failure_key(other));
    other.operation_id = "another";
    BOOST_TEST(failure_key(one) != failure_key(other));
    other = one;
    other.at = wall_time(1s);
    BOOST_TEST(failure_key(one) != failure_key(other));
    BOOST_TEST(failure_key(one) != failure_key(failed("Other")));
}

BOOST_AUTO_TEST_SUITE_END()
