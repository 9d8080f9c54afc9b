#pragma once

#include "spool/following/look_table.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace kustodrop::spool {

/// What the journal has to write so that it holds the book again.
struct book_changes {
    std::vector<log_state> written;
    std::vector<log_number> forgotten;
};

/// All logs of a watch: which files they are, and up to where each is cut. Judges what a look at
/// the folder shows by the status table of docs/following.md §1. Pure.
///
/// A position is moved by cut() and nothing else.
class log_book {
public:
    explicit log_book(book_options options) : options_(std::move(options)) {}

    /// What the journal holds. Without this the first look is the watch's first start.
    void restore(std::vector<log_state> logs, log_number last_number);

    /// The next look is the watch's first start, at another folder than that of the logs that are
    /// known: what is not in it was left behind.
    void begin_in_another_folder() { begun_ = false; }

    /// A look at every file of the watch, by name and among those that are held open. What is not
    /// among them has vanished, unless it lies beneath one of the hidden folders.
    look_result look(
        const std::vector<log_sighting>& files,
        log_content& content,
        time_point now,
        const hidden_folders& hidden = {}
    );

    /// A look at the file of one log, as the only one in `content`. False: something other than
    /// growth has happened, and only a look at all files decides about it.
    bool look_at(log_number number, const log_sighting& file, log_content& content);

    /// The bytes up to `anchor.end` are in a source. `head`, of the first record, is needed with
    /// the first cut only. `inside`: of ends of records among these bytes, ascending.
    void cut(
        log_number number,
        const content_mark& anchor,
        std::optional<content_mark> head,
        const std::vector<content_mark>& inside = {}
    );

    /// The log is read to its end, deleted, and no one writes to it any more.
    void end(log_number number);

    /// What was seen and is in no source.
    std::vector<log_loss> unread() const;

    /// The id of a log, or the one that it gets when its first record has this mark.
    std::string id_with(log_number number, const std::optional<content_mark>& head) const;

    const log_state* find(log_number number) const;
    const known_logs& logs() const { return logs_; }
    log_number last_number() const { return last_number_; }

    /// False: the next look is the watch's first start.
    bool has_begun() const { return begun_; }

    /// What has changed since the last call.
    book_changes changes();

private:
    void forget_copies(const look_table& look, std::set<log_number>& needed);
    void forget_ended(const look_table& look);
    std::string made_id(const log_state& log) const;
    void keep_emptied(look_table& look);
    void report_losses(look_table& look);

    book_options options_;
    known_logs logs_;
    known_logs written_;  // As the journal has them.
    log_number last_number_ = 0;
    bool begun_ = false;
    std::set<log_number> emptied_;                  // See look_table.
    std::map<log_number, time_point> alone_since_;  // Ended logs without kin, since this start.
};

}  // namespace kustodrop::spool
