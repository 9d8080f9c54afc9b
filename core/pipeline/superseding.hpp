#pragma once

#include "pipeline/roster.hpp"
#include "pipeline/routing.hpp"

#include <string>

/// What becomes of a source that has lost its bytes, because its file was written again or deleted,
/// while the service may still report on a post of it. What is sent next must not have its id: a
/// late success of the former bytes would settle the new ones.
namespace kustodrop::pipeline {

/// Whether a post was sent whose outcome is not known. Pure.
bool may_be_reported(const spool::source& what);

/// A part that leaves the source under an id of its own may have arrived with a post of the whole:
/// what is sent of it from now on may be a copy, and if it cannot be sent again it was not rejected
/// either. Such posts count as posts of it whose answer was lost. Pure.
void share_posts(spool::source& part, const spool::source& whole);

/// What the source's only file holds now, as a source of its own that was never posted. Pure.
spool::source next_version_of(
    const spool::source& former, spool::slice now, std::string new_id, wall_time at
);

/// The source waits for that report without a file; it cannot be sent again.
void await_report(roster& sources, routing& next, spool::source& former);

/// The same, and the version that is there now is taken in; returns it.
spool::source& supersede(
    roster& sources, routing& next, spool::source& former, spool::source version
);

}  // namespace kustodrop::pipeline
