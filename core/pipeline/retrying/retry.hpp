#pragma once

#include "pipeline/retrying/retry_request.hpp"

namespace kustodrop::pipeline {

/// Claims files again that are in quarantine or were kept after a failure, under original names,
/// whatever the rules of their watch say of them, and sends unconfirmed ones again under their ids,
/// which may be a duplicate. Of a file of which a part had succeeded only the rest is sent; of an
/// unconfirmed blob all files are. Of the paused watches the one that is asked for resumes, and
/// those of the files that match. A watch whose folder is not open, or does not answer, is left out
/// and does not keep the others from it; what was begun there continues when it answers.
asio::awaitable<result<retry_report>> retry(retry_parts with, retry_request wanted);

}  // namespace kustodrop::pipeline
