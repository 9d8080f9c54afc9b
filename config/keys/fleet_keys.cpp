#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"
#include "config/keys/watch/watch_texts.hpp"

namespace kustodrop::config {

key<settings> fleet_section() {
    return make_section<settings>(
        "fleet",
        "A table in which every daemon reports how it is. kustodrop gen-fleet prints the commands "
        "that create it.",
        {make_key<settings>(
             "database",
             at(&settings::fleet, &fleet_settings::database),
             text_form{optional_entity_problem},
             "The database of the table. Empty: nothing is reported."
         ),
         make_key<settings>(
             "table",
             at(&settings::fleet, &fleet_settings::table),
             text_form{entity_problem},
             "The table."
         ),
         make_key<settings>(
             "interval",
             at(&settings::fleet, &fleet_settings::interval),
             duration_form{{1s, 24h}},
             "How often a row about the daemon is sent, with rows about sources."
         ),
         make_key<settings>(
             "sources",
             at(&settings::fleet, &fleet_settings::sources),
             choice_form{fleet_source_choices},
             "Which sources have a row each: those that did not succeed, or all."
         )}
    );
}

}  // namespace kustodrop::config
