#pragma once

#include "spool/source/source.hpp"

#include <algorithm>
#include <string_view>

namespace kustodrop::spool {

/// What the key of a failure begins with, for what its record does not say.
namespace failure_marks {
/// A refusal of credentials: it does not count towards the limit of posts.
inline constexpr std::string_view credentials = "credentials-";
/// It came from an update policy.
inline constexpr std::string_view update_policy = "policy-";
/// The service wants the post once more, whatever the code means.
inline constexpr std::string_view post_again = "again-";
/// No failure, but a copy that the service dropped: the end of that post.
inline constexpr std::string_view copy = "copy-";
}  // namespace failure_marks

inline bool is_of_copy(std::string_view key) { return key.starts_with(failure_marks::copy); }

/// How many of its posts failed. Dropped copies did not.
inline std::size_t failure_count(const source& of) {
    auto copies = std::ranges::count_if(of.failure_keys, is_of_copy);
    return of.failure_keys.size() - static_cast<std::size_t>(copies);
}

}  // namespace kustodrop::spool
