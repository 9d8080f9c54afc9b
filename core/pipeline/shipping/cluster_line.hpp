#pragma once

#include "base/boxed.hpp"
#include "spool/source/source.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace kustodrop::pipeline {

/// The cluster that shippers work for.
struct cluster_line {
    std::string name = {};  // Empty: the only one.
    std::size_t line = 0;   // Its line in the ready queue.
    // The line that a source which is due belongs to by now. Empty: there is one.
    std::function<std::size_t(const spool::source&)> line_of = {};
    // Whether the service has given what requests need, where there are several clusters.
    std::function<bool()> can_send = [] { return true; };
    // A source of the watch went the whole way.
    std::function<void(const std::string& watch)> worked = [](auto&) {};

    bool is_of(const spool::source& what) const { return !line_of || line_of(what) == line; }

    /// As sources record it.
    boxed<std::string> record() const {
        return name.empty() ? boxed<std::string>() : boxed<std::string>(name);
    }
};

}  // namespace kustodrop::pipeline
