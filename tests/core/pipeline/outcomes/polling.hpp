#pragma once

#include "core/pipeline/outcomes/awaiting.hpp"
#include "pipeline/outcomes/polling/queue_poller.hpp"

#include <optional>
#include <string>

namespace kustodrop::test {

/// A poller of the notification queues over the storage model.
struct polling : awaiting {
    polling() {
        options.poll_interval = 10s;
        tasks.push_back(start(cleaning.run()));
    }
    ~polling() { stop(); }

    pipeline::outcomes_options options;
    pipeline::expectations expected;
    pipeline::ownership owners{*sources, *absent, *journal};
    pipeline::queue_patience patience;
    pipeline::blockage_report blocked{clock, log, measured};
    pipeline::cleaner cleaning{io.get_executor(), {queues, patience, clock, log}};
    pipeline::outcome_handler handler{
        {*sources, *absent, ready, watches, expected, identity_token, clock, random, log, measured},
        options,
        next};
    std::optional<pipeline::queue_poller> made;

    pipeline::queue_poller& poller() {
        if (made) return *made;
        pipeline::queue_poller::parts with{
            expected,
            owners,
            handler,
            cleaning,
            patience,
            blocked,
            *journal,
            router,
            queues,
            clock,
            random,
            log,
            measured};
        return made.emplace(with, options);
    }

    void await(int number) {
        posted(number);
        expected.add(id_of(number), clock.now());
    }

    bool poll() {
        auto polled = start(poller().poll());
        settle();
        BOOST_REQUIRE(polled->done());
        return polled->value.value();
    }

    double counted(const std::string& owner) {
        metric_labels labels{{"kind", "success"}, {"owner", owner}};
        return measured.count("kustodrop_notifications_total", labels).value();
    }
};

}  // namespace kustodrop::test
