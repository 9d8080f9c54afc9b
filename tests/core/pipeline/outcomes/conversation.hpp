#pragma once

#include "pipeline/outcomes/policy.hpp"
#include "support/in_work.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace kustodrop::test {

using namespace kustodrop::pipeline;
using kusto::failure_status;
using kusto::notification;
namespace stage = spool::stage;

inline constexpr auto data_code = "Stream_WrongNumberOfFields";
inline constexpr auto target_code = "BadRequest_TableNotExist";

// One source of the watch "web", posted once to Logs.Web, and what the service says about it.
struct conversation {
    conversation() {
        source.id = "s";
        source.watch = "web";
        source.target = "Logs.Web";
        source.slices.push_back({"a", in_work("a"), 0, 10, {}});
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
        out.deduplicates = deduplicates;
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
    bool deduplicates = false;
    target_gate gate;
    policy_options options;
    moment at{time_point(1h), wall_time(20h)};
};

}  // namespace kustodrop::test
