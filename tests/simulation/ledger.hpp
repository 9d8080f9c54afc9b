#pragma once

#include "simulation/logs/log_ledger.hpp"
#include "simulation/universe.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::simulation {

/// How a post came to the service.
enum class post_way { queue, rest, streaming };

enum class drop_kind { plain, gzip, broken_gzip, malformed, empty };

/// One version of a file as its producer meant it: lines of one length that say which file and
/// which line they are, so that the ledger can identify whatever arrives.
struct drop {
    unsigned number = 0;
    std::string name;
    drop_kind kind = drop_kind::plain;
    std::size_t records = 0;  // Written so far.
    // Of a file that its writer still had open when it was archived: whole records until then.
    std::optional<std::size_t> archived_records = {};
    std::size_t writes = 0;  // How often its bytes became others: so many versions may be seen.
    bool optional = false;   // Replaced before the daemon had to see it.
    std::vector<unsigned char> ingested = {};   // By record: how often,
    std::vector<unsigned char> sources = {};    // under how many ids,
    std::vector<unsigned char> confirmed = {};  // and whether the service said so.
};

/// What was dropped, what the service took, what it said: the oracle of a run.
class ledger {
public:
    static constexpr std::size_t record_bytes = 64;

    explicit ledger(universe& world) : world_(world) {}

    drop& add(drop_kind kind, std::string name);
    drop* find(unsigned number);
    std::map<unsigned, drop>& drops() { return drops_; }

    /// The next records of a file, which count as written.
    std::string write(drop& to, std::size_t records);

    /// Which records of which file a text is; no drop if we did not write it, a violation if it is
    /// a mixture.
    struct piece {
        drop* of = nullptr;
        std::size_t first = 0;
        std::size_t count = 0;
    };
    piece recognize(std::string_view text, std::string_view where);

    /// The same of a blob in which several files were joined: each one's records together.
    std::vector<piece> recognize_all(std::string_view text, std::string_view where);

    // What the service did.
    std::uint64_t accepted(const std::string& id, post_way by);  ///< A post; returns its number.
    /// The client got the answer. Of a streamed post it is the outcome.
    void answered(std::uint64_t post);
    void ingested(const std::string& id, std::string_view text);
    void said_success(const std::string& id);

    /// The identity token of a post was refused: it is not to be sent with that token again. Only
    /// of ids of which every post was answered is it certain what the client could know.
    void refused_identity(const std::string& id, const std::string& token);
    void posted_with(const std::string& id, const std::string& token);
    void asked_again(const std::string& id);  ///< It asked the client to send it again.
    /// Nothing of it was taken, for its bytes are wrong. A client that reads this while its folder
    /// is absent cannot divide the blob, and sends it once more when the folder is there: each
    /// time.
    void refused(const std::string& id);

    /// Files are put back: one that grows there is shipped whole again, once for each write.
    void files_are_kept() { kept_files_ = true; }

    /// Rows of followed logs are judged there.
    void judge_logs_by(log_ledger& logs) { logs_ = &logs; }
    /// Whether the client cannot know what became of a post, so that it may fail for it.
    bool is_in_doubt(const std::string& id) const;
    /// Whether the answer to a post of it was not heard, or came to the client of before a crash.
    bool is_repeated(const std::string& id) const;

    // What happened to the client.
    void crashed();
    /// Crashed or stopped: it no longer knows which failures it has read, and it acts once more
    /// on a notification that it could not delete.
    void ended();
    void journal_lost();

    std::uint64_t posts() const { return posts_.size(); }
    std::uint64_t ambiguous_posts() const;  ///< Accepted, and the client could not know.
    std::uint64_t posts_for_old_notifications() const { return posts_for_old_notifications_; }
    std::uint64_t duplicates() const { return duplicates_; }  ///< Sources ingested again.
    std::uint64_t joined() const { return joined_; }          ///< Blobs of several files taken.

private:
    struct post {
        std::string id;
        post_way by = post_way::queue;
        std::optional<time_point> answered_at = {};
    };
    struct source {
        std::optional<time_point> first_post = {};
        unsigned credit = 1;  // Posts that it may still make.
        unsigned times_asked = 0;
        unsigned open_posts = 0;
        bool is_silent = false;       // Of one of them at least no outcome can be asked for.
        unsigned times_streamed = 0;  // Rows were stored without an answer that was heard.
        std::string refused_token = {};
        unsigned forgotten = 0;  // Of those, before the client's last start.
        unsigned times_ingested = 0;
        std::vector<piece> what;
    };

    bool may_be_given_up(const std::string& id, const drop& part) const;

    universe& world_;
    std::map<unsigned, drop> drops_;
    std::vector<post> posts_;
    std::map<std::string, source> sources_;
    std::uint64_t duplicates_ = 0;
    std::uint64_t joined_ = 0;
    std::uint64_t unrecorded_ = 0;
    std::uint64_t posts_for_old_notifications_ = 0;
    bool kept_files_ = false;
    log_ledger* logs_ = nullptr;
};

}  // namespace kustodrop::simulation
