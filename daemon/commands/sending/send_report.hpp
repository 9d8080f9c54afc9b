#pragma once

#include "base/result.hpp"
#include "pipeline/roster.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace kustodrop::daemon {

/// What became of one file that was sent.
struct sent_file {
    std::string path;
    std::string source_id;
    std::string state;  // An outcome, or the stage that it has reached.
    std::string code;
    std::string details;
};

/// How far a `send` has come.
struct send_state {
    std::size_t files = 0;
    std::size_t sent = 0;     // With the service, or with an outcome.
    std::size_t settled = 0;  // With an outcome.
    std::uint64_t bytes = 0;
    std::uint64_t bytes_sent = 0;
};

/// What became of every file of a `send` so far.
class send_report {
public:
    /// `waits`: whether an outcome is waited for; else a file is done when it is posted.
    explicit send_report(bool waits) : waits_(waits) {}

    /// The source has reached another stage. Its file as it stands now.
    const sent_file& note(const spool::source& what);

    /// A file without a source.
    const sent_file& note(sent_file file);

    /// So many bytes of the source has storage accepted, of the upload in hand.
    void note_accepted(const std::string& source_id, std::uint64_t bytes);

    /// What keeps the files that the service does not have yet; nothing: nothing does any more.
    void note_trouble(const std::optional<failure>& why);

    /// Whether nothing more is to come for a file in that state.
    bool is_final(const std::string& state) const;
    bool all_final() const;

    /// Whether the service has all of them, or they have an outcome.
    bool all_sent() const;

    /// What `send` exits with when nothing went wrong beside the files.
    int exit_code() const;

    send_state state() const;
    const std::map<std::string, sent_file>& files() const { return files_; }

private:
    struct file_bytes {
        std::uint64_t all = 0;
        std::uint64_t sent = 0;
    };

    bool waits_;
    std::map<std::string, sent_file> files_;   // By path.
    std::map<std::string, file_bytes> bytes_;  // By source id.
};

}  // namespace kustodrop::daemon
