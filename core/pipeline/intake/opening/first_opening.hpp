#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"
#include "base/result.hpp"
#include "pipeline/watcher.hpp"

#include <memory>
#include <optional>

namespace kustodrop::pipeline {

/// Opens a watched folder and waits for that, but not for ever: a mount that hangs is left, and the
/// intake continues by itself when it answers.
class first_opening {
public:
    first_opening(asio::any_io_executor executor, clock& time)
        : state_(std::make_shared<state>(std::move(executor))), time_(time) {}

    /// To be started as a task of its own, which may outlive this.
    asio::awaitable<void> open(watcher& taking) const;

    /// The outcome; after `patience` without one "timeout".
    asio::awaitable<result<void>> wait(duration patience);

private:
    struct state {
        explicit state(asio::any_io_executor executor) : changed(std::move(executor)) {}
        event changed;
        bool ended = false;
        std::optional<failure> problem;
    };
    static asio::awaitable<void> open_into(watcher& taking, std::shared_ptr<state> out);

    std::shared_ptr<state> state_;
    clock& time_;
};

}  // namespace kustodrop::pipeline
