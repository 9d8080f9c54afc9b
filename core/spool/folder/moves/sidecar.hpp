#pragma once

#include <string>
#include <string_view>

namespace kustodrop::spool {

/// Whether it is a name under which something of ours is written before it gets its own.
bool is_unfinished_name(std::string_view base);

/// NAME.error.json beside a quarantined file: why it is there. Blocking.
class sidecar {
public:
    /// Of the file `base` in an open folder, of the source `id`.
    sidecar(int folder, const std::string& base, const std::string& id);

    /// 0 or an errno; EEXIST if the name belongs to something else, such as a file of that name.
    int write(std::string_view text) const;
    void remove() const;

    /// Whether it is there and says that id.
    bool is_ours() const;

private:
    int drop(const std::string& temporary) const;

    int folder_;
    std::string name_;
    const std::string& id_;
};

}  // namespace kustodrop::spool
