#include "spool/reading/quotes.hpp"

namespace kustodrop::spool {

void quote_scan::add(std::string_view bytes) {
    while (!bytes.empty()) {
        // The first record is short: it is the rest that must be fast.
        if (!in_first_record_) bytes = skip_to_quote(bytes);
        if (bytes.empty()) return;
        if (in_first_record_) take_of_first_record(bytes.front());
        take(bytes.front());
        bytes.remove_prefix(1);
    }
}

// Between two quotes only the last byte matters.
std::string_view quote_scan::skip_to_quote(std::string_view bytes) {
    auto run = bytes.substr(0, bytes.find('"'));
    if (run.empty()) return bytes;
    bytes_ += run.size() - 1;
    if (state_ != state::quoted) state_ = state::plain;
    take(run.back());
    return bytes.substr(run.size());
}

void quote_scan::take(char byte) {
    ++bytes_;
    if (byte == '"') {
        even_ = !even_;
        if (state_ == state::field_start || state_ == state::quote_in_quoted) {
            state_ = state::quoted;
        } else if (state_ == state::quoted) {
            state_ = state::quote_in_quoted;
        }
        return;
    }
    if (state_ == state::quoted) return;
    bool ends_field = byte == separator_ || byte == '\n' || byte == '\r';
    state_ = ends_field ? state::field_start : state::plain;
}

void quote_scan::take_of_first_record(char byte) {
    bool quoted = state_ == state::quoted;
    bool lone_return = previous_ == '\r' && byte != '\n' && !quoted;
    bool differs = byte == '\n' && quoted == even_;
    bool empty = byte == '\n' && (bytes_ == 0 || (bytes_ == 1 && previous_ == '\r'));
    if (lone_return || differs || empty) certain_ = false;
    if (byte == separator_ && !quoted) ++separators_;
    previous_ = byte;
    if (byte != '\n' || quoted) return;
    in_first_record_ = false;
    first_record_ = bytes_ + 1;
}

std::optional<std::uint64_t> quote_scan::first_record_bytes() const {
    if (!certain_ || bytes_ == 0) return std::nullopt;
    if (!in_first_record_) return first_record_;
    return closed() && previous_ != '\r' ? std::optional(bytes_) : std::nullopt;
}

}  // namespace kustodrop::spool
