#include "spool/reading/records/record_count.hpp"

#include <algorithm>

namespace kustodrop::spool {

static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

void record_count::take_mark(std::string_view& bytes) {
    while (!bytes.empty() && !is_behind_mark_) {
        bool is_of_it = bytes.front() == byte_order_mark[mark_bytes_];
        // What only begins like one is text.
        if (!is_of_it && mark_bytes_ > 0) first_ = last_ = byte_order_mark.front();
        is_behind_mark_ = !is_of_it || ++mark_bytes_ == byte_order_mark.size();
        if (is_of_it) bytes.remove_prefix(1);
    }
}

void record_count::add(std::string_view bytes) {
    take_mark(bytes);
    while (!bytes.empty()) {
        auto newline = bytes.find('\n');
        take(bytes.substr(0, newline));
        if (newline == std::string_view::npos) return;
        end_line();
        bytes.remove_prefix(newline + 1);
    }
}

void record_count::take(std::string_view piece) {
    if (rules_.what == counted_record::separated) return take_separated(piece);
    bool is_object = rules_.what == counted_record::object;
    auto is_text = [is_object](char c) {
        bool is_blank = c == '\r' || (is_object && (c == ' ' || c == '\t'));
        return !is_blank;
    };
    auto first = std::ranges::find_if(piece, is_text);
    if (first == piece.end()) return;
    if (first_ == '\0') first_ = *first;
    last_ = *std::find_if(piece.rbegin(), piece.rend(), is_text);
}

void record_count::take_separated(std::string_view piece) {
    if (piece.empty()) return;
    bool has_text = piece != "\r";
    if (has_text) first_ = piece.front();
    bool has_quotes = at_ == place::quoted || piece.find('"') != std::string_view::npos;
    if (!has_quotes) {
        at_ = piece.back() == rules_.separator ? place::start : place::plain;
        return;
    }
    for (char c : piece) {
        if (at_ == place::quoted) {
            if (c == '"') at_ = place::quote;
        } else if (c == '"' && at_ != place::plain) {
            at_ = place::quoted;  // The first, or the second of two.
        } else {
            at_ = c == rules_.separator ? place::start : place::plain;
        }
    }
}

bool record_count::counts() const {
    if (first_ == '\0') return false;
    return rules_.what != counted_record::w3c || first_ != '#';
}

void record_count::end_line() {
    if (at_ == place::quoted) {
        first_ = '"';
        return;
    }
    if (counts()) ++records_;
    bool is_object = first_ == '{' && last_ == '}';
    if (rules_.what == counted_record::object && first_ != '\0' && !is_object) is_odd_ = true;
    at_ = place::start;
    first_ = last_ = '\0';
}

std::optional<std::uint64_t> record_count::total() const {
    if (at_ == place::quoted) return std::nullopt;
    auto all = *this;
    all.end_line();
    if (all.is_odd_) return std::nullopt;
    bool drops_one = rules_.drops_first_record && all.records_ > 0;
    return all.records_ - (drops_one ? 1 : 0);
}

}  // namespace kustodrop::spool
