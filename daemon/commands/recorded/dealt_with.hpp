#pragma once

#include "spool/source/sighting.hpp"

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace kustodrop::daemon {

/// Which files of a folder the journal has as shipped from where they are, or on their way: they
/// stay while they are what they were. Takes rows of the journal, newest first, in pages. Pure.
class dealt_with {
public:
    explicit dealt_with(const std::vector<spool::sighting>& files);

    void take(const boost::json::array& rows);

    /// Whether something is known of each file.
    bool is_complete() const { return asked_.empty(); }

    /// Their names, and what became of them.
    const std::map<std::string, std::string>& known() const { return known_; }

private:
    std::map<std::string, spool::sighting> asked_;  // By the name as the journal shows it.
    std::map<std::string, std::string> known_;
};

}  // namespace kustodrop::daemon
