#pragma once

#include "spool/journal/journal_records.hpp"
#include "spool/source/sighting.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace kustodrop::pipeline {

/// The files of a watch that lie in its folder and are not to be claimed: those that are being
/// shipped from where they are, and those that were shipped and stay there, until they change. A
/// file is known by its inode, its birth time, its size and its time of modification, so that one
/// that is renamed, as logs are that rotate, stays known; where inode numbers do not last, or there
/// are no birth times, by its name too. The journal has the kept files as well. Names are relative
/// to the folder. Pure.
class kept_files {
public:
    /// The file is on its way and stays where it is meanwhile. It is known under another name too,
    /// if it is renamed before it ends; where its birth time is not known, what looks like it waits
    /// as well.
    void begin(const std::string& name, const spool::file_identity& identity = {});
    void end(std::string_view name);
    void end_all();
    bool is_in_flight(std::string_view name) const { return in_flight_.contains(name); }

    /// Whether one has ended since this was asked last for the sake of which something else was
    /// taken for known: another file under its name, or what looked like it under another one. Then
    /// the folder is to be looked at once more.
    bool take_unseen() { return std::exchange(any_unseen_, false); }

    /// What an earlier run kept.
    void load(spool::kept_file file) { put(std::move(file)); }

    /// The file was shipped and stays in the folder.
    void keep(spool::kept_file file);
    void keep(const std::string& name, const spool::file_identity& identity);
    void forget(std::string_view name);
    bool contains(std::string_view name) const { return by_name_.contains(name); }
    bool empty() const { return files_.empty(); }

    /// What a sighting means for the journal's record of kept files.
    struct changes {
        std::vector<std::string> forgotten = {};      // First these,
        std::vector<spool::kept_file> recorded = {};  // then these.
    };

    /// Whether the file that was seen is one of these. One that has changed is forgotten.
    bool covers(const spool::sighting& seen, changes& out);

    /// A pass over the folder begins: what is kept from now on may be missing in what it meets.
    void begin_pass() { ++pass_; }

    /// The pass has met a file of that name.
    void met(std::string_view name);

    /// The pass has met all files there are. Forgets those that it did not meet; returns their
    /// names. One of several scans may have missed a file that was renamed meanwhile: then only
    /// those are forgotten that two passes did not meet.
    std::vector<std::string> forget_absent(bool was_one_scan);

private:
    struct entry : spool::kept_file {
        explicit entry(kept_file file) : kept_file(std::move(file)) {}
        std::uint64_t met_in = 0;  // The last pass that met it.
        bool was_missed = false;   // By the pass before.
    };
    using files = std::list<entry>;
    bool has_name(files::iterator file) const;
    void put(spool::kept_file file);
    void erase(files::iterator file);
    void name(files::iterator file, std::string name);
    bool covers_in_flight(const spool::sighting& seen);
    bool covers_renamed(const spool::sighting& seen, changes& out);

    struct in_flight {
        spool::file_identity identity;
        bool hides = false;  // Something else was taken for it.
    };
    files files_;
    // Of several files that have had a name, the last one.
    std::map<std::string, files::iterator, std::less<>> by_name_;
    std::unordered_multimap<std::uint64_t, files::iterator> by_inode_;
    std::uint64_t pass_ = 1;
    std::map<std::string, in_flight, std::less<>> in_flight_;
    bool any_unseen_ = false;
    std::unordered_multiset<std::uint64_t> inodes_in_flight_;
};

}  // namespace kustodrop::pipeline
