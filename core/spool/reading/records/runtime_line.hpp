#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::spool {

/// What a container runtime has wrapped around a part of what a container wrote.
struct runtime_part {
    std::string_view time;
    std::string_view stream;
    std::string_view text;    // Without the newline that ends a record.
    bool is_partial = false;  // The record continues in a later part of the same stream.
};

/// Reads a line, without its newline, of a log in the format of the container runtime interface:
/// `2016-10-06T00:17:09.669794202Z stdout P text`, where the third field may have more members
/// after a colon. Nothing if it is something else.
std::optional<runtime_part> parse_cri(std::string_view line);

/// Reads a line of docker's json-file: `{"log":"text\n","stream":"stdout","time":"…Z"}`, in any
/// order and with any other members. A text without a newline at its end is a part. Nothing if the
/// line is something else. The views last until the next call.
class docker_line {
public:
    std::optional<runtime_part> parse(std::string_view line);

private:
    std::string text_;
    std::string stream_;
    std::string time_;
};

}  // namespace kustodrop::spool
