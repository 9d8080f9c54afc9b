#pragma once

#include "base/clock.hpp"
#include "spool/source.hpp"

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kustodrop::pipeline {

/// The bytes of small files, from the look into them until they are sent in one blob with others:
/// so each is read once. Bounded; what finds no room, or is not here any more, is read again.
class small_contents {
public:
    static constexpr std::uint64_t longest_file = 64u << 10u;

    explicit small_contents(std::uint64_t limit_bytes = 8u << 20u) : limit_(limit_bytes) {}

    /// Bytes that may still be put here. What lies here for so long that nobody will ask for it
    /// goes first.
    std::uint64_t room(time_point now);

    /// All bytes of this slice's file, as it was when the slice was made. Refused without room.
    void put(const spool::slice& file, std::string bytes, time_point now);

    /// Gives them out, once; empty if they are not here or of another state of the file.
    std::string take(const spool::slice& file);

    std::uint64_t bytes() const { return used_; }

private:
    struct entry {
        std::string location;
        spool::file_identity identity;
        std::string bytes;
        time_point since{};
    };
    using entries = std::list<entry>;
    void drop(entries::iterator one);

    std::uint64_t limit_;
    std::uint64_t used_ = 0;
    entries in_order_;                                                     // Oldest first.
    std::unordered_map<std::string_view, entries::iterator> by_location_;  // Of their own names.
};

}  // namespace kustodrop::pipeline
