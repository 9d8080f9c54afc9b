#include "emulator/decoding/json_rows.hpp"

#include "base/text.hpp"
#include "emulator/decoding/csv_rows.hpp"

#include <boost/json.hpp>

#include <array>

namespace kustodrop::emulator {

namespace json = boost::json;

static failure too_large() {
    return {
        .code = service_code("Stream_InputStreamTooLarge"),
        .next = remedy::give_up,
        .detail =
            "Stream_InputStreamTooLarge: a record is larger than 64 MiB "
            "(errorCode='0x80DA0009')."};
}

static failure invalid_blob(std::string detail) {
    return {
        .code = service_code("BadRequest_InvalidBlob"),
        .next = remedy::give_up,
        .detail = std::move(detail)};
}

// A record may have more levels than the parser takes by itself.
static json::parse_options deep_json() {
    json::parse_options out;
    out.max_depth = 1000;
    return out;
}

struct json_record_parser::state {
    std::array<unsigned char, 16384> scratch;
    json::parser parser{{}, deep_json()};
    std::array<unsigned char, 65536> values;
};

json_record_parser::json_record_parser() : state_(std::make_unique<state>()) {}
json_record_parser::~json_record_parser() = default;

bool json_record_parser::parse(std::string_view text, const json_record_handler& handle) {
    json::monotonic_resource memory(state_->values.data(), state_->values.size());
    state_->parser.reset(&memory);
    json::error_code error;
    state_->parser.write(text.data(), text.size(), error);
    if (error) return false;
    auto value = state_->parser.release();
    auto* object = value.if_object();
    if (!object) return false;
    handle(*object);
    return true;
}

result<> json_lines::feed(std::string_view bytes) {
    for (;;) {
        auto end = bytes.find('\n');
        if (end == bytes.npos) break;
        if (begun_.empty()) {
            take_line(bytes.substr(0, end));
        } else {
            begun_ += bytes.substr(0, end);
            take_line(begun_);
            begun_.clear();
        }
        bytes.remove_prefix(end + 1);
    }
    begun_ += bytes;
    if (begun_.size() > max_record_bytes) return too_large();
    return {};
}

result<> json_lines::finish() {
    take_line(begun_);
    begun_.clear();
    return {};
}

void json_lines::take_line(std::string_view line) {
    line = trimmed(line);
    if (line.empty()) return;
    if (!parser_.parse(line, handle_)) ++dropped_;
}

result<> json_sequence::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        auto taken = depth_ == 0 ? take_between(bytes.front()) : take_inside(bytes);
        bytes.remove_prefix(taken);
        if (malformed_) return invalid_blob("The JSON of the blob is malformed.");
        if (record_.size() > max_record_bytes) return too_large();
        if (depth_ > 0 || record_.empty()) continue;
        if (auto done = end_record(); !done) return done;
    }
    return {};
}

// Between records: blanks, the commas and brackets of an array, or the brace of the next record.
std::size_t json_sequence::take_between(char c) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') return 1;
    if (c == '{' && !wants_comma_) {
        depth_ = 1;
        after_comma_ = false;
        record_ = "{";
    } else if (c == '[' && !in_array_) {
        in_array_ = true;
    } else if (c == ',' && wants_comma_) {
        wants_comma_ = false;
        after_comma_ = true;
    } else if (c == ']' && in_array_ && !after_comma_) {
        in_array_ = false;
        wants_comma_ = false;
    } else {
        malformed_ = true;
    }
    return 1;
}

std::size_t json_sequence::take_inside(std::string_view bytes) {
    std::size_t i = 0;
    while (i < bytes.size() && depth_ > 0) {
        auto c = bytes[i++];
        if (in_string_) {
            if (escaped_) {
                escaped_ = false;
            } else if (c == '\\') {
                escaped_ = true;
            } else if (c == '"') {
                in_string_ = false;
            }
            continue;
        }
        if (c == '"') in_string_ = true;
        if (c == '{' || c == '[') ++depth_;
        if (c == '}' || c == ']') --depth_;
    }
    record_ += bytes.substr(0, i);
    return i;
}

result<> json_sequence::end_record() {
    wants_comma_ = in_array_;
    auto parsed = parser_.parse(record_, handle_);
    record_.clear();
    if (!parsed) return invalid_blob("A record of the blob is malformed JSON.");
    return {};
}

result<> json_sequence::finish() {
    if (depth_ > 0) return invalid_blob("The blob ends within a JSON record.");
    if (in_array_) return invalid_blob("The blob ends within a JSON array.");
    return {};
}

}  // namespace kustodrop::emulator
