#include "simulation/ledger.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace kustodrop::simulation {

namespace {

constexpr std::string_view blank =
    "{\"f\":\"000000\",\"l\":\"00000000\",\"p\":\"yes________________________\"}\n";
constexpr std::size_t file_at = 6;
constexpr std::size_t line_at = 19;
constexpr std::size_t kind_at = 34;
constexpr std::size_t salt_at = 37;
static_assert(blank.size() == ledger::record_bytes);

void put_number(char* end, std::size_t value) {
    for (; value > 0; value /= 10) *--end = static_cast<char>('0' + value % 10);
}

// Does without the library's formatting, as it writes millions of them.
void put_record(char* to, unsigned file, std::size_t line, bool bad) {
    static constexpr char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
    blank.copy(to, blank.size());
    put_number(to + file_at + 6, file);
    put_number(to + line_at + 8, line);
    if (bad) std::string_view("BAD").copy(to + kind_at, 3);
    auto salt = (std::uint64_t(file) << 32u | line) * 0x9e3779b97f4a7c15u;
    for (std::size_t i = 0; i < 24; ++i) {
        salt ^= salt << 13u;
        salt ^= salt >> 7u;
        salt ^= salt << 17u;
        to[salt_at + i] = letters[salt % 32];
    }
}

}  // namespace

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
    std::string out(records * record_bytes, ' ');
    for (std::size_t i = 0; i < records; ++i) {
        bool bad = to.kind == drop_kind::malformed;
        put_record(out.data() + i * record_bytes, to.number, to.records + i, bad);
    }
    to.records += records;
    to.ingested.resize(to.records);
    to.sources.resize(to.records);
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
    auto file = number_at(text, file_at, 6);
    auto line = number_at(text, line_at, 8);
    auto* of = file ? find(static_cast<unsigned>(*file)) : nullptr;
    if (!of || !line || text.size() % record_bytes != 0) {
        world_.wrong("bytes that were never dropped: " + std::string(where));
        return {};
    }
    piece out{of, *line, text.size() / record_bytes};
    bool whole = out.first + out.count <= of->records;
    for (std::size_t i = 0; whole && i < out.count; ++i) {
        std::array<char, record_bytes> expected;
        put_record(expected.data(), of->number, out.first + i, of->kind == drop_kind::malformed);
        whole = text.substr(i * record_bytes).starts_with({expected.data(), expected.size()});
    }
    if (whole) return out;
    world_.wrong("a mixture of " + of->name + " and something else: " + std::string(where));
    return {};
}

std::uint64_t ledger::accepted(const std::string& id, post_way by) {
    auto& known = sources_[id];
    if (known.credit == 0 && known.forgotten > 0) {
        --known.forgotten;
        ++known.credit;
        ++posts_for_old_notifications_;
    }
    if (known.credit == 0) {
        world_.wrong("posted again although the first post was answered well: " + id);
    }
    ++known.open_posts;
    if (!known.first_post) known.first_post = world_.time.now();
    known.is_silent = known.is_silent || by != post_way::queue;
    if (by == post_way::streaming) ++known.times_streamed;
    posts_.push_back({id, by});
    return posts_.size() - 1;
}

void ledger::answered(std::uint64_t number) {
    auto& one = posts_[number];
    one.answered_at = world_.time.now();
    auto& known = sources_[one.id];
    if (known.credit > 0) --known.credit;
    if (known.open_posts > 0) --known.open_posts;
    if (one.by != post_way::streaming) return;
    --known.times_streamed;
    said_success(one.id);
}

std::vector<ledger::piece> ledger::recognize_all(std::string_view text, std::string_view where) {
    std::vector<piece> out;
    while (!text.empty()) {
        // A file's records follow one another; the next file has another number or starts over.
        auto file = number_at(text, file_at, 6);
        auto line = number_at(text, line_at, 8);
        std::size_t count = 1;
        for (; text.size() > count * record_bytes; ++count) {
            auto rest = text.substr(count * record_bytes);
            bool same = number_at(rest, file_at, 6) == file;
            if (!same || !line || number_at(rest, line_at, 8) != *line + count) break;
        }
        auto found = recognize(text.substr(0, count * record_bytes), where);
        if (!found.of) return {};
        out.push_back(found);
        text.remove_prefix(std::min(text.size(), count * record_bytes));
    }
    return out;
}

// Whether one is the other without some of its files: what cannot be read any more is left out.
static bool are_of_one(std::span<const ledger::piece> some, std::span<const ledger::piece> others) {
    if (some.size() < others.size()) std::swap(some, others);
    auto at = some.begin();
    return std::ranges::all_of(others, [&](auto& one) {
        at = std::find_if(at, some.end(), [&](auto& other) {
            return one.of == other.of && one.first == other.first;
        });
        if (at == some.end()) return false;
        ++at;
        return true;
    });
}

// Of a request by REST or with rows that has no answer no outcome can be asked for: another source
// of that file may have failed as far as the client could know, and what it holds is sent with what
// was added since.
bool ledger::may_be_given_up(const std::string& id, const drop& part) const {
    return std::ranges::any_of(sources_, [&](auto& one) {
        auto& [other, known] = one;
        if (other == id || !known.is_silent || known.open_posts == 0) return false;
        return std::ranges::any_of(known.what, [&](auto& piece) { return piece.of == &part; });
    });
}

void ledger::ingested(const std::string& id, std::string_view text) {
    auto& known = sources_[id];
    if (logs_ && log_ledger::owns(text)) {
        if (++known.times_ingested > 1) ++duplicates_;
        return logs_->ingested(id, text, known.first_post.value_or(world_.time.now()));
    }
    auto what = recognize_all(text, "ingested as " + id);
    if (what.empty()) return;
    // Nothing is reported any more on rows that were streamed: what is sent later settles itself.
    bool is_other = !known.what.empty() && !are_of_one(known.what, what);
    if (is_other && known.times_ingested > known.times_streamed) {
        world_.wrong("one id, two contents: " + id);
    }
    known.what = what;
    if (what.size() > 1) ++joined_;
    if (++known.times_ingested > 1) ++duplicates_;
    bool journal_lasts =
        !world_.sky.has(fault::journal_lost) && !world_.sky.has(fault::journal_cut);
    for (auto& part : what) {
        bool again = false;
        world_.note(
            "ingested as " + id + ": " + part.of->name + " of drop " +
            std::to_string(part.of->number) + ", records " + std::to_string(part.first) + " to " +
            std::to_string(part.first + part.count)
        );
        for (std::size_t i = part.first; i < part.first + part.count; ++i) {
            ++part.of->ingested[i];
            if (known.times_ingested == 1) again = again || ++part.of->sources[i] > 1;
        }
        bool may_be = kept_files_ && part.of->sources[part.first] <= part.of->writes;
        may_be = may_be || (again && may_be_given_up(id, *part.of));
        if (again && journal_lasts && !may_be) {
            world_.wrong("shipped under two ids: " + part.of->name);
        }
    }
}

bool ledger::is_in_doubt(const std::string& id) const {
    auto found = sources_.find(id);
    return found != sources_.end() && found->second.is_silent && found->second.open_posts > 0;
}

bool ledger::is_repeated(const std::string& id) const {
    auto found = sources_.find(id);
    return found != sources_.end() && (found->second.open_posts > 0 || found->second.credit > 0);
}

void ledger::said_success(const std::string& id) {
    for (auto& part : sources_[id].what) {
        for (std::size_t i = 0; i < part.count; ++i) part.of->confirmed[part.first + i] = 1;
    }
}

void ledger::refused_identity(const std::string& id, const std::string& token) {
    auto& known = sources_[id];
    if (known.open_posts == 0) known.refused_token = token;
}

void ledger::posted_with(const std::string& id, const std::string& token) {
    auto& known = sources_[id];
    if (known.refused_token.empty() || known.refused_token != token) return;
    world_.wrong("posted again with the identity token that was refused: " + id);
}

void ledger::asked_again(const std::string& id) {
    auto& known = sources_[id];
    ++known.credit;
    ++known.times_asked;
}

void ledger::refused(const std::string& id) {
    if (world_.sky.has_absence()) ++sources_[id].credit;
}

// The client may not have recorded an answer of this very instant, nor one while the commit waited
// for company.
static constexpr duration longest_gathering = 5ms;

void ledger::crashed() {
    for (auto& one : posts_) {
        bool is_recorded =
            one.answered_at && *one.answered_at + longest_gathering < world_.time.now();
        if (!one.answered_at || is_recorded) continue;
        ++sources_[one.id].credit;
        ++unrecorded_;
    }
}

void ledger::ended() {
    for (auto& [id, known] : sources_) known.forgotten = known.times_asked;
}

// It starts over with every file it finds; notifications of earlier copies may still arrive.
void ledger::journal_lost() {
    for (auto& [id, known] : sources_) ++known.credit;
}

std::uint64_t ledger::ambiguous_posts() const {
    auto open = [](auto& one) { return !one.answered_at; };
    return unrecorded_ + static_cast<std::uint64_t>(std::ranges::count_if(posts_, open));
}

}  // namespace kustodrop::simulation
