#include "spool/reading/rows/row_writer.hpp"

#include "base/text.hpp"
#include "spool/reading/records/record_scan.hpp"
#include "spool/reading/rows/log_origin.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::spool {

row_writer::row_writer(row_rules rules) : rules_(std::move(rules)) {
    has_message_ = std::ranges::any_of(rules_.columns, [](auto& column) {
        return column.kind == column_kind::message;
    });
}

bool is_continued_by(const slice& before, const slice& next) {
    if (next.offset > 0 || next.name.empty()) return false;
    auto& name = next.name;
    if (before.name.starts_with(name + ".") || before.name.starts_with(name + "-")) return true;
    // STEM-DATE.log of STEM.log
    auto dot = name.rfind('.');
    if (dot == std::string::npos || name.find('/', dot) != std::string::npos) return false;
    auto stem = name.substr(0, dot);
    bool is_dated = before.name.starts_with(stem + ".") || before.name.starts_with(stem + "-");
    return is_dated && before.name != name && before.name.ends_with(name.substr(dot));
}

void row_writer::begin(const slice& what) {
    auto former = std::exchange(here_, fixed_of(what));
    bool continues = std::exchange(continues_, false);
    bool keeps = continues && records_->has_begun_before();
    if (!keeps) before_ = std::move(former);
    last_ = what;
    if (continues) {
        records_->continue_at(what.offset);
        return;
    }
    auto take = [this](const found_record& record) { write(record); };
    records_.emplace(rules_.records, what.offset, take);
}

void row_writer::add(std::string_view bytes, std::string& out) {
    out_ = &out;
    records_->add(bytes);
}

void row_writer::end(const slice* next, std::string& out) {
    out_ = &out;
    continues_ = next && is_continued_by(last_, *next);
    if (continues_) {
        records_->end_line();
    } else {
        records_->end();
    }
}

std::string_view row_writer::rows_of(const place& at, std::string_view bytes) {
    made_.clear();
    if (at.position == 0) begin(at.what);
    add(bytes, made_);
    if (at.position + bytes.size() == at.what.length_bytes) end(at.next, made_);
    return made_;
}

static void add_csv(std::string& out, std::string_view text, bool always_quoted) {
    if (!always_quoted && text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += text;
        return;
    }
    out += '"';
    for (auto quote = text.find('"'); quote != std::string_view::npos; quote = text.find('"')) {
        out += text.substr(0, quote + 1);
        out += '"';
        text.remove_prefix(quote + 1);
    }
    out += text;
    out += '"';
}

std::string row_writer::fixed_value(const row_column& column, const slice& what) const {
    auto origin = origin_of(rules_.folder + "/" + what.name);
    switch (column.kind) {
    case column_kind::namespace_:
        return origin.namespace_name;
    case column_kind::pod:
        return origin.pod;
    case column_kind::pod_uid:
        return origin.pod_uid;
    case column_kind::container:
        return origin.container;
    case column_kind::restart:
        return origin.restart;
    case column_kind::file:
        return what.name;
    case column_kind::log_id:
        return what.log_id ? *what.log_id : std::string();
    case column_kind::host:
        return rules_.host;
    case column_kind::source:
        return rules_.source;
    case column_kind::text:
        return column.text;
    case column_kind::time:
    case column_kind::stream:
    case column_kind::message:
    case column_kind::offset:
        break;
    }
    return {};
}

row_writer::fixed_columns row_writer::fixed_of(const slice& what) const {
    fixed_columns out;
    for (auto& column : rules_.columns) {
        auto value = fixed_value(column, what);
        if (rules_.format == row_format::csv) {
            add_csv(out.emplace_back(), value, false);
        } else {
            out.push_back(std::move(value));
        }
    }
    return out;
}

void row_writer::write(const found_record& record) {
    ++counts_.rows;
    if (record.is_foreign) ++counts_.foreign;
    if (record.is_unfinished) ++counts_.unfinished;
    if (record.is_a_part && !record.is_unfinished) ++counts_.long_parts;
    auto& fixed = record.began_before ? before_ : here_;
    if (rules_.format == row_format::csv) {
        write_csv(record, fixed);
    } else {
        write_json(record, fixed);
    }
    *out_ += '\n';
}

void row_writer::write_csv(const found_record& record, const fixed_columns& fixed) {
    // A line without anything in it would be no row.
    bool is_alone = rules_.columns.size() == 1;
    for (std::size_t i = 0; i < rules_.columns.size(); ++i) {
        if (i > 0) *out_ += ',';
        switch (rules_.columns[i].kind) {
        case column_kind::time:
            add_csv(*out_, record.time, is_alone);
            break;
        case column_kind::stream:
            add_csv(*out_, record.stream, is_alone);
            break;
        case column_kind::message:
            add_csv(*out_, record.text, is_alone);
            break;
        case column_kind::offset:
            *out_ += std::to_string(record.offset);
            break;
        default:
            *out_ += fixed[i];
            break;
        }
    }
}

void row_writer::add_member(std::string_view name, std::string_view value) {
    if (!out_->ends_with('{')) *out_ += ',';
    *out_ += '"';
    *out_ += json_escape(name);
    *out_ += "\":\"";
    *out_ += json_escape(value);
    *out_ += '"';
}

// Of a record that is one object.
bool row_writer::add_own_members(std::string_view text) {
    text = trimmed(text);
    if (!text.starts_with('{') || text.find('\n') != std::string_view::npos) return false;
    if (!is_valid_utf8(text)) return false;
    record_scan scan(record_syntax::json);
    scan.add(text);
    if (!scan.has_one_object_a_line() || !scan.ends_with_record()) return false;
    auto inner = trimmed(text.substr(1, text.size() - 2));
    if (inner.empty()) return true;
    if (!out_->ends_with('{')) *out_ += ',';
    *out_ += inner;
    return true;
}

void row_writer::write_json(const found_record& record, const fixed_columns& fixed) {
    *out_ += '{';
    for (std::size_t i = 0; i < rules_.columns.size(); ++i) {
        auto& column = rules_.columns[i];
        switch (column.kind) {
        case column_kind::time:
            if (!record.time.empty()) add_member(column.name, record.time);
            break;
        case column_kind::stream:
            if (!record.stream.empty()) add_member(column.name, record.stream);
            break;
        case column_kind::message:
            add_member(column.name, record.text);
            break;
        case column_kind::offset:
            if (!out_->ends_with('{')) *out_ += ',';
            *out_ += "\"offset\":" + std::to_string(record.offset);
            break;
        default:
            if (!fixed[i].empty()) add_member(column.name, fixed[i]);
            break;
        }
    }
    if (!has_message_ && !add_own_members(record.text)) add_member("message", record.text);
    *out_ += '}';
}

}  // namespace kustodrop::spool
