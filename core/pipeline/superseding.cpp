#include "pipeline/superseding.hpp"

#include "spool/source/failure_marks.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace kustodrop::pipeline {

bool may_be_reported(const spool::source& what) {
    // Dropped copies say that another one came before them.
    return what.posts > what.failure_keys.size() ||
           (what.posts > 0 && spool::failure_count(what) == 0);
}

void share_posts(spool::source& part, const spool::source& whole) {
    if (!may_be_reported(whole)) return;
    auto failed = std::min<std::size_t>(whole.failure_keys.size(), whole.posts - 1);
    part.posts = whole.posts - static_cast<unsigned>(failed);
    part.ambiguous_posts = part.posts;
    part.last_post_at = whole.last_post_at;
    part.reported = whole.reported;
    // None of these operations knows it by its own id.
    part.rest_posts = whole.rest_posts;
    auto most = std::min<std::size_t>(part.posts, part.rest_posts.size());
    part.rest_posts.resize(most);
    for (auto& post : part.rest_posts) post.operation.clear();
}

spool::source next_version_of(
    const spool::source& former, spool::slice now, std::string new_id, wall_time at
) {
    spool::source out;
    out.id = std::move(new_id);
    out.watch = former.watch;
    out.target = former.target;
    out.claimed_at = at;
    out.slices.push_back(std::move(now));
    return out;
}

void await_report(roster& sources, routing& next, spool::source& former) {
    sources.supersede(former);
    next.posted(former);
}

spool::source& supersede(
    roster& sources, routing& next, spool::source& former, spool::source version
) {
    auto& admitted = *sources.supersede(former, std::move(version));
    next.posted(former);
    return admitted;
}

}  // namespace kustodrop::pipeline
