#include "http/skew_meter.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <vector>

namespace kustodrop::http {

static constexpr std::size_t most_samples = 16;

asio::awaitable<result<response>> skew_meter::send(request request) {
    auto sent_at = time_.wall_now();
    auto answer = co_await below_.send(std::move(request));
    if (answer) learn(*answer, sent_at, time_.wall_now());
    co_return answer;
}

// The Date was set somewhere between the two: what lies between them is not skew.
void skew_meter::learn(const response& answer, wall_time sent_at, wall_time now) {
    auto header = answer.headers.find("Date");
    auto date = header ? parse_http_date(*header) : std::nullopt;
    if (!date) return;
    // A calendar that was put right in between says nothing.
    if (now < sent_at) return;
    auto nearest = std::clamp(*date, sent_at, now);
    samples_.push_back({nearest - *date, *date, time_.now()});
    if (samples_.size() > most_samples) samples_.pop_front();
}

std::optional<wall_time> skew_meter::service_time() const {
    std::optional<wall_time> earliest;
    for (auto& one : samples_) {
        auto since = std::chrono::duration_cast<wall_time::duration>(time_.now() - one.came_at);
        earliest = std::min(earliest.value_or(wall_time::max()), one.date + since);
    }
    return earliest;
}

std::optional<duration> skew_meter::skew() const {
    if (samples_.empty()) return std::nullopt;
    std::vector<duration> sorted;
    for (auto& one : samples_) sorted.push_back(one.skew);
    std::ranges::sort(sorted);
    return sorted[sorted.size() / 2];
}

}  // namespace kustodrop::http
