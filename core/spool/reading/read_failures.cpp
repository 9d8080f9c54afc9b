#include "spool/reading/read_failures.hpp"

#include "base/text.hpp"
#include "spool/folder/beneath.hpp"
#include "spool/reading/compression_kind.hpp"

#include <cerrno>

namespace kustodrop::spool {

failure cannot_open(const slice& what, int error) {
    auto fail = [&](errc code, remedy next) {
        return system_failure(code, next, "cannot open", what.location, error);
    };
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ESTALE:
        return fail(errc::file_vanished, remedy::retry);
    case ELOOP:
    case EXDEV:
    case ENXIO:
    case ENODEV:
    case EISDIR:
        return fail(errc::not_a_file, remedy::give_up);
    case EACCES:
    case EPERM: {
        auto out = fail(errc::file_unreadable, remedy::reconfigure);
        out.hint = "give the daemon's user the right to read it; it is tried again";
        return out;
    }
    default:
        return fail(errc::read_error, remedy::retry);
    }
}

failure not_regular(const slice& what) {
    auto detail = printable(what.location) + " is not a regular file";
    return {errc::not_a_file, remedy::give_up, detail};
}

failure changed_while_read(const slice& what, const file_identity& now) {
    auto before = std::to_string(what.identity.size_bytes);
    auto detail = printable(what.location) + " changed while it was read: it had " + before +
                  " bytes and has " + std::to_string(now.size_bytes);
    return {errc::file_changed, remedy::retry, detail};
}

failure ended_early(const slice& what) {
    auto detail = printable(what.location) + " ended before its size says";
    return {errc::read_error, remedy::retry, detail};
}

static failure unsupported(const slice& what, const std::string& is_what) {
    return {
        .code = errc::unsupported_compression,
        .next = remedy::give_up,
        .detail = printable(what.name) + " is " + is_what,
        .hint = "deliver it uncompressed, as gzip or as zip"};
}

result<stored_as> form_of(const slice& what, std::string_view first_bytes, stored_as text_as) {
    auto kind = compression_of(first_bytes);
    if (kind.empty()) return text_as;
    if (kind == "gzip") return stored_as::gzip;
    if (kind == "zip") return stored_as::zip;
    return unsupported(what, "a " + std::string(kind) + " file");
}

result<void> check_inside(const slice& what, std::string_view first_bytes) {
    auto kind = compression_of(first_bytes);
    if (kind.empty()) return {};
    return unsupported(what, "a " + std::string(kind) + " file within gzip");
}

result<void> check_among_others(const slice& what, std::string_view first_bytes) {
    auto kind = compression_of(first_bytes);
    if (kind.empty()) return {};
    return unsupported(what, "a " + std::string(kind) + " file among files of text");
}

failure holds_no_data(const slice& first) {
    auto detail = printable(first.name) + " holds no data";
    return {errc::empty_file, remedy::give_up, detail};
}

failure exceeds_limit(std::uint64_t bytes, std::uint64_t limit) {
    auto detail =
        "has " + std::to_string(bytes) + " bytes, more than the limit of " + std::to_string(limit);
    return {errc::too_large, remedy::give_up, detail};
}

failure named(failure problem, const slice& what) {
    problem.detail.insert(0, printable(what.name) + ": ");
    return problem;
}

}  // namespace kustodrop::spool
