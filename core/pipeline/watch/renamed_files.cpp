#include "pipeline/watch/renamed_files.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/folder/scanning.hpp"
#include "spool/reading/records/sampled_check.hpp"

#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <unordered_map>
#include <utility>

namespace kustodrop::pipeline {

std::optional<bool> is_same_in_place(const spool::slice& of, const spool::sighting& seen) {
    auto& known = of.identity;
    bool is_file = seen.kind == spool::file_kind::regular && known.inode != 0;
    if (!is_file || known.inode != seen.identity.inode || !seen.identity.same_content(known)) {
        return false;
    }
    if (known.born_ns == 0 || seen.identity.born_ns == 0) return std::nullopt;
    return known.born_ns == seen.identity.born_ns;
}

static bool has_same_bytes(
    const spool::drop_folder& folder, const spool::slice& of, const spool::sighting& seen
) {
    if (of.end_check == 0) return false;
    int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
    auto opened = spool::open_beneath(folder.descriptor_of_root(), seen.name, flags);
    return opened.is_open() && spool::sampled_check(opened.get(), of.end()) == of.end_check;
}

// Whether its place leads to another file, or to none.
static bool has_lost_name(const spool::drop_folder& folder, const spool::slice& of) {
    if (of.location.empty() || of.identity.inode == 0) return false;
    auto now = folder.look(of.location);
    if (now.has_error()) return false;
    if (!*now) return true;
    auto& seen = (*now)->identity;
    bool both_born = seen.born_ns != 0 && of.identity.born_ns != 0;
    return !seen.same_file(of.identity) || (both_born && seen.born_ns != of.identity.born_ns);
}

std::vector<std::optional<spool::sighting>> find_renamed(
    const spool::drop_folder& folder, bool recursive, const std::vector<spool::slice>& files
) {
    std::vector<std::optional<spool::sighting>> out(files.size());
    std::unordered_multimap<std::uint64_t, std::size_t> wanted;  // By inode.
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (has_lost_name(folder, files[i])) wanted.emplace(files[i].identity.inode, i);
    }
    spool::scan_options options;
    options.recursive = recursive;
    std::optional<spool::scan_position> from;
    while (!wanted.empty()) {
        auto found = spool::scan_folder(folder, options, from);
        if (found.has_error()) break;
        for (auto& seen : found->sightings) {
            auto [first, last] = wanted.equal_range(seen.identity.inode);
            for (auto at = first; at != last; ++at) {
                auto& of = files[at->second];
                auto same = is_same_in_place(of, seen);
                if (same.value_or(false) || (!same && has_same_bytes(folder, of, seen))) {
                    out[at->second] = seen;
                }
            }
        }
        from = std::move(found->next);
        if (!from) break;
    }
    return out;
}

}  // namespace kustodrop::pipeline
