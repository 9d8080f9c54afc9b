#include "spool/journal/rows/log_table.hpp"

namespace kustodrop::spool {

log_rows::log_rows(const sqlite::database& db)
    : write_(
          db,
          "INSERT OR REPLACE INTO logs (watch, number, id, name, family, inode, born_ns, handle,"
          " compressed, life, phase, copy_of, carried, position, size_seen, evidence, boot_id)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
      ),
      erase_(db, "DELETE FROM logs WHERE watch = ?1 AND number = ?2"),
      read_(
          db,
          "SELECT number, id, name, family, inode, born_ns, handle, compressed, life, phase,"
          " copy_of, carried, position, size_seen, evidence, boot_id FROM logs"
          " WHERE watch = ?1 ORDER BY number"
      ),
      rename_watch_(db, "UPDATE OR REPLACE logs SET watch = ?2 WHERE watch = ?1") {}

void log_rows::write(const log_record& log) {
    write_
        .bind(
            log.watch,
            log.number,
            log.id,
            sqlite::blob{log.name},
            sqlite::blob{log.family},
            log.inode,
            log.born_ns,
            sqlite::blob{log.handle},
            std::uint64_t(log.compressed),
            log.life,
            log.phase,
            log.copy_of,
            std::uint64_t(log.carried),
            log.position,
            log.size_seen,
            log.evidence,
            log.boot_id
        )
        .run();
}

void log_rows::erase(const std::string& watch, std::uint64_t number) {
    erase_.bind(watch, number).run();
}

void log_rows::rename_watch(const std::string& from, const std::string& to) {
    rename_watch_.bind(from, to).run();
}

std::vector<log_record> log_rows::read(const std::string& watch) {
    std::vector<log_record> logs;
    read_.bind(watch);
    while (read_.step()) {
        auto& row = read_;
        auto& log = logs.emplace_back();
        log.watch = watch;
        log.number = row.natural(0);
        log.id = row.bytes(1);
        log.name = row.bytes(2);
        log.family = row.bytes(3);
        log.inode = row.natural(4);
        log.born_ns = row.integer(5);
        log.handle = row.bytes(6);
        log.compressed = row.natural(7) != 0;
        log.life = static_cast<unsigned>(row.natural(8));
        log.phase = row.bytes(9);
        log.copy_of = row.natural(10);
        log.carried = row.natural(11) != 0;
        log.position = row.natural(12);
        log.size_seen = row.natural(13);
        log.evidence = row.bytes(14);
        log.boot_id = row.bytes(15);
    }
    return logs;
}

}  // namespace kustodrop::spool
