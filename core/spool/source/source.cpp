#include "spool/source/source.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>

namespace kustodrop::spool {

static constexpr std::array outcome_names{
    "succeeded", "failed", "skipped", "rejected", "unconfirmed", "presumed"};
static constexpr std::array stage_names{
    "claimed", "uploaded", "posting", "posted", "settled", "retired"};

std::string make_source_id(random_generator& random, wall_time now) {
    using namespace std::chrono;
    auto since_1970 = now.time_since_epoch();
    auto whole = floor<milliseconds>(since_1970);
    // The 12 bits after the version may hold a fraction of the millisecond (RFC 9562 §6.2).
    auto fraction = static_cast<std::uint64_t>((since_1970 - whole).count()) * 4096 / 1000;
    auto head = static_cast<std::uint64_t>(whole.count()) & 0xFFFF'FFFF'FFFFu;
    char time[40];
    std::snprintf(time, sizeof time, "%012" PRIx64 "7%03" PRIx64, head, fraction);
    auto id = make_guid(random);
    std::copy_n(time, 8, id.begin());
    std::copy_n(time + 8, 4, id.begin() + 9);
    std::copy_n(time + 12, 4, id.begin() + 14);
    return id;
}

std::string_view to_string(outcome value) { return outcome_names[static_cast<std::size_t>(value)]; }

std::optional<outcome> parse_outcome(std::string_view name) {
    for (std::size_t i = 0; i < outcome_names.size(); ++i) {
        if (name == outcome_names[i]) return static_cast<outcome>(i);
    }
    return std::nullopt;
}

std::string_view name_of(const any_stage& at) { return stage_names[at.index()]; }

const blob_record* blob_of(const any_stage& at) {
    if (auto* uploaded = std::get_if<stage::uploaded>(&at)) return &uploaded->blob;
    if (auto* posting = std::get_if<stage::posting>(&at)) return &posting->blob;
    if (auto* posted = std::get_if<stage::posted>(&at)) return &posted->blob;
    return nullptr;
}

bool is_unposted(const any_stage& at) {
    return std::holds_alternative<stage::claimed>(at) ||
           std::holds_alternative<stage::uploaded>(at) ||
           std::holds_alternative<stage::posting>(at);
}

bool is_streamed(const source& what) {
    auto* blob = blob_of(what.stage);
    return blob && blob->container.empty() && what.reported.in_answer;
}

any_stage unposted(const any_stage& at) {
    auto* blob = blob_of(at);
    if (!blob || blob->container.empty()) return stage::claimed{};
    return stage::uploaded{*blob};
}

std::string_view way_of(const report_places& reported) {
    static constexpr std::array<std::string_view, 8> ways{
        "",
        "queued",
        "rest",
        "rest, queued",
        "streaming",
        "streaming, queued",
        "streaming, rest",
        "streaming, rest, queued"};
    bool by_queue = reported.in_queue || reported.in_table;
    auto which = (reported.in_answer ? 4u : 0u) | (reported.in_operation ? 2u : 0u);
    return ways[which | (by_queue ? 1u : 0u)];
}

const outcome_record* outcome_of(const any_stage& at) {
    if (auto* settled = std::get_if<stage::settled>(&at)) return &settled->record;
    if (auto* retired = std::get_if<stage::retired>(&at)) return &retired->record;
    return nullptr;
}

std::uint64_t source::size_bytes() const {
    std::uint64_t sum = 0;
    for (auto& slice : slices) sum += slice.length_bytes;
    return sum;
}

std::uint64_t source::log_bytes() const {
    std::uint64_t sum = 0;
    for (auto& one : slices) sum += one.log_id ? one.length_bytes : 0;
    return sum;
}

}  // namespace kustodrop::spool
