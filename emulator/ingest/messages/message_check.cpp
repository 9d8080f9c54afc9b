#include "emulator/ingest/messages/message_check.hpp"

#include "base/crypto/crypto.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "emulator/ingest/messages/json_members.hpp"
#include "emulator/ingest/messages/mapping_choice.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

namespace {

failure corrupted(std::string detail) {
    return refusal("BadRequest_CorruptedMessage", std::move(detail));
}

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

result<report_level> level_of(const json_members& from) {
    auto text = to_lower(from.text("ReportLevel"));
    if (text.empty() || text == "0" || text == "failuresonly") return report_level::failures;
    if (text == "1" || text == "none" || text == "donotreport") return report_level::none;
    if (text == "2" || text == "failuresandsuccesses" || text == "all") return report_level::all;
    return corrupted("ReportLevel '" + text + "' is unknown.");
}

result<report_method> method_of(const json_members& from) {
    auto text = to_lower(from.text("ReportMethod"));
    if (text.empty() || text == "0" || text == "queue") return report_method::queue;
    if (text == "1" || text == "table") return report_method::table;
    if (text == "2" || text == "queueandtable") return report_method::both;
    // Azure Monitoring, which only Go knows: the service's own queues are not meant.
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
        if (object_bag) properties_ = json_members(*object_bag);
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
        auto retain = top_.boolean("RetainBlobOnSuccess");
        auto flush = top_.boolean("FlushImmediately");
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
        json_members entity(*object);
        status_entity status;
        status.table = http::url::parse(entity.text("TableConnectionString"));
        status.partition_key = entity.text("PartitionKey");
        status.row_key = entity.text("RowKey");
        if (!status.partition_key.empty()) out.status = std::move(status);
    }

    result<> source(ingestion_message& out) const {
        if (out.blob_path.empty()) {
            return refusal("BadRequest_EmptyBlobUri", "The message has no BlobPath.");
        }
        auto blob = http::url::parse(out.blob_path);
        if (!blob || blob->path() == "/") {
            return refusal("BadRequest_InvalidBlobUri", "BlobPath is not the URL of a blob.");
        }
        out.blob = *blob;
        auto size = top_.text("RawDataSize");
        if (!size.empty()) {
            out.raw_size = number_of(size);
            if (!out.raw_size) return corrupted("RawDataSize '" + size + "' is not a size.");
            // The clients that know no size send 0 or nothing (docs/protocol.md §5.3).
            if (*out.raw_size == 0) out.raw_size.reset();
        }
        return {};
    }

    result<> identity(ingestion_message&) const {
        auto token = properties_.text("authorizationContext");
        if (!token.empty() && (!identity_ || identity_(token))) return {};
        return refusal(
            "BadRequest_InvalidKustoIdentityToken",
            token.empty() ? "The message has no authorizationContext."
                          : "The authorizationContext of the message is unknown or has expired."
        );
    }

    result<> target(ingestion_message& out) const {
        if (out.database.empty()) {
            return refusal("BadRequest_EmptyDatabaseName", "The message has no DatabaseName.");
        }
        if (out.table.empty()) {
            return refusal("BadRequest_InvalidOrEmptyTableName", "The message has no TableName.");
        }
        if (!known_.has_database(out.database)) {
            return refusal(
                "BadRequest_DatabaseNotExist", "Database '" + out.database + "' was not found."
            );
        }
        if (!known_.find_table(out.database, out.table)) {
            return refusal(
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
            return refusal(
                "BadRequest_FormatNotSupported", "The format '" + out.format + "' is unknown."
            );
        }
        out.kind = *kind;
        auto ignore = properties_.boolean("ignoreFirstRecord");
        if (!ignore) return malformed_property("ignoreFirstRecord", "a boolean");
        out.ignore_first_record = *ignore;
        return {};
    }

    result<> mapping_choice(ingestion_message& out) const {
        return choose_mapping(properties_, known_, out);
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
            return malformed_property("creationTime", "a time in ISO 8601");
        }
        return {};
    }

    // A property that is a string holding a JSON array of strings (docs/protocol.md §7.2).
    result<std::vector<std::string>> strings_in(std::string_view name) const {
        static constexpr std::string_view wanted = "a string that holds a JSON array of strings";
        std::vector<std::string> out;
        auto* value = properties_.find(name);
        if (!value) return out;
        auto* text = value->if_string();
        if (!text) return malformed_property(name, wanted);
        if (text->empty()) return out;
        json::error_code error;
        auto parsed = json::parse(*text, error);
        if (error || !parsed.is_array()) return malformed_property(name, wanted);
        for (auto& one : parsed.get_array()) {
            if (!one.is_string()) return malformed_property(name, wanted);
            out.emplace_back(one.get_string());
        }
        return out;
    }

    inline static const json::object no_properties_;

    json_members top_;
    json_members properties_{no_properties_};
    bool bag_is_no_object_ = false;
    const catalog& known_;
    const identity_valid& identity_;
};

// Fluent Bit counts its string's final NUL into the base64 (docs/protocol.md §7.1).
std::string_view without_trailing_nul(std::string_view text) {
    while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
    return text;
}

}  // namespace

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
