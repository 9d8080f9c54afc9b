#include "simulation/logs/log_ledger.hpp"

#include <algorithm>
#include <charconv>

namespace kustodrop::simulation {

static constexpr std::string_view opening = "{\"g\":\"";
static constexpr std::size_t digits = 8;

std::uint64_t log_life::size_at(time_point when) const {
    auto later =
        std::ranges::upper_bound(growth, when, {}, &std::pair<time_point, std::uint64_t>::first);
    return later == growth.begin() ? 0 : std::prev(later)->second;
}

log_life& log_ledger::begin_life(std::string family) {
    auto& made = lives_.emplace_back();
    made.number = static_cast<unsigned>(lives_.size() - 1);
    made.family = std::move(family);
    return made;
}

static std::string text_of(std::size_t number, std::size_t padding) {
    auto digits_of = std::to_string(number);
    std::string out(opening);
    out += std::string(digits - digits_of.size(), '0') + digits_of + "\",\"p\":\"";
    auto salt = (number + 1) * 0x9e3779b97f4a7c15u;
    for (std::size_t i = 0; i < padding; ++i) {
        salt ^= salt << 13u;
        salt ^= salt >> 7u;
        salt ^= salt << 17u;
        out += static_cast<char>('a' + salt % 26);
    }
    return out + "\"}\n";
}

std::size_t log_ledger::begin_record(std::size_t padding) {
    auto& made = records_.emplace_back();
    made.text = text_of(records_.size() - 1, padding);
    return records_.size() - 1;
}

std::string_view log_ledger::write(log_life& to, std::size_t number, std::uint64_t bytes) {
    auto& one = records_[number];
    if (one.written == 0) {
        one.life = to.number;
        one.from = to.bytes.size();
        to.records.push_back(number);
    }
    auto part = std::string_view(one.text).substr(one.written, bytes);
    one.written += part.size();
    to.bytes += part;
    to.growth.emplace_back(world_.time.now(), to.bytes.size());
    if (one.is_whole()) one.written_at = world_.time.now();
    return part;
}

void log_ledger::give_up(std::size_t number) {
    auto& one = records_[number];
    one.text.resize(one.written);
    one.is_given_up = true;
    one.written_at = world_.time.now();
}

void log_ledger::leave_hole(log_life& in, std::uint64_t until) {
    if (until > in.bytes.size()) in.bytes.resize(until, '\0');
}

// What its writer has left of one may be shorter than that.
bool log_ledger::owns(std::string_view text) {
    auto line = text.substr(0, text.find('\n'));
    return text.starts_with(opening) || (!line.empty() && opening.starts_with(line));
}

std::optional<std::size_t> log_ledger::record_at(std::string_view text) const {
    std::size_t number = 0;
    if (!text.starts_with(opening) || text.size() < opening.size() + digits) {
        // What its writer has left of one may be shorter than its number.
        for (std::size_t i = 0; i < records_.size(); ++i) {
            auto& one = records_[i];
            if (one.is_given_up && one.text.size() < opening.size() + digits &&
                text.starts_with(one.text) && one.sources.empty())
                return i;
        }
        return std::nullopt;
    }
    auto from = text.data() + opening.size();
    auto [stopped, error] = std::from_chars(from, from + digits, number);
    if (error != std::errc() || stopped != from + digits || number >= records_.size()) return {};
    return number;
}

// A row is a whole record, or what its writer has left of one.
void log_ledger::ingested(const std::string& id, std::string_view text, time_point posted_at) {
    rows_[id].emplace_back(text);
    auto rest = text;
    std::string said;
    while (!rest.empty()) {
        auto number = record_at(rest);
        if (!number || !rest.starts_with(records_[*number].text)) {
            world_.wrong(
                "T5: rows of " + id + " that no one wrote, at " +
                std::to_string(text.size() - rest.size()) + ": " + std::string(rest.substr(0, 60))
            );
            return;
        }
        auto& one = records_[*number];
        one.sources.insert(id);
        one.posted_at = std::min(one.posted_at.value_or(posted_at), posted_at);
        if (said.empty()) said = std::to_string(*number);
        rest.remove_prefix(one.text.size());
        if (!one.is_given_up || rest.empty()) continue;
        if (rest.front() != '\n') {
            world_.wrong("T5: two records in one row: " + id);
            return;
        }
        rest.remove_prefix(1);
    }
    world_.note(
        "ingested as " + id + ": " + std::to_string(text.size()) + " bytes of logs from record " +
        said + " on"
    );
}

std::uint64_t log_ledger::bytes() const {
    std::uint64_t all = 0;
    for (auto& life : lives_) all += life.bytes.size();
    return all;
}

}  // namespace kustodrop::simulation
