#pragma once

#include "spool/source/source.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::pipeline {

/// The files of a watch that lie in its folder and are not to be claimed: those that are being
/// shipped from where they are, and those that were shipped and stay there, until they change. The
/// journal has the latter too. Names are relative to the folder. Pure.
class kept_files {
public:
    /// The file is on its way and stays where it is meanwhile.
    void begin(const std::string& name) { in_flight_.insert(name); }
    void end(std::string_view name);
    void end_all() { in_flight_.clear(); }
    bool is_in_flight(std::string_view name) const { return in_flight_.contains(name); }

    /// What an earlier run kept.
    void load(const std::string& name, const spool::file_identity& identity);

    /// The file was shipped and stays in the folder.
    void keep(const std::string& name, const spool::file_identity& identity);
    void forget(std::string_view name);
    bool contains(std::string_view name) const { return kept_.contains(name); }
    bool empty() const { return kept_.empty(); }

    /// What is known of the file; null if it is not kept.
    const spool::file_identity* find(std::string_view name) const;

    /// A scan of the folder begins: what is kept from now on may be missing in what it finds.
    void begin_scan() { kept_in_scan_.clear(); }

    /// Forgets the files that the scan did not find; returns their names.
    std::vector<std::string> forget_absent(const std::set<std::string_view>& present);

private:
    std::map<std::string, spool::file_identity, std::less<>> kept_;
    std::set<std::string, std::less<>> kept_in_scan_;
    std::set<std::string, std::less<>> in_flight_;
};

}  // namespace kustodrop::pipeline
