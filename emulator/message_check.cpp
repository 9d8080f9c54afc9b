#include "emulator/message_check.hpp"

#include "base/crypto.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

namespace {

failure refused(std::string code, std::string detail) {
    return {.code = std::move(code), .next = remedy::give_up, .detail = std::move(detail)};
}

failure corrupted(std::string detail) {
    return refused("BadRequest_CorruptedMessage", std::move(detail));
}

failure malformed(std::string_view name, std::string_view wanted) {
    return refused(
        "BadRequest_MalformedIngestionProperty",
        "The ingestion property '" + std::string(name) + "' is not " + std::string(wanted) + "."
    );
}

/// The members of an object by name, in any case. An absent member and null are the same.
class members {
public:
    explicit members(const json::object& object) : object_(&object) {}

    const json::value* find(std::string_view name) const {
        if (auto* exact = object_->if_contains(name)) return exact->is_null() ? nullptr : exact;
        for (auto& [key, value] : *object_) {
            if (!equals_ignoring_case(key, name)) continue;
            return value.is_null() ? nullptr : &value;
        }
        return nullptr;
    }

    std::string text(std::string_view name) const {
        auto* value = find(name);
        if (!value) return {};
        if (auto* text = value->if_string()) return std::string(*text);
        if (value->is_number() || value->is_bool()) return json::serialize(*value);
        return {};
    }

private:
    const json::object* object_;
};

std::optional<bool> boolean_of(const members& from, std::string_view name) {
    auto text = from.text(name);
    if (text.empty()) return from.find(name) ? std::optional<bool>() : false;
    if (equals_ignoring_case(text, "true") || text == "1") return true;
    if (equals_ignoring_case(text, "false") || text == "0") return false;
    return std::nullopt;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

result<report_level> level_of(const members& from) {
    auto text = to_lower(from.text("ReportLevel"));
    if (text.empty() || text == "0" || text == "failuresonly") return report_level::failures;
    if (text == "1" || text == "none" || text == "donotreport") return report_level::none;
    if (text == "2" || text == "failuresandsuccesses" || text == "all") return report_level::all;
    return corrupted("ReportLevel '" + text + "' is unknown.");
}

result<report_method> method_of(const members& from) {
    auto text = to_lower(from.text("ReportMethod"));
    if (text.empty() || text == "0" || text == "queue") return report_method::queue;
    if (text == "1" || text == "table") return report_method::table;
    if (text == "2" || text == "queueandtable") return report_method::both;
    // Azure Monitoring, which only Go knows: no queue of ours is meant.
    if (text == "3" || text == "azuremonitoring") return report_method::queue;
    return corrupted("ReportMethod '" + text + "' is unknown.");
}

/// Fills a message step by step; each step may refuse it.
class checker {
public:
    checker(const json::object& object, const catalog& known, const identity_valid& identity)
        : top_(object), known_(known), identity_(identity) {
        auto* bag = top_.find("AdditionalProperties");
        auto* object_bag = bag ? bag->if_object() : nullptr;
        if (object_bag) properties_ = members(*object_bag);
        bag_is_no_object_ = bag && !object_bag;
    }

    std::optional<failure> run(ingestion_message& out) {
        for (auto step :
             {&checker::envelope,
              &checker::source,
              &checker::identity,
              &checker::target,
              &checker::format,
              &checker::mapping_choice,
              &checker::extent_properties}) {
            if (auto done = (this->*step)(out); !done) return done.error();
        }
        return std::nullopt;
    }

private:
    result<> envelope(ingestion_message& out) const {
        auto id = top_.text("Id");
        if (!is_guid(id)) return corrupted("The message has no Id that is a GUID.");
        out.id = to_lower(id);
        // The names first: whatever is wrong below is reported with them.
        out.database = top_.text("DatabaseName");
        out.table = top_.text("TableName");
        out.blob_path = top_.text("BlobPath");
        auto level = level_of(top_);
        if (!level) return level.error();
        out.level = *level;
        auto method = method_of(top_);
        if (!method) return method.error();
        out.method = *method;
        read_status_entity(out);
        auto retain = boolean_of(top_, "RetainBlobOnSuccess");
        auto flush = boolean_of(top_, "FlushImmediately");
        if (!retain || !flush)
            return corrupted("A boolean of the message is neither true nor false.");
        out.retain_blob = *retain;
        out.flush_immediately = *flush;
        if (bag_is_no_object_) return corrupted("AdditionalProperties is not an object.");
        return {};
    }

    void read_status_entity(ingestion_message& out) const {
        auto* value = top_.find("IngestionStatusInTable");
        auto* object = value ? value->if_object() : nullptr;
        if (!object) return;
        members entity(*object);
        status_entity status;
        status.table = http::url::parse(entity.text("TableConnectionString"));
        status.partition_key = entity.text("PartitionKey");
        status.row_key = entity.text("RowKey");
        if (!status.partition_key.empty()) out.status = std::move(status);
    }

    result<> source(ingestion_message& out) const {
        if (out.blob_path.empty()) {
            return refused("BadRequest_EmptyBlobUri", "The message has no BlobPath.");
        }
        auto blob = http::url::parse(out.blob_path);
        if (!blob || blob->path() == "/") {
            return refused("BadRequest_InvalidBlobUri", "BlobPath is not the URL of a blob.");
        }
        out.blob = *blob;
        auto size = top_.text("RawDataSize");
        if (!size.empty()) {
            out.raw_size = number_of(size);
            if (!out.raw_size) return corrupted("RawDataSize '" + size + "' is not a size.");
            // The clients that know no size send 0 or nothing (protocol.md §5.3).
            if (*out.raw_size == 0) out.raw_size.reset();
        }
        return {};
    }

    result<> identity(ingestion_message&) const {
        auto token = properties_.text("authorizationContext");
        if (!token.empty() && (!identity_ || identity_(token))) return {};
        return refused(
            "BadRequest_InvalidKustoIdentityToken",
            token.empty() ? "The message has no authorizationContext."
                          : "The authorizationContext of the message is unknown or has expired."
        );
    }

    result<> target(ingestion_message& out) const {
        if (out.database.empty()) {
            return refused("BadRequest_EmptyDatabaseName", "The message has no DatabaseName.");
        }
        if (out.table.empty()) {
            return refused("BadRequest_InvalidOrEmptyTableName", "The message has no TableName.");
        }
        if (!known_.has_database(out.database)) {
            return refused(
                "BadRequest_DatabaseNotExist", "Database '" + out.database + "' was not found."
            );
        }
        if (!known_.find_table(out.database, out.table)) {
            return refused(
                "BadRequest_TableNotExist",
                "Table '" + out.table + "' was not found in database '" + out.database + "'."
            );
        }
        return {};
    }

    result<> format(ingestion_message& out) const {
        // The text of 2020 had it at the top; today's clients put it among the properties.
        auto name = properties_.text("format");
        if (name.empty()) name = top_.text("Format");
        if (!name.empty()) out.format = name;
        auto kind = kind_of_format(out.format);
        if (!kind) {
            return refused(
                "BadRequest_FormatNotSupported", "The format '" + out.format + "' is unknown."
            );
        }
        out.kind = *kind;
        auto ignore = boolean_of(properties_, "ignoreFirstRecord");
        if (!ignore) return malformed("ignoreFirstRecord", "a boolean");
        out.ignore_first_record = *ignore;
        return {};
    }

    struct named_kind {
        std::string_view name;
        std::optional<mapping_kind> kind;
    };

    result<> mapping_choice(ingestion_message& out) const {
        static constexpr named_kind references[]{
            {"ingestionMappingReference", {}},
            {"mappingReference", {}},
            {"csvMappingReference", mapping_kind::csv},
            {"jsonMappingReference", mapping_kind::json},
            {"avroMappingReference", mapping_kind::avro}};
        static constexpr named_kind inlines[]{
            {"ingestionMapping", {}},
            {"csvMapping", mapping_kind::csv},
            {"jsonMapping", mapping_kind::json}};
        const named_kind* reference = nullptr;
        const named_kind* in_line = nullptr;
        int found = 0;
        for (auto& one : references) {
            if (!properties_.find(one.name)) continue;
            ++found;
            reference = &one;
        }
        for (auto& one : inlines) {
            if (!properties_.find(one.name)) continue;
            ++found;
            in_line = &one;
        }
        if (found > 1) {
            return refused(
                "BadRequest_DuplicateMapping", "The message names more than one ingestion mapping."
            );
        }
        if (auto done = mapping_type(out, reference ? reference : in_line); !done) return done;
        if (reference) return referenced(out, properties_.text(reference->name));
        if (in_line) return given_in_line(out, properties_.text(in_line->name));
        return {};
    }

    // The kind of the mapping, where the message says one, must be the kind of the format.
    result<> mapping_type(const ingestion_message& out, const named_kind* source) const {
        if (!source) return {};
        auto text = properties_.text("ingestionMappingType");
        auto kind = source->kind;
        if (!text.empty()) {
            kind = parse_mapping_kind(text);
            if (!kind) return malformed("ingestionMappingType", "a known kind of mapping");
        }
        // Go calls the mappings of both avro formats Avro (protocol.md §7.2).
        bool avro = kind == mapping_kind::avro && out.kind == mapping_kind::apacheavro;
        if (!kind || *kind == out.kind || avro) return {};
        return refused(
            "BadRequest_InvalidMappingReference",
            "A mapping of kind '" + std::string(to_string(*kind)) +
                "' cannot be used with the format '" + out.format + "'."
        );
    }

    result<> referenced(ingestion_message& out, const std::string& name) const {
        if (name.empty()) {
            return refused("BadRequest_EmptyMappingReference", "The mapping reference is empty.");
        }
        auto& table = *known_.find_table(out.database, out.table);
        auto* mapping = known_.find_mapping(table, out.kind, name);
        if (!mapping && out.kind == mapping_kind::apacheavro) {
            mapping = known_.find_mapping(table, mapping_kind::avro, name);
        }
        if (mapping) {
            out.mapping_name = name;
            return take_mapping(out, mapping->columns);
        }
        auto others = known_.mappings_named(table, name);
        if (others.empty()) {
            return refused(
                "BadRequest_MappingReferenceWasNotFound",
                "Mapping reference '" + name + "' of type '" + std::string(to_string(out.kind)) +
                    "' in database '" + out.database + "' could not be found."
            );
        }
        return refused(
            "BadRequest_InvalidMappingReference",
            "Mapping '" + name + "' is of kind '" + std::string(to_string(others[0]->kind)) +
                "', which the format '" + out.format + "' cannot use."
        );
    }

    result<> given_in_line(ingestion_message& out, const std::string& text) const {
        auto columns = parse_mapping_columns(text);
        if (!columns) return columns.error();
        out.mapping_name = text;
        return take_mapping(out, std::move(*columns));
    }

    result<> take_mapping(ingestion_message& out, std::vector<mapping_column> columns) const {
        auto& table = *known_.find_table(out.database, out.table);
        for (auto& one : columns) {
            if (table.index_of(one.column)) continue;
            return refused(
                "BadRequest_InconsistentMapping",
                "The mapping names column '" + one.column + "', which table '" + out.table +
                    "' does not have."
            );
        }
        out.mapping = std::move(columns);
        return {};
    }

    result<> extent_properties(ingestion_message& out) const {
        auto tags = strings_in("tags");
        if (!tags) return tags.error();
        out.tags = std::move(*tags);
        auto values = strings_in("ingestIfNotExists");
        if (!values) return values.error();
        out.ingest_if_not_exists = std::move(*values);
        out.creation_time = properties_.text("creationTime");
        if (!out.creation_time.empty() && !parse_iso8601(out.creation_time)) {
            return malformed("creationTime", "a time in ISO 8601");
        }
        return {};
    }

    // A property that is a string holding a JSON array of strings (protocol.md §7.2).
    result<std::vector<std::string>> strings_in(std::string_view name) const {
        static constexpr std::string_view wanted = "a string that holds a JSON array of strings";
        std::vector<std::string> out;
        auto* value = properties_.find(name);
        if (!value) return out;
        auto* text = value->if_string();
        if (!text) return malformed(name, wanted);
        if (text->empty()) return out;
        json::error_code error;
        auto parsed = json::parse(*text, error);
        if (error || !parsed.is_array()) return malformed(name, wanted);
        for (auto& one : parsed.get_array()) {
            if (!one.is_string()) return malformed(name, wanted);
            out.emplace_back(one.get_string());
        }
        return out;
    }

    inline static const json::object no_properties_;

    members top_;
    members properties_{no_properties_};
    bool bag_is_no_object_ = false;
    const catalog& known_;
    const identity_valid& identity_;
};

// Fluent Bit counts its string's final NUL into the base64 (protocol.md §7.1).
std::string_view without_trailing_nul(std::string_view text) {
    while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
    return text;
}

}  // namespace

std::string ingestion_message::source_path() const {
    if (blob.host().empty()) return {};
    return blob.without_query().reveal();
}

checked_message check_message(
    std::string_view queue_text, const catalog& known, const identity_valid& identity
) {
    checked_message out;
    auto decoded = base64_decode(trimmed(queue_text));
    if (!decoded) {
        out.refusal = corrupted("The message is not base64.");
        return out;
    }
    auto text = without_trailing_nul(*decoded);
    json::error_code error;
    auto parsed = json::parse({text.data(), text.size()}, error);
    if (error || !parsed.is_object()) {
        out.refusal = corrupted("The message is not a JSON object in UTF-8.");
        return out;
    }
    out.refusal = checker(parsed.get_object(), known, identity).run(out.message);
    return out;
}

}  // namespace kustodrop::emulator
