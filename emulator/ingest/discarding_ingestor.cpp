#include "emulator/ingest/discarding_ingestor.hpp"

#include "base/crypto/crypto.hpp"
#include "emulator/ingest/messages/notification.hpp"

namespace kustodrop::emulator {

void discarding_ingestor::take(std::string_view queue_text) {
    // What is wrong with it, an unknown table first of all, does not matter here.
    auto trusted = [](std::string_view) { return true; };
    auto message = check_message(queue_text, nothing_, trusted).message;
    if (!places_for(message, ingestion_status::succeeded).queue) return;
    ingestion_outcome outcome;
    outcome.operation_id = make_guid(p_.random);
    outcome.activity_id = make_guid(p_.random);
    outcome.at = p_.time.wall_now();
    auto text = base64_encode(notification_text(message, outcome));
    for (auto& resource : p_.layout.resources()) {
        if (resource.type != "SuccessfulIngestionsQueue") continue;
        queue_place place{resource.account, resource.name};
        p_.queues.put(place, std::move(text), p_.batching, std::nullopt);
        return;
    }
}

asio::awaitable<http::response> no_ingestor_answer() {
    auto out = json_answer(
        400,
        R"({"error":{"code":"BadRequest","message":"Request is invalid and cannot be executed.",)"
        R"("@message":"This emulator runs without an ingestor.","@permanent":true}})"
    );
    co_return out;
}

}  // namespace kustodrop::emulator
