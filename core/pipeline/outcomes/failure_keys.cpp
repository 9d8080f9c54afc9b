#include "pipeline/outcomes/failure_keys.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "spool/source/failure_marks.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

namespace marks = spool::failure_marks;
using kusto::next_step;
using kusto::notification;

static constexpr std::size_t hash_length = 16;

bool is_refused_token(std::string_view code) {
    return code == "BadRequest_InvalidKustoIdentityToken";
}

bool is_about_credentials(std::string_view code) {
    return is_refused_token(code) || code == "BadRequest_InvalidAuthentication";
}

static std::string_view mark_of(const notification& reported) {
    if (kusto::is_dropped_copy(reported.code)) return marks::copy;
    if (is_about_credentials(reported.code)) return marks::credentials;
    if (reported.from_update_policy) return marks::update_policy;
    bool is_again = kusto::judge(reported) == next_step::post_again;
    return is_again ? marks::post_again : std::string_view();
}

std::string failure_key(const notification& reported) {
    auto at = std::to_string(reported.at.time_since_epoch().count());
    auto whole =
        reported.operation_id + ' ' + reported.activity_id + ' ' + at + ' ' + reported.code;
    auto hash = hex_encode(sha256(whole)).substr(0, hash_length);
    return std::string(mark_of(reported)) + hash;
}

// An earlier release wrote fewer marks: a key is known by what follows them.
bool is_noted(const spool::source& source, const notification& reported) {
    auto key = failure_key(reported);
    auto hash = std::string_view(key).substr(key.size() - hash_length);
    return std::ranges::any_of(source.failure_keys, [hash](std::string_view known) {
        return known.ends_with(hash);
    });
}

notification last_failure_of(const spool::source& source) {
    auto& failed = *source.last_failure;
    notification out;
    out.code = failed.code;
    out.details = failed.details;
    out.operation_id = failed.operation_id;
    out.status = kusto::failure_status::permanent;
    auto& keys = source.failure_keys;
    auto last = std::find_if_not(keys.rbegin(), keys.rend(), spool::is_of_copy);
    if (last == keys.rend()) return out;
    out.from_update_policy = last->starts_with(marks::update_policy);
    if (last->starts_with(marks::post_again)) out.status = kusto::failure_status::exhausted;
    return out;
}

}  // namespace kustodrop::pipeline
