#include "simulation/ledger.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace kustodrop::simulation {

static std::string record(unsigned file, std::size_t line, bool bad) {
    char text[ledger::record_bytes + 1];
    auto salt = (file * 2654435761u) ^ (static_cast<unsigned>(line) * 40503u);
    std::snprintf(
        text,
        sizeof text,
        "{\"f\":\"%06u\",\"l\":\"%08zu\",\"p\":\"%s%08x%08x%08x\"}\n",
        file,
        line,
        bad ? "BAD" : "yes",
        salt,
        salt * 2246822519u,
        salt * 3266489917u
    );
    return text;
}

drop& ledger::add(drop_kind kind, std::string name) {
    auto number = static_cast<unsigned>(drops_.size() + 1);
    auto& made = drops_[number];
    made.number = number;
    made.kind = kind;
    made.name = std::move(name);
    return made;
}

drop* ledger::find(unsigned number) {
    auto found = drops_.find(number);
    return found == drops_.end() ? nullptr : &found->second;
}

std::string ledger::write(drop& to, std::size_t records) {
    std::string out;
    for (std::size_t i = 0; i < records; ++i) {
        out += record(to.number, to.records + i, to.kind == drop_kind::malformed);
    }
    to.records += records;
    to.ingested.resize(to.records);
    to.confirmed.resize(to.records);
    return out;
}

static std::optional<std::size_t> number_at(std::string_view text, std::size_t at, std::size_t n) {
    if (text.size() < at + n) return std::nullopt;
    std::size_t value = 0;
    auto end = text.data() + at + n;
    auto [stopped, error] = std::from_chars(text.data() + at, end, value);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return value;
}

ledger::piece ledger::recognize(std::string_view text, std::string_view where) {
    auto file = number_at(text, 6, 6);
    auto line = number_at(text, 19, 8);
    auto* of = file ? find(static_cast<unsigned>(*file)) : nullptr;
    if (!of || !line || text.size() % record_bytes != 0) {
        world_.wrong("bytes that nobody dropped: " + std::string(where));
        return {};
    }
    piece out{of, *line, text.size() / record_bytes};
    bool whole = out.first + out.count <= of->records;
    for (std::size_t i = 0; whole && i < out.count; ++i) {
        auto expected = record(of->number, out.first + i, of->kind == drop_kind::malformed);
        whole = text.substr(i * record_bytes, record_bytes) == expected;
    }
    if (whole) return out;
    world_.wrong("a mixture of " + of->name + " and something else: " + std::string(where));
    return {};
}

std::uint64_t ledger::accepted(const std::string& id) {
    auto& known = sources_[id];
    if (known.credit == 0) {
        world_.wrong("posted again although the first post was answered well: " + id);
    }
    posts_.push_back({id, std::nullopt});
    return posts_.size() - 1;
}

void ledger::answered(std::uint64_t number) {
    auto& one = posts_[number];
    one.answered_at = world_.time.now();
    auto& known = sources_[one.id];
    if (known.credit > 0) --known.credit;
}

void ledger::ingested(const std::string& id, std::string_view text) {
    auto& known = sources_[id];
    auto what = recognize(text, "ingested as " + id);
    if (!what.of) return;
    if (known.what.of && (known.what.of != what.of || known.what.first != what.first)) {
        world_.wrong("one id, two contents: " + id);
    }
    known.what = what;
    if (++known.times_ingested > 1) ++duplicates_;
    for (std::size_t i = 0; i < what.count; ++i) ++what.of->ingested[what.first + i];
}

void ledger::said_success(const std::string& id) {
    auto& what = sources_[id].what;
    for (std::size_t i = 0; what.of && i < what.count; ++i) {
        what.of->confirmed[what.first + i] = 1;
    }
}

void ledger::asked_again(const std::string& id) {
    auto& known = sources_[id];
    ++known.credit;
    ++known.times_asked;
}

// What was answered at this very instant may not have been written down.
void ledger::crashed() {
    for (auto& one : posts_) {
        if (!one.answered_at || *one.answered_at < world_.time.now()) continue;
        ++sources_[one.id].credit;
    }
}

void ledger::ended() {
    for (auto& [id, known] : sources_) known.credit += known.times_asked;
}

// It begins anew with every file it finds, and words on earlier copies may still be to come.
void ledger::journal_lost() {
    for (auto& [id, known] : sources_) ++known.credit;
}

std::uint64_t ledger::ambiguous_posts() const {
    auto open = [](auto& one) { return !one.answered_at; };
    return static_cast<std::uint64_t>(std::ranges::count_if(posts_, open));
}

}  // namespace kustodrop::simulation
