#include "simulation/totals.hpp"

namespace kustodrop::simulation {

void totals::add(const totals& other) {
    seeds += other.seeds;
    failed_seeds += other.failed_seeds;
    repeated += other.repeated;
    virtual_seconds += other.virtual_seconds;
    files += other.files;
    bytes += other.bytes;
    requests += other.requests;
    faults += other.faults;
    crashes += other.crashes;
    restarts += other.restarts;
    posts += other.posts;
    rest_posts += other.rest_posts;
    streamed_posts += other.streamed_posts;
    ambiguous_posts += other.ambiguous_posts;
    posts_for_old_notifications += other.posts_for_old_notifications;
    duplicates += other.duplicates;
    joined += other.joined;
    lost += other.lost;
}

std::string totals::summary() const {
    auto n = [](std::uint64_t value) { return std::to_string(value); };
    return n(seeds) + " seeds (" + n(repeated) + " twice), " + n(virtual_seconds / 3600) +
           " virtual hours, " + n(files) + " files, " + n(posts) + " posts (" + n(rest_posts) +
           " by REST, " + n(streamed_posts) + " streamed, " + n(ambiguous_posts) + " ambiguous, " +
           n(posts_for_old_notifications) + " for notifications read before a restart), " +
           n(requests) + " requests, " + n(faults) + " faults, " + n(crashes) + " crashes, " +
           n(restarts) + " restarts, " + n(joined) + " blobs of several files, " + n(duplicates) +
           " duplicates, " + n(lost) + " lost, " + n(failed_seeds) + " seeds failed";
}

}  // namespace kustodrop::simulation
