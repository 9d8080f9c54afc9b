#pragma once

#include "spool/source/source.hpp"

namespace kustodrop::pipeline {

/// Where a part of the pipeline hands a source when its own work on it is done. The engine
/// implements it; unit tests record what they are handed.
class routing {
public:
    /// The service has the source: a notification will come.
    virtual void posted(spool::source& what) = 0;

    /// The service may have the source, for the answer to its post was lost.
    virtual void unanswered(spool::source& what) = 0;

    /// The outcome of the source is known; its files have not been moved yet.
    virtual void settled(spool::source& what) = 0;

    /// A file of the source is not what was claimed.
    virtual void changed(spool::source& what) = 0;

protected:
    ~routing() = default;
};

}  // namespace kustodrop::pipeline
