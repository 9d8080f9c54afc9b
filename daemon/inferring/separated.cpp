#include "daemon/inferring/separated.hpp"

#include "daemon/inferring/value_type.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace kustodrop::daemon {

static constexpr std::size_t looked_at = 200;  // Records, for the separator.

namespace {

class reader {
public:
    explicit reader(char separator) : separator_(separator) {}

    separated_records read(std::string_view text, bool is_cut) {
        for (char c : text) take(c);
        if (at_ == place::quoted) {
            out_.ends_in_quotes = !is_cut;
        } else if (!is_cut) {
            end_record();
        }
        return std::move(out_);
    }

private:
    enum class place { start, plain, quoted, closed };

    void take(char c) {
        if (at_ == place::quoted) {
            if (c == '"') {
                at_ = place::closed;
            } else {
                field_ += c;
            }
            return;
        }
        if (c == '"' && at_ == place::start) {
            at_ = place::quoted;
        } else if (c == '"' && at_ == place::closed) {
            field_ += c;  // The second of two.
            at_ = place::quoted;
        } else if (c == separator_) {
            record_.push_back(std::exchange(field_, {}));
            at_ = place::start;
        } else if (c == '\n') {
            if (field_.ends_with('\r')) field_.pop_back();
            end_record();
        } else {
            bool is_end_of_line = c == '\r' && at_ == place::closed;
            if (at_ == place::closed && !is_end_of_line) out_.has_text_after_quotes = true;
            if (is_end_of_line) return;
            field_ += c;
            at_ = place::plain;
        }
    }

    void end_record() {
        bool is_blank = record_.empty() && field_.empty() && at_ != place::closed;
        at_ = place::start;
        if (is_blank) return;
        record_.push_back(std::exchange(field_, {}));
        out_.records.push_back(std::exchange(record_, {}));
    }

    char separator_;
    place at_ = place::start;
    std::string field_;
    std::vector<std::string> record_;
    separated_records out_;
};

}  // namespace

separated_records read_separated(std::string_view text, char separator, bool is_cut) {
    return reader(separator).read(text, is_cut);
}

char likely_separator(std::string_view text, bool is_cut) {
    char best = ',';
    std::size_t most = 1;
    for (char separator : {',', '\t', ';', '|', '\x01'}) {
        auto found = read_separated(text, separator, is_cut);
        auto& records = found.records;
        if (records.empty()) continue;
        auto fields = records.front().size();
        auto end =
            records.begin() + static_cast<std::ptrdiff_t>(std::min(records.size(), looked_at));
        bool is_even =
            std::all_of(records.begin(), end, [&](auto& one) { return one.size() == fields; });
        if (!is_even || fields <= most) continue;
        most = fields;
        best = separator;
    }
    return best;
}

static bool is_name(std::string_view text) {
    static constexpr std::size_t longest = 64;
    bool has_letter = std::ranges::any_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               static_cast<unsigned char>(c) > 127;
    });
    return has_letter && text.size() <= longest && type_of(text) == value_type::text &&
           text.find('\n') == std::string_view::npos;
}

header likely_header(const std::vector<std::vector<std::string>>& records) {
    if (records.empty()) return header::no;
    auto& first = records.front();
    std::set<std::string> names(first.begin(), first.end());
    bool may_be = names.size() == first.size() && std::ranges::all_of(first, is_name);
    if (!may_be) return header::no;
    if (records.size() == 1) return header::unknown;
    for (std::size_t column = 0; column < first.size(); ++column) {
        seen_values below;
        for (std::size_t row = 1; row < records.size(); ++row) {
            if (column >= records[row].size()) continue;
            below.add(records[row][column]);
            // A name would not stand among the values.
            if (records[row][column] == first[column]) return header::no;
        }
        bool is_typed = below.type != value_type::text && below.type != value_type::none;
        if (is_typed) return header::yes;
    }
    return header::unknown;
}

}  // namespace kustodrop::daemon
