#pragma once

#include "async/offload.hpp"
#include "emulator/engine/commands.hpp"
#include "emulator/engine/dataset.hpp"
#include "emulator/engine/query_source.hpp"
#include "emulator/engine/store.hpp"

#include <string>

namespace kustodrop::emulator {

/// Carries out commands on the store and keeps the catalog in step with it.
class command_execution {
public:
    command_execution(worker_pool& pool, store& tables, catalog& known)
        : pool_(pool), tables_(tables), known_(known) {}

    asio::awaitable<result<dataset>> run(std::string database, command what);

    /// Translates and runs a query.
    asio::awaitable<result<dataset>> query(std::string database, std::string text, wall_time now);

private:
    query_sources sources();

    using answer = asio::awaitable<result<dataset>>;

    answer carry_out(std::string database, commands::create_database what);
    answer carry_out(std::string database, commands::create_table what);
    answer carry_out(std::string database, commands::drop_table what);
    answer carry_out(std::string database, commands::clear_table what);
    answer carry_out(std::string database, commands::create_mapping what);
    answer carry_out(std::string database, commands::drop_mapping what);
    answer carry_out(std::string database, commands::create_function what);
    answer carry_out(std::string database, commands::drop_function what);
    answer carry_out(std::string database, commands::show_functions what);
    answer carry_out(std::string database, commands::set_policy what);
    answer carry_out(std::string database, commands::show_databases what);
    answer carry_out(std::string database, commands::show_tables what);
    answer carry_out(std::string database, commands::show_table what);
    answer carry_out(std::string database, commands::show_mappings what);
    answer carry_out(std::string database, commands::show_ingestion_failures what);

    worker_pool& pool_;
    store& tables_;
    catalog& known_;
};

}  // namespace kustodrop::emulator
