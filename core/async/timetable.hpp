#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace kustodrop {

/// How far local time is ahead of UTC at a moment.
using time_zone = std::function<std::chrono::seconds(wall_time)>;

/// The machine's own zone, as it is set now: a zone that is changed later is noticed.
std::chrono::seconds machine_zone(wall_time at);

/// From a minute of some weekdays on, in local time: a rate.
struct timetable_entry {
    std::uint8_t days = 0x7F;            // Bit 0 is Sunday.
    unsigned minute = 0;                 // Of the day, from 0 to 1439.
    std::uint64_t bytes_per_second = 0;  // 0: no limit.

    bool is_on(std::chrono::weekday day) const { return (days >> day.c_encoding() & 1u) != 0; }

    friend bool operator==(const timetable_entry&, const timetable_entry&) = default;
};

/// A rate at a moment.
struct rate_in_force {
    std::uint64_t bytes_per_second = 0;             // 0: no limit.
    std::optional<wall_time> until = std::nullopt;  // When another one begins; none: never.
};

/// A rate by weekday and time of day. Each entry holds until the next one begins, over midnight
/// and over days without entries. Pure.
///
/// An entry begins at the first moment of its day when the local clock shows its time or a later
/// one: where clocks are set forward over it, when they are; where they are set back over it, the
/// first time only.
class timetable {
public:
    timetable() = default;  ///< No limit at any time.

    /// The same rate at any time.
    explicit timetable(std::uint64_t bytes_per_second) : always_(bytes_per_second) {}

    /// At least one entry, on at least one day.
    explicit timetable(std::vector<timetable_entry> entries) : entries_(std::move(entries)) {}

    bool is_constant() const { return entries_.empty(); }

    /// Of a timetable that is constant.
    std::uint64_t constant() const { return always_; }

    const std::vector<timetable_entry>& entries() const { return entries_; }

    rate_in_force at(wall_time now, const time_zone& zone) const;

    friend bool operator==(const timetable&, const timetable&) = default;

private:
    std::uint64_t always_ = 0;
    std::vector<timetable_entry> entries_;
};

}  // namespace kustodrop
