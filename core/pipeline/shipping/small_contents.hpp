#pragma once

#include "base/time.hpp"
#include "spool/source/source.hpp"

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kustodrop::pipeline {

/// The bytes of small files, from the claim, or the look into them, until they are sent: so each is
/// read once. Bounded, with what is given out and still in use; what finds no room, or
/// is not here any more, is read again.
class small_contents {
public:
    static constexpr std::uint64_t longest_file = 64u << 10u;
    static constexpr std::uint64_t longest_claimed = 16u << 10u;  // Of what has a blob of its own.

    using content = std::shared_ptr<const std::string>;

    explicit small_contents(std::uint64_t limit_bytes = 8u << 20u) : limit_(limit_bytes) {}

    /// Bytes that may still be put here. What lies here for so long that no one will ask for it
    /// goes first.
    std::uint64_t room(time_point now);

    /// All bytes of this slice's file, as it was when the slice was made. Refused without room.
    void put(const spool::slice& file, std::string bytes, time_point now);

    /// Gives them out, once; none if they are not here or of another state of the file. May be let
    /// go of on any thread.
    content take(const spool::slice& file);

    /// The same, and they stay here.
    content look(const spool::slice& file) const;

    /// Here and in use.
    std::uint64_t bytes() const { return *used_; }

private:
    struct entry {
        std::string location;
        spool::file_identity identity;
        content bytes;
        time_point since{};
    };
    using entries = std::list<entry>;
    void drop(entries::iterator one);

    std::uint64_t limit_;
    std::shared_ptr<std::atomic<std::uint64_t>> used_ =
        std::make_shared<std::atomic<std::uint64_t>>(0);
    entries in_order_;                                                     // Oldest first.
    std::unordered_map<std::string_view, entries::iterator> by_location_;  // Of their own names.
};

}  // namespace kustodrop::pipeline
