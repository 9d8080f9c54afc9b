#pragma once

#include "base/event.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace kustodrop::pipeline {

/// The sources that wait for a shipper, by the time they may be tried at, first come first served
/// among equals. Intake respects room(); a source that is already claimed is always taken back,
/// and those are bounded by the watches' max_pending. No source is inside twice.
class ready_queue {
public:
    ready_queue(asio::any_io_executor executor, clock& clock, std::size_t capacity);

    std::size_t size() const { return waiting_.size(); }
    std::size_t room() const { return capacity_ - std::min(capacity_, waiting_.size()); }

    /// Puts a source in line for `not_before`.
    void push(std::string source_id, time_point not_before);

    /// The next source that is due; waits for one. Nothing once the queue is closed.
    asio::awaitable<std::optional<std::string>> pop();

    /// Returns when there may be room, or the queue is closed.
    asio::awaitable<void> wait_for_room();

    /// Ends it: what is inside stays on disk and in the journal.
    void close();

private:
    clock& clock_;
    std::size_t capacity_;
    std::multimap<time_point, std::string> waiting_;
    bool closed_ = false;
    event arrived_;
    event taken_;
};

}  // namespace kustodrop::pipeline
