#include "spool/journal/files/journal_files.hpp"

#include "base/text.hpp"
#include "spool/folder/beneath.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <stdio.h>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace kustodrop::spool {

static constexpr off_t reserve_bytes = 4 << 20;

// "20261123T070000Z".
static std::string stamp(wall_time now) {
    std::string out;
    for (char c : to_iso8601(now).substr(0, 19)) {
        if (c != '-' && c != ':') out += c;
    }
    return out + "Z";
}

// Of a disk that damages a journal again and again.
static void remove_older_ones(const std::string& path) {
    namespace fs = std::filesystem;
    static constexpr std::size_t most_before = 2;
    fs::path journal(path);
    auto prefix = journal.filename().string() + ".corrupt-";
    std::set<std::pair<std::int64_t, std::string>> found;  // By when they were set aside.
    std::error_code error;
    for (fs::directory_iterator at(journal.parent_path(), error), end; !error && at != end;
         at.increment(error)) {
        auto name = at->path().filename().string();
        bool is_companion = name.ends_with("-wal") || name.ends_with("-shm");
        struct ::stat facts = {};
        bool is_one = name.starts_with(prefix) && !is_companion;
        if (!is_one || ::lstat(at->path().c_str(), &facts) != 0) continue;
        found.emplace(facts.st_ctim.tv_sec * 1'000'000'000 + facts.st_ctim.tv_nsec, name);
    }
    for (; found.size() > most_before; found.erase(found.begin())) {
        for (std::string_view ending : {"-wal", "-shm", ""}) {
            auto old = journal.parent_path() / (found.begin()->second + std::string(ending));
            ::unlink(old.c_str());
        }
    }
}

result<std::string> set_aside(const std::string& path, wall_time now) {
    auto base = path + ".corrupt-" + stamp(now);
    auto target = base;
    for (int round = 2; ::access(target.c_str(), F_OK) == 0; ++round) {
        target = base + "-" + std::to_string(round);
    }
    remove_older_ones(path);
    // The log first: if only it has moved, the database is still one, only older.
    for (std::string_view ending : {"-wal", "-shm", ""}) {
        auto from = path + std::string(ending);
        auto to = target + std::string(ending);
        if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) {
            return system_failure(errc::journal_io, remedy::retry, "cannot set aside", from, errno);
        }
    }
    return {boost::system::in_place_value, target};
}

void reserve_file::fill() const {
    if (path_.empty() || ::access(path_.c_str(), F_OK) == 0) return;
    descriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.is_open()) return;
    if (::posix_fallocate(file.get(), 0, reserve_bytes) != 0) ::unlink(path_.c_str());
}

bool reserve_file::release() const { return !path_.empty() && ::unlink(path_.c_str()) == 0; }

std::uint64_t size_of_file(const std::string& path) {
    struct ::stat facts = {};
    return ::stat(path.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

std::string database_uri(const std::string& path, std::string_view question) {
    std::string uri = "file:";
    for (char c : path)
        uri += c == '/' ? std::string(1, c) : percent_encode(std::string_view(&c, 1));
    return uri + std::string(question);
}

bool begin_private_file(const std::string& path) {
    ::unlink(path.c_str());
    int made = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (made >= 0) ::close(made);
    return made >= 0;
}

}  // namespace kustodrop::spool
