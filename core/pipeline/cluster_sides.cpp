#include "pipeline/cluster_sides.hpp"

#include "pipeline/failover/cluster_probe.hpp"
#include "pipeline/shipping/guarded.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

static constexpr unsigned cleaners = 8;

// One setting for both: who holds a post whose answer was lost, and who ends the wait for it.
static outcomes_options polling_options(const cluster_sides::options& wanted) {
    auto out = wanted.outcomes;
    out.repost_after = wanted.shipping.repost_after;
    return out;
}

shipper_parts cluster_sides::shipper_parts_for(const service_parts& service, side& made) {
    shipper_parts out{
        with_.sources,
        with_.ready,
        with_.contents,
        with_.watches,
        with_.journal,
        service.router,
        service.identity_token,
        service.blobs,
        service.queues,
        service.tables,
        made.memory,
        with_.pool,
        with_.time,
        with_.random,
        service.log ? *service.log : with_.log,
        service.measured ? *service.measured : with_.measured,
        service.rest,
        with_.read_progress,
        service.streaming};
    out.answered = [&made](const kusto::notification& one) { made.polling->apply(one); };
    out.cluster.name = service.cluster;
    out.cluster.line = all_.size();
    auto line = out.cluster.line;
    out.cluster.line_of = [this](const spool::source& what) {
        return all_.size() < 2 ? 0 : failover_.cluster_of_due(what);
    };
    if (service.unusable) {
        out.cluster.can_send = [this, line, unusable = service.unusable] {
            return all_.size() < 2 || !unusable() || is_streamed_to(line);
        };
    }
    out.cluster.worked = [this, line](const std::string& watch) { failover_.worked(watch, line); };
    return out;
}

// What is streamed needs less of the service than what is queued.
bool cluster_sides::is_streamed_to(std::size_t index) const {
    return std::ranges::any_of(with_.watches, [&](auto& one) {
        auto& from = one.second;
        bool streams = from.options.target.delivery == delivery_way::streaming;
        return streams && names_.of(&from) == index;
    });
}

void cluster_sides::add(const service_parts& service, const options& wanted) {
    auto made = std::make_unique<side>(with_.executor, wanted.upload_memory_bytes);
    auto shipping = shipper_parts_for(service, *made);
    outcomes_parts polling{
        with_.sources,
        with_.absent,
        with_.ready,
        with_.watches,
        with_.journal,
        service.router,
        service.identity_token,
        service.queues,
        service.tables,
        with_.time,
        with_.random,
        shipping.log,
        shipping.measured,
        service.rest};
    made->shipping = std::make_unique<shipper>(std::move(shipping), wanted.shipping, with_.next);
    made->polling =
        std::make_unique<outcomes>(with_.executor, polling, polling_options(wanted), with_.next);
    made->router = &service.router;
    made->blobs = &service.blobs;
    made->unusable = service.unusable;
    names_.add(service.cluster);
    all_.push_back(std::move(made));
}

void cluster_sides::set_options(const options& wanted) {
    for (auto& one : all_) {
        one->shipping->set_options(wanted.shipping);
        one->polling->set_options(polling_options(wanted));
    }
}

void cluster_sides::start(task_group& shipping, task_group& serving, std::uint64_t shippers) {
    for (std::size_t i = 0; all_.size() > 1 && i < all_.size(); ++i) serving.start(probe(i));
    for (auto& one : all_) {
        serving.start(one->polling->run());
        serving.start(one->polling->run_apart());
        for (unsigned i = 0; i < cleaners; ++i) serving.start(one->polling->run_cleaner());
        serving.start(one->polling->run_cleaner_apart());
        one->shipping->run_requests_with([&shipping](asio::awaitable<void> request) {
            shipping.start(std::move(request));
        });
        for (std::uint64_t i = 0; i < shippers; ++i) shipping.start(one->shipping->run());
    }
}

std::size_t cluster_sides::index_of(const spool::source& what) const {
    return all_.size() < 2 ? 0 : failover_.cluster_of(what);
}

// Whatever its watches would do: a watch that ships elsewhere waits for nothing here.
cluster_look cluster_sides::look_at(const side& one) const {
    auto unusable = one.unusable ? one.unusable() : std::nullopt;
    auto trouble = one.shipping->trouble([](auto&) { return true; });
    cluster_look out;
    out.can_send = !unusable;
    out.is_clear = one.shipping->is_clear();
    out.trouble = unusable ? unusable : trouble;
    return out;
}

void cluster_sides::look_at_clusters() {
    if (all_.size() < 2) return;
    std::vector<cluster_look> seen;
    for (auto& one : all_) seen.push_back(look_at(*one));
    failover_.note(seen);
}

// An outage must not last for ever because no file comes that would end it.
asio::awaitable<void> cluster_sides::probe(std::size_t index) {
    for (;;) {
        co_await with_.time.sleep_until(with_.time.now() + 1s);
        if (!failover_.begins_probe(index)) continue;
        auto& one = *all_[index];
        auto storing = probe_storage(*one.router, *one.blobs);
        auto stored = co_await guarded(std::move(storing));
        if (stored.has_error()) {
            with_.log.debug(
                "the cluster does not take a blob yet",
                {{"cluster", names_[index]}, {"detail", stored.error().message()}}
            );
            continue;
        }
        one.shipping->presume_well();
        failover_.seems_well(index);
    }
}

void cluster_sides::expect(const spool::source& posted) {
    if (!all_.empty()) all_[index_of(posted)]->polling->expect(posted);
}

const cluster_sides::side* cluster_sides::side_of(const std::string& watch) const {
    return all_.empty() ? nullptr : all_[names_.of(with_.watches.find(watch))].get();
}

std::optional<failure> cluster_sides::trouble(
    std::size_t index, const std::function<bool(const std::string& watch)>& could_go_on
) const {
    auto is_here = [&](const std::string& watch) {
        return names_.of(with_.watches.find(watch)) == index && could_go_on(watch);
    };
    auto trouble = all_[index]->shipping->trouble(is_here);
    return trouble ? trouble : failover_.reason_to_leave(index);
}

std::optional<streaming_ways::pause> cluster_sides::streaming_pause(
    const std::string& watch, const std::string& target
) const {
    auto* mine = side_of(watch);
    return mine ? mine->shipping->streaming_pause(target) : std::nullopt;
}

std::optional<rest_ways::detour> cluster_sides::rest_detour(const std::string& watch) const {
    auto* mine = side_of(watch);
    return mine ? mine->shipping->rest_detour(watch) : std::nullopt;
}

std::optional<failure> cluster_sides::post_trouble(const std::string& watch) const {
    auto* mine = side_of(watch);
    return mine ? mine->shipping->post_trouble(watch) : std::nullopt;
}

const shipper* cluster_sides::shipping_of(const std::string& watch) const {
    auto* mine = side_of(watch);
    return mine ? mine->shipping.get() : nullptr;
}

std::optional<failure> cluster_sides::hold_of(const std::string& watch) const {
    auto* mine = side_of(watch);
    return mine ? mine->shipping->hold_of(watch) : std::nullopt;
}

bool cluster_sides::reads_hang(const std::string& watch) const {
    return std::ranges::any_of(all_, [&](auto& one) { return one->shipping->reads_hang(watch); });
}

void cluster_sides::look_at_reads() {
    for (auto& one : all_) one->shipping->look_at_reads();
}

void cluster_sides::report_ended_failures() {
    for (auto& one : all_) one->shipping->report_ended_failures();
}

}  // namespace kustodrop::pipeline
