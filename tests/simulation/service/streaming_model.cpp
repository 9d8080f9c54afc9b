#include "simulation/service/streaming_model.hpp"

#include "core/spool/reading/gunzip.hpp"
#include "simulation/service/storage_model.hpp"

#include <boost/json.hpp>

#include <iterator>

namespace kustodrop::simulation {

namespace json = boost::json;

static constexpr std::string_view streaming_root = "/v1/rest/ingest/";
static constexpr std::string_view table = "/v1/rest/ingest/Logs/Web";

streaming_model::streaming_model(universe& world, ledger& book)
    : world_(world),
      book_(book),
      most_bytes_(
          world.sky.has(fault::streaming_limit) ? world.aside.between(200, 4000) : 4u << 20u
      ) {}

bool streaming_model::owns(const http::request& ask) {
    return ask.target.path().starts_with(streaming_root);
}

void streaming_model::begin() {
    if (world_.sky.has(fault::streaming_off)) turn_off();
}

void streaming_model::turn_off() {
    world_.plan(world_.chance.between(1min, 20min), [this] {
        if (world_.sky.calm()) return;
        static constexpr reason reasons[] = {reason::cluster, reason::table, reason::rights};
        world_.sky.count(fault::streaming_off);
        off_ = reasons[world_.chance.below(std::size(reasons))];
        world_.note("the service does not stream");
        world_.plan(world_.chance.between(10s, 10min), [this] {
            off_ = reason::none;
            world_.note("the service streams again");
        });
        turn_off();
    });
}

static std::string document(std::string_view code, std::string_view text, bool is_permanent) {
    json::object error{
        {"code", code},
        {"message", "Request is invalid and cannot be executed."},
        {"@type", "Kusto.DataNode.Exceptions.StreamingIngestionRequestException"},
        {"@message", text},
        {"@permanent", is_permanent}};
    return json::serialize(json::object{{"error", std::move(error)}});
}

http::response streaming_model::answer_off(wall_time now) const {
    if (off_ == reason::cluster) return plain_answer(404, now);
    if (off_ == reason::rights) return plain_answer(403, now);
    auto text = "Streaming ingestion policy is not enabled on table Web";
    return plain_answer(400, now, document("BadRequest", text, true));
}

http::response streaming_model::answer_throttled(wall_time now) {
    auto out = plain_answer(429, now, document("Throttling", "Request was throttled.", false));
    if (world_.chance.chance(0.5)) {
        out.headers.add("Retry-After", std::to_string(world_.chance.between(1, 60)));
    }
    return out;
}

http::response streaming_model::answer_too_large(wall_time now) {
    if (world_.chance.chance(0.5)) return plain_answer(413, now);
    auto text = "The request body is too large: it exceeds the maximum allowed size";
    return plain_answer(400, now, document("BadRequest", text, true));
}

// Nothing of the rows was taken, whether the answer says so or not.
http::response streaming_model::answer_before(wall_time now) {
    auto cannot = "Can't determine row store for ingestion";
    switch (world_.chance.below(7)) {
    case 0:
        return plain_answer(503, now);
    case 1:
        return plain_answer(503, now, document("ServiceUnavailable", "Try again later.", false));
    case 2:
        return plain_answer(400, now, document("BadRequest", "A transient trouble.", false));
    case 3:
        return plain_answer(500, now, document("InternalServiceError", cannot, false));
    case 4:
        return plain_answer(407, now);
    case 5:
        return plain_answer(200, now, "<html>Please accept our terms.</html>");
    default:
        return plain_answer(502, now);
    }
}

// The rows are stored, and the answer does not say so.
http::response streaming_model::answer_after(wall_time now) {
    auto late = "Request timed out.";
    switch (world_.chance.below(5)) {
    case 0:
        return plain_answer(504, now, document("RequestTimeoutException", late, false));
    case 1:
        return plain_answer(408, now);
    case 2:
        return plain_answer(502, now, "<html>Bad gateway</html>");
    case 3:
        return plain_answer(500, now, document("InternalServiceError", "Something failed.", true));
    default:
        return plain_answer(200, now, "<html>Please accept our terms.</html>");
    }
}

// "KCC.executeStreamingIngest;ID;ATTEMPT"
static std::string source_of(const http::request& ask) {
    auto text = ask.headers.find("x-ms-client-request-id").value_or("");
    auto from = text.find(';');
    auto to = text.rfind(';');
    if (from == text.npos || to <= from) return {};
    return std::string(text.substr(from + 1, to - from - 1));
}

streaming_model::answered streaming_model::store(
    const std::string& id, const std::string& rows, wall_time now
) {
    auto number = book_.accepted(id, post_way::streaming);
    ++posts_;
    book_.ingested(id, rows);
    if (world_.sky.occurs(fault::streaming_odd)) return {answer_after(now)};
    auto body = R"({"Tables":[{"TableName":"Table_0","Columns":[{"ColumnName":)"
                R"("ConsumedRecordsCount","DataType":"Int64"}],"Rows":[[0]]}]})";
    return {plain_answer(200, now, body), {number}};
}

streaming_model::answered streaming_model::answer(const http::request& ask, wall_time now) {
    auto id = source_of(ask);
    bool is_good = ask.target.path() == table && ask.target.parameter("streamFormat") == "json" &&
                   !id.empty() && !ask.body.empty();
    if (!is_good) {
        world_.wrong("a request to stream that is none: " + ask.target.path());
        return {plain_answer(400, now)};
    }
    if (off_ != reason::none) return {answer_off(now)};
    if (world_.sky.occurs(fault::streaming_throttled)) return {answer_throttled(now)};
    if (ask.body.size() > most_bytes_) {
        world_.sky.count(fault::streaming_limit);
        return {answer_too_large(now)};
    }
    if (world_.sky.occurs(fault::streaming_odd)) return {answer_before(now)};
    bool is_packed = ask.headers.find("Content-Encoding") == "gzip";
    auto rows = is_packed ? test::gunzip(ask.body) : ask.body;
    if (rows.find("BAD") == std::string::npos) return store(id, rows, now);
    book_.recognize_all(rows, "refused as " + id);
    book_.refused(id);
    auto text = "Bad streaming ingestion request to Logs.Web : The input stream is malformed";
    return {plain_answer(400, now, document("BadRequest", text, true))};
}

}  // namespace kustodrop::simulation
