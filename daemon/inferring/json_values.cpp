#include "daemon/inferring/json_values.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

static json::parse_options options() {
    json::parse_options out;
    out.max_depth = most_json_levels;
    return out;
}

namespace {

class value_reader {
public:
    value_reader(std::string_view text, bool is_cut) : text_(text), rest_(text), is_cut_(is_cut) {}

    std::optional<std::string> read(const std::function<void(const json::value&)>& take) {
        while (!problem_ && skip_blanks()) {
            if (take_mark(rest_.front())) continue;
            take_value(take);
        }
        if (!problem_ && in_array_ && !is_cut_) refuse("an array is not closed");
        return is_incomplete_ && is_cut_ ? std::nullopt : problem_;
    }

private:
    bool skip_blanks() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
        return !rest_.empty();
    }

    // A bracket of an array of records, or a comma in it; true: the next thing follows.
    bool take_mark(char c) {
        if (!in_array_ && c == '[') {
            in_array_ = true;
        } else if (in_array_ && c == ']' && !after_comma_) {
            in_array_ = wants_comma_ = false;
        } else if (in_array_ && c == ',' && wants_comma_) {
            wants_comma_ = false;
            after_comma_ = true;
        } else if (!in_array_ && c == ',') {
            refuse("a comma between records, which are in no array");
        } else if (wants_comma_) {
            refuse("no comma between two elements of an array");
        } else {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    void take_value(const std::function<void(const json::value&)>& take) {
        json::stream_parser parser({}, options());
        boost::system::error_code error;
        auto used = parser.write_some(rest_.data(), rest_.size(), error);
        is_incomplete_ = !error && !parser.done();  // Or a number that may get more digits.
        if (is_incomplete_ && is_cut_) return refuse("");
        if (is_incomplete_) parser.finish(error);
        if (error == json::error::too_deep) return refuse_depth();
        if (error) return refuse(error.message());
        take(parser.release());
        rest_.remove_prefix(used);
        wants_comma_ = in_array_;
        after_comma_ = false;
    }

    std::string line() const {
        auto before = text_.substr(0, text_.size() - rest_.size());
        return "line " + std::to_string(1 + std::ranges::count(before, '\n'));
    }

    void refuse(const std::string& why) {
        problem_ = "it is not JSON from " + line() + " on: " + why;
    }

    void refuse_depth() {
        problem_ = "the record in " + line() + " has more than " +
                   std::to_string(most_json_levels) + " levels, which are not looked into";
    }

    std::string_view text_;
    std::string_view rest_;
    bool is_cut_;
    bool in_array_ = false;
    bool wants_comma_ = false;
    bool after_comma_ = false;
    bool is_incomplete_ = false;
    std::optional<std::string> problem_;
};

}  // namespace

std::optional<std::string> read_json_values(
    std::string_view text, bool is_cut, const std::function<void(const json::value&)>& take
) {
    return value_reader(text, is_cut).read(take);
}

bool is_json_lines(std::string_view text, bool is_cut) {
    auto lines = split(text, '\n');
    if (is_cut && lines.size() > 1) lines.pop_back();
    for (auto line : lines) {
        auto one = trimmed(line);
        if (one.empty()) continue;
        boost::system::error_code error;
        auto value = json::parse({one.data(), one.size()}, error, {}, options());
        if (error || value.is_array()) return false;
    }
    return true;
}

}  // namespace kustodrop::daemon
