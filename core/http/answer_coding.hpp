#pragma once

#include "base/result.hpp"
#include "http/message.hpp"

namespace kustodrop::http {

/// The answer as it can be read: nothing but identity is asked for. One whose body is encoded all
/// the same is failure "bad_answer" that says so; of an error the body is dropped, for its status
/// says what matters. What a blob holds is its own business. Pure.
result<response> readable(const request& ask, response answer);

}  // namespace kustodrop::http
