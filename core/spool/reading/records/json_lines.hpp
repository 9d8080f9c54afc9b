#pragma once

#include <memory>
#include <string_view>

namespace kustodrop::spool {

/// Whether each line that is not blank is one object of JSON: the service drops a line that it
/// cannot read and takes the others, and its loss would not show. Strict, as Boost.JSON is: UTF-8,
/// no lone surrogates, no more than 128 brackets within each other. Give it the bytes in order, in
/// pieces of any size. Pure.
class json_lines {
public:
    json_lines();
    ~json_lines();
    json_lines(const json_lines&) = delete;

    void add(std::string_view bytes);

    /// Of the bytes so far, the last line with or without its end. No more may be added.
    bool are_valid();

private:
    struct parser;

    void add_to_line(std::string_view bytes);
    void end_line();

    std::unique_ptr<parser> parser_;
    bool has_begun_ = false;  // The line in hand is not blank so far.
    bool are_valid_ = true;
};

}  // namespace kustodrop::spool
