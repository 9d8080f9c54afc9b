#pragma once

#include "pipeline/shipping/cluster_line.hpp"
#include "spool/source/source.hpp"

namespace kustodrop::pipeline {

/// Whether its blob is in the storage of another cluster than this one, where it is of no use.
inline bool blob_elsewhere(const spool::source& what, const cluster_line& here) {
    return spool::blob_of(what.stage) && !spool::is_streamed(what) && what.cluster != here.record();
}

}  // namespace kustodrop::pipeline
