#include "spool/reading/rows/row_column.hpp"

#include <array>

namespace kustodrop::spool {

namespace {

struct named_kind {
    std::string_view name;
    column_kind kind;
};

}  // namespace

static constexpr std::array names = {
    named_kind{"time", column_kind::time},
    named_kind{"stream", column_kind::stream},
    named_kind{"message", column_kind::message},
    named_kind{"namespace", column_kind::namespace_},
    named_kind{"pod", column_kind::pod},
    named_kind{"pod_uid", column_kind::pod_uid},
    named_kind{"container", column_kind::container},
    named_kind{"restart", column_kind::restart},
    named_kind{"file", column_kind::file},
    named_kind{"log_id", column_kind::log_id},
    named_kind{"offset", column_kind::offset},
    named_kind{"host", column_kind::host},
    named_kind{"source", column_kind::source},
};

std::optional<row_column> parse_column(std::string_view text) {
    auto equals = text.find('=');
    if (equals != std::string_view::npos) {
        auto name = text.substr(0, equals);
        return row_column{
            column_kind::text, std::string(name), std::string(text.substr(equals + 1))};
    }
    for (auto& one : names) {
        if (one.name == text) return row_column{one.kind, std::string(text), {}};
    }
    return std::nullopt;
}

std::string to_string(const row_column& column) {
    return column.kind == column_kind::text ? column.name + "=" + column.text : column.name;
}

std::vector<std::string_view> column_names() {
    std::vector<std::string_view> out;
    for (auto& one : names) out.push_back(one.name);
    return out;
}

}  // namespace kustodrop::spool
