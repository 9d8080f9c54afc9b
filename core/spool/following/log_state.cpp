#include "spool/following/log_state.hpp"

#include <algorithm>
#include <array>

namespace kustodrop::spool {

std::string_view to_string(log_status status) {
    switch (status) {
    case log_status::same_log:
        return "same_log";
    case log_status::shrink_doubted:
        return "shrink_doubted";
    case log_status::truncated:
        return "truncated";
    case log_status::cut_short:
        return "cut_short";
    case log_status::vanished:
        return "vanished";
    case log_status::returned:
        return "returned";
    case log_status::new_log:
        return "new_log";
    case log_status::another_file:
        return "another_file";
    case log_status::copy:
        return "copy";
    case log_status::remains:
        return "remains";
    case log_status::from_its_size:
        return "from_its_size";
    case log_status::unseen:
        return "unseen";
    case log_status::broken:
        return "broken";
    case log_status::wiped:
        return "wiped";
    case log_status::undecided:
        return "undecided";
    case log_status::too_many:
        return "too_many";
    }
    return "";
}

std::string_view code_of(loss_cause cause) {
    switch (cause) {
    case loss_cause::deleted:
        return "deleted_unread";
    case loss_cause::truncated:
        return "truncated_unread";
    case loss_cause::overwritten:
        return "overwritten_unread";
    case loss_cause::broken:
        return "broken_unread";
    case loss_cause::left:
        return "left_unread";
    }
    return "";
}

bool is_loss(std::string_view code) {
    using enum loss_cause;
    static constexpr std::array all{deleted, truncated, overwritten, broken, left};
    return std::ranges::any_of(all, [&](auto one) { return code_of(one) == code; });
}

}  // namespace kustodrop::spool
