#pragma once

#include "kusto/creation_time.hpp"
#include "pipeline/watch/watch_routes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Which small files of a watch travel together in one blob (docs/configuration.md, coalesce).
/// Pure.
namespace kustodrop::pipeline {

/// Files from this size on are shipped alone: joining gains them nothing.
inline constexpr std::uint64_t small_file_bytes = 4u << 20u;

/// What a watch's rules say about joining a file, by its name and size. Its contents are inspected
/// when it has been claimed (spool/reading/inspection.hpp).
class joining_rules {
public:
    explicit joining_rules(const watch_options& watch);

    /// Whether any files of this watch are joined at all.
    bool joins_any() const { return refused_.empty(); }

    /// Why a file is shipped alone; nothing: it may be joined with others of its key().
    std::optional<std::string> alone_because(std::string_view name, std::uint64_t bytes) const;

    /// Files are joined only with those of the same key: the time in their names, and where a
    /// route chooses the target, that.
    std::string key(std::string_view name) const;

    /// The character between fields, of formats whose fields may be quoted.
    static std::optional<char> separator_of(kusto::data_format format);

private:
    std::string refused_;  // Why no file is joined.
    std::uint64_t max_bytes_;
    std::optional<spool::creation_time_pattern> pattern_;
    watch_routes routes_;
};

/// A file that waits for others.
struct companion {
    std::string id;
    std::uint64_t bytes = 0;
    std::uint64_t head_bytes = 0;  // Left out unless it comes first.
};

/// Gathers files into groups, in the order in which they are added. A group is closed when it has
/// max_files, when the next file would take it beyond max_bytes, or max_age after its first.
class grouping {
public:
    using group = std::vector<companion>;

    /// Groups that may be open at a time: of more the oldest is closed.
    static constexpr std::size_t most_open_groups = 64;
    static constexpr std::size_t most_routed_groups = 1024;

    explicit grouping(coalesce_options options, std::size_t most_open = most_open_groups)
        : options_(options), most_open_(most_open) {}

    void add(const std::string& key, companion file, time_point now);

    /// The groups that are closed by now, each of at least one file.
    std::vector<group> take_closed(time_point now);

    /// Closes and gives out all.
    std::vector<group> take_all();

    /// When the oldest open group is closed by its age.
    std::optional<time_point> next_due() const;

private:
    struct open_group {
        std::string key;
        time_point since{};
        std::uint64_t bytes = 0;
        group files = {};
    };
    void close(std::size_t index);

    coalesce_options options_;
    std::size_t most_open_;
    std::vector<open_group> open_;  // Oldest first.
    std::vector<group> closed_;
};

/// A file as a scan shows it.
struct listed_file {
    std::string name;
    std::uint64_t bytes = 0;
};

/// How files that are there now would be shipped, by their names: each list is one blob.
std::vector<std::vector<std::string>> group(
    const std::vector<listed_file>& files, const watch_options& watch
);

}  // namespace kustodrop::pipeline
