#include "kusto/storage_router.hpp"

#include <utility>

namespace kustodrop::pipeline {

using azure::storage_place;

// How soon to look again when resources are there but none of them can be used.
static constexpr duration look_again = 1s;

storage_router::storage_router(
    clock& clock, random_generator& random, refreshed<kusto::resource_set>& resources
)
    : clock_(clock), resources_(resources), containers_(random), queues_(random) {}

void storage_router::take_over(const std::shared_ptr<const kusto::resource_set>& resources) {
    if (resources == in_use_ || !resources) return;
    in_use_ = resources;
    containers_.update(in_use_->containers);
    queues_.update(in_use_->ingestion_queues);
}

storage_router::visit::visit(storage_router& router, std::string account, errand kind)
    : router_(router), account_(std::move(account)), kind_(static_cast<std::size_t>(kind)) {
    begin();
}

void storage_router::visit::begin() {
    ++router_.visits_[account_][kind_];
    ++router_.all_visits_[kind_];
}

void storage_router::visit::go_to(const std::string& account) {
    if (account == account_) return;
    end();
    account_ = account;
    begin();
}

void storage_router::visit::end() {
    auto& mine = router_.visits_[account_];
    --mine[kind_];
    --router_.all_visits_[kind_];
    if (mine != counts()) return;
    router_.containers_.busy_with(account_, 0, 0);
    router_.queues_.busy_with(account_, 0, 0);
    router_.visits_.erase(account_);
}

std::size_t storage_router::visits(const std::string& account, errand kind) const {
    auto found = visits_.find(account);
    return found == visits_.end() ? 0 : found->second[static_cast<std::size_t>(kind)];
}

// Each errand is spread for itself: counted together, all uploads would move to one account and all
// posts to the other. One that answers neither must not keep everyone who sends.
void storage_router::mark_crowded(kusto::account_ring& ring, errand kind) const {
    auto index = static_cast<std::size_t>(kind);
    auto all = all_visits_[0] + all_visits_[1];
    for (auto& [account, count] : visits_) {
        auto both = count[0] + count[1];
        bool keeps_most = both * 3 > all * 2;
        auto mine = keeps_most ? both : count[index];
        ring.busy_with(account, mine, keeps_most ? both : all_visits_[index]);
    }
}

std::optional<storage_place> storage_router::next_container() {
    mark_crowded(containers_, errand::upload);
    return containers_.next(clock_.now(), clock_.wall_now());
}

std::optional<storage_place> storage_router::next_queue() {
    mark_crowded(queues_, errand::post);
    return queues_.next(clock_.now(), clock_.wall_now());
}

asio::awaitable<storage_place> storage_router::wait_for(choose next) {
    for (;;) {
        auto resources = co_await resources_.get();
        take_over(resources);
        if (auto place = (this->*next)()) co_return std::move(*place);
        resources_.request_refresh();
        co_await clock_.sleep_until(clock_.now() + look_again);
    }
}

asio::awaitable<storage_place> storage_router::container() {
    return wait_for(&storage_router::next_container);
}

asio::awaitable<storage_place> storage_router::queue() {
    return wait_for(&storage_router::next_queue);
}

std::optional<storage_place> storage_router::find_container(
    std::string_view account, std::string_view name
) {
    take_over(resources_.current());
    if (!in_use_) return std::nullopt;
    auto now = clock_.wall_now();
    for (auto& place : in_use_->containers) {
        bool is_it = place.account == account && place.name == name;
        if (is_it && place.usable_at(now)) return place;
    }
    return std::nullopt;
}

std::vector<storage_place> storage_router::usable_containers() {
    take_over(resources_.current());
    if (!in_use_) return {};
    auto out = in_use_->containers;
    std::erase_if(out, [now = clock_.wall_now()](auto& one) { return !one.usable_at(now); });
    return out;
}

void storage_router::report(const storage_place& place, const result<void>& outcome) {
    // What is wrong with the request or with the file says nothing about the account.
    bool account_failed = false;
    if (outcome.has_error()) {
        auto next = outcome.error().next;
        account_failed =
            next == remedy::retry || next == remedy::reroute || next == remedy::refresh_resources;
        if (next == remedy::refresh_resources) resources_.request_refresh();
    }
    auto now = clock_.now();
    containers_.report(place.account, !account_failed, now);
    queues_.report(place.account, !account_failed, now);
}

}  // namespace kustodrop::pipeline
