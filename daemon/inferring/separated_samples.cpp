#include "daemon/inferring/separated_samples.hpp"

#include "base/text.hpp"
#include "daemon/inferring/header_guess.hpp"
#include "daemon/inferring/sample_text.hpp"
#include "daemon/inferring/separated.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace kustodrop::daemon {

using fields = std::vector<std::string>;

static std::string joined_names(const fields& names) {
    std::string out;
    for (auto& one : names) out += (out.empty() ? "" : ", ") + one;
    return out;
}

static bool begins_with(const fields& longer, const fields& shorter) {
    return shorter.size() <= longer.size() &&
           std::equal(shorter.begin(), shorter.end(), longer.begin());
}

static bool agree(const fields& one, const fields& other) {
    return begins_with(one, other) || begins_with(other, one);
}

namespace {

class separated_inference {
public:
    explicit separated_inference(std::string format) { out_.format = std::move(format); }

    inference infer(const std::vector<sample>& samples, std::optional<bool> has_header) {
        for (auto& one : samples) read(one);
        if (parts_.empty()) {
            bool is_cut = std::ranges::any_of(samples, &sample::is_cut);
            auto& first = samples.front();
            auto read = read_separated(first.bytes, *separator_of(out_.format), false);
            out_.problem = is_cut ? "it holds no whole record in the part that is looked at"
                           : read.ends_in_quotes
                               ? first.name + ": its first record has a quote that is never closed"
                               : "no whole record is in it";
            return std::move(out_);
        }
        if (has_header) {
            out_.has_header = *has_header;
        } else {
            find_header();
        }
        if (out_.problem.empty() && out_.has_header) compare_headers();
        if (!out_.problem.empty()) return std::move(out_);
        for (auto& one : parts_) note_shape(one);
        add_columns();
        return std::move(out_);
    }

private:
    struct part {
        std::string name;
        std::vector<fields> records;
        header guess = header::unknown;

        const fields& first() const { return records.front(); }
    };

    void note(const std::string& text) { out_.notes.push_back(text); }

    void read(const sample& one) {
        auto found = read_separated(one.bytes, *separator_of(out_.format), one.is_cut);
        if (found.ends_in_quotes) note(one.name + ": a quote is never closed");
        if (found.has_text_after_quotes) note(one.name + ": text stands behind a closing quote");
        if (found.has_lone_returns) {
            note(
                one.name +
                ": it has carriage returns without a newline; whether the service ends "
                "a record there is not known, so convert them"
            );
        }
        if (found.records.empty()) return;
        auto guess = likely_header(found.records);
        parts_.push_back({one.name, std::move(found.records), guess});
    }

    const part* first_with(header guess) const {
        auto found = std::ranges::find(parts_, guess, &part::guess);
        return found == parts_.end() ? nullptr : &*found;
    }

    // One setting of the watch is for all its files.
    void find_header() {
        auto* with = first_with(header::yes);
        auto* without = first_with(header::no);
        auto* unknown = first_with(header::unknown);
        out_.has_header = with;
        if (with && without) {
            out_.problem = with->name + " has a header and " + without->name +
                           " has none, and a watch has one setting for both: give them one by "
                           "one, or say --header yes or no";
        } else if (!with && without && unknown) {
            note(
                unknown->name +
                ": whether its first record names the columns cannot be known; it "
                "is taken for data, as that of " +
                without->name + " is"
            );
        } else if (!with && unknown) {
            guess_header();
        }
    }

    void guess_header() {
        bool all_agree =
            std::ranges::all_of(parts_, [&](auto& one) { return agree(one.first(), first()); });
        out_.has_header = all_agree && may_name_columns(parts_.front().records);
        auto* taken = out_.has_header ? "a header, and --header no says otherwise"
                                      : "data, and --header yes says otherwise";
        note(
            std::string("whether the first record names the columns cannot be known; it is taken "
            ) +
            "for " + taken
        );
    }

    const fields& first() const { return parts_.front().first(); }

    const part& widest() const {
        auto width = [](auto& one) { return one.first().size(); };
        return *std::ranges::max_element(parts_, {}, width);
    }

    // The service goes by the place of a field: other names there are other data.
    void compare_headers() {
        auto& most = widest();
        for (auto& one : parts_) {
            if (begins_with(most.first(), one.first())) continue;
            fields sorted = one.first(), others = most.first();
            std::ranges::sort(sorted);
            std::ranges::sort(others);
            out_.problem = most.name + " and " + one.name + " have " +
                           (sorted == others ? "their columns in another order"
                                             : "other columns at the same places") +
                           ", and fields go by their place: " + joined_names(most.first()) + "; " +
                           joined_names(one.first()) +
                           ". Give them one by one, with a mapping for each";
            return;
        }
    }

    void note_shape(const part& one) {
        auto columns = one.first().size();
        auto begin = one.records.begin() + (out_.has_header ? 1 : 0);
        auto is_odd = [&](auto& record) { return record.size() != columns; };
        auto odd = std::count_if(begin, one.records.end(), is_odd);
        auto label = parts_.size() > 1 ? one.name + ": " : std::string();
        if (odd > 0) {
            note(
                label + std::to_string(odd) + " of " + std::to_string(one.records.end() - begin) +
                " records do not have " + std::to_string(columns) +
                " fields: the service refuses such files"
            );
        }
        auto& most = widest();
        if (most.first().size() == columns) return;
        auto begin_of_rest = most.first().begin() + static_cast<std::ptrdiff_t>(columns);
        auto rest = out_.has_header ? joined_names({begin_of_rest, most.first().end()})
                                    : "fields from number " + std::to_string(columns + 1) + " on";
        note(
            label + "it lacks " + rest + ", which " + most.name +
            " has at the end: empty in its rows"
        );
    }

    void add_columns() {
        auto names = out_.has_header ? widest().first() : fields();
        auto columns = widest().first().size();
        std::set<std::string> taken;
        auto skipped = out_.has_header ? 1U : 0U;
        for (auto& one : parts_) out_.records += one.records.size() - skipped;
        for (std::size_t at = 0; at < columns; ++at) {
            seen_values seen;
            for (auto& one : parts_) {
                for (auto row = skipped; row < one.records.size(); ++row) {
                    auto& record = one.records[row];
                    if (at < record.size()) seen.add(std::string_view(record[at]));
                }
            }
            auto given = at < names.size() ? names[at] : std::string();
            auto name = column_name(given, at + 1);
            inferred_column column{name, seen.column_type(), std::to_string(at), given};
            auto base = column.name;
            for (int number = 2; !taken.insert(to_lower(column.name)).second; ++number) {
                column.name = base + "_" + std::to_string(number);
            }
            note_doubts(column, seen, out_.notes);
            out_.columns.push_back(std::move(column));
        }
    }

    inference out_;
    std::vector<part> parts_;
};

}  // namespace

inference infer_separated(
    const std::vector<sample>& samples, const std::string& format, std::optional<bool> has_header
) {
    return separated_inference(format).infer(samples, has_header);
}

}  // namespace kustodrop::daemon
