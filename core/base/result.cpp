#include "base/result.hpp"

#include "base/text.hpp"

namespace kustodrop {

std::string_view to_string(remedy next) {
    switch (next) {
    case remedy::retry:
        return "retry";
    case remedy::reauthenticate:
        return "reauthenticate";
    case remedy::reroute:
        return "reroute";
    case remedy::refresh_resources:
        return "refresh_resources";
    case remedy::upload_again:
        return "upload_again";
    case remedy::reconfigure:
        return "reconfigure";
    case remedy::give_up:
        return "give_up";
    }
    return "unknown";
}

std::string failure::message() const { return and_also(detail, hint); }

std::string to_string(const failure& f) { return f.code.text() + ": " + f.message(); }

}  // namespace kustodrop
