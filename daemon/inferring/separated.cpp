#include "daemon/inferring/separated.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::daemon {

static constexpr std::size_t looked_at = 200;  // Records, for the separator.

namespace {

class reader {
public:
    explicit reader(char separator) : separator_(separator) {}

    separated_records read(std::string_view text, bool is_cut, std::size_t most) {
        for (char c : text) {
            take(c);
            if (out_.records.size() >= most) return std::move(out_);
        }
        if (at_ == place::quoted) {
            out_.ends_in_quotes = !is_cut;
        } else if (!is_cut) {
            out_.has_lone_returns = out_.has_lone_returns || is_return_;
            end_record();
        }
        return std::move(out_);
    }

private:
    enum class place { start, plain, quoted, closed };

    void take(char c) {
        bool is_lone = std::exchange(is_return_, c == '\r' && at_ != place::quoted) && c != '\n';
        out_.has_lone_returns = out_.has_lone_returns || is_lone;
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
    bool is_return_ = false;  // What came last.
    place at_ = place::start;
    std::string field_;
    std::vector<std::string> record_;
    separated_records out_;
};

}  // namespace

separated_records read_separated(
    std::string_view text, char separator, bool is_cut, std::size_t most
) {
    return reader(separator).read(text, is_cut, most);
}

char likely_separator(std::string_view text, bool is_cut) {
    char best = ',';
    std::size_t most = 1;
    for (char separator : {',', '\t', ';', '|', '\x01'}) {
        auto found = read_separated(text, separator, is_cut, looked_at);
        auto& records = found.records;
        if (records.empty()) continue;
        auto fields = records.front().size();
        bool is_even =
            std::ranges::all_of(records, [&](auto& one) { return one.size() == fields; });
        if (!is_even || fields <= most) continue;
        most = fields;
        best = separator;
    }
    return best;
}

}  // namespace kustodrop::daemon
