#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"

#include <atomic>
#include <cstddef>
#include <functional>

namespace kustodrop::pipeline {

/// How far blocking work has come: its thread says so after each step.
class work_progress {
public:
    void advance() { ++steps_; }
    std::size_t steps() const { return steps_; }

private:
    std::atomic<std::size_t> steps_ = 0;
};

/// Work on a folder that may hang.
struct patient_work {
    std::function<void(work_progress&)> work;  // Blocks. Runs on a thread of the pool.
    std::function<void()> late;  // Runs on the caller's executor if work ends after all.
};

/// How long a step of such work may take. By then the pool has another thread in the place of the
/// one that hangs: see worker_pool::relieve().
inline constexpr duration patience_for_a_step = 12s;

/// Runs the work and waits for its end. False: a step takes longer than `patience`; the work
/// continues, and `late` runs when it ends. `late` runs as well if the caller is cancelled.
asio::awaitable<bool> offload_patiently(
    worker_pool& pool, clock& time, patient_work what, duration patience
);

}  // namespace kustodrop::pipeline
