#include "spool/reading/records/json_lines.hpp"

#include <cstddef>

namespace kustodrop::spool {

// Deeper ones are read by few programs.
static constexpr std::size_t deepest = 128;

namespace {

// What of a number has been read last.
enum part : std::uint8_t { minus, zero, whole, point, fraction, e, sign, exponent };

}  // namespace

static bool is_json_digit(unsigned char byte) { return byte >= '0' && byte <= '9'; }

static bool is_json_hex(unsigned char byte) {
    return is_json_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static bool is_json_blank(unsigned char byte) {
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static bool may_end_number(std::uint8_t part) {
    return part == zero || part == whole || part == fraction || part == exponent;
}

void json_lines::add(std::string_view bytes) {
    for (char byte : bytes) {
        step(static_cast<unsigned char>(byte));
        if (state_ == state::broken) return;
    }
}

bool json_lines::are_valid() const { return state_ == state::line || state_ == state::ended; }

void json_lines::open(bool is_object) {
    if (open_.size() == deepest) {
        state_ = state::broken;
        return;
    }
    open_.push_back(is_object);
    state_ = is_object ? state::first_name : state::first_value;
}

void json_lines::close(bool is_object) {
    if (open_.empty() || open_.back() != is_object) {
        state_ = state::broken;
        return;
    }
    open_.pop_back();
    value_done();
}

void json_lines::value_done() { state_ = open_.empty() ? state::ended : state::after_value; }

void json_lines::begin_string(bool is_name) {
    is_name_ = is_name;
    left_ = 0;
    state_ = state::string;
}

void json_lines::begin_value(unsigned char byte, bool may_end) {
    if (byte == '{' || byte == '[') return open(byte == '{');
    if (byte == '"') return begin_string(false);
    if (byte == ']' && may_end) return close(false);
    state_ = state::literal;
    if (byte == 't') {
        literal_ = "rue";
    } else if (byte == 'f') {
        literal_ = "alse";
    } else if (byte == 'n') {
        literal_ = "ull";
    } else if (byte == '-' || is_json_digit(byte)) {
        state_ = state::number;
        part_ = byte == '-' ? minus : byte == '0' ? zero : whole;
    } else {
        state_ = state::broken;
    }
}

void json_lines::end_value(unsigned char byte) {
    if (is_json_blank(byte)) {
        state_ = state::after_value;
    } else if (byte == ',') {
        state_ = open_.back() ? state::name : state::value;
    } else if (byte == '}' || byte == ']') {
        close(byte == '}');
    } else {
        state_ = state::broken;
    }
}

// A character of several bytes is neither longer than it must be, nor half of a pair, nor beyond
// U+10FFFF.
void json_lines::step_in_string(unsigned char byte) {
    if (left_ > 0) {
        bool fits = byte >= least_ && byte <= most_;
        least_ = 0x80;
        most_ = 0xBF;
        --left_;
        if (!fits) state_ = state::broken;
    } else if (byte == '"') {
        if (is_name_) {
            state_ = state::colon;
        } else {
            value_done();
        }
    } else if (byte == '\\') {
        state_ = state::escape;
    } else if (byte < 0x20 || (byte >= 0x80 && byte < 0xC2) || byte > 0xF4) {
        state_ = state::broken;
    } else if (byte >= 0xC2) {
        left_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
        least_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
        most_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    }
}

void json_lines::step_in_number(unsigned char byte) {
    auto from = part_;
    if (is_json_digit(byte)) {
        if (from == zero) state_ = state::broken;
        if (from == minus) part_ = byte == '0' ? zero : whole;
        if (from == point) part_ = fraction;
        if (from == e || from == sign) part_ = exponent;
    } else if (byte == '.' && (from == zero || from == whole)) {
        part_ = point;
    } else if ((byte == 'e' || byte == 'E') && may_end_number(from) && from != exponent) {
        part_ = e;
    } else if ((byte == '+' || byte == '-') && from == e) {
        part_ = sign;
    } else if (may_end_number(from)) {
        end_value(byte);
    } else {
        state_ = state::broken;
    }
}

void json_lines::step_in_literal(unsigned char byte) {
    if (byte != static_cast<unsigned char>(literal_.front())) {
        state_ = state::broken;
        return;
    }
    literal_.remove_prefix(1);
    if (literal_.empty()) value_done();
}

void json_lines::step(unsigned char byte) {
    switch (state_) {
    case state::string:
        return step_in_string(byte);
    case state::escape:
        left_ = byte == 'u' ? 4 : 0;
        state_ = byte == 'u' ? state::hex : state::string;
        if (byte != 'u' && std::string_view("\"\\/bfnrt").find(static_cast<char>(byte)) ==
                               std::string_view::npos) {
            state_ = state::broken;
        }
        return;
    case state::hex:
        if (!is_json_hex(byte)) {
            state_ = state::broken;
        } else if (--left_ == 0) {
            state_ = state::string;
        }
        return;
    case state::number:
        return step_in_number(byte);
    case state::literal:
        return step_in_literal(byte);
    case state::broken:
        return;
    default:
        break;
    }
    if (is_json_blank(byte)) return;
    switch (state_) {
    case state::line:
        if (byte != '\n') state_ = state::broken;
        if (byte == '{') open(true);
        return;
    case state::ended:
        state_ = byte == '\n' ? state::line : state::broken;
        return;
    case state::first_name:
        if (byte == '}') return close(true);
        [[fallthrough]];
    case state::name:
        if (byte == '"') return begin_string(true);
        state_ = state::broken;
        return;
    case state::colon:
        state_ = byte == ':' ? state::value : state::broken;
        return;
    case state::first_value:
    case state::value:
        return begin_value(byte, state_ == state::first_value);
    default:
        return end_value(byte);
    }
}

}  // namespace kustodrop::spool
