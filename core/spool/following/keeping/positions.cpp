#include "spool/following/keeping/positions.hpp"

#include "base/text.hpp"
#include "spool/folder/beneath.hpp"
#include "spool/folder/descriptor.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/following/log_records.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdio.h>
#include <unistd.h>
#include <utility>

namespace kustodrop::spool {

static constexpr std::string_view first_line = "kustodrop positions 1";
static constexpr auto file_name = "positions";

log_state set_back(log_state log, std::uint64_t settled) {
    auto& anchors = log.anchors;
    while (!anchors.empty() && anchors.back().end > settled) anchors.pop_back();
    if (settled < log.position) log.position = anchors.empty() ? 0 : anchors.back().end;
    return log;
}

std::vector<log_record> settled_records(
    const std::string& watch,
    const std::map<log_number, log_state>& logs,
    const std::map<std::string, std::uint64_t>& unsettled
) {
    std::vector<log_record> out;
    for (auto& [number, log] : logs) {
        auto first = unsettled.find(log.id);
        bool is_whole = log.id.empty() || first == unsettled.end();
        out.push_back(record_of(watch, is_whole ? log : set_back(log, first->second)));
    }
    return out;
}

static void add_fields(std::string& line, const log_record& log) {
    auto number = [&](std::uint64_t value) { line += ' ' + std::to_string(value); };
    // An empty one would be none.
    auto text = [&](std::string_view value) { line += " =" + percent_encode(value); };
    number(log.number);
    text(log.id);
    text(log.name);
    text(log.family);
    number(log.inode);
    number(static_cast<std::uint64_t>(log.born_ns));
    text(log.handle);
    number(log.compressed ? 1 : 0);
    number(log.life);
    text(log.phase);
    number(log.copy_of);
    number(log.carried ? 1 : 0);
    number(log.position);
    number(log.size_seen);
    text(log.evidence);
    text(log.boot_id);
}

std::string text_of(const kept_positions& positions) {
    std::string out(first_line);
    out += "\npath =" + percent_encode(positions.path) + "\n";
    for (auto& log : positions.logs) {
        out += "log";
        add_fields(out, log);
        out += "\n";
    }
    return out + "end " + std::to_string(positions.logs.size()) + "\n";
}

namespace {

// The fields of a line; whatever is missing or wrong makes the whole bad.
class line_fields {
public:
    explicit line_fields(std::string_view line) : fields_(std::string(line)) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        is_good_ = is_good_ && fields_ >> value;
        return value;
    }

    std::string text() {
        std::string field;
        is_good_ = is_good_ && fields_ >> field && field.starts_with('=');
        auto value = is_good_ ? percent_decode(std::string_view(field).substr(1)) : std::nullopt;
        is_good_ = value.has_value();
        return value.value_or("");
    }

    std::string name() {
        std::string out;
        is_good_ = is_good_ && fields_ >> out;
        return out;
    }

    bool is_good() const { return is_good_; }

private:
    std::istringstream fields_;
    bool is_good_ = true;
};

}  // namespace

static log_record read_log(line_fields& fields) {
    log_record log;
    log.number = fields.number();
    log.id = fields.text();
    log.name = fields.text();
    log.family = fields.text();
    log.inode = fields.number();
    log.born_ns = static_cast<std::int64_t>(fields.number());
    log.handle = fields.text();
    log.compressed = fields.number() != 0;
    log.life = static_cast<unsigned>(fields.number());
    log.phase = fields.text();
    log.copy_of = fields.number();
    log.carried = fields.number() != 0;
    log.position = fields.number();
    log.size_seen = fields.number();
    log.evidence = fields.text();
    log.boot_id = fields.text();
    return log;
}

std::optional<kept_positions> positions_of(std::string_view text) {
    kept_positions out;
    auto lines = split(text, '\n');
    if (lines.size() < 4 || lines.front() != first_line || !lines.back().empty()) {
        return std::nullopt;
    }
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
        line_fields fields(lines[i]);
        auto what = fields.name();
        if (what == "path") out.path = fields.text();
        if (what == "log") out.logs.push_back(read_log(fields));
        if (!fields.is_good()) return std::nullopt;
        bool is_last = i + 2 == lines.size();
        if ((what == "end") != is_last) return std::nullopt;
        if (is_last && fields.number() != out.logs.size()) return std::nullopt;
    }
    return out;
}

std::string follow_folder(const std::string& state_directory, const std::string& watch) {
    return state_directory + "/follow/" + watch;
}

static failure cannot_write(const std::string& folder) {
    return move_failure("cannot write the positions in", folder, errno);
}

result<void> write_positions(const std::string& folder, const kept_positions& positions) {
    ::mkdir(folder.substr(0, folder.rfind('/')).c_str(), 0750);
    ::mkdir(folder.c_str(), 0750);
    descriptor in(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!in.is_open()) return cannot_write(folder);
    auto temporary = std::string(file_name) + ".tmp";
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    descriptor file(::openat(in.get(), temporary.c_str(), flags, 0640));
    bool written =
        file.is_open() && write_all(file.get(), text_of(positions)) && ::fsync(file.get()) == 0 &&
        ::renameat(in.get(), temporary.c_str(), in.get(), file_name) == 0 && ::fsync(in.get()) == 0;
    if (written) return {};
    auto problem = cannot_write(folder);
    ::unlinkat(in.get(), temporary.c_str(), 0);
    return problem;
}

std::optional<kept_positions> read_positions(const std::string& folder) {
    std::ifstream file(folder + "/" + file_name, std::ios::binary);
    if (!file) return std::nullopt;
    std::string text((std::istreambuf_iterator<char>(file)), {});
    return positions_of(text);
}

// At once, or in three steps where the file system cannot: a crash between them leaves a folder
// that adopt_follow_folder() finds by the path in it.
static void exchange_names(const std::string& one, const std::string& other) {
    if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0) return;
    auto aside = one + ".exchanged";
    if (std::rename(one.c_str(), aside.c_str()) != 0) return;
    std::rename(other.c_str(), one.c_str());
    std::rename(aside.c_str(), other.c_str());
}

void adopt_follow_folder(
    const std::string& state_directory, const std::string& watch, const std::string& path
) {
    auto own = follow_folder(state_directory, watch);
    auto here = read_positions(own);
    if (here && here->path == path) return;
    std::error_code ignored;
    using entries = std::filesystem::directory_iterator;
    for (entries at(state_directory + "/follow", ignored), end; at != end; at.increment(ignored)) {
        auto there = at->path().string();
        if (there == own) continue;
        auto other = read_positions(there);
        if (!other || other->path != path) continue;
        // Two watches may have exchanged their names.
        bool is_taken = ::access(own.c_str(), F_OK) == 0;
        if (is_taken) return exchange_names(there, own);
        std::rename(there.c_str(), own.c_str());
        return;
    }
}

}  // namespace kustodrop::spool
