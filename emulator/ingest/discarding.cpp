#include "emulator/ingest/discarding.hpp"

#include "base/crypto/crypto.hpp"
#include "emulator/ingest/notification.hpp"

namespace kustodrop::emulator {

void discarding::take(std::string_view queue_text) {
    // What is wrong with it, an unknown table first of all, does not matter here.
    auto trusted = [](std::string_view) { return true; };
    auto message = check_message(queue_text, nothing_, trusted).message;
    if (!places_for(message, ingestion_status::succeeded).queue) return;
    ingestion_verdict verdict;
    verdict.operation_id = make_guid(p_.random);
    verdict.activity_id = make_guid(p_.random);
    verdict.at = p_.time.wall_now();
    auto text = base64_encode(notification_text(message, verdict));
    for (auto& resource : p_.layout.resources()) {
        if (resource.type != "SuccessfulIngestionsQueue") continue;
        queue_place place{resource.account, resource.name};
        p_.queues.put(place, std::move(text), p_.batching, std::nullopt);
        return;
    }
}

asio::awaitable<http::response> nobody_ingests() {
    auto out = json_answer(
        400,
        R"({"error":{"code":"BadRequest","message":"Request is invalid and cannot be executed.",)"
        R"("@message":"This emulator runs without an ingestor.","@permanent":true}})"
    );
    co_return out;
}

}  // namespace kustodrop::emulator
