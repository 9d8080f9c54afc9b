#include "pipeline/shipping/shipper_options.hpp"

#include <algorithm>
#include <thread>

namespace kustodrop::pipeline {

unsigned shipper_options::threads() const {
    if (compression_threads > 0) return static_cast<unsigned>(compression_threads);
    return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace kustodrop::pipeline
