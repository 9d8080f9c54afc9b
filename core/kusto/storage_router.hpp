#pragma once

#include "async/clock.hpp"
#include "async/refreshed.hpp"
#include "azure/storage/storage_place.hpp"
#include "kusto/account_ring.hpp"
#include "kusto/resources.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::pipeline {

/// Chooses the container of the next upload and the queue of the next post, round-robin over
/// accounts, from whatever set of resources is current.
class storage_router {
public:
    storage_router(
        clock& clock, random_generator& random, refreshed<kusto::resource_set>& resources
    );

    /// The next container or queue whose SAS is good; waits while there is none.
    asio::awaitable<azure::storage_place> container();
    asio::awaitable<azure::storage_place> queue();

    /// That container with its current SAS; nothing if it was removed or its SAS ends too soon to
    /// begin something with.
    std::optional<azure::storage_place> find_container(
        std::string_view account, std::string_view name
    );

    /// Every container that something may be begun with, in no order.
    std::vector<azure::storage_place> usable_containers();

    /// Whether uploads to this account fail and those to the other one do not.
    bool is_to_be_avoided(std::string_view account, std::string_view other) const {
        return !containers_.is_healthy(account) && containers_.is_healthy(other);
    }

    /// Where the service's words arrive. Empty while there are no resources.
    std::shared_ptr<const kusto::resource_set> current() { return resources_.current(); }

    enum class errand { upload, post };

    /// Something is sent to an account for as long as this lives.
    class visit {
    public:
        visit(storage_router& router, std::string account, errand kind);
        ~visit() { end(); }
        visit(const visit&) = delete;
        visit& operator=(const visit&) = delete;

        /// It is sent to another account instead, or to this one.
        void go_to(const std::string& account);

    private:
        void begin();
        void end();

        storage_router& router_;
        std::string account_;
        std::size_t kind_;
    };

    /// How many visits there are to an account now.
    std::size_t visits(const std::string& account, errand kind) const;

    /// How a request to an account went. Asks for other resources when that is the remedy.
    void report(const azure::storage_place& place, const result<void>& outcome);

private:
    using choose = std::optional<azure::storage_place> (storage_router::*)();
    asio::awaitable<azure::storage_place> wait_for(choose next);
    std::optional<azure::storage_place> next_container();
    std::optional<azure::storage_place> next_queue();
    void mark_crowded(kusto::account_ring& ring, errand kind) const;
    void take_over(const std::shared_ptr<const kusto::resource_set>& resources);

    clock& clock_;
    refreshed<kusto::resource_set>& resources_;
    kusto::account_ring containers_;
    kusto::account_ring queues_;
    using counts = std::array<std::size_t, 2>;  // By errand.
    std::map<std::string, counts> visits_;      // By account.
    counts all_visits_{};
    std::shared_ptr<const kusto::resource_set> in_use_;
};

}  // namespace kustodrop::pipeline
