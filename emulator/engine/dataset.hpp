#pragma once

#include "base/result.hpp"
#include "emulator/schema/cells.hpp"
#include "http/message.hpp"

#include <string>
#include <vector>

namespace kustodrop::emulator {

/// A table as an answer.
struct dataset {
    std::vector<column> columns;
    std::vector<std::vector<cell>> rows;
};

/// 200 with a v1 dataset of one table (docs/protocol.md §3.2).
http::response v1_answer(const dataset& table);

/// 200 with the frames of v2.
http::response v2_answer(const dataset& table);

/// 400 with the service's error document (docs/protocol.md §3.3). The failure's code is "Syntax",
/// "Semantic", "EntityNotFound" or anything else for a bad request.
http::response error_answer(const failure& why, wall_time now);

}  // namespace kustodrop::emulator
