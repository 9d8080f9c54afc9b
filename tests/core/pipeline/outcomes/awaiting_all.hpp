#pragma once

#include "core/pipeline/outcomes/awaiting.hpp"

#include <optional>

namespace kustodrop::test {

/// All of the outcomes, which begin() starts.
struct whole : awaiting {
    pipeline::outcomes_options options;
    std::optional<pipeline::outcomes> made;

    pipeline::outcomes& begin() {
        pipeline::outcomes_parts with{
            *sources,
            *absent,
            ready,
            watches,
            *journal,
            router,
            identity_token,
            queues,
            tables,
            clock,
            random,
            log,
            measured};
        made.emplace(io.get_executor(), with, options, next);
        tasks.push_back(start(made->run()));
        tasks.push_back(start(made->run_cleaner()));
        tasks.push_back(start(made->run_apart()));
        tasks.push_back(start(made->run_cleaner_apart()));
        return *made;
    }

    ~whole() { stop(); }

    void await(int number) { made->expect(posted(number)); }

    void pass_in_steps(duration time, duration step = 10s) {
        for (duration done{}; done < time; done += step) pass(step);
    }
};

}  // namespace kustodrop::test
