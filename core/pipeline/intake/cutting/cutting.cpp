#include "pipeline/intake/cutting/cutting.hpp"

#include "spool/reading/records/sampled_check.hpp"

namespace kustodrop::pipeline {

using spool::writer_state;

std::optional<std::uint64_t> bytes_to_ship(
    const spool::record_cut& seen, bool is_unchanged, const cut_rules& rules
) {
    if (rules.hurries) return seen.length_bytes;
    if (!seen.is_cuttable) {
        bool is_written = seen.writers == writer_state::some && !rules.in_place &&
                          rules.unchanged_looks < most_looks_at_an_open_file;
        if (!is_unchanged || is_written) return std::nullopt;
        return seen.length_bytes;
    }
    if (seen.is_whole && seen.length_bytes > 0) return seen.length_bytes;
    if (is_unchanged && seen.writers == writer_state::none) return seen.length_bytes;
    if (seen.whole_records > 0) return seen.whole_records;
    bool rests = is_unchanged && rules.unchanged_looks >= most_looks_without_proof;
    if (rests && seen.writers == writer_state::unknown) return seen.length_bytes;
    return std::nullopt;
}

// Whether the slice's offset still means what it meant when the slice was made.
static bool holds(const spool::slice& file, const spool::record_cut& seen) {
    return seen.identity.same_file(file.identity) && seen.continues && seen.is_cuttable;
}

result<cut_look> cut_open_file(
    int descriptor, const spool::slice& file, writer_state writers, const cut_rules& rules
) {
    auto form = rules.in_place ? std::nullopt : rules.form;
    cut_look out{file, false};
    auto seen = spool::cut_at_record_end(descriptor, out.file, form, writers);
    if (seen.has_error()) return seen.error();
    if (file.offset > 0 && !holds(file, *seen)) {
        out.file.offset = 0;
        out.file.start_check = 0;
        out.file.head_bytes = 0;
        seen = spool::cut_at_record_end(descriptor, out.file, form, writers);
        if (seen.has_error()) return seen.error();
    }
    out.is_unchanged = seen->identity.same_content(file.identity);
    out.file.identity = seen->identity;
    // Where inode numbers do not last, the place says which file it is.
    if (file.identity.inode == 0) out.file.identity.inode = 0;
    // A look at an open file does not say when it was born.
    if (seen->identity.same_file(file.identity)) out.file.identity.born_ns = file.identity.born_ns;
    out.file.length_bytes = bytes_to_ship(*seen, out.is_unchanged, rules).value_or(0);
    if (out.file.length_bytes == 0) {
        out.file.end_check = 0;
        return out;
    }
    bool is_kept = rules.form && writers == writer_state::none;
    if (is_kept) out.content = spool::small_content(descriptor, out.file, rules.keep_bytes);
    out.file.end_check = out.content.empty() ? spool::sampled_check(descriptor, out.file.end())
                                             : spool::sampled_check(out.content);
    return out;
}

result<cut_look> look_and_cut(
    const spool::slice& file, spool::open_folders& through, const cut_rules& rules
) {
    auto opened = spool::open_to_cut(file, through);
    if (opened.has_error()) return opened.error();
    return cut_open_file(opened->get(), file, spool::probe_writers(opened->get()), rules);
}

}  // namespace kustodrop::pipeline
