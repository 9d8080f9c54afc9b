#pragma once

#include "async/clock.hpp"
#include "http/transport.hpp"

#include <deque>
#include <optional>

namespace kustodrop::http {

/// Passes requests on and compares the Date of every answer with this machine's clock, which may
/// be the wrong one: SAS and tokens are judged by the service's.
class skew_meter final : public transport {
public:
    skew_meter(transport& below, clock& time) : below_(below), time_(time) {}

    asio::awaitable<result<response>> send(request request) override;

    /// How far this clock is ahead of the service's, the median of the last answers; negative:
    /// behind. Dates count whole seconds. Nothing before the first answer with a Date.
    std::optional<duration> skew() const;

    /// The service's calendar now, as the last answers have it: a Date and what has passed since,
    /// whatever was done to this machine's calendar. The earliest of them, for an agent on this
    /// machine has its clock. Nothing before the first answer with a Date.
    std::optional<wall_time> service_time() const;

private:
    void learn(const response& answer, wall_time sent_at, wall_time now);

    transport& below_;
    clock& time_;
    struct sample {
        duration skew;
        wall_time date;
        time_point came_at;
    };
    std::deque<sample> samples_;
};

}  // namespace kustodrop::http
