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
    case EPERM:
        return fail(errc::file_unreadable, remedy::reconfigure);
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

result<void> check_start(
    const slice& what, const reader_options& options, std::string_view first_bytes
) {
    if (what.offset != 0 || !options.compressible || options.already_compressed) return {};
    auto kind = compression_of(first_bytes);
    if (kind.empty() || is_supported_compression(kind)) return {};
    return failure{
        .code = errc::unsupported_compression,
        .next = remedy::give_up,
        .detail = printable(what.name) + " is a " + std::string(kind) + " file",
        .hint = "deliver it uncompressed, as gzip or as zip"};
}

}  // namespace kustodrop::spool
