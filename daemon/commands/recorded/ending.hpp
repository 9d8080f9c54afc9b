#pragma once

#include <boost/json/fwd.hpp>

#include <string>

namespace kustodrop::daemon {

/// What became of a file whose record has ended, by its row of the journal; empty: it has not.
/// `root`: the watch's folder, where a file in quarantine is looked for. Blocks.
std::string ending_of(const boost::json::object& row, const std::string& root);

}  // namespace kustodrop::daemon
