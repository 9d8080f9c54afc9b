#include "pipeline/watch/kept_files.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

using spool::file_identity;
using spool::kept_file;

// Under another name. An inode number goes to the next file at once: without the birth time the
// file may be another one, and is shipped rather twice than never.
static bool is_renamed(const file_identity& known, const file_identity& seen) {
    return known.inode != 0 && known.born_ns != 0 && known.born_ns == seen.born_ns &&
           known.same_content(seen);
}

// Of one that is on its way: without the birth time what looks like it must wait until it has
// ended.
static bool may_be_renamed(const file_identity& known, const file_identity& seen) {
    bool both_born = known.born_ns != 0 && seen.born_ns != 0;
    return known.inode != 0 && (!both_born || known.born_ns == seen.born_ns) &&
           known.same_content(seen);
}

static bool is_other_file(const file_identity& known, const file_identity& seen) {
    bool both_born = known.born_ns != 0 && seen.born_ns != 0;
    return !known.same_file(seen) || (both_born && known.born_ns != seen.born_ns);
}

// Under the same name.
static bool is_unchanged(const file_identity& known, const file_identity& seen) {
    bool is_other = known.born_ns != 0 && seen.born_ns != 0 && known.born_ns != seen.born_ns;
    return known.same_content(seen) && (!is_other || seen.inode == 0);
}

void kept_files::begin(const std::string& name, const file_identity& identity) {
    end(name);
    in_flight_.emplace(name, in_flight{identity});
    inodes_in_flight_.insert(identity.inode);
}

void kept_files::end(std::string_view name) {
    auto found = in_flight_.find(name);
    if (found == in_flight_.end()) return;
    inodes_in_flight_.erase(inodes_in_flight_.find(found->second.identity.inode));
    any_unseen_ = any_unseen_ || found->second.hides;
    in_flight_.erase(found);
}

void kept_files::end_all() {
    in_flight_.clear();
    inodes_in_flight_.clear();
}

bool kept_files::has_name(files::iterator file) const {
    auto found = by_name_.find(file->name);
    return found != by_name_.end() && found->second == file;
}

void kept_files::erase(files::iterator file) {
    if (has_name(file)) by_name_.erase(file->name);
    auto [first, last] = by_inode_.equal_range(file->identity.inode);
    auto entry = std::find_if(first, last, [&](auto& one) { return one.second == file; });
    if (entry != last) by_inode_.erase(entry);
    files_.erase(file);
}

void kept_files::name(files::iterator file, std::string name) {
    file->name = name;
    by_name_.insert_or_assign(std::move(name), file);
}

void kept_files::put(kept_file file) {
    auto known = by_name_.find(file.name);
    bool same_inode = known != by_name_.end() && known->second->identity.same_file(file.identity);
    // Another file that had the name may have been renamed: the next scan shows it.
    if (same_inode) erase(known->second);
    auto name = file.name;
    files_.emplace_back(std::move(file));
    auto added = std::prev(files_.end());
    by_inode_.emplace(added->identity.inode, added);
    by_name_.insert_or_assign(std::move(name), added);
}

void kept_files::keep(kept_file file) {
    put(std::move(file));
    files_.back().met_in = pass_;
}

void kept_files::keep(const std::string& name, const file_identity& identity) {
    kept_file file;
    file.name = name;
    file.identity = identity;
    keep(std::move(file));
}

void kept_files::forget(std::string_view name) {
    auto found = by_name_.find(name);
    if (found != by_name_.end()) erase(found->second);
}

bool kept_files::covers_in_flight(const spool::sighting& seen) {
    auto named = in_flight_.find(seen.name);
    if (named != in_flight_.end()) {
        auto& known = named->second;
        // What is added to the file itself is shipped after it.
        known.hides = known.hides || is_other_file(known.identity, seen.identity);
        return true;
    }
    if (!inodes_in_flight_.contains(seen.identity.inode)) return false;
    auto is_it = [&](auto& one) { return may_be_renamed(one.second.identity, seen.identity); };
    auto found = std::ranges::find_if(in_flight_, is_it);
    if (found == in_flight_.end()) return false;
    found->second.hides = true;
    return true;
}

bool kept_files::covers_renamed(const spool::sighting& seen, changes& out) {
    auto [first, last] = by_inode_.equal_range(seen.identity.inode);
    auto found = std::find_if(first, last, [&](auto& one) {
        return is_renamed(one.second->identity, seen.identity);
    });
    if (found == last) return false;
    auto file = found->second;
    if (has_name(file)) {
        out.forgotten.push_back(file->name);
        by_name_.erase(file->name);
    }
    name(file, seen.name);
    file->met_in = pass_;
    if (!file->source_id.empty()) out.recorded.push_back(*file);
    return true;
}

bool kept_files::covers(const spool::sighting& seen, changes& out) {
    if (covers_in_flight(seen)) return true;
    auto named = by_name_.find(seen.name);
    if (named != by_name_.end() && is_unchanged(named->second->identity, seen.identity)) {
        auto& known = *named->second;
        bool is_news = known.identity.born_ns == 0 && seen.identity.born_ns != 0;
        if (is_news) known.identity.born_ns = seen.identity.born_ns;
        if (is_news && !known.source_id.empty()) out.recorded.push_back(known);
        return true;
    }
    if (covers_renamed(seen, out)) return true;
    if (named == by_name_.end()) return false;
    auto file = named->second;
    if (file->identity.same_file(seen.identity)) {
        out.forgotten.push_back(seen.name);
        erase(file);
    } else {
        // Another file has its name: it may lie there under a new one.
        by_name_.erase(named);
    }
    return false;
}

void kept_files::met(std::string_view name) {
    auto found = by_name_.find(name);
    if (found != by_name_.end()) found->second->met_in = pass_;
}

std::vector<std::string> kept_files::forget_absent(bool was_one_scan) {
    std::vector<std::string> out;
    for (auto at = files_.begin(); at != files_.end();) {
        auto file = at++;
        if (file->met_in == pass_) {
            file->was_missed = false;
            continue;
        }
        if (!was_one_scan && !std::exchange(file->was_missed, true)) continue;
        // A name that another kept file has by now stays in the journal.
        if (has_name(file) || !by_name_.contains(file->name)) out.push_back(file->name);
        erase(file);
    }
    return out;
}

}  // namespace kustodrop::pipeline
