#include "async/refreshed.hpp"

#include <algorithm>

namespace kustodrop::refresh_rule {

static duration some_of(duration most, random_generator& random) {
    if (most <= duration::zero()) return duration::zero();
    return duration(std::uniform_int_distribution<duration::rep>(0, most.count())(random));
}

time_point ahead(const life& value, const refresh_options& options, random_generator& random) {
    auto lifetime = value.expires_at - value.begins;
    auto latest = value.expires_at - std::min(options.margin, lifetime / 4);
    if (value.wish) latest = std::clamp(*value.wish, value.begins, latest);
    std::chrono::duration<double, duration::period> most = latest - value.begins;
    return latest - some_of(std::chrono::duration_cast<duration>(most * options.jitter), random);
}

duration early_distance(duration lifetime, const refresh_options& options) {
    return std::min(options.early_interval, std::max(lifetime / 4, options.least_interval));
}

duration after_failure(
    const setback& failed, const refresh_options& options, random_generator& random
) {
    auto backoff = options.backoff;
    if (failed.lifetime && failed.time_left) {
        // A twentieth of its life at first, never more than a quarter of what is left of it: the
        // floor keeps the last seconds before expiry from becoming a burst.
        auto floor = std::max(*failed.lifetime / 20, options.least_interval);
        backoff.base = std::min(backoff.base, floor);
        backoff.cap = std::min(backoff.cap, std::max(*failed.time_left / 4, backoff.base));
    }
    return next_wait(failed.failures, backoff, failed.retry_after, random);
}

}  // namespace kustodrop::refresh_rule
