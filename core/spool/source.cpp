#include "spool/source.hpp"

#include <array>

namespace kustodrop::spool {

static constexpr std::array outcome_names{
    "succeeded", "failed", "skipped", "rejected", "unconfirmed", "presumed"};
static constexpr std::array stage_names{
    "claimed", "uploaded", "posting", "posted", "settled", "retired"};

std::string_view to_string(outcome word) { return outcome_names[static_cast<std::size_t>(word)]; }

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

const verdict* verdict_of(const any_stage& at) {
    if (auto* settled = std::get_if<stage::settled>(&at)) return &settled->word;
    if (auto* retired = std::get_if<stage::retired>(&at)) return &retired->word;
    return nullptr;
}

std::uint64_t source::size_bytes() const {
    std::uint64_t sum = 0;
    for (auto& slice : slices) sum += slice.length_bytes;
    return sum;
}

}  // namespace kustodrop::spool
