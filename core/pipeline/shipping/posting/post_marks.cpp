#include "pipeline/shipping/posting/post_marks.hpp"

#include "pipeline/targets/target_route.hpp"

#include <utility>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

// Posts by REST whose operations are asked for: the last ones of a source.
static constexpr std::size_t most_operations = 8;

void post_marks::begin(spool::source& what, begun_post post) {
    auto blob = *spool::blob_of(what.stage);
    ++what.posts;
    auto& reported = what.reported;
    reported.in_operation = reported.in_operation || post.rest;
    reported.in_table = reported.in_table || post.in_table;
    reported.in_queue = reported.in_queue || (!post.rest && !post.in_table);
    if (post.rest) {
        auto& all = what.rest_posts;
        if (all.size() >= most_operations) all.erase(all.begin());
        all.push_back(std::move(*post.rest));
    }
    what.target = std::move(post.target);
    what.cluster = with_.cluster.record();
    what.token_number = post.token_number;
    what.token_refused = false;
    what.last_post_at = with_.time.wall_now();
    with_.sources.advance(what, stage::posting{std::move(blob), what.last_post_at});
}

// Nothing where its outcome arrived meanwhile.
spool::source* post_marks::posting(const std::string& source_id) {
    auto* what = with_.sources.find(source_id);
    bool is_posting = what && std::holds_alternative<stage::posting>(what->stage);
    return is_posting ? what : nullptr;
}

bool post_marks::accepted(const std::string& source_id, const std::string& operation) {
    auto* what = posting(source_id);
    if (!what) return false;
    if (!operation.empty()) what->rest_posts.back().operation = operation;
    auto blob = std::move(std::get<stage::posting>(what->stage).blob);
    with_.sources.advance(*what, stage::posted{std::move(blob), with_.time.wall_now()});
    with_.log.info(
        "posted",
        {{"watch", what->watch},
         {"source", source_id},
         {"file", what->slices.front().name},
         {"files", std::to_string(what->slices.size())},
         {"target", shown_target(what->target)},
         {"bytes", std::to_string(what->size_bytes())}}
    );
    return true;
}

void post_marks::unanswered(const std::string& source_id) {
    auto* what = posting(source_id);
    if (!what) return;
    ++what->ambiguous_posts;
    with_.measured.count("kustodrop_posts_ambiguous_total", {{"watch", what->watch}}).add();
    with_.sources.note(*what);
    with_.next.unanswered(*what);
}

// The journal must know that too: after a restart it would be a copy whose outcome is still to
// come.
void post_marks::take_back(const std::string& source_id, bool by_rest) {
    auto* what = posting(source_id);
    if (!what) return;
    auto blob = std::move(std::get<stage::posting>(what->stage).blob);
    --what->posts;
    if (by_rest) {
        what->rest_posts.pop_back();
        // Where no operation is left to be asked for, none will report.
        what->reported.in_operation = !what->rest_posts.empty();
    }
    with_.sources.advance(*what, stage::uploaded{std::move(blob)});
}

void post_marks::hand_on(const std::string& source_id) {
    auto* what = with_.sources.find(source_id);
    if (what && std::holds_alternative<stage::posted>(what->stage)) with_.next.posted(*what);
}

}  // namespace kustodrop::pipeline
