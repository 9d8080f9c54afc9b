#pragma once

#include "pipeline/packing/packed_sources.hpp"
#include "spool/journal/journal.hpp"
#include "spool/source/source.hpp"
#include "spool/source/source_key.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kustodrop::pipeline {

/// The sources of earlier runs whose folder has not been opened in this one: it is absent, or its
/// watch is not configured. What the service reports on them is recorded all the same; their files
/// move when the folder is there. Packed, for there may be a million.
class absent_sources {
public:
    explicit absent_sources(spool::journal& journal) : journal_(journal) {}

    void add(spool::source one);

    /// One of them, to be changed; valid until it is taken out.
    spool::source* find(std::string_view id);
    bool contains(std::string_view id) const;

    /// What one of them has become is recorded, not yet durable.
    void record(const spool::source& changed) { journal_.record(changed); }

    /// Takes out the sources of a watch, in no order.
    std::vector<spool::source> take(const std::string& watch);

    /// The same in parts: the keys of those whose ids are GUIDs, one of them, and all others.
    std::vector<spool::source_key> keys_of(const std::string& watch) const;
    std::optional<spool::source> take(const spool::source_key& key);
    std::vector<spool::source> take_without_key(const std::string& watch);

    /// Takes out the sources of any watch that have one of these files in work/. Their folder was
    /// watched under another name.
    std::vector<spool::source> take_by_place(const std::vector<std::string>& locations);

    /// A watch has another name from now on. The journal is not changed.
    void rename_watch(const std::string& from, const std::string& to);

    void clear();
    bool empty() const { return size() == 0; }
    std::size_t size() const { return packed_.size() + open_.size(); }

    /// Their number by watch.
    std::map<std::string, std::size_t> count() const;

    /// Where their outcomes are reported, of those that say so; at least, until none is left.
    const spool::report_places& reported() const { return reported_; }

    /// Whether some do not say where.
    bool any_unsaid() const { return any_unsaid_; }

    /// Visits them as `const source&`; the reference is dead afterwards.
    template <class Visit>
    void each(Visit visit) const {
        for (auto& [id, one] : open_) visit(static_cast<const spool::source&>(*one));
        packed_.each(visit);
    }

    /// The same, of one watch.
    template <class Visit>
    void each_of(const std::string& watch, Visit visit) const {
        for (auto& [id, one] : open_) {
            if (one->watch == watch) visit(static_cast<const spool::source&>(*one));
        }
        packed_.each_of(watch, visit);
    }

private:
    void note_taken();

    spool::journal& journal_;
    packed_sources packed_;
    // What was found, or has no key. By their ids, which are in the sources.
    std::unordered_map<std::string_view, std::unique_ptr<spool::source>> open_;
    spool::report_places reported_ = {};
    bool any_unsaid_ = false;
};

}  // namespace kustodrop::pipeline
