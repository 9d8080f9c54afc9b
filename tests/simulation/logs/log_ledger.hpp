#pragma once

#include "simulation/universe.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::simulation {

/// One line of a log, and what became of it.
struct logged_record {
    unsigned life = 0;
    std::uint64_t from = 0;
    std::string text = {};      // With its newline, unless it was given up.
    std::uint64_t written = 0;  // So much of it stands in the log.
    bool is_given_up = false;   // Its writer ended within it.
    time_point written_at{};    // All of it.
    std::set<std::string> sources = {};
    std::optional<time_point> posted_at = {};

    bool is_whole() const { return written == text.size(); }
};

/// What a log held from its beginning, or from a truncation on, until the next one. Copies of it
/// are of the same life: they have the same bytes at the same places.
struct log_life {
    unsigned number = 0;
    std::string family = {};
    std::string bytes = {};
    std::vector<std::size_t> records = {};
    std::vector<std::pair<time_point, std::uint64_t>> growth = {};
    std::uint64_t accountable = 0;  // What a look has seen for certain, whatever became of it.
    std::uint64_t held = 0;  // What was seen before the daemon had only its descriptor of it.
    bool was_copied = false;
    bool was_truncated = false;

    /// How long it was then.
    std::uint64_t size_at(time_point when) const;
};

/// Every record that was written to a followed log, and what the service took of them: the oracle
/// of the logs.
class log_ledger {
public:
    explicit log_ledger(universe& world) : world_(world) {}

    log_life& begin_life(std::string family);

    /// A record of some length, of which nothing is written yet.
    std::size_t begin_record(std::size_t padding);
    /// Writes so many bytes more of it at the end of the life; returns them.
    std::string_view write(log_life& to, std::size_t record, std::uint64_t bytes);
    /// Its writer has ended: what there is of it is a row.
    void give_up(std::size_t record);
    void leave_hole(log_life& in, std::uint64_t until);

    static bool owns(std::string_view text);

    /// The service has ingested it.
    void ingested(const std::string& id, std::string_view text, time_point posted_at);

    const logged_record& record(std::size_t number) const { return records_[number]; }
    std::size_t records() const { return records_.size(); }
    std::deque<log_life>& lives() { return lives_; }
    /// By source: the same ones again, or those of some of its ranges.
    const std::map<std::string, std::vector<std::string>>& rows() const { return rows_; }
    std::uint64_t bytes() const;

private:
    std::optional<std::size_t> record_at(std::string_view text) const;

    universe& world_;
    std::deque<log_life> lives_;
    std::deque<logged_record> records_;
    std::map<std::string, std::vector<std::string>> rows_;
};

}  // namespace kustodrop::simulation
