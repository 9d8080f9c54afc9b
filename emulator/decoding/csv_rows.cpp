#include "emulator/decoding/csv_rows.hpp"

#include <utility>

namespace kustodrop::emulator {

csv_dialect dialect_of(std::string_view format) {
    if (format == "tsv") return {.separator = '\t'};
    if (format == "tsve") return {.separator = '\t', .quotes = false, .escapes = true};
    if (format == "scsv") return {.separator = ';'};
    if (format == "sohsv") return {.separator = '\x01'};
    if (format == "psv") return {.separator = '|'};
    if (format == "txt") return {.separated = false, .quotes = false};
    if (format == "raw") return {.separated = false, .lines = false, .quotes = false};
    return {};
}

csv_rows::csv_rows(csv_dialect dialect, record_handler handle)
    : dialect_(dialect), handle_(std::move(handle)) {
    if (dialect_.lines) stops_ += "\r\n";
    if (dialect_.separated) stops_ += dialect_.separator;
    if (dialect_.escapes) stops_ += '\\';
}

result<> csv_rows::feed(std::string_view bytes) {
    while (!bytes.empty() && !is_broken_) {
        std::size_t taken = 0;
        if (state_ == state::plain) {
            taken = take_plain(bytes);
        } else if (state_ == state::quoted) {
            taken = take_quoted(bytes);
        } else {
            taken = take_one(bytes.front());
        }
        bytes.remove_prefix(taken);
        if (text_.size() > max_record_bytes) {
            return failure{
                .code = service_code("Stream_InputStreamTooLarge"),
                .next = remedy::give_up,
                .detail =
                    "Stream_InputStreamTooLarge: a record is larger than 64 MiB "
                    "(errorCode='0x80DA0009')."};
        }
    }
    if (is_broken_) return broken_;
    return {};
}

// Takes a run of ordinary characters and the one that ends it.
std::size_t csv_rows::take_plain(std::string_view bytes) {
    auto stop = bytes.find_first_of(stops_);
    text_ += bytes.substr(0, stop);
    if (stop == bytes.npos) return bytes.size();
    auto c = bytes[stop];
    if (dialect_.separated && c == dialect_.separator) {
        end_field();
    } else if (dialect_.escapes && c == '\\') {
        state_ = state::escaped;
    } else {
        end_record();
        skip_line_feed_ = c == '\r';
    }
    return stop + 1;
}

std::size_t csv_rows::take_quoted(std::string_view bytes) {
    auto stop = bytes.find('"');
    text_ += bytes.substr(0, stop);
    if (stop == bytes.npos) return bytes.size();
    state_ = state::quote_in_quoted;
    return stop + 1;
}

// The characters that need a look of their own. 0: the next state takes it.
std::size_t csv_rows::take_one(char c) {
    switch (state_) {
    case state::field_start:
        if (std::exchange(skip_line_feed_, false) && c == '\n') return 1;
        if (dialect_.quotes && c == '"') {
            state_ = state::quoted;
            quoted_record_ = true;
            return 1;
        }
        state_ = state::plain;
        return 0;
    case state::quote_in_quoted:
        state_ = c == '"' ? state::quoted : state::plain;
        if (c != '"') return 0;
        text_ += c;
        return 1;
    case state::escaped:
        text_ += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
        state_ = state::plain;
        return 1;
    default:
        return 0;
    }
}

void csv_rows::end_field() {
    ends_.push_back(text_.size());
    state_ = state::field_start;
}

void csv_rows::end_record() {
    end_field();
    bool blank = ends_.size() == 1 && text_.empty() && !quoted_record_;
    if (!blank) emit_record();
    text_.clear();
    ends_.clear();
    quoted_record_ = false;
}

void csv_rows::emit_record() {
    ++records_;
    if (expected_ == 0) expected_ = ends_.size();
    if (ends_.size() != expected_) {
        if (is_broken_) return;
        is_broken_ = true;
        broken_ = {
            .code = service_code("Stream_WrongNumberOfFields"),
            .next = remedy::give_up,
            .detail =
                "Stream_WrongNumberOfFields: Stream has a malformed Csv format, failing per "
                "ValidationOptions policy with errorCode='0x80DA0008': record " +
                std::to_string(records_) + " has " + std::to_string(ends_.size()) +
                " fields, the first has " + std::to_string(expected_) + "."};
        return;
    }
    fields_.clear();
    std::size_t begin = 0;
    for (auto end : ends_) {
        fields_.push_back(std::string_view(text_).substr(begin, end - begin));
        begin = end;
    }
    handle_(fields_);
}

result<> csv_rows::finish() {
    if (is_broken_) return broken_;
    if (state_ == state::quoted) {
        return failure{
            .code = service_code("Stream_ClosingQuoteMissing"),
            .next = remedy::give_up,
            .detail =
                "Stream_ClosingQuoteMissing: the stream ends within a quoted field "
                "(errorCode='0x80DA000b')."};
    }
    // The last record may lack its line end; after a line end nothing has begun.
    bool begun = !ends_.empty() || !text_.empty() || quoted_record_;
    if (begun) end_record();
    if (is_broken_) return broken_;
    return {};
}

}  // namespace kustodrop::emulator
