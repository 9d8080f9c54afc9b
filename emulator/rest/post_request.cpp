#include "emulator/rest/post_request.hpp"

#include "base/text.hpp"
#include "emulator/ingest/messages/json_members.hpp"
#include "emulator/rest/rest_errors.hpp"
#include "emulator/schema/schema.hpp"
#include "http/url.hpp"

#include <boost/json.hpp>

#include <optional>
#include <set>
#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

namespace {

using refused = std::optional<service_error>;

service_error invalid(std::string_view name, std::string_view wanted) {
    return bad_request("'" + std::string(name) + "' must be " + std::string(wanted) + ".");
}

/// Builds the messages of a request; each step may refuse it.
class reader {
public:
    reader(
        const json::object& body,
        const post_context& context,
        const rest_options& options,
        random_generator& random
    )
        : top_(body), context_(context), options_(options), random_(random) {}

    refused run(posted_request& out) {
        if (auto error = properties()) return error;
        auto* value = top_.find("blobs");
        auto* list = value ? value->if_array() : nullptr;
        if (!list || list->empty()) return invalid("blobs", "an array of at least one blob");
        if (list->size() > options_.max_blobs) {
            return bad_request(
                "The request names " + std::to_string(list->size()) + " blobs; at most " +
                std::to_string(options_.max_blobs) + " are supported."
            );
        }
        for (auto& one : *list) {
            if (auto error = blob(one, out)) return error;
        }
        if (raw_bytes_ > options_.max_data_size) {
            return bad_request("The uncompressed size of the blobs exceeds the limit.");
        }
        out.tracked = tracked_;
        return std::nullopt;
    }

private:
    refused properties() {
        auto* value = top_.find("properties");
        auto* object = value ? value->if_object() : nullptr;
        if (!object) return invalid("properties", "an object");
        json_members from(*object);
        if (auto error = format(from)) return error;
        if (auto error = mapping(from)) return error;
        if (auto error = arrays(from)) return error;
        if (auto error = booleans(from)) return error;
        auto time = from.text("creationTime");
        if (!time.empty() && !parse_iso8601(time)) return invalid("creationTime", "a time");
        if (!time.empty()) bag_["creationTime"] = time;
        bag_["authorizationContext"] = context_.identity_token;
        return std::nullopt;
    }

    refused format(const json_members& from) {
        auto* value = from.find("format");
        auto* text = value ? value->if_string() : nullptr;
        if (!text || !kind_of_format(std::string_view(*text))) {
            return invalid("format", "the name of a format, in lower case");
        }
        bag_["format"] = *text;
        return std::nullopt;
    }

    refused mapping(const json_members& from) {
        auto* reference = from.find("ingestionMappingReference");
        auto* in_line = from.find("ingestionMapping");
        if (reference && in_line) {
            return bad_request("The request has two mappings: a reference and one of its own.");
        }
        auto* given = reference ? reference : in_line;
        if (!given) return std::nullopt;
        if (!given->is_string()) return invalid("ingestionMapping", "a string");
        bag_[reference ? "ingestionMappingReference" : "ingestionMapping"] = given->get_string();
        return std::nullopt;
    }

    // In a message they are a string that holds the array (docs/protocol.md §7.2).
    refused arrays(const json_members& from) {
        for (std::string_view name : {"tags", "ingestIfNotExists"}) {
            auto* value = from.find(name);
            if (!value) continue;
            auto* list = value->if_array();
            if (!list) return invalid(name, "an array of strings");
            for (auto& one : *list) {
                if (!one.is_string()) return invalid(name, "an array of strings");
            }
            bag_[name] = json::serialize(*list);
        }
        return std::nullopt;
    }

    refused booleans(const json_members& from) {
        static constexpr std::string_view names[]{
            "enableTracking",
            "skipBatching",
            "deleteAfterDownload",
            "ignoreFirstRecord",
            "ignoreLastRecordIfInvalid",
            "ignoreSizeLimit",
            "extend_schema",
            "recreate_schema"};
        for (auto name : names) {
            auto* value = from.find(name);
            if (value && !value->is_bool()) return invalid(name, "true or false");
            bool set = value && value->get_bool();
            if (name == "enableTracking") tracked_ = set;
            if (name == "skipBatching") flush_ = set;
            if (name == "deleteAfterDownload") delete_ = set;
            if (name == "ignoreFirstRecord") bag_["ignoreFirstRecord"] = set;
        }
        return std::nullopt;
    }

    refused blob(const json::value& value, posted_request& out) {
        auto* object = value.if_object();
        if (!object) return invalid("blobs", "objects");
        json_members from(*object);
        rest_blob one;
        one.url = from.text("url");
        auto place = http::url::parse(one.url);
        if (!place || place->path() == "/") return invalid("url", "the URL of a blob");
        if (!places_.insert(place->place()).second) {
            return bad_request("Two blobs of the request have the same URL.");
        }
        one.source_id = from.text("sourceId");
        if (!one.source_id.empty() && !is_guid(one.source_id)) return invalid("sourceId", "a GUID");
        json::object message;
        if (auto* size = from.find("rawSize")) {
            bool natural = size->is_int64() && size->get_int64() >= 0;
            if (!natural) return invalid("rawSize", "a number of bytes");
            message["RawDataSize"] = *size;
            raw_bytes_ += static_cast<std::uint64_t>(size->get_int64());
        }
        message["Id"] = one.source_id.empty() ? make_guid(random_) : one.source_id;
        message["BlobPath"] = one.url;
        message["DatabaseName"] = context_.database;
        message["TableName"] = context_.table;
        message["RetainBlobOnSuccess"] = !delete_;
        message["FlushImmediately"] = flush_;
        message["ReportLevel"] = 1;  // Nothing: the operation is asked instead.
        message["AdditionalProperties"] = bag_;
        out.messages.push_back(json::serialize(message));
        out.blobs.push_back(std::move(one));
        return std::nullopt;
    }

    json_members top_;
    const post_context& context_;
    const rest_options& options_;
    random_generator& random_;
    json::object bag_;
    std::set<std::string> places_;
    std::uint64_t raw_bytes_ = 0;
    bool tracked_ = false;
    bool flush_ = false;
    bool delete_ = false;
};

}  // namespace

boost::system::result<posted_request, service_error> read_post(
    std::string_view body,
    const post_context& context,
    const rest_options& options,
    random_generator& random
) {
    json::error_code error;
    auto parsed = json::parse({body.data(), body.size()}, error);
    if (error || !parsed.is_object()) return bad_request("The body is not a JSON object.");
    posted_request out;
    if (auto why = reader(parsed.get_object(), context, options, random).run(out)) return *why;
    return out;
}

}  // namespace kustodrop::emulator
