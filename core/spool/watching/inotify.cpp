#include "spool/watching/inotify.hpp"

#include "spool/folder/beneath.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <sys/inotify.h>

#include <cerrno>
#include <cstring>

namespace kustodrop::spool {

// Few wake-ups when a burst comes, before the kernel's own queue overflows.
static constexpr std::size_t buffer_bytes = 1 << 20;

// docs/traps.md §4.2. Not IN_MODIFY: one event a write would fill the queue.
static constexpr std::uint32_t watched =
    IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB |
    IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK | IN_MASK_CREATE;

std::vector<folder_event> parse_events(std::string_view bytes) {
    std::vector<folder_event> events;
    struct ::inotify_event head = {};
    while (bytes.size() >= sizeof head) {
        std::memcpy(&head, bytes.data(), sizeof head);
        if (bytes.size() - sizeof head < head.len) break;
        // The name is padded with zeros.
        auto name = bytes.substr(sizeof head, head.len);
        name = name.substr(0, name.find('\0'));
        bytes.remove_prefix(sizeof head + head.len);
        auto meaning = meaning_of(head.mask);
        // Without a name it is about the watched folder, which is not new.
        if (meaning == event_meaning::folder_appeared && name.empty()) continue;
        if (meaning == event_meaning::nothing) continue;
        events.push_back({head.wd, std::string(name), meaning});
    }
    return events;
}

inotify::inotify(asio::any_io_executor executor, int number)
    : stream_(std::move(executor), number),
      buffer_(std::make_unique_for_overwrite<char[]>(buffer_bytes)) {}

result<std::unique_ptr<inotify>> inotify::open(asio::any_io_executor executor) {
    auto number = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (number >= 0) {
        return std::unique_ptr<inotify>(new inotify(std::move(executor), number));
    }
    auto f = system_failure(errc::inotify_limit, remedy::retry, "cannot begin", "inotify", errno);
    if (errno == EMFILE) f.hint = "raise the sysctl fs.inotify.max_user_instances";
    return f;
}

result<int> inotify::add(int folder) {
    // The open folder itself, whatever its path leads to by now. The trailing "/." is for
    // IN_DONT_FOLLOW, to which the link in /proc is one.
    auto path = "/proc/self/fd/" + std::to_string(folder) + "/.";
    auto watch = ::inotify_add_watch(stream_.native_handle(), path.c_str(), watched);
    if (watch >= 0) return watch;
    switch (auto error = errno) {
    case EEXIST:
        return system_failure(errc::already_watched, remedy::give_up, "cannot watch", path, error);
    case ENOSPC:
    case ENOMEM: {
        auto f = system_failure(errc::inotify_limit, remedy::retry, "cannot watch", path, error);
        f.hint = "raise the sysctl fs.inotify.max_user_watches";
        return f;
    }
    case EACCES:
        return system_failure(
            errc::folder_unreadable, remedy::reconfigure, "cannot watch", path, error
        );
    default:
        return system_failure(errc::folder_absent, remedy::retry, "cannot watch", path, error);
    }
}

void inotify::remove(int watch) { ::inotify_rm_watch(stream_.native_handle(), watch); }

asio::awaitable<std::vector<folder_event>> inotify::read() {
    auto space = asio::buffer(buffer_.get(), buffer_bytes);
    auto token = asio::as_tuple(asio::use_awaitable);
    auto [error, bytes] = co_await stream_.async_read_some(space, token);
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    // What was to be read is lost, as on an overflow: the folders are looked through.
    if (error) {
        std::vector<folder_event> unknown(1);
        unknown.front().meaning = event_meaning::overflow;
        co_return unknown;
    }
    co_return parse_events(std::string_view(buffer_.get(), bytes));
}

}  // namespace kustodrop::spool
