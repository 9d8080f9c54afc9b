#include "simulation/logs/log_folder.hpp"

#include "simulation/producer.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

namespace kustodrop::simulation {

namespace files = std::filesystem;

static void check(bool worked, const std::string& what) {
    if (!worked) throw std::runtime_error("cannot " + what);
}

log_descriptor::log_descriptor(universe& world, const std::string& path, bool appends)
    : world_(world),
      number_(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)),
      appends_(appends) {
    check(number_ >= 0, "open " + path);
    struct ::stat facts = {};
    ::fstat(number_, &facts);
    offset_ = static_cast<std::uint64_t>(facts.st_size);
}

log_descriptor::~log_descriptor() { ::close(number_); }

void log_descriptor::write(std::string_view bytes, std::uint64_t at) {
    auto done = ::pwrite(number_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    check(done == static_cast<ssize_t>(bytes.size()), "write");
    offset_ = at + bytes.size();
}

log_folder::log_folder(universe& world, log_ledger& book, std::string path)
    : world_(world), book_(book), path_(std::move(path)) {}

std::string log_folder::path(const std::string& name) const {
    return path_ + (is_away_ ? ".away/" : "/") + name;
}

void log_folder::move_away() {
    files::rename(path_, path_ + ".away");
    is_away_ = true;
}

void log_folder::bring_back() {
    files::rename(path_ + ".away", path_);
    is_away_ = false;
}

bool log_folder::is_seen() const {
    return looks_since_ && world_.time.now() - *looks_since_ >= grace_;
}

std::optional<time_point> log_folder::certainly_seen() const {
    return is_seen() ? world_.time.now() - grace_ : seen_at_;
}

void log_folder::looked_at(bool is, duration grace) {
    if (!is) seen_at_ = certainly_seen();
    if (!is) looks_since_.reset();
    grace_ = grace;
    if (is && !looks_since_) looks_since_ = world_.time.now();
}

void log_folder::forget_looks() {
    looks_since_.reset();
    seen_at_.reset();
    for (auto& life : book_.lives()) {
        life.accountable = 0;
        // An outcome that was in the journal may have been another one than success: no more is
        // known of it than of a copy.
        life.was_copied = true;
    }
}

void log_folder::close_held() {
    for (auto& life : book_.lives()) life.held = 0;
}

std::uint64_t log_folder::readable(const log_life& life) const {
    std::uint64_t most = 0;
    for (auto& [name, file] : names_) {
        if (file->of == &life) most = std::max(most, file->length);
    }
    return most;
}

// Before something is destroyed.
void log_folder::account(log_life& life, std::uint64_t readable_before) {
    auto seen = certainly_seen();
    if (!seen) return;
    auto size = std::min(life.size_at(*seen), readable_before);
    life.accountable = std::max(life.accountable, size);
}

logged_ref log_folder::find(const std::string& name) const {
    auto found = names_.find(name);
    return found == names_.end() ? nullptr : found->second;
}

logged_ref log_folder::add(const std::string& name, log_life& of) {
    auto made = std::make_shared<logged_file>();
    struct ::statx facts = {};
    auto asked = STATX_INO | STATX_BTIME;
    check(::statx(AT_FDCWD, path(name).c_str(), 0, asked, &facts) == 0, "stat " + name);
    made->inode = facts.stx_ino;
    made->born_ns = facts.stx_btime.tv_sec * 1'000'000'000 + facts.stx_btime.tv_nsec;
    made->of = &of;
    made->lives.push_back(&of);
    all_.push_back(made);
    return names_[name] = made;
}

log_folder::opened log_folder::open(const std::string& name, bool appends) {
    auto descriptor = std::make_shared<log_descriptor>(world_, path(name), appends);
    auto file = find(name);
    if (!file) file = add(name, book_.begin_life(name));
    return {file, std::move(descriptor)};
}

void log_folder::append(
    const logged_ref& file, log_descriptor& by, std::size_t record, std::uint64_t bytes
) {
    auto at = by.place(file->length);
    auto& life = *file->of;
    check(at >= file->length && file->length == life.bytes.size(), "follow a writer");
    book_.leave_hole(life, at);
    by.write(book_.write(life, record, bytes), at);
    file->length = life.bytes.size();
}

void log_folder::rename(const std::string& from, const std::string& to) {
    auto file = find(from);
    if (!file) return;
    auto replaced = find(to);
    auto before = replaced ? readable(*replaced->of) : 0;
    check(::rename(path(from).c_str(), path(to).c_str()) == 0, "rename " + from);
    names_.erase(from);
    names_[to] = file;
    if (replaced) account(*replaced->of, before);
    world_.note("logs: " + from + " is now " + to);
}

void log_folder::unlink(const std::string& name) {
    auto file = find(name);
    if (!file) return;
    account(*file->of, readable(*file->of));
    if (is_seen()) file->of->held = file->of->accountable;
    check(::unlink(path(name).c_str()) == 0, "unlink " + name);
    names_.erase(name);
    world_.note("logs: " + name + " is deleted");
}

// Its time of change always differs afterwards, as it does where as much time passes as here.
void log_folder::truncate(const std::string& name) {
    auto file = find(name);
    if (!file) return;
    account(*file->of, readable(*file->of));
    struct ::stat before = {};
    ::stat(path(name).c_str(), &before);
    check(::truncate(path(name).c_str(), 0) == 0, "truncate " + name);
    auto after = before;
    while (after.st_ctim.tv_sec == before.st_ctim.tv_sec &&
           after.st_ctim.tv_nsec == before.st_ctim.tv_nsec) {
        // The same mode changes the time only. A file that is empty already would not do it.
        check(::chmod(path(name).c_str(), before.st_mode) == 0, "chmod " + name);
        ::stat(path(name).c_str(), &after);
    }
    file->of->was_truncated = true;
    file->of = &book_.begin_life(file->of->family);
    file->lives.push_back(file->of);
    file->length = 0;
    world_.note("logs: " + name + " is truncated");
}

void log_folder::copy(
    const std::string& from, const std::string& to, bool compressed, double share
) {
    auto file = find(from);
    if (!file) return;
    auto& life = *file->of;
    auto bytes = life.bytes.substr(0, file->length);
    auto content = compressed ? gzipped(bytes) : bytes;
    auto written = static_cast<std::size_t>(static_cast<double>(content.size()) * share);
    auto descriptor = ::open(path(to).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    check(descriptor >= 0, "open " + to);
    auto done = ::write(descriptor, content.data(), written);
    ::close(descriptor);
    check(done == static_cast<ssize_t>(written), "write " + to);
    auto made = find(to);
    if (!made) made = add(to, life);
    made->of = &life;
    made->is_compressed = compressed;
    made->length = compressed ? (share < 1 ? 0 : file->length) : written;
    life.was_copied = true;
    world_.note("logs: " + from + " is copied to " + to + (share < 1 ? " in part" : ""));
}

void log_folder::copy_elsewhere(const std::string& from) {
    auto file = find(from);
    if (!file) return;
    std::error_code ignored;
    files::copy_file(path(from), path_ + ".copy", files::copy_options::overwrite_existing, ignored);
    world_.note("logs: " + from + " is copied elsewhere");
}

}  // namespace kustodrop::simulation
