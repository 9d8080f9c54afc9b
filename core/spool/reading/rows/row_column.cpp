#include "spool/reading/rows/row_column.hpp"

#include <array>

namespace kustodrop::spool {

namespace {

struct named_word {
    std::string_view name;
    column_word word;
};

}  // namespace

static constexpr std::array words = {
    named_word{"time", column_word::time},
    named_word{"stream", column_word::stream},
    named_word{"message", column_word::message},
    named_word{"namespace", column_word::namespace_},
    named_word{"pod", column_word::pod},
    named_word{"pod_uid", column_word::pod_uid},
    named_word{"container", column_word::container},
    named_word{"restart", column_word::restart},
    named_word{"file", column_word::file},
    named_word{"offset", column_word::offset},
    named_word{"host", column_word::host},
    named_word{"source", column_word::source},
};

std::optional<row_column> parse_column(std::string_view text) {
    auto equals = text.find('=');
    if (equals != std::string_view::npos) {
        auto name = text.substr(0, equals);
        return row_column{
            column_word::text, std::string(name), std::string(text.substr(equals + 1))};
    }
    for (auto& one : words) {
        if (one.name == text) return row_column{one.word, std::string(text), {}};
    }
    return std::nullopt;
}

std::string to_string(const row_column& column) {
    return column.word == column_word::text ? column.name + "=" + column.text : column.name;
}

std::vector<std::string_view> column_words() {
    std::vector<std::string_view> out;
    for (auto& one : words) out.push_back(one.name);
    return out;
}

}  // namespace kustodrop::spool
