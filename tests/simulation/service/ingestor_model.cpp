#include "simulation/service/ingestor_model.hpp"

#include "base/text.hpp"
#include "core/spool/reading/gunzip.hpp"

#include <boost/json.hpp>

namespace kustodrop::simulation {

namespace json = boost::json;

static std::string identity_token_of(const json::object& message) {
    auto* more = message.if_contains("AdditionalProperties");
    auto* token =
        more && more->is_object() ? more->as_object().if_contains("authorizationContext") : nullptr;
    return token && token->is_string() ? std::string(token->as_string()) : std::string();
}

std::uint64_t ingestor_model::take(const std::string& text) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    auto* object = error ? nullptr : value.if_object();
    message one;
    if (object && object->contains("Id") && object->contains("BlobPath")) {
        one.id = object->at("Id").as_string();
        one.blob = object->at("BlobPath").as_string();
        one.raw_bytes = object->at("RawDataSize").to_number<std::uint64_t>();
        one.token = identity_token_of(*object);
        book_.posted_with(one.id, one.token);
    } else {
        world_.wrong("a post that is not an ingestion message");
    }
    return take(one);
}

std::uint64_t ingestor_model::take(const message& one) {
    auto by = one.operation.empty() ? post_way::queue : post_way::rest;
    auto number = book_.accepted(one.id, by);
    ++under_way_;
    auto batching = world_.chance.between(5s, 4min);
    world_.plan(batching, [this, one] { seal(one); });
    return number;
}

// The end of its batch.
void ingestor_model::seal(const message& one) {
    bool is_rest = !one.operation.empty();
    if (world_.sky.occurs(fault::transient_failure)) {
        // An operation says nothing before the end.
        if (!is_rest) say(one, {false, "General_InternalServerError", "Transient", true});
        world_.plan(world_.chance.between(10s, 5min), [this, one] { seal(one); });
        return;
    }
    --under_way_;
    if (!is_rest && world_.sky.occurs(fault::identity_refused)) {
        book_.refused_identity(one.id, one.token);
        return fail(one, {false, "BadRequest_InvalidKustoIdentityToken"}, true);
    }
    if (!world_.sky.occurs(fault::asked_again)) return ingest(one);
    static const std::vector<outcome_sent> wishes{
        {false, "General_RetryAttemptsExceeded", "Exhausted", true},
        {false, "Download_SourceNotFound", "Permanent", false},
        {false, "BadRequest_InvalidKustoIdentityToken", "Permanent", false},
    };
    fail(one, wishes[world_.chance.below(is_rest ? 2 : wishes.size())], true);
}

static std::optional<std::string> inflated(const std::string& blob, const std::string& url) {
    auto path = url.substr(0, url.find('?'));
    if (!path.ends_with(".gz")) return blob;
    try {
        return test::gunzip(blob);
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

void ingestor_model::ingest(const message& one) {
    std::string why;
    auto stored = storage_.read(one.blob, why);
    if (!stored) return fail(one, {false, why}, true);
    auto raw = inflated(*stored, one.blob);
    if (!raw) {
        world_.wrong("a blob that is not what its name says: " + one.id);
        return fail(one, {false, "Stream_InputStreamTooShort"}, false);
    }
    if (raw->size() != one.raw_bytes) {
        world_.wrong(
            "RawDataSize says " + std::to_string(one.raw_bytes) + ", the blob has " +
            std::to_string(raw->size()) + ": " + one.id
        );
    }
    if (raw->find("BAD") != std::string::npos) {
        book_.recognize_all(*raw, "refused as " + one.id);
        book_.refused(one.id);
        return fail(one, {false, "Stream_WrongNumberOfFields"}, false);
    }
    book_.ingested(one.id, *raw);
    if (world_.sky.occurs(fault::early_cleaning)) storage_.erase_blob(one.blob);
    say(one, {true});
}

void ingestor_model::fail(const message& one, const outcome_sent& why, bool asks_again) {
    if (asks_again) book_.asked_again(one.id);
    say(one, why);
}

std::string ingestor_model::text_of(
    const std::string& id, const std::string& blob, const outcome_sent& what
) {
    json::object out{
        {"OperationId", make_guid(world_.chance.generator())},
        {"Database", "Logs"},
        {"Table", "Web"},
        {"IngestionSourceId", id},
        {"IngestionSourcePath", blob.substr(0, blob.find('?'))},
        {what.success ? "SucceededOn" : "FailedOn", to_iso8601(storage_.wall_now())}};
    if (!what.success) {
        out["Details"] = "the blob was at " + blob;
        out["ErrorCode"] = what.code;
        out["FailureStatus"] = what.status;
        out["ShouldRetry"] = what.should_retry;
        out["OriginatesFromUpdatePolicy"] = false;
    }
    return json::serialize(out);
}

void ingestor_model::say(const message& one, const outcome_sent& what) {
    auto said = what.success ? std::string("success") : what.code;
    world_.note("service says of " + one.id + ": " + said);
    if (world_.sky.occurs(fault::lost_notification)) return world_.note("and it gets lost");
    if (what.success) book_.said_success(one.id);
    if (one.operation.empty()) return notify(one, what);
    outcomes_[{one.operation, one.id}] = what;
}

const ingestor_model::outcome_sent* ingestor_model::outcome_of(
    const std::string& operation, const std::string& id
) const {
    auto known = outcomes_.find({operation, id});
    return known == outcomes_.end() ? nullptr : &known->second;
}

void ingestor_model::notify(const message& one, const outcome_sent& what) {
    auto& queues = what.success ? success_queues : failed_queues;
    auto& queue = queues[world_.chance.below(queues.size())];
    auto text = text_of(one.id, one.blob, what);
    storage_.put(queue, text, false);
    if (world_.sky.occurs(fault::double_notification)) storage_.put(queue, text, false);
    if (world_.sky.occurs(fault::stolen_notification)) {
        storage_.take_any(queue, false, world_.chance.between(30s, 5min));
    }
}

void ingestor_model::say_foreign() {
    auto id = make_guid(world_.chance.generator());
    outcome_sent what{world_.chance.chance(0.7)};
    if (!what.success) what.code = "BadRequest_TableNotExist";
    auto& queues = what.success ? success_queues : failed_queues;
    auto& queue = queues[world_.chance.below(queues.size())];
    storage_.put(queue, text_of(id, "https://other.example/blob", what), true);
    // Its owner takes it in the end.
    world_.plan(world_.chance.between(1min, 20min), [this, queue] {
        storage_.take_any(queue, true, std::nullopt);
    });
}

}  // namespace kustodrop::simulation
