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
    following_seeds += other.following_seeds;
    log_records += other.log_records;
    log_rotations += other.log_rotations;
    log_bytes += other.log_bytes;
    log_bytes_lost += other.log_bytes_lost;
}

std::string totals::summary() const {
    auto n = [](std::uint64_t value) { return std::to_string(value); };
    return n(seeds) + " seeds (" + n(repeated) + " twice), " + n(virtual_seconds / 3600) +
           " virtual hours, " + n(files) + " files, " + n(posts) + " posts (" + n(rest_posts) +
           " by REST, " + n(streamed_posts) + " streamed, " + n(ambiguous_posts) + " ambiguous, " +
           n(posts_for_old_notifications) + " for notifications read before a restart), " +
           n(requests) + " requests, " + n(faults) + " faults, " + n(crashes) + " crashes, " +
           n(restarts) + " restarts, " + n(joined) + " blobs of several files, " + n(duplicates) +
           " duplicates, " + n(lost) + " lost; of them " + n(following_seeds) +
           " seeds with logs, " + n(log_records) + " records in " + n(log_bytes) + " bytes, " +
           n(log_rotations) + " rotations, " + n(log_bytes_lost) +
           " bytes destroyed unread and reported; " + n(failed_seeds) + " seeds failed";
}

}  // namespace kustodrop::simulation
