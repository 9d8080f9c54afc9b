#include "spool/journal/files/journal_notes.hpp"

namespace kustodrop::spool {

void report(const journal_notes& news, logger& log, metrics& measured) {
    for (auto& path : news.set_aside) {
        log.error("journal was damaged and set aside, a new one begins", {{"path", path}});
        measured.count("kustodrop_journal_set_aside_total").add();
    }
    for (auto& one : news.refused) {
        log.error(
            "journal refuses a record: it is left out, and the source may be sent again after a "
            "restart; report it",
            {{"detail", one}}
        );
    }
    if (news.put_back > 0) {
        log.warning("the journal's file was removed while it was open; it is written back, whole");
    }
    if (news.reserves_used > 0) log.warning("disk is full: the journal's reserve is in use");
}

}  // namespace kustodrop::spool
