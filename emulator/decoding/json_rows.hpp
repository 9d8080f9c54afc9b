#pragma once

#include "base/result.hpp"

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace kustodrop::emulator {

using json_record_handler = std::function<void(const boost::json::object& record)>;

/// Turns the text of one record into an object, with memory that is used again.
class json_record_parser {
public:
    json_record_parser();
    ~json_record_parser();

    /// False unless `text` is one JSON object.
    bool parse(std::string_view text, const json_record_handler& handle);

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// Format `json`: an object a line. A line that is not an object is dropped silently, as the
/// service does; only the count shows it (docs/protocol.md §7.3).
class json_lines {
public:
    explicit json_lines(json_record_handler handle) : handle_(std::move(handle)) {}

    result<> feed(std::string_view bytes);
    result<> finish();
    std::uint64_t dropped() const { return dropped_; }

private:
    void take_line(std::string_view line);

    json_record_handler handle_;
    json_record_parser parser_;
    std::string begun_;
    std::uint64_t dropped_ = 0;
};

/// Formats `multijson` and `singlejson`: objects one after the other or in arrays, over as many
/// lines as they like. Anything else fails the blob with BadRequest_InvalidBlob.
class json_sequence {
public:
    explicit json_sequence(json_record_handler handle) : handle_(std::move(handle)) {}

    result<> feed(std::string_view bytes);
    result<> finish();

private:
    std::size_t take_between(char c);
    std::size_t take_inside(std::string_view bytes);
    result<> end_record();

    json_record_handler handle_;
    json_record_parser parser_;
    std::string record_;     // The object so far.
    std::size_t depth_ = 0;  // Of braces and brackets within the record.
    bool in_string_ = false;
    bool escaped_ = false;
    bool in_array_ = false;     // The records stand in an array.
    bool wants_comma_ = false;  // Within an array, after a record.
    bool after_comma_ = false;
    bool malformed_ = false;
};

}  // namespace kustodrop::emulator
