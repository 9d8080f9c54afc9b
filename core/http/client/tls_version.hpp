#pragma once

namespace kustodrop::http {

enum class tls_version { v1_2, v1_3 };

}  // namespace kustodrop::http
