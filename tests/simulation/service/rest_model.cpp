#include "simulation/service/rest_model.hpp"

#include "base/text.hpp"
#include "simulation/service/storage_model.hpp"

#include <boost/json.hpp>

#include <utility>

namespace kustodrop::simulation {

namespace json = boost::json;

static constexpr std::string_view root = "/v1/rest/ingestion/";
static constexpr std::string_view queued = "/v1/rest/ingestion/queued/Logs/Web";

rest_model::rest_model(universe& world, ingestor_model& ingestor)
    : world_(world),
      ingestor_(ingestor),
      is_supported_(world.chance.chance(0.7)),
      is_preferred_(world.chance.chance(0.8)) {}

bool rest_model::owns(const http::request& ask) { return ask.target.path().starts_with(root); }

kusto::transport_wish rest_model::draw_wish() {
    auto drawn = world_.chance.below(10);
    if (drawn == 0) return kusto::transport_wish::queued;
    bool by_rest = drawn == 1 && is_supported_;
    return by_rest ? kusto::transport_wish::rest : kusto::transport_wish::automatic;
}

void rest_model::begin() {
    if (!is_supported_) return;
    if (world_.sky.has(fault::preference)) flip();
    if (world_.sky.has(fault::forgotten_operation)) forget();
}

void rest_model::flip() {
    world_.plan(world_.chance.between(1min, 20min), [this] {
        if (world_.sky.calm()) return;
        world_.sky.count(fault::preference);
        is_preferred_ = !is_preferred_;
        world_.note(is_preferred_ ? "the service prefers REST" : "the service prefers messages");
        flip();
    });
}

void rest_model::forget() {
    world_.plan(world_.chance.between(5min, 30min), [this] {
        if (world_.sky.calm()) return;
        world_.sky.count(fault::forgotten_operation);
        world_.note("the service forgets all operations");
        for (auto& [id, one] : operations_) one.is_forgotten = true;
        forget();
    });
}

http::response rest_model::reply(unsigned status, std::string body) const {
    return plain_answer(status, ingestor_.wall_now(), std::move(body));
}

rest_model::answered rest_model::answer(const http::request& ask) {
    if (!is_supported_) return {reply(404)};
    if (ask.operation == "get_configuration") return {configuration()};
    if (ask.operation == "post_blobs") return post(ask);
    return {status(ask)};
}

http::response rest_model::configuration() {
    json::object ingestion{
        {"maxBlobsPerBatch", 20},
        {"maxDataSize", "6442450944"},
        {"preferredIngestionMethod", is_preferred_ ? "Rest" : "V1"}};
    json::object containers{{"refreshInterval", "00:10:00"}, {"preferredUploadMethod", "Storage"}};
    json::object out{{"containerSettings", containers}, {"ingestionSettings", ingestion}};
    return reply(200, json::serialize(out));
}

rest_model::answered rest_model::post(const http::request& ask) {
    boost::system::error_code error;
    auto value = json::parse(ask.body, error);
    auto* object = error ? nullptr : value.if_object();
    auto* blobs = object ? object->if_contains("blobs") : nullptr;
    bool is_good = ask.target.path() == queued && blobs && blobs->is_array() &&
                   !blobs->as_array().empty() && blobs->as_array().size() <= 20;
    if (!is_good) {
        world_.wrong("a request to ingest that is none: " + ask.target.path());
        return {reply(400)};
    }
    auto id = std::to_string(operations_.size()) + ";sim;" + make_guid(world_.chance.generator());
    auto& made = operations_[id];
    made.noticed_at = world_.time.now() + world_.chance.between(0s, 20s);
    answered out;
    for (auto& one : blobs->as_array()) {
        auto& blob = one.as_object();
        ingestor_model::message taken;
        taken.id = blob.at("sourceId").as_string();
        taken.blob = blob.at("url").as_string();
        taken.raw_bytes = blob.at("rawSize").to_number<std::uint64_t>();
        taken.operation = id;
        if (!made.blobs.emplace(taken.id, taken.blob).second) {
            world_.wrong("a source twice in one request: " + taken.id);
        }
        out.posts.push_back(ingestor_.take(taken));
        ++posts_;
    }
    out.answer = reply(200, json::serialize(json::object{{"ingestionOperationId", id}}));
    return out;
}

http::response rest_model::status(const http::request& ask) {
    auto path = ask.target.path();
    auto id =
        path.starts_with(queued) ? percent_decode(path.substr(queued.size() + 1)) : std::nullopt;
    auto known = id ? operations_.find(*id) : operations_.end();
    if (known == operations_.end()) {
        world_.wrong("an operation that there never was: " + path);
        return reply(404);
    }
    auto& one = known->second;
    if (one.is_forgotten) return reply(world_.chance.chance(0.5) ? 404 : 400);
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
    json::array details;
    bool is_noticed = world_.time.now() >= one.noticed_at;
    for (auto& [source, place] : one.blobs) {
        auto* became = is_noticed ? ingestor_.outcome_of(*id, source) : nullptr;
        json::object blob{{"sourceId", source}, {"url", place}};
        blob["status"] = became ? (became->success ? "Succeeded" : "Failed") : "InProgress";
        if (became) ++(became->success ? succeeded : failed);
        if (became && !became->success) {
            blob["errorCode"] = became->code;
            blob["failureStatus"] = became->status;
            blob["details"] = "the blob was at " + place;
        }
        details.push_back(std::move(blob));
    }
    auto pending = is_noticed ? one.blobs.size() - succeeded - failed : 0;
    json::object out{
        {"startTime", to_iso8601(ingestor_.wall_now())},
        {"status",
         json::object{
             {"Succeeded", succeeded},
             {"Failed", failed},
             {"InProgress", pending},
             {"Canceled", 0}}}};
    auto asked = ask.target.query().find("details=true");
    if (asked != std::string::npos) out["details"] = std::move(details);
    return reply(200, json::serialize(out));
}

}  // namespace kustodrop::simulation
