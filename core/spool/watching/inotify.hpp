#pragma once

#include "async/clock.hpp"
#include "base/result.hpp"
#include "spool/watching/event_meaning.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

struct folder_event {
    int watch = -1;    // As add() returned; -1 on an overflow.
    std::string name;  // Within the folder; empty if it is about the folder itself.
    event_meaning meaning = event_meaning::nothing;
};

/// Pure: the events in a buffer as read(2) fills it; those that mean nothing are left out.
std::vector<folder_event> parse_events(std::string_view bytes);

/// The process's one inotify instance.
class inotify {
public:
    /// Fails with "inotify_limit" naming the sysctl if there are too many instances.
    static result<std::unique_ptr<inotify>> open(asio::any_io_executor executor);

    /// Watches an open folder. Watch first, scan second. Failures: "inotify_limit" (the sysctl is
    /// in the detail; poll instead), "already_watched", "folder_absent".
    result<int> add(int folder);

    /// Ends a watch; its "ignored" event still comes.
    void remove(int watch);

    /// Waits for events and returns all that are there, bounded by a buffer of 1 MiB.
    asio::awaitable<std::vector<folder_event>> read();

private:
    inotify(asio::any_io_executor executor, int number);

    asio::posix::stream_descriptor stream_;
    std::unique_ptr<char[]> buffer_;  // What is never read into takes no memory.
};

}  // namespace kustodrop::spool
