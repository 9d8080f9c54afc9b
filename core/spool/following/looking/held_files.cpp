#include "spool/following/looking/held_files.hpp"

#include "spool/folder/medium.hpp"

#include <algorithm>
#include <tuple>

namespace kustodrop::spool {

static constexpr auto too_many = "hold.max_files";
static constexpr auto too_large = "hold.max_bytes";
static constexpr auto too_long = "hold.max_time";
static constexpr auto too_scarce = "retention.min_free";

std::vector<released> beyond_limits(
    std::vector<held_file> held,
    const hold_limits& limits,
    std::uint64_t scarce_bytes,
    time_point now
) {
    std::ranges::sort(held, {}, [](auto& one) {
        return std::tuple(one.unread, one.since, one.inode);
    });
    auto files = held.size();
    std::uint64_t bytes = 0;
    for (auto& one : held) bytes += one.bytes;
    std::vector<released> out;
    for (auto& one : held) {
        const char* why = nullptr;
        if (now - one.since >= limits.max_time) {
            why = too_long;
        } else if (bytes > limits.max_bytes) {
            why = too_large;
        } else if (files > limits.max_files) {
            why = too_many;
        } else if (scarce_bytes > 0) {
            why = too_scarce;
        }
        if (!why) continue;
        out.push_back({one.inode, why, one.unread});
        --files;
        bytes -= one.bytes;
        scarce_bytes -= std::min(scarce_bytes, one.bytes);
    }
    return out;
}

bool may_be_spilled(const released& one) { return one.unread && one.because != too_scarce; }

std::uint64_t scarce_bytes(int folder, double min_free_percent) {
    if (min_free_percent <= 0) return 0;
    auto space = space_of_folder(folder);
    if (space.has_error()) return 0;
    auto wanted = static_cast<std::uint64_t>(
        static_cast<double>(space->total_bytes) * min_free_percent / 100
    );
    return wanted > space->free_bytes ? wanted - space->free_bytes : 0;
}

}  // namespace kustodrop::spool
