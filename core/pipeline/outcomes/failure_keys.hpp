#pragma once

#include "kusto/notifications.hpp"
#include "spool/source/source.hpp"

#include <string>
#include <string_view>

/// How a source remembers which of its posts have ended, and how the last failure was. Pure.
namespace kustodrop::pipeline {

/// Identifies a failure of a source: a message comes again when it could not be deleted, and the
/// service may report a failure twice. It may begin with one of spool::failure_marks.
std::string failure_key(const kusto::notification& notification);

/// Whether the source has its key already.
bool is_noted(const spool::source& source, const kusto::notification& reported);

/// The last failure that was noted of a source that has one, as far as decisions depend on it.
kusto::notification last_failure_of(const spool::source& source);

/// Whether the service refused the identity token of the post.
bool is_refused_token(std::string_view code);

/// The file has nothing to do with it: it is never given up for it.
bool is_about_credentials(std::string_view code);

}  // namespace kustodrop::pipeline
