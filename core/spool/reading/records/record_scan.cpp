#include "spool/reading/records/record_scan.hpp"

namespace kustodrop::spool {

static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

void record_scan::add(std::string_view bytes) {
    switch (syntax_) {
    case record_syntax::lines:
        return add_lines(bytes);
    case record_syntax::separated:
        return add_separated(bytes);
    case record_syntax::json:
        for (char byte : bytes) add_json(byte);
        return;
    }
}

void record_scan::add_lines(std::string_view bytes) {
    auto newline = bytes.rfind('\n');
    if (newline != std::string_view::npos) last_end_ = bytes_ + newline + 1;
    bytes_ += bytes.size();
}

void record_scan::add_separated(std::string_view bytes) {
    while (!bytes.empty()) {
        auto newline = bytes.find('\n');
        bool found = newline != std::string_view::npos;
        auto line = bytes.substr(0, found ? newline + 1 : bytes.size());
        quotes_.add(line);
        bytes_ += line.size();
        if (found && quotes_.closed()) last_end_ = bytes_;
        bytes.remove_prefix(line.size());
    }
}

void record_scan::add_json(char byte) {
    auto at = bytes_++;
    // A mark at the start belongs to no value.
    if (at < byte_order_mark.size() && byte == byte_order_mark[at]) return;
    if (byte == '\n') return end_line();
    if (in_string_) {
        if (!escaped_ && byte == '"') in_string_ = false;
        escaped_ = !escaped_ && byte == '\\';
        return;
    }
    switch (byte) {
    case ' ':
    case '\t':
    case '\r':
        return;
    case '{':
    case '[':
        return open(byte);
    case '}':
    case ']':
        return close();
    case '"':
        in_string_ = true;
        break;
    default:
        break;
    }
    // A bare value, or text that is not JSON.
    if (depth_ == 0) {
        irregular_ = true;
        closed_ = false;
    }
}

void record_scan::open(char bracket) {
    if (depth_ == 0) {
        closed_ = false;
        ++values_in_line_;
        if (bracket == '[' || values_in_line_ > 1) irregular_ = true;
    }
    ++depth_;
}

void record_scan::close() {
    if (depth_ == 0) {
        irregular_ = true;
        return;
    }
    --depth_;
    closed_ = depth_ == 0;
}

void record_scan::end_line() {
    // JSON has no newline within a string: this record was cut, and the next one begins here.
    if (in_string_) {
        in_string_ = false;
        escaped_ = false;
        depth_ = 0;
        irregular_ = true;
    }
    values_in_line_ = 0;
    if (depth_ > 0) {
        irregular_ = true;
        return;
    }
    closed_ = false;
    last_end_ = bytes_;
}

bool record_scan::ends_with_record() const {
    if (bytes_ == 0) return false;
    return last_end_ == bytes_ || (syntax_ == record_syntax::json && closed_);
}

}  // namespace kustodrop::spool
