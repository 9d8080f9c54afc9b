#include "simulation/logs/log_ranges_known.hpp"

#include "spool/following/log_identity.hpp"
#include "spool/journal/journal.hpp"

#include <sys/statfs.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace kustodrop::simulation {

std::vector<known_range> read_ranges(
    universe& world, const std::string& journal, const std::string& watch
) {
    std::vector<known_range> out;
    spool::journal_query query;
    query.watch = watch;
    query.limit = 1'000'000;
    auto rows = spool::read_journal(journal, query);
    if (rows.has_error()) {
        world.wrong("the journal cannot be read: " + to_string(rows.error()));
        return out;
    }
    for (auto& row : *rows) {
        auto& what = row.source;
        auto* record = spool::outcome_of(what.stage);
        if (!record) world.wrong("T1: a source without an outcome: " + what.id);
        for (std::size_t i = 0; record && i < what.slices.size(); ++i) {
            auto& one = what.slices[i];
            auto id = one.log_id ? *one.log_id : std::string();
            out.push_back(
                {what.id, i, id, one.name, one.offset, one.end(), record->outcome, record->code}
            );
        }
    }
    std::ranges::sort(out, {}, [](auto& one) {
        return std::tuple(one.log_id, one.from, one.to, one.source);
    });
    return out;
}

static std::uint64_t file_system_of(const std::string& path) {
    struct ::statfs facts = {};
    if (::statfs(path.c_str(), &facts) != 0) return 0;
    auto* half = facts.f_fsid.__val;
    return static_cast<std::uint64_t>(static_cast<unsigned>(half[0])) << 32u |
           static_cast<unsigned>(half[1]);
}

// What the head of a log may be, for one that began with this life: of the first line, of all
// there was of it, or of the first KiB; nothing before the first cut.
static std::vector<spool::content_mark> heads_of(const log_life& life) {
    std::vector<spool::content_mark> out;
    auto add = [&](std::uint64_t length) {
        length = std::min<std::uint64_t>({length, 1024, life.bytes.size()});
        auto bytes = std::string_view(life.bytes).substr(0, length);
        if (length > 0) out.push_back({length, length, spool::content_hash(bytes)});
    };
    auto newline = life.bytes.find('\n');
    if (newline != std::string::npos) add(newline + 1);
    if (newline == std::string::npos || newline >= 1024) add(1024);
    return out;
}

void find_lives(
    std::vector<known_range>& ranges,
    log_ledger& book,
    const log_folder& folder,
    const std::string& watch
) {
    static constexpr unsigned most_lives = 40;
    std::map<std::string, std::set<const log_life*>> known;
    std::set<std::string> wanted;
    for (auto& one : ranges) wanted.insert(one.log_id);
    auto file_system = file_system_of(folder.path(""));
    for (auto& file : folder.all_files()) {
        for (auto* life : file->lives) {
            auto heads = heads_of(*life);
            heads.emplace_back();
            for (auto& head : heads) {
                for (unsigned number = 0; number < most_lives; ++number) {
                    spool::log_file is{file->inode, file->born_ns, ""};
                    auto id = spool::make_log_id({watch, file_system, is, head, number});
                    if (wanted.contains(id)) known[id].insert(life);
                }
            }
        }
    }
    for (auto& one : ranges) {
        auto& found = known[one.log_id];
        one.lives.assign(found.begin(), found.end());
        if (!one.lives.empty()) continue;
        for (auto& life : book.lives()) {
            if (one.name.starts_with(life.family)) one.lives.push_back(&life);
        }
    }
}

}  // namespace kustodrop::simulation
