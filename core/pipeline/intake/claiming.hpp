#pragma once

#include "pipeline/intake/cutting/cutting.hpp"
#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/intake/joining.hpp"
#include "pipeline/intake/watching/watching.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// How many files may be claimed now. Files that are not claimed are safe in their folder. Pure.
struct claim_facts {
    std::uint64_t pending_files = 0;  // Claimed and not retired.
    std::uint64_t max_pending_files = 0;
    std::size_t ready_room = 0;  // Sources that the ready queue takes.
    std::size_t batch_files = 0;
    bool can_record = true;  // The journal works.
    bool is_paused = false;  // The target is wrong: one source at a time shows whether it still is.
    bool has_probe = false;  // There is a source to show it.
};
std::size_t room_for_claims(const claim_facts& facts);

/// One file to be claimed, and what became of it.
struct claim_attempt {
    spool::sighting seen;
    std::string id;
    bool is_overdue = false;  // Claimed although a writer has it open: it may grow.
    bool was_closed = false;  // Its writer closed it, and it has not changed since.
    bool is_held = false;     // Left, because a writer has it open.
    std::optional<spool::slice> slice = {};
    std::string content = {};  // All bytes of it, where they are kept until it is sent.
    std::optional<failure> problem = {};
};

struct claim_rules {
    bool in_place = false;
    // The ending of done markers, which are removed with their files, for the next file of that
    // name needs a marker of its own. Empty: files are complete when they rest and no process has
    // them open for writing.
    std::string marker = {};
    cut_rules cut = {};
    std::uint64_t keep_bytes = 0;  // Of small files the contents are kept, so many bytes in all.
};

/// Claims a batch, and cuts what is claimed (cutting.hpp). Blocking.
std::vector<claim_attempt> claim_files(
    const spool::drop_folder& folder, std::vector<claim_attempt> files, claim_rules rules
);

/// Claims the complete files of one watch, a batch at a time, and hands them on as sources.
class claimer {
public:
    claimer(watch& from, intake_parts parts, watching& files, joiner& next)
        : watch_(from), with_(parts), files_(files), next_(next) {}

    std::size_t room(std::size_t batch_files) const;
    asio::awaitable<void> claim_batch(std::size_t most_files);

    /// Takes in files that lie in work/ and are in no source.
    asio::awaitable<void> take_adopted(std::vector<spool::source> found);

private:
    cut_rules rules_of_cut() const;
    std::vector<spool::sighting> take_claimable(std::size_t most_files);
    void take(claim_attempt done);

    watch& watch_;
    intake_parts with_;
    watching& files_;
    joiner& next_;
};

}  // namespace kustodrop::pipeline
