#include "pipeline/shipping/shipper_options.hpp"

#include <algorithm>
#include <thread>

namespace kustodrop::pipeline {

unsigned shipper_options::threads() const {
    if (compression_threads > 0) return static_cast<unsigned>(compression_threads);
    // Asked once: it is needed for every file, and the answer costs a system call.
    static const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
    return processors;
}

}  // namespace kustodrop::pipeline
