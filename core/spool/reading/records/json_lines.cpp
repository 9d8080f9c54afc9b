#include "spool/reading/records/json_lines.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace kustodrop::spool {

namespace json = boost::json;

// Deeper ones are read by few programs.
static constexpr std::size_t deepest = 128;

namespace {

// Keeps nothing: only whether it is JSON is asked.
struct no_value {
    static constexpr auto max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr auto max_array_size = max_object_size;
    static constexpr auto max_key_size = max_object_size;
    static constexpr auto max_string_size = max_object_size;

    using code = json::error_code;
    using text = json::string_view;

    bool on_document_begin(code&) { return true; }
    bool on_document_end(code&) { return true; }
    bool on_object_begin(code&) { return true; }
    bool on_object_end(std::size_t, code&) { return true; }
    bool on_array_begin(code&) { return true; }
    bool on_array_end(std::size_t, code&) { return true; }
    bool on_key_part(text, std::size_t, code&) { return true; }
    bool on_key(text, std::size_t, code&) { return true; }
    bool on_string_part(text, std::size_t, code&) { return true; }
    bool on_string(text, std::size_t, code&) { return true; }
    bool on_number_part(text, code&) { return true; }
    bool on_int64(std::int64_t, text, code&) { return true; }
    bool on_uint64(std::uint64_t, text, code&) { return true; }
    bool on_double(double, text, code&) { return true; }
    bool on_bool(bool, code&) { return true; }
    bool on_null(code&) { return true; }
    bool on_comment_part(text, code&) { return true; }
    bool on_comment(text, code&) { return true; }
};

json::parse_options strictly() {
    json::parse_options out;
    out.max_depth = deepest;
    return out;
}

}  // namespace

struct json_lines::parser {
    json::basic_parser<no_value> of{strictly()};

    // False: not JSON, or more than one value.
    bool take(bool more, std::string_view bytes) {
        json::error_code error;
        auto taken = of.write_some(more, bytes.data(), bytes.size(), error);
        return !error && taken == bytes.size();
    }
};

json_lines::json_lines() : parser_(std::make_unique<parser>()) {}
json_lines::~json_lines() = default;

void json_lines::add(std::string_view bytes) {
    while (are_valid_ && !bytes.empty()) {
        auto end = bytes.find('\n');
        add_to_line(bytes.substr(0, end));
        if (end == bytes.npos) return;
        end_line();
        bytes.remove_prefix(end + 1);
    }
}

void json_lines::add_to_line(std::string_view bytes) {
    if (!has_begun_) {
        auto first = bytes.find_first_not_of(" \t\r");
        if (first == bytes.npos) return;
        bytes.remove_prefix(first);
        has_begun_ = true;
        are_valid_ = bytes.front() == '{';
    }
    are_valid_ = are_valid_ && parser_->take(true, bytes);
}

void json_lines::end_line() {
    if (!has_begun_) return;
    are_valid_ = are_valid_ && parser_->take(false, {});
    parser_->of.reset();
    has_begun_ = false;
}

bool json_lines::are_valid() {
    end_line();
    return are_valid_;
}

}  // namespace kustodrop::spool
