#include "pipeline/engine.hpp"

namespace kustodrop::pipeline {

void engine::connect(const service_parts& service) {
    routing& next = *this;
    shipper_parts shipping{
        sources_,
        ready_,
        contents_,
        watches_,
        with_.journal,
        service.router,
        service.identity_token,
        service.blobs,
        service.queues,
        service.tables,
        memory_,
        with_.pool,
        with_.time,
        with_.random,
        with_.log,
        with_.measured,
        service.rest};
    if (observer_) {
        shipping.read_progress = [this](const std::string& id, std::uint64_t bytes) {
            observer_->read(id, bytes);
        };
    }
    shipping.streaming = service.streaming;
    shipping.answered = [this](const kusto::notification& one) { outcomes_->apply(one); };
    shipper_ = std::make_unique<shipper>(std::move(shipping), options_.shipping, next);
    outcomes_parts polling{
        sources_,
        absent_,
        ready_,
        watches_,
        with_.journal,
        service.router,
        service.identity_token,
        service.queues,
        service.tables,
        with_.time,
        with_.random,
        with_.log,
        with_.measured,
        service.rest};
    outcomes_ = std::make_unique<outcomes>(with_.executor, polling, options_.outcomes, next);
}

}  // namespace kustodrop::pipeline
