#include "emulator/rest/rest_service.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "emulator/identity/bearer.hpp"
#include "emulator/rest/configuration_document.hpp"
#include "emulator/rest/rest_errors.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

namespace {

constexpr std::string_view root = "/v1/rest/ingestion/";
constexpr std::string_view queued = "/v1/rest/ingestion/queued/";
constexpr duration message_lifetime = std::chrono::hours(24 * 7);

struct operation_place {
    std::string database;
    std::string table;
    std::string id;  // Empty: none is named.
};

// "{database}/{table}" or "{database}/{table}/{operation}", each segment encoded.
std::optional<operation_place> place_of(std::string_view path) {
    if (!path.starts_with(queued)) return std::nullopt;
    path.remove_prefix(queued.size());
    auto segments = split(path, '/');
    if (segments.size() < 2 || segments.size() > 3) return std::nullopt;
    std::vector<std::string> decoded;
    for (auto segment : segments) {
        auto text = percent_decode(segment);
        if (!text || text->empty()) return std::nullopt;
        decoded.push_back(std::move(*text));
    }
    operation_place out{decoded[0], decoded[1], {}};
    if (decoded.size() == 3) out.id = decoded[2];
    return out;
}

// Opaque, and with semicolons, so that clients learn to encode it.
std::string new_operation_id(random_generator& random) {
    auto eight_digits = [&random] {
        auto digits = std::to_string(random() % 100'000'000 + 100'000'000);
        return digits.substr(1);
    };
    auto first = eight_digits();
    auto second = eight_digits();
    return first + ";" + second + ";" + make_guid(random);
}

std::uint64_t number_in(std::string_view text) {
    std::uint64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

std::string key_of(std::string_view id) { return "operation " + std::string(id); }
std::string key_of(std::uint64_t number) { return "operation number " + std::to_string(number); }

}  // namespace

rest_service::rest_service(parts parts) : p_(std::move(parts)) {
    posted_ = number_in(p_.database.fact("operations").value_or("0"));
}

bool rest_service::owns(const exchange& one) { return one.path.starts_with(root); }

void rest_service::classify(exchange& one) const {
    one.service = "rest";
    auto get = one.request.method == http::verb::get;
    auto post = one.request.method == http::verb::post;
    if (one.path == "/v1/rest/ingestion/configuration" && get) one.operation = "configuration";
    auto place = place_of(one.path);
    if (!place) return;
    one.resource = place->database + "." + place->table;
    one.object = place->id;
    if (post && place->id.empty()) one.operation = "post_blobs";
    if (get && !place->id.empty()) one.operation = "get_operation";
}

http::response rest_service::refuse(const service_error& error, const exchange& one) const {
    return ingestion_error(error, one, p_.time.wall_now());
}

http::response rest_service::refusal(const service_error& error, const exchange& one) const {
    return refuse(error, one);
}

asio::awaitable<http::reply> rest_service::answer(exchange& one) {
    http::reply out;
    out.answer = co_await act(one);
    co_return out;
}

asio::awaitable<http::response> rest_service::act(exchange& one) {
    if (!p_.options.enabled || p_.external_storage) {
        http::response absent;
        absent.status = 404;
        co_return absent;
    }
    if (one.operation == "unknown") {
        auto error = not_found("There is nothing at " + one.path);
        co_return refuse(error, one);
    }
    if (auto error = check_bearer(one, p_.tokens)) co_return refuse(*error, one);
    http::response out;
    if (one.operation == "configuration") out = configuration();
    if (one.operation == "post_blobs") out = post(one);
    if (one.operation == "get_operation") out = co_await status(one);
    if (out.status == 200) out.headers.add("x-ms-request-id", one.request_id);
    co_return out;
}

http::response rest_service::configuration() const {
    std::vector<std::string> containers;
    for (auto& resource : p_.resources.resources()) {
        if (resource.type != "TempStorage") continue;
        containers.push_back(p_.resources.address(resource, "", sas_lifetime_).reveal());
    }
    return json_answer(200, configuration_document(p_.options, containers));
}

std::string rest_service::put_message(std::string text) {
    if (p_.discard) return {};
    std::vector<queue_place> places;
    for (auto& resource : p_.resources.resources()) {
        if (resource.type != "SecuredReadyForAggregationQueue") continue;
        places.push_back({resource.account, resource.name});
    }
    auto& place = places.at(next_queue_++ % places.size());
    return p_.queues.put(place, base64_encode(text), duration::zero(), message_lifetime).id;
}

std::string rest_service::keep(operation one) {
    auto number = ++posted_;
    p_.database.put_fact(key_of(one.id), to_json(one));
    p_.database.put_fact(key_of(number), one.id);
    p_.database.put_fact("operations", std::to_string(number));
    return one.tracked ? one.id : std::string();
}

http::response rest_service::post(const exchange& one) {
    auto place = place_of(one.path);
    post_context context{place->database, place->table, p_.identity_token};
    auto read = read_post(one.request.body, context, p_.options, p_.random);
    if (!read) return refuse(read.error(), one);
    operation begun;
    begun.id = new_operation_id(p_.random);
    begun.database = place->database;
    begun.table = place->table;
    begun.started = p_.time.wall_now();
    begun.tracked = read->tracked;
    begun.blobs = std::move(read->blobs);
    for (std::size_t i = 0; i < begun.blobs.size(); ++i) {
        auto& blob = begun.blobs[i];
        if (!p_.discard) blob.text = read->messages[i];
        blob.message_id = put_message(std::move(read->messages[i]));
    }
    json::object body{{"ingestionOperationId", keep(std::move(begun))}};
    return json_answer(200, json::serialize(body));
}

std::optional<operation> rest_service::find(const exchange& one) const {
    auto place = place_of(one.path);
    auto text = p_.database.fact(key_of(place->id));
    auto found = text ? read_operation(*text) : std::nullopt;
    if (!found || !found->tracked) return std::nullopt;
    if (found->database != place->database || found->table != place->table) return std::nullopt;
    auto age = p_.time.wall_now() - found->started;
    if (found->started <= forgotten_ || age > p_.options.operation_lifetime) return std::nullopt;
    return found;
}

asio::awaitable<blob_outcomes> rest_service::outcomes(operation one) const {
    blob_outcomes out;
    if (p_.discard) {
        auto due = one.started + std::chrono::duration_cast<wall_time::duration>(*p_.discard);
        std::optional<blob_outcome> each;
        if (due <= p_.time.wall_now()) {
            each = blob_outcome{"succeeded", "", "", to_iso8601(due), ""};
        }
        out.resize(one.blobs.size(), each);
    } else {
        std::vector<std::string> ids;
        for (auto& blob : one.blobs) ids.push_back(blob.message_id);
        out = co_await p_.outcomes(std::move(ids));
    }
    auto& report = p_.options.report;
    for (auto& outcome : out) {
        if (!outcome || !report) continue;
        outcome->status = to_lower(report->status);
        outcome->code = report->code;
        outcome->failure_status = report->failure_status;
        outcome->details = "An outcome that was set with /control/rest.";
    }
    co_return out;
}

asio::awaitable<http::response> rest_service::status(const exchange& one) {
    auto found = find(one);
    if (!found) {
        auto error = not_found("The ingestion operation '" + one.object + "' was not found.");
        co_return refuse(error, one);
    }
    auto ended = co_await outcomes(*found);
    status_form form;
    form.details = one.has_parameter("details", "true");
    form.camel_case = p_.options.camel_case;
    form.noticed = p_.time.wall_now() - found->started >= p_.options.notice_after;
    co_return json_answer(200, status_document(*found, ended, form));
}

std::vector<std::pair<std::uint64_t, operation>> rest_service::operations(std::uint64_t after
) const {
    std::vector<std::pair<std::uint64_t, operation>> out;
    for (auto number = after + 1; number <= posted_; ++number) {
        auto id = p_.database.fact(key_of(number));
        auto text = id ? p_.database.fact(key_of(*id)) : std::nullopt;
        auto found = text ? read_operation(*text) : std::nullopt;
        if (found) out.emplace_back(number, std::move(*found));
    }
    return out;
}

}  // namespace kustodrop::emulator
