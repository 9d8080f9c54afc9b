#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// What a question about an operation that failed says of the others.
enum class failing_scope {
    operation,  // Nothing: only this one is asked later.
    table,      // The principal may not ask for the operations of this table.
    service,    // No question can be answered now, or for a minute; a longer wait is the table's.
};

/// `status` is that of the answer, 0 where there was none. Pure.
failing_scope scope_of(unsigned status, const failure& why);

/// Why operations could not be asked for, each where it belongs: what fails for one operation or
/// one table holds up no other. Pure.
class operation_troubles {
public:
    /// An operation by its path, and the "Database.Table" it belongs to.
    struct asked {
        std::string path;
        std::string table;
    };

    /// A question that failed, and how long an operation waits after its first answer.
    struct refusal {
        unsigned status = 0;
        failure why;
        time_point at;
        duration first_pause;
    };

    /// What fails, and of which table; empty: of none in particular.
    struct trouble {
        std::string table;
        failure why;
    };

    /// A pass over all that is due begins.
    void begin();

    void answered(const asked& what);
    void failed(const asked& what, const refusal& how);

    /// It is not asked for any more; nor is any operation of a table but of these.
    void forget(const std::string& path) { operations_.erase(path); }
    void keep_tables(const std::set<std::string>& tables);

    /// Whether the rest of the pass is of no use, and since when the next one is.
    bool ends_pass() const { return pass_ends_; }
    time_point not_before() const { return not_before_; }

    /// Since when operations of the table may be asked for.
    time_point not_before(const std::string& table) const;

    /// How long an operation waits that could not be asked for; nothing if the last question about
    /// it was answered.
    std::optional<duration> pause_of(const std::string& path, duration first) const;

    /// What fails now, the most important first; at most one for each table.
    std::vector<trouble> all() const;

    /// The first of these, which says how many there are.
    std::optional<failure> summary() const;

    /// What keeps this operation from being answered.
    std::optional<failure> of(const asked& what) const;

    bool has_tables() const { return !tables_.empty(); }

private:
    struct failing {
        failure why;
        unsigned times = 0;
        time_point not_before{};  // Of a table.
        bool is_its_own = true;   // Of an operation: nothing says that others fail too.
    };

    void end_pass(const refusal& how);

    std::map<std::string, failing> operations_;  // By path.
    std::map<std::string, failing> tables_;
    std::optional<failure> service_;
    time_point not_before_{};
    std::string last_failed_;  // Since the last answer.
    unsigned silent_passes_ = 0;
    bool has_answer_ = false;  // In this pass.
    bool pass_ends_ = false;
};

}  // namespace kustodrop::pipeline
