#include "config/reading/suggest.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kustodrop::config {

static constexpr std::size_t longest_name = 64;  // A longer one is not a mistyped key.

std::size_t edit_distance(std::string_view from, std::string_view to) {
    // Three rows of the usual table: a swap looks two rows back.
    std::vector<std::size_t> before_last(to.size() + 1), last(to.size() + 1), row(to.size() + 1);
    for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        std::swap(before_last, last);
        std::swap(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            auto change = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({change, last[j] + 1, row[j - 1] + 1});
            bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[to.size()];
}

// "ingestionEndpoint", "Ingestion-Endpoint" and "ingestion_endpoint" are the same mistake.
static std::string folded(std::string_view name) {
    std::string out;
    for (char c : to_lower(name)) {
        if (c != '_' && c != '-' && c != ' ') out += c;
    }
    return out;
}

namespace {
struct synonym {
    std::string_view theirs;
    std::string_view ours;
};
}  // namespace

// What other programs call it.
static constexpr synonym synonyms[]{
    {"watch", "watches"},
    {"folders", "watches"},
    {"inputs", "watches"},
    {"db", "database"},
    {"tbl", "table"},
    {"mapping", "ingestion_mapping_reference"},
    {"mappingname", "ingestion_mapping_reference"},
    {"type", "kind"},
    {"method", "kind"},
    {"folder", "path"},
    {"dir", "path"},
    {"directory", "path"},
    {"endpoint", "ingestion_endpoint"},
    {"url", "ingestion_endpoint"},
    {"uri", "ingestion_endpoint"},
    {"tenant", "tenant_id"},
    {"client", "client_id"},
    {"secret", "client_secret"},
    {"clientsecret", "client_secret"},
    {"cafile", "ca_file"},
    {"ca", "ca_file"},
    {"loglevel", "level"},
    {"warn", "warning"},
    {"err", "error"},
    {"msi", "managed_identity"},
    {"ndjson", "json"},
    {"jsonl", "json"},
    {"jsonlines", "json"},
    {"move", "archive"},
    {"remove", "delete"},
};

std::string_view suggestion(
    std::string_view given, const std::vector<std::string_view>& candidates
) {
    if (given.empty() || given.size() > longest_name) return {};
    auto wanted = folded(given);
    for (auto& one : synonyms) {
        if (wanted == one.theirs && std::ranges::count(candidates, one.ours) > 0) {
            return one.ours;
        }
    }
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, wanted.size() / 3) + 1;
    for (auto candidate : candidates) {
        auto distance = edit_distance(wanted, folded(candidate));
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string advice(std::string_view near, std::string_view use) {
    auto meant = near.empty() ? std::string() : "; did you mean " + std::string(near) + "?";
    if (use.empty()) return meant;
    return meant + (near.empty() ? "; use " : " Use ") + std::string(use);
}

}  // namespace kustodrop::config
