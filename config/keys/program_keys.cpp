#include "config/keys/clusters_map.hpp"
#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"
#include "config/keys/watch/watch_texts.hpp"

namespace kustodrop::config {

key<settings> drain_section() {
    return make_section<settings>(
        "drain",
        "What is still done after SIGTERM.",
        {make_key<settings>(
             "scope",
             at(&settings::drain, &drain_settings::scope),
             choice_form{drain_scopes},
             "requests: nothing new is claimed, and the requests in hand are finished. folder: "
             "everything that lies in the folders is shipped first, whatever stable_for says, "
             "because the folders disappear with the pod."
         ),
         make_key<settings>(
             "timeout",
             at(&settings::drain, &drain_settings::timeout),
             duration_form{{1s, 1h}},
             "The longest that this takes. The service manager must wait longer."
         )}
    );
}

key<settings> fleet_section() {
    auto section = make_section<settings>(
        "fleet",
        "A table in which every daemon reports how it is. kustodrop gen-fleet prints the commands "
        "that create it.",
        {make_key<settings>(
             "database",
             at(&settings::fleet, &fleet_settings::database),
             text_form{optional_entity_problem},
             "The database of the table. Empty: nothing is reported."
         ),
         restart(make_key<settings>(
             "cluster",
             at(&settings::fleet, &fleet_settings::cluster),
             text_form{},
             "The name of the cluster with the table. Required where clusters has several."
         )),
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
    return checked<settings>(std::move(section), [](class section& fleet, settings& all) {
        if (!all.fleet.database.empty()) choose_cluster(fleet, all.fleet.cluster, all);
    });
}

key<settings> log_section() {
    return make_section<settings>(
        "log",
        "What is logged, and how.",
        {make_key<settings>(
             "level",
             at(&settings::log, &log_settings::level),
             choice_form{log_levels},
             "The least important messages that are logged."
         ),
         restart(make_key<settings>(
             "format",
             at(&settings::log, &log_settings::format),
             choice_form{log_formats},
             "auto: journald's priorities under systemd, text on a terminal, json otherwise."
         ))}
    );
}

}  // namespace kustodrop::config
