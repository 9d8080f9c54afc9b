#pragma once

#include "spool/journal/journal.hpp"
#include "spool/source/source.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kustodrop::pipeline {

/// The sources of earlier runs whose folder has not been opened in this one: it is absent, or its
/// watch is not configured. What the service reports on them is recorded all the same; their files
/// move when the folder is there.
class absent_sources {
public:
    explicit absent_sources(spool::journal& journal) : journal_(journal) {}

    void add(spool::source one);
    spool::source* find(std::string_view id) const;

    /// What one of them has become is recorded, not yet durable.
    void record(const spool::source& changed) { journal_.record(changed); }

    /// Takes out the sources of a watch.
    std::vector<spool::source> take(const std::string& watch);

    /// Takes out the sources of any watch that have one of these files in work/. Their folder was
    /// watched under another name.
    std::vector<spool::source> take_by_place(const std::vector<std::string>& locations);

    /// A watch has another name from now on. The journal is not changed.
    void rename_watch(const std::string& from, const std::string& to);

    bool empty() const { return by_id_.empty(); }

    /// Their number by watch.
    std::map<std::string, std::size_t> count() const;

    template <class Visit>
    void each(Visit visit) const {
        for (auto& [id, one] : by_id_) visit(*one);
    }

private:
    using sources = std::vector<std::unique_ptr<spool::source>>;
    std::vector<spool::source> give(sources from);

    spool::journal& journal_;
    std::map<std::string, sources> by_watch_;
    std::unordered_map<std::string_view, spool::source*> by_id_;  // The keys are in the sources.
};

}  // namespace kustodrop::pipeline
