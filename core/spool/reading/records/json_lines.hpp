#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// Whether each line that is not blank is one object of JSON as RFC 8259 has it: the service drops
/// a line that it cannot read and takes the others, and its loss would not show. Give it the bytes
/// in order, in pieces of any size. Pure.
class json_lines {
public:
    void add(std::string_view bytes);

    /// Of the bytes so far, the last line with or without its end. False is final.
    bool are_valid() const;

private:
    enum class state : std::uint8_t {
        line,        // Between lines, or before the object of one.
        first_name,  // Behind {
        name,        // Behind a comma in an object.
        colon,
        value,
        first_value,  // Behind [
        after_value,
        string,
        escape,
        hex,
        number,
        literal,
        ended,  // Behind the object of a line.
        broken,
    };

    void step(unsigned char byte);
    void step_in_string(unsigned char byte);
    void step_in_number(unsigned char byte);
    void step_in_literal(unsigned char byte);
    void begin_value(unsigned char byte, bool may_end);
    void begin_string(bool is_name);
    void end_value(unsigned char byte);
    void open(bool is_object);
    void close(bool is_object);
    void value_done();

    state state_ = state::line;
    std::vector<bool> open_;      // Of each bracket that is open: whether it is of an object.
    bool is_name_ = false;        // Of the string in hand.
    unsigned left_ = 0;           // Hexadecimal digits, or bytes of a character in UTF-8.
    unsigned char least_ = 0x80;  // Of the next byte of a character in UTF-8,
    unsigned char most_ = 0xBF;   // and the largest that it may be.
    std::string_view literal_;    // What is left of true, false or null.
    std::uint8_t part_ = 0;       // Of a number: see json_lines.cpp.
};

}  // namespace kustodrop::spool
