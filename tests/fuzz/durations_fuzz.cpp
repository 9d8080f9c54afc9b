// Durations, sizes, shares and numbers: what is read and written is read again the same.
#include "config/reading/quantities.hpp"
#include "fuzz/fuzz_target.hpp"

using namespace kustodrop;
using fuzz::promise;

FUZZ_TARGET(durations) {
    auto duration = config::parse_duration(input);
    if (duration) {
        auto again = config::parse_duration(config::format_duration(*duration));
        promise(again && *again == *duration, "a duration is read back");
        promise(*duration >= kustodrop::duration::zero(), "a duration is not negative");
    } else {
        promise(!duration.error().detail.empty(), "it says why");
    }
    if (auto size = config::parse_size(input)) {
        auto again = config::parse_size(config::format_size(*size));
        promise(again && *again == *size, "a size is read back");
    }
    if (auto share = config::parse_percentage(input)) {
        promise(*share >= 0 && *share <= 100, "a share is between 0 and 100");
        config::format_percentage(*share);
    }
    if (auto number = config::parse_whole_number(input)) {
        auto again = config::parse_whole_number(std::to_string(*number));
        promise(again && *again == *number, "a number is read back");
    }
}
