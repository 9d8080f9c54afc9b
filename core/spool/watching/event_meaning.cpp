#include "spool/watching/event_meaning.hpp"

#include <sys/inotify.h>

#include <array>

namespace kustodrop::spool {

std::string_view to_string(event_meaning meaning) {
    static constexpr std::array names{
        "closed",
        "moved in",
        "appeared",
        "went",
        "attributes",
        "folder appeared",
        "folder went",
        "root gone",
        "overflow",
        "ignored",
        "nothing"};
    return names[static_cast<std::size_t>(meaning)];
}

event_meaning meaning_of(std::uint32_t mask) {
    auto any = [mask](std::uint32_t bits) { return (mask & bits) != 0; };
    if (any(IN_Q_OVERFLOW)) return event_meaning::overflow;
    if (any(IN_IGNORED)) return event_meaning::ignored;
    if (any(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) return event_meaning::root_removed;
    if (any(IN_ISDIR)) {
        if (any(IN_CREATE | IN_MOVED_TO)) return event_meaning::folder_appeared;
        if (any(IN_DELETE | IN_MOVED_FROM)) return event_meaning::folder_went;
        // A folder that may be entered now counts as a new one.
        return any(IN_ATTRIB) ? event_meaning::folder_appeared : event_meaning::nothing;
    }
    if (any(IN_CLOSE_WRITE)) return event_meaning::closed;
    if (any(IN_MOVED_TO)) return event_meaning::moved_in;
    if (any(IN_CREATE)) return event_meaning::appeared;
    if (any(IN_DELETE | IN_MOVED_FROM)) return event_meaning::went;
    if (any(IN_ATTRIB)) return event_meaning::attributes;
    return event_meaning::nothing;
}

}  // namespace kustodrop::spool
