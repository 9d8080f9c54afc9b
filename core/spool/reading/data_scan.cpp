#include "spool/reading/data_scan.hpp"

namespace kustodrop::spool {

// What is longer is not looked at any further, and not taken for a header.
static constexpr std::uint64_t longest_header_bytes = 1u << 20u;

data_scan::data_scan(data_rules rules) : rules_(rules), quotes_(rules.separator) {
    bool may_drop = rules.syntax == data_syntax::lines || rules.syntax == data_syntax::separated;
    rules_.drops_first_record = rules.drops_first_record && may_drop;
}

void data_scan::add(std::string_view bytes) {
    for (auto byte : bytes) {
        if (found_) return;
        take(byte);
    }
}

void data_scan::take(char byte) {
    switch (part_) {
    case part::mark:
    case part::utf8_mark:
    case part::utf16_mark:
        return take_of_mark(byte);
    case part::header:
        return take_of_header(byte);
    case part::body:
        return take_of_body(byte);
    }
}

void data_scan::take_of_mark(char byte) {
    static constexpr std::string_view utf8 = "\xEF\xBB\xBF";
    auto after_mark = rules_.drops_first_record ? part::header : part::body;
    if (rules_.syntax == data_syntax::bytes) {
        found_ = true;
    } else if (part_ == part::utf16_mark) {
        is_utf16_ = byte == '\xFF' || byte == '\xFE';
        found_ = !is_utf16_;
        part_ = after_mark;
    } else if (byte == utf8[mark_bytes_]) {
        part_ = ++mark_bytes_ == utf8.size() ? after_mark : part::utf8_mark;
    } else if (part_ == part::utf8_mark) {
        found_ = true;
    } else if (byte == '\xFF' || byte == '\xFE') {
        part_ = part::utf16_mark;
    } else {
        part_ = after_mark;
        take(byte);
    }
}

void data_scan::take_of_header(char byte) {
    bool blank = is_blank(byte);
    if (line_ended_ && !blank) {
        // Whether a carriage return alone ends a line is not certain.
        found_ = true;
        return;
    }
    line_ended_ = byte == '\r';
    header_has_text_ = header_has_text_ || !blank;
    found_ = is_utf16_ || ++header_bytes_ > longest_header_bytes;
    if (rules_.syntax == data_syntax::lines) {
        if (byte == '\n') part_ = part::body;
        return;
    }
    quotes_.add({&byte, 1});
    if (byte == '\n' && quotes_.first_record_bytes()) part_ = part::body;
}

void data_scan::take_of_body(char byte) {
    bool blank = is_blank(byte);
    if (rules_.syntax == data_syntax::w3c && !blank) {
        // What precedes it in the line is nothing: else there would be data already.
        in_directive_ = in_directive_ || byte == '#';
        blank = in_directive_;
    }
    found_ = !blank || is_utf16_ || rules_.syntax == data_syntax::whole;
    in_directive_ = in_directive_ && byte != '\n' && byte != '\r';
}

bool data_scan::is_blank(char byte) const {
    bool ends_line = byte == '\n' || byte == '\r';
    return ends_line || (rules_.syntax == data_syntax::json && (byte == ' ' || byte == '\t'));
}

bool data_scan::has_data() const {
    if (found_ || part_ == part::utf8_mark || part_ == part::utf16_mark) return true;
    if (part_ != part::header || rules_.syntax == data_syntax::lines) return false;
    // All of it is the first record, as far as that is certain.
    return header_has_text_ && !quotes_.first_record_bytes();
}

}  // namespace kustodrop::spool
