#pragma once

#include "simulation/logs/log_folder.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::simulation {

/// How a log is rotated.
enum class rotation_scheme {
    numbered,             // Renamed, as logrotate with `create` does; older ones move on.
    dated,                // Renamed to a name with a date.
    compressed,           // As numbered, and compressed at some time.
    chain,                // As numbered, and all but a few are deleted.
    copied,               // copytruncate.
    copied_compressed,    // The same, and the copy is compressed.
    copied_elsewhere,     // The same, with the copy in a folder that no one follows.
    truncated,            // Emptied in place.
    truncated_and_grown,  // The same, and soon longer than before.
    kubelet,              // Renamed; the one before is compressed, and few are left.
    deleted,              // Its writer has it open for some time.
    deleted_and_created,  // Its writer begins another one at once.
};
inline constexpr std::size_t rotation_schemes = 12;
std::string_view to_string(rotation_scheme);

/// An application that logs, and what rotates its log. Between any two system calls of a rotation
/// anything else may happen.
class rotated_log {
public:
    rotated_log(universe& world, log_ledger& book, log_folder& in, std::string name);

    /// Writes and is rotated until `end`.
    void begin(time_point end);
    /// Ends what has begun, with a record more.
    void finish();
    void write_one();

    bool is_rotating() const { return !steps_.empty(); }
    rotation_scheme scheme() const { return scheme_; }
    std::uint64_t rotations() const { return rotations_; }

private:
    using step = std::function<void()>;

    void write_later();
    void write_some();
    void write(std::size_t records);
    void begin_half();
    void finish_half();
    void end_or_give_up_half();
    void reopen();
    std::size_t some_padding();

    void rotate_later();
    void rotate();
    void empty();
    void next_step();
    void shift(unsigned keep);
    void rotate_as_kubelet();
    void compress(const std::string& name);
    void copy(const std::string& to, bool compressed);
    void add(step one) { steps_.push_back(std::move(one)); }
    std::string rotated(unsigned number, const char* ending = "") const;

    universe& world_;
    log_ledger& book_;
    log_folder& in_;
    std::string name_;
    rotation_scheme scheme_;
    bool appends_;
    time_point end_{};
    log_folder::opened open_;
    std::optional<std::size_t> half_;  // A record that is begun.
    std::uint64_t halves_ = 0;         // Begun so far.
    bool may_pause_within_ = true;
    std::deque<step> steps_;
    std::uint64_t rotations_ = 0;
};

}  // namespace kustodrop::simulation
