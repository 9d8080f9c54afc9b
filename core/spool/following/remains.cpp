#include "spool/following/remains.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace kustodrop::spool {

namespace {

struct possible_heir {
    log_evidence::proof proof;
    std::uint64_t size = 0;
    std::size_t made = 0;  // Its place among the origins.
    const log_state* log = nullptr;
};

bool is_stronger(const possible_heir& one, const possible_heir& other) {
    auto strength = [](auto& c) { return std::tuple(c.proof.whole, c.proof.end, c.size); };
    return strength(one) > strength(other);
}

}  // namespace

// A copy is made after what it is a copy of.
static bool was_born_before(const log_file& file, const log_file& than) {
    return file.born_ns != 0 && file.born_ns < than.born_ns;
}

log_evidence::proof proof_of_remains(
    const log_state& log,
    std::size_t file,
    const std::set<log_number>& emptied,
    const std::vector<log_sighting>& sightings,
    log_evidence& evidence
) {
    auto proof = evidence.proven(log, file);
    bool is_copied =
        emptied.contains(log.number) && !was_born_before(sightings[file].file, log.file);
    proof.whole |= proof.all && is_copied;
    return proof;
}

// Two files may be copies of each other: only the longer one is read.
static void find_copies(
    std::vector<origin>& made, const std::vector<log_sighting>& sightings, log_evidence& evidence
) {
    std::vector<origin*> longest_first;
    for (auto& one : made) longest_first.push_back(&one);
    auto size_of = [&](auto* one) { return sightings[one->file].size_bytes; };
    std::ranges::stable_sort(longest_first, std::ranges::greater(), size_of);
    for (std::size_t i = 0; i < longest_first.size(); ++i) {
        auto* one = longest_first[i];
        if (size_of(one) < evidence.sizes().least) break;
        for (std::size_t j = 0; j < i && !one->copy_of; ++j) {
            auto* longer = longest_first[j];
            bool kin = sightings[one->file].family == sightings[longer->file].family;
            if (!kin || longer->copy_of) continue;
            if (evidence.is_beginning_of(one->file, longer->file)) one->copy_of = longer->file;
        }
    }
}

std::vector<origin> find_remains(
    const std::vector<std::size_t>& files,
    const std::vector<const log_state*>& ended,
    const std::set<log_number>& emptied,
    const std::vector<log_sighting>& sightings,
    log_evidence& evidence
) {
    std::vector<origin> made;
    for (auto file : files) made.push_back({file, {}, nullptr, 0});
    find_copies(made, sightings, evidence);
    std::vector<possible_heir> heirs;
    for (std::size_t i = 0; i < made.size(); ++i) {
        auto& seen = sightings[made[i].file];
        for (auto* log : ended) {
            if (log->family != seen.family || log->file.same_file(seen.file)) continue;
            auto proof = proof_of_remains(*log, made[i].file, emptied, sightings, evidence);
            if (!proof.whole && proof.end < evidence.sizes().least) continue;
            heirs.push_back({proof, seen.size_bytes, i, log});
        }
    }
    std::ranges::stable_sort(heirs, is_stronger);
    std::set<const log_state*> continued;
    for (auto& [proof, size, at, log] : heirs) {
        auto& one = made[at];
        if (one.log || one.copy_of || continued.contains(log)) continue;
        one.log = log;
        one.from = proof.end;
        continued.insert(log);
    }
    return made;
}

}  // namespace kustodrop::spool
