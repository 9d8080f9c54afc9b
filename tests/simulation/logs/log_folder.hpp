#pragma once

#include "simulation/logs/log_ledger.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::simulation {

/// A file in a folder of logs, as the model has it: the first `length` bytes of a life.
struct logged_file {
    std::uint64_t inode = 0;
    std::int64_t born_ns = 0;
    log_life* of = nullptr;
    std::uint64_t length = 0;
    bool is_compressed = false;
    std::vector<log_life*> lives = {};  // All that it has had.
};

using logged_ref = std::shared_ptr<logged_file>;

/// The open descriptor of a writer.
class log_descriptor {
public:
    log_descriptor(universe& world, const std::string& path, bool appends);
    ~log_descriptor();
    log_descriptor(const log_descriptor&) = delete;

    /// Where the next bytes go.
    std::uint64_t place(std::uint64_t size) const { return appends_ ? size : offset_; }
    void write(std::string_view bytes, std::uint64_t at);
    int number() const { return number_; }

private:
    universe& world_;
    int number_;
    bool appends_;
    std::uint64_t offset_ = 0;
};

/// The files of a folder that is followed, on the disk and in the ledger. Every call is one system
/// call of a writer or a rotator, or a few, and knows what was destroyed by it: what a look has
/// seen of that for certain must get an outcome.
class log_folder {
public:
    log_folder(universe& world, log_ledger& book, std::string path);

    /// Whether the daemon looks at the folder now, and how long it takes until all of it is seen
    /// and on disk.
    void looked_at(bool is, duration grace);
    /// What was seen so far need not be known any more.
    void forget_looks();
    /// What has no name is closed with the daemon.
    void close_held();
    bool was_looked_at() const { return seen_at_ || is_seen(); }
    bool is_away() const { return is_away_; }
    void move_away();
    void bring_back();

    std::map<std::string, logged_ref>& names() { return names_; }
    const std::vector<logged_ref>& all_files() const { return all_; }
    logged_ref find(const std::string& name) const;
    std::string path(const std::string& name) const;

    /// Opens the live log, and makes it if it is not there.
    struct opened {
        logged_ref file;
        std::shared_ptr<log_descriptor> descriptor;
    };
    opened open(const std::string& name, bool appends);

    void append(
        const logged_ref& file, log_descriptor& by, std::size_t record, std::uint64_t bytes
    );
    void rename(const std::string& from, const std::string& to);
    void unlink(const std::string& name);
    void truncate(const std::string& name);
    /// Writes `share` of a copy, plain or compressed; call it again for all of it.
    void copy(const std::string& from, const std::string& to, bool compressed, double share);
    void copy_elsewhere(const std::string& from);

private:
    logged_ref add(const std::string& name, log_life& of);
    bool is_seen() const;
    std::optional<time_point> certainly_seen() const;
    std::uint64_t readable(const log_life& life) const;
    void account(log_life& life, std::uint64_t readable_before);

    universe& world_;
    log_ledger& book_;
    std::string path_;
    bool is_away_ = false;
    std::map<std::string, logged_ref> names_;
    std::vector<logged_ref> all_;
    std::optional<time_point> looks_since_;
    duration grace_{};
    std::optional<time_point> seen_at_;  // All that was written by then was seen.
};

}  // namespace kustodrop::simulation
