#include "spool/folder/medium.hpp"

#include "spool/folder/beneath.hpp"

#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

namespace kustodrop::spool {

namespace {
struct known_medium {
    std::uint64_t magic;
    medium_kind kind;
    std::string_view name;
    bool lasting_inodes;
};
}  // namespace

// statfs(2) and linux/magic.h.
static constexpr std::array known{
    known_medium{0xEF53, medium_kind::local, "ext4", true},
    known_medium{0x58465342, medium_kind::local, "xfs", true},
    known_medium{0x9123683E, medium_kind::local, "btrfs", true},
    known_medium{0x01021994, medium_kind::local, "tmpfs", true},
    known_medium{0xF2F52010, medium_kind::local, "f2fs", true},
    known_medium{0x2FC12FC1, medium_kind::local, "zfs", true},
    known_medium{0xCA451A4E, medium_kind::local, "bcachefs", true},
    known_medium{0x7366746E, medium_kind::local, "ntfs3", true},
    known_medium{0x4D44, medium_kind::local, "vfat", false},
    known_medium{0x2011BAB0, medium_kind::local, "exfat", false},
    known_medium{0x794C7630, medium_kind::overlay, "overlay", true},
    known_medium{0x6969, medium_kind::remote, "nfs", true},
    known_medium{0xFF534D42, medium_kind::remote, "cifs", false},
    known_medium{0xFE534D42, medium_kind::remote, "smb2", false},
    known_medium{0x517B, medium_kind::remote, "smb", false},
    known_medium{0x01021997, medium_kind::remote, "9p", false},
    known_medium{0x00C36400, medium_kind::remote, "ceph", true},
    known_medium{0x65735546, medium_kind::remote, "fuse", false},
    known_medium{0x47504653, medium_kind::remote, "gpfs", true},
    known_medium{0x0BD00BD0, medium_kind::remote, "lustre", true},
    known_medium{0x786F4256, medium_kind::remote, "vboxsf", false},
    known_medium{0x0187, medium_kind::unknown, "autofs", false},
};

medium medium_of(std::uint64_t magic) {
    for (auto& one : known) {
        if (one.magic == magic) return {one.kind, std::string(one.name), one.lasting_inodes};
    }
    std::array<char, 24> number{};
    std::snprintf(number.data(), number.size(), "0x%llx", static_cast<unsigned long long>(magic));
    return {medium_kind::unknown, number.data(), false};
}

result<medium> medium_of_folder(int folder) {
    struct ::statfs facts = {};
    if (::fstatfs(folder, &facts) != 0) {
        return system_failure(errc::folder_unreadable, remedy::retry, "cannot statfs", ".", errno);
    }
    // The field is signed on some machines and the magics are 32 bits.
    return medium_of(static_cast<std::uint32_t>(facts.f_type));
}

double disk_space::free_percent() const {
    auto share = [](std::uint64_t free, std::uint64_t total) {
        if (total == 0) return 100.0;
        return 100.0 * static_cast<double>(free) / static_cast<double>(total);
    };
    return std::min(share(free_bytes, total_bytes), share(free_files, total_files));
}

result<disk_space> space_of_folder(int folder) {
    struct ::statvfs facts = {};
    if (::fstatvfs(folder, &facts) != 0) {
        return system_failure(errc::folder_unreadable, remedy::retry, "cannot statvfs", ".", errno);
    }
    disk_space space;
    space.total_bytes = facts.f_blocks * facts.f_frsize;
    space.free_bytes = facts.f_bavail * facts.f_frsize;
    space.total_files = facts.f_files;
    space.free_files = facts.f_favail;
    return space;
}

}  // namespace kustodrop::spool
