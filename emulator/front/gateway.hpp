#pragma once

#include "async/clock.hpp"
#include "base/random.hpp"
#include "emulator/front/faults.hpp"
#include "emulator/front/service.hpp"
#include "emulator/front/statistics.hpp"

namespace kustodrop::emulator {

/// Every request passes here on its way to a service: faults are applied, requests are counted,
/// and answers get the headers that all have in common.
class gateway {
public:
    gateway(clock& clock, random_generator& random) : clock_(clock), random_(random) {}

    /// The ingestor's requests carry this in x-emulator-internal.
    void set_internal_value(std::string value) { internal_value_ = std::move(value); }

    asio::awaitable<http::reply> handle(service& to, exchange one);

    fault_plan& faults() { return faults_; }
    emulator::statistics& counts() { return statistics_; }

private:
    asio::awaitable<http::reply> apply_fault(service& to, exchange& one, fault_action action);
    void add_common_headers(http::response&, const exchange&) const;

    clock& clock_;
    random_generator& random_;
    fault_plan faults_;
    emulator::statistics statistics_;
    std::string internal_value_;
};

}  // namespace kustodrop::emulator
