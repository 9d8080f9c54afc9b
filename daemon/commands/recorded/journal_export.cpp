#include "daemon/commands/recorded/journal_export.hpp"

#include "base/text.hpp"
#include "daemon/admin/admin_client.hpp"
#include "spool/journal/journal_copy.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace kustodrop::daemon {

namespace fs = std::filesystem;

// A journal of gigabytes is copied beside the daemon's work.
static constexpr duration longest_copy = std::chrono::hours(1);

static failure refused_because(const std::string& path, int number, const std::string& hint) {
    auto code = number == EACCES || number == EPERM || number == EEXIST ? errc::not_allowed
                                                                        : errc::journal_io;
    auto text = printable(path) + ": " + std::strerror(number) + hint;
    return {code, remedy::reconfigure, std::move(text)};
}

static result<std::string> durable(const std::string& file) {
    int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    bool synced = opened >= 0 && ::fsync(opened) == 0;
    int number = errno;
    if (opened >= 0) ::close(opened);
    if (!synced) return refused_because(file, number, "");
    std::error_code ignored;
    auto size = std::to_string(fs::file_size(file, ignored));
    return {boost::system::in_place_value, std::move(size)};
}

// By a second name where that can be: an existing file is never replaced.
static result<std::string> move_copy(const std::string& copy, const std::string& file) {
    if (::link(copy.c_str(), file.c_str()) != 0) {
        if (errno == EEXIST) return refused_because(file, errno, "; name a new file");
        std::error_code problem;
        fs::copy_file(copy, file, fs::copy_options::none, problem);
        if (problem) {
            auto hint = "; the copy is " + printable(copy) + ", run this as its owner or as root";
            return refused_because(file, problem.value(), hint);
        }
    }
    auto done = durable(file);
    if (!done.has_error()) ::unlink(copy.c_str());
    return done;
}

result<std::string> export_journal(const question_settings& asking, const std::string& file) {
    if (::access(file.c_str(), F_OK) == 0)
        return refused_because(file, EEXIST, "; name a new file");
    auto& settings = asking.settings;
    auto copy = command_daemon(settings.admin.listen, "/copy", longest_copy);
    if (!copy.has_error()) return move_copy(*copy, file);
    if (copy.error().code != errc::no_daemon || !asking.is_whole) return copy;
    auto path = settings.state_directory + "/journal.db";
    if (::access(path.c_str(), R_OK) != 0) return refused_because(path, errno, "");
    auto copied = spool::copy_journal_at_rest(path, file);
    if (copied.has_error()) return copied.error();
    return durable(file);
}

}  // namespace kustodrop::daemon
