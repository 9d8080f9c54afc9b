#pragma once

#include <boost/asio/awaitable.hpp>

namespace kustodrop {

namespace asio = boost::asio;

}  // namespace kustodrop
