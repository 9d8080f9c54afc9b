#include "emulator/front/durations.hpp"

#include <charconv>

namespace kustodrop::emulator {

std::optional<duration> parse_duration(std::string_view text) {
    static constexpr std::int64_t a_lot = 1'000'000;
    std::int64_t amount = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (error != std::errc() || amount < 0 || amount > a_lot) return std::nullopt;
    std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (unit == "ms") return std::chrono::milliseconds(amount);
    if (unit == "s") return std::chrono::seconds(amount);
    if (unit == "m" || unit == "min") return std::chrono::minutes(amount);
    if (unit == "h") return std::chrono::hours(amount);
    if (unit == "d" && amount < 100'000) return std::chrono::hours(24 * amount);
    return std::nullopt;
}

}  // namespace kustodrop::emulator
