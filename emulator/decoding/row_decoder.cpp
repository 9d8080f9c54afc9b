#include "emulator/decoding/row_decoder.hpp"

#include "base/text.hpp"
#include "emulator/decoding/csv_rows.hpp"
#include "emulator/decoding/json_path.hpp"
#include "emulator/decoding/json_rows.hpp"

#include <boost/json.hpp>

#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <span>

namespace kustodrop::emulator {

namespace json = boost::json;

namespace {

enum class origin { nothing, field, property, constant, source_location, line_number };

/// Where one column of the table gets its value, decided once a blob.
struct column_plan {
    column_type type = column_type::string;
    origin from = origin::nothing;
    std::size_t ordinal = 0;
    json_path path;
    cell constant;
    double unix_unit = 0;  // Seconds in one unit of a DateTimeFromUnix… transform; 0: none.
};

double unit_of(std::string_view transform) {
    if (transform == "DateTimeFromUnixSeconds") return 1;
    if (transform == "DateTimeFromUnixMilliseconds") return 1e-3;
    if (transform == "DateTimeFromUnixMicroseconds") return 1e-6;
    if (transform == "DateTimeFromUnixNanoseconds") return 1e-9;
    return 0;
}

column_plan plan_of(const mapping_column& from, column_type type) {
    column_plan plan;
    plan.type = type;
    plan.unix_unit = unit_of(from.transform);
    if (from.transform == "SourceLocation") {
        plan.from = origin::source_location;
    } else if (from.transform == "SourceLineNumber") {
        plan.from = origin::line_number;
    } else if (from.constant) {
        plan.from = origin::constant;
        plan.constant = cell_from_text(*from.constant, type);
    } else if (!from.path.empty()) {
        plan.from = origin::property;
        plan.path = json_path(from.path);
    } else if (from.ordinal) {
        plan.from = origin::field;
        plan.ordinal = *from.ordinal;
    }
    return plan;
}

// Without a mapping, fields go by their place and properties by their name.
column_plan identity_plan(const column& column, std::size_t place, bool properties) {
    column_plan plan;
    plan.type = column.type;
    plan.from = properties ? origin::property : origin::field;
    plan.ordinal = place;
    if (properties) plan.path = json_path::member(column.name);
    return plan;
}

std::vector<column_plan> plans_of(
    const row_format& format, const table_schema& table, bool properties
) {
    std::vector<column_plan> plans;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        auto& column = table.columns[i];
        if (format.mapping.empty()) {
            plans.push_back(identity_plan(column, i, properties));
            continue;
        }
        column_plan plan;
        plan.type = column.type;
        for (auto& one : format.mapping) {
            if (one.column == column.name) plan = plan_of(one, column.type);
        }
        plans.push_back(std::move(plan));
    }
    return plans;
}

cell datetime_from_unix(std::string_view text, double unit) {
    double number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || !(number * unit < 2.5e11) || !(number * unit > -6.2e10)) return {};
    auto microseconds = std::chrono::microseconds(static_cast<std::int64_t>(number * unit * 1e6));
    // 7 digits, as every datetime here: the milliseconds' three, then the rest.
    auto text_out = to_iso8601(wall_time(microseconds)).substr(0, 20);
    auto fraction = std::to_string(microseconds.count() % 1'000'000 + 1'000'000).substr(1);
    if (microseconds.count() % 1'000'000 < 0) fraction = "000000";
    return text_out + fraction + "0Z";
}

class planned_rows : public row_decoder {
public:
    planned_rows(std::vector<column_plan> plans, std::string source, row_handler handle)
        : plans_(std::move(plans)), source_(std::move(source)), handle_(std::move(handle)) {
        row_.resize(plans_.size());
    }

    std::uint64_t rows() const override { return rows_; }

protected:
    void take_fields(std::span<const std::string_view> fields) {
        fill([&](const column_plan& plan) -> cell {
            if (plan.ordinal >= fields.size()) return empty_cell(plan.type);
            auto text = fields[plan.ordinal];
            if (plan.unix_unit > 0) return datetime_from_unix(trimmed(text), plan.unix_unit);
            return cell_from_text(text, plan.type);
        });
    }

    void take_object(const json::object& object) {
        fill([&](const column_plan& plan) -> cell {
            auto* value = plan.path.find(object);
            if (!value && plan.path.is_whole()) {
                return cell_from_text(json::serialize(object), plan.type);
            }
            if (!value) return empty_cell(plan.type);
            if (plan.unix_unit > 0 && value->is_number()) {
                return datetime_from_unix(json::serialize(*value), plan.unix_unit);
            }
            return cell_from_json(*value, plan.type);
        });
    }

    /// Counts a record that is passed over, as a header is.
    void skip_record() { ++records_; }
    std::uint64_t records() const { return records_; }

private:
    template <class Read>
    void fill(Read read) {
        ++records_;
        for (std::size_t i = 0; i < plans_.size(); ++i) {
            auto& plan = plans_[i];
            switch (plan.from) {
            case origin::nothing:
                row_[i] = empty_cell(plan.type);
                break;
            case origin::field:
            case origin::property:
                row_[i] = read(plan);
                break;
            case origin::constant:
                row_[i] = plan.constant;
                break;
            case origin::source_location:
                row_[i] = source_;
                break;
            case origin::line_number:
                row_[i] = static_cast<std::int64_t>(records_);
                break;
            }
        }
        ++rows_;
        handle_(row_);
    }

    std::vector<column_plan> plans_;
    std::string source_;
    row_handler handle_;
    std::vector<cell> row_;
    std::uint64_t rows_ = 0;
    std::uint64_t records_ = 0;
};

class field_decoder final : public planned_rows {
public:
    field_decoder(const row_format& format, const table_schema& table, row_handler handle)
        : planned_rows(plans_of(format, table, false), format.source, std::move(handle)),
          ignore_first_(format.ignore_first_record),
          csv_(dialect_of(format.format), [this](auto fields) { take(fields); }) {}

    result<> feed(std::string_view bytes) override { return csv_.feed(bytes); }

    result<> finish() override {
        if (auto done = csv_.finish(); !done) return done;
        if (rows() > 0) return {};
        return failure{
            .code = service_code("Stream_NoDataToIngest"),
            .next = remedy::give_up,
            .detail = "Stream_NoDataToIngest: no record was found in the blob."};
    }

private:
    void take(std::span<const std::string_view> fields) {
        if (ignore_first_ && records() == 0) return skip_record();
        take_fields(fields);
    }

    bool ignore_first_;
    csv_rows csv_;
};

template <class Reader>
class object_decoder final : public planned_rows {
public:
    object_decoder(const row_format& format, const table_schema& table, row_handler handle)
        : planned_rows(plans_of(format, table, true), format.source, std::move(handle)),
          reader_([this](const json::object& object) { take_object(object); }) {}

    result<> feed(std::string_view bytes) override { return reader_.feed(bytes); }

    result<> finish() override {
        if (auto done = reader_.finish(); !done) return done;
        if (rows() > 0) return {};
        return failure{
            .code = service_code("BadRequest_NoRecordsOrWrongFormat"),
            .next = remedy::give_up,
            .detail = "The blob has no record that could be read, or is of another format."};
    }

    std::uint64_t dropped() const override {
        if constexpr (requires { reader_.dropped(); }) return reader_.dropped();
        return 0;
    }

private:
    Reader reader_;
};

/// One row of nothing for a blob whose format is not read here.
class opaque_decoder final : public row_decoder {
public:
    opaque_decoder(const table_schema& table, row_handler handle)
        : table_(table), handle_(std::move(handle)) {}

    result<> feed(std::string_view) override { return {}; }

    result<> finish() override {
        std::vector<cell> row;
        for (auto& column : table_.columns) row.push_back(empty_cell(column.type));
        handle_(row);
        return {};
    }

    std::uint64_t rows() const override { return 1; }

private:
    const table_schema& table_;
    row_handler handle_;
};

}  // namespace

std::unique_ptr<row_decoder> make_row_decoder(
    const row_format& format, const table_schema& table, row_handler handle
) {
    if (format.kind == mapping_kind::csv) {
        return std::make_unique<field_decoder>(format, table, std::move(handle));
    }
    if (format.format == "json") {
        return std::make_unique<object_decoder<json_lines>>(format, table, std::move(handle));
    }
    if (format.kind == mapping_kind::json) {
        return std::make_unique<object_decoder<json_sequence>>(format, table, std::move(handle));
    }
    return std::make_unique<opaque_decoder>(table, std::move(handle));
}

}  // namespace kustodrop::emulator
