#include "emulator/engine/dataset.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

namespace kustodrop::emulator {

namespace json = boost::json;

// Rows may hold any bytes, JSON only UTF-8: what is none is replaced, as the service does.
static std::string as_utf8(std::string_view text) {
    if (is_valid_utf8(text)) return std::string(text);
    std::string out;
    while (!text.empty()) {
        std::size_t length = 1;
        while (length <= 4 && !is_valid_utf8(text.substr(0, length))) ++length;
        bool is_bad = length > 4 || length > text.size();
        out += is_bad ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
        text.remove_prefix(is_bad ? 1 : length);
    }
    return out;
}

static json::value json_of(const cell& value, column_type type) {
    if (auto* text = std::get_if<std::string>(&value)) return json::value(as_utf8(*text));
    if (auto* number = std::get_if<std::int64_t>(&value)) {
        if (type == column_type::bool_) return *number != 0;
        if (type == column_type::real) return static_cast<double>(*number);
        return *number;
    }
    if (auto* number = std::get_if<double>(&value)) return *number;
    return nullptr;
}

static json::array rows_of(const dataset& table) {
    json::array rows;
    for (auto& row : table.rows) {
        json::array values;
        for (std::size_t i = 0; i < row.size(); ++i) {
            values.push_back(json_of(row[i], table.columns[i].type));
        }
        rows.push_back(std::move(values));
    }
    return rows;
}

static http::response answer(unsigned status, std::string body) {
    http::response out;
    out.status = status;
    out.headers.add("Content-Type", "application/json; charset=utf-8");
    out.body = std::move(body);
    return out;
}

http::response v1_answer(const dataset& table) {
    json::array columns;
    for (auto& column : table.columns) {
        json::object one;
        one["ColumnName"] = column.name;
        one["DataType"] = clr_name(column.type);
        one["ColumnType"] = to_string(column.type);
        columns.push_back(std::move(one));
    }
    json::object out;
    out["TableName"] = "Table_0";
    out["Columns"] = std::move(columns);
    out["Rows"] = rows_of(table);
    json::array tables;
    tables.push_back(std::move(out));
    json::object whole;
    whole["Tables"] = std::move(tables);
    return answer(200, json::serialize(whole));
}

static json::object frame_of(int id, std::string_view kind, std::string_view name) {
    json::object out;
    out["FrameType"] = "DataTable";
    out["TableId"] = id;
    out["TableKind"] = kind;
    out["TableName"] = name;
    return out;
}

static json::array columns_of(const std::vector<column>& columns) {
    json::array out;
    for (auto& column : columns) {
        json::object one;
        one["ColumnName"] = column.name;
        one["ColumnType"] = to_string(column.type);
        out.push_back(std::move(one));
    }
    return out;
}

// What accompanies every answer of the service; clients look for the frames, not into them.
static json::object empty_frame(
    int id, std::string_view kind, std::string_view name, const std::vector<column>& columns
) {
    auto out = frame_of(id, kind, name);
    out["Columns"] = columns_of(columns);
    out["Rows"] = json::array();
    return out;
}

http::response v2_answer(const dataset& table) {
    using enum column_type;
    json::object header;
    header["FrameType"] = "DataSetHeader";
    header["IsProgressive"] = false;
    header["Version"] = "v2.0";
    auto primary = frame_of(1, "PrimaryResult", "PrimaryResult");
    primary["Columns"] = columns_of(table.columns);
    primary["Rows"] = rows_of(table);
    json::object end;
    end["FrameType"] = "DataSetCompletion";
    end["HasErrors"] = false;
    end["Cancelled"] = false;
    static const std::vector<column> properties{
        {"TableId", int_}, {"Key", column_type::string}, {"Value", dynamic}};
    static const std::vector<column> completion{
        {"Timestamp", datetime},
        {"ClientRequestId", column_type::string},
        {"ActivityId", guid},
        {"SubActivityId", guid},
        {"ParentActivityId", guid},
        {"Level", int_},
        {"LevelName", column_type::string},
        {"StatusCode", int_},
        {"StatusCodeName", column_type::string},
        {"EventType", int_},
        {"EventTypeName", column_type::string},
        {"Payload", column_type::string}};
    json::array frames;
    frames.push_back(std::move(header));
    frames.push_back(empty_frame(0, "QueryProperties", "@ExtendedProperties", properties));
    frames.push_back(std::move(primary));
    frames.push_back(
        empty_frame(2, "QueryCompletionInformation", "QueryCompletionInformation", completion)
    );
    frames.push_back(std::move(end));
    return answer(200, json::serialize(frames));
}

static std::string_view exception_for(const failure& why) {
    if (why.code.text() == "Syntax") return "Kusto.Data.Exceptions.SyntaxException";
    if (why.code.text() == "Semantic") return "Kusto.Data.Exceptions.SemanticException";
    if (why.code.text() == "EntityNotFound") return "Kusto.Data.Exceptions.EntityNotFoundException";
    return "Kusto.Data.Exceptions.KustoBadRequestException";
}

http::response error_answer(const failure& why, wall_time now) {
    json::object context;
    context["timestamp"] = to_iso8601(now);
    context["serviceAlias"] = "KUSTODROPEMULATOR";
    json::object error;
    error["code"] =
        why.code.text() == "EntityNotFound" ? "BadRequest_EntityNotFound" : "General_BadRequest";
    error["message"] = "Request is invalid and cannot be executed.";
    error["@type"] = exception_for(why);
    error["@message"] = as_utf8(why.code.text() + " error: " + why.detail);
    error["@context"] = std::move(context);
    error["@permanent"] = true;
    json::object whole;
    whole["error"] = std::move(error);
    return answer(400, json::serialize(whole));
}

// "TableName, Schema, DatabaseName, Folder, DocString", as Kusto answers about a table.
dataset about_table(const table_schema& table, std::string schema) {
    dataset out;
    out.columns = {
        {"TableName", column_type::string},
        {"Schema", column_type::string},
        {"DatabaseName", column_type::string},
        {"Folder", column_type::string},
        {"DocString", column_type::string}};
    out.rows.push_back({table.name, std::move(schema), table.database, std::string(), std::string()}
    );
    return out;
}

std::string json_schema(const table_schema& table) {
    std::string columns;
    for (auto& column : table.columns) {
        columns += columns.empty() ? "" : ",";
        columns += "{\"Name\":\"" + json_escape(column.name) + "\",\"Type\":\"System." +
                   std::string(clr_name(column.type)) + "\",\"CslType\":\"" +
                   std::string(to_string(column.type)) + "\"}";
    }
    return "{\"Name\":\"" + json_escape(table.name) + "\",\"OrderedColumns\":[" + columns + "]}";
}

dataset about_mappings(const std::vector<const mapping*>& mappings) {
    dataset out;
    out.columns = {
        {"Name", column_type::string},
        {"Kind", column_type::string},
        {"Mapping", column_type::string},
        {"LastUpdatedOn", column_type::datetime},
        {"Database", column_type::string},
        {"Table", column_type::string}};
    for (auto* one : mappings) {
        auto kind = std::string(to_string(one->kind));
        out.rows.push_back({one->name, kind, one->text, cell(), one->database, one->table});
    }
    return out;
}

dataset about_functions(const std::vector<stored_function>& functions) {
    dataset out;
    for (auto name : {"Name", "Parameters", "Body", "Folder", "DocString"}) {
        out.columns.push_back({name, column_type::string});
    }
    for (auto& one : functions) {
        auto body = "{" + one.body + "}";
        out.rows.push_back({one.name, parameters_text(one), body, std::string(), std::string()});
    }
    return out;
}

dataset table_names(const std::vector<const table_schema*>& tables) {
    dataset out;
    out.columns = {
        {"TableName", column_type::string},
        {"DatabaseName", column_type::string},
        {"Folder", column_type::string},
        {"DocString", column_type::string}};
    for (auto* table : tables) {
        out.rows.push_back({table->name, table->database, std::string(), std::string()});
    }
    return out;
}

}  // namespace kustodrop::emulator
