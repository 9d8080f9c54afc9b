#include "line/line_options.hpp"

#include <charconv>
#include <cstdint>
#include <string_view>

namespace kustodrop::bench {

static constexpr std::uint64_t longest_ms = 3'600'000;

static std::optional<std::uint64_t> number_of(std::string_view text, std::uint64_t most) {
    std::uint64_t out = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size() || out > most) return std::nullopt;
    return out;
}

static bool set_duration(duration& to, std::string_view text) {
    auto milliseconds = number_of(text, longest_ms);
    if (milliseconds) to = std::chrono::milliseconds(*milliseconds);
    return milliseconds.has_value();
}

static bool set_option(line_options& out, std::string_view name, std::string_view text) {
    auto& [shape, ends] = out;
    if (name == "round_trip_ms") return set_duration(shape.round_trip, text);
    if (name == "jitter_ms") return set_duration(shape.jitter, text);
    if (name == "stall_ms") return set_duration(shape.stall, text);
    if (name == "stall_every_ms") return set_duration(shape.stall_every, text);
    if (name == "listen") return ends.listen = text, true;
    if (name == "to") return ends.to = text, true;
    auto number = number_of(text, name == "port" ? UINT16_MAX : UINT64_MAX);
    if (!number) return false;
    if (name == "port") return ends.ports.push_back(static_cast<std::uint16_t>(*number)), true;
    if (name == "bytes_per_second") return shape.bytes_per_second = *number, true;
    if (name == "seed") return shape.seed = *number, true;
    return false;
}

// Pieces arrive after they have left, and between two stalls something moves.
static bool is_possible(const line_options& given) {
    auto& shape = given.shape;
    return !given.ends.ports.empty() && shape.bytes_per_second > 0 &&
           shape.jitter <= shape.round_trip &&
           (shape.stall == duration::zero() || shape.stall < shape.stall_every);
}

std::optional<line_options> read_line_options(const std::vector<std::string>& arguments) {
    line_options out;
    for (std::string_view one : arguments) {
        auto at = one.find('=');
        if (at == std::string_view::npos) return std::nullopt;
        if (!set_option(out, one.substr(0, at), one.substr(at + 1))) return std::nullopt;
    }
    if (!is_possible(out)) return std::nullopt;
    return out;
}

}  // namespace kustodrop::bench
