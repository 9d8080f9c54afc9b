#include "base/live_secrets.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace kustodrop {

namespace {

constexpr std::string_view replacement = "[secret]";

// What does not depend on what stands before and after the value in a longer text.
std::string base64_core(std::string_view value, std::size_t offset) {
    static constexpr std::array<std::size_t, 3> touched{
        0, 2, 3};  // Characters of the bytes before.
    auto padded = std::string(offset, '\0').append(value);
    auto whole_groups = padded.size() / 3 * 3;
    auto encoded = base64_encode(std::string_view(padded).substr(0, whole_groups));
    wipe(padded.data(), padded.size());
    return encoded.substr(std::min(touched[offset], encoded.size()));
}

std::string with_small_hex(std::string text) {
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        if (text[i] != '%') continue;
        text[i + 1] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i + 1])));
        text[i + 2] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i + 2])));
    }
    return text;
}

std::vector<std::string> forms_of(std::string_view value) {
    std::vector<std::string> out{std::string(value)};
    auto encoded = percent_encode(value);
    // In a URL that was encoded as a whole.
    auto twice = percent_encode(encoded);
    out.push_back(with_small_hex(twice));
    out.push_back(std::move(twice));
    out.push_back(with_small_hex(encoded));
    out.push_back(std::move(encoded));
    out.push_back(json_escape(value));
    out.push_back(json_escape(out.back()));
    for (std::size_t offset = 0; offset < 3; ++offset) {
        auto core = base64_core(value, offset);
        auto url = core;
        std::replace(url.begin(), url.end(), '+', '-');
        std::replace(url.begin(), url.end(), '/', '_');
        out.push_back(std::move(core));
        out.push_back(std::move(url));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    std::erase_if(out, [](auto& form) { return form.size() < live_secrets::shortest; });
    return out;
}

std::uint64_t beginning(const char* text) {
    std::uint64_t out = 0;
    std::memcpy(&out, text, sizeof out);
    return out;
}

// Few lines hold a secret, so that most of their bytes are looked at once and left alone.
class registry {
public:
    void keep(std::string_view value) {
        std::lock_guard lock(mutex_);
        auto known = values_.find(value);
        if (known != values_.end()) {
            ++known->second.owners;
            return;
        }
        auto& entry = values_[std::string(value)];
        entry.forms = forms_of(value);
        for (auto& form : entry.forms) {
            auto key = beginning(form.data());
            index_.emplace(key, &form);
            perhaps_.set(slot(key));
        }
    }

    void drop(std::string_view value) {
        std::lock_guard lock(mutex_);
        auto known = values_.find(value);
        if (known == values_.end() || --known->second.owners > 0) return;
        for (auto& form : known->second.forms) {
            auto [from, to] = index_.equal_range(beginning(form.data()));
            auto found = std::find_if(from, to, [&](auto& one) { return one.second == &form; });
            if (found != to) index_.erase(found);
            wipe(form.data(), form.size());
        }
        auto node = values_.extract(known);
        wipe(node.key().data(), node.key().size());
        perhaps_.reset();
        for (auto& [key, form] : index_) perhaps_.set(slot(key));
    }

    std::string without(std::string text) const {
        std::lock_guard lock(mutex_);
        if (index_.empty() || text.size() < live_secrets::shortest) return text;
        std::string out;
        std::size_t copied = 0;
        for (std::size_t at = 0; at + live_secrets::shortest <= text.size();) {
            auto length = longest_at(text, at);
            if (length == 0) {
                ++at;
                continue;
            }
            out.append(text, copied, at - copied);
            out += replacement;
            at += length;
            copied = at;
        }
        if (copied == 0) return text;
        return out.append(text, copied);
    }

private:
    struct entry {
        unsigned owners = 1;
        std::vector<std::string> forms;
    };
    static constexpr std::size_t slots = 1u << 14u;

    static std::size_t slot(std::uint64_t key) {
        return (key * 0x9E3779B97F4A7C15u >> 40u) % slots;
    }

    std::size_t longest_at(const std::string& text, std::size_t at) const {
        auto key = beginning(text.data() + at);
        if (!perhaps_.test(slot(key))) return 0;
        std::size_t longest = 0;
        auto [from, to] = index_.equal_range(key);
        for (auto one = from; one != to; ++one) {
            auto& form = *one->second;
            if (text.compare(at, form.size(), form) == 0) longest = std::max(longest, form.size());
        }
        return longest;
    }

    mutable std::mutex mutex_;
    std::map<std::string, entry, std::less<>> values_;
    std::unordered_multimap<std::uint64_t, const std::string*> index_;
    std::bitset<slots> perhaps_;
};

// Never destroyed: secrets that live as long as the process drop themselves after it would be.
registry& known() {
    static auto& all = *new registry;
    return all;
}

}  // namespace

void live_secrets::keep(std::string_view value) {
    if (value.size() >= shortest) known().keep(value);
}

void live_secrets::drop(std::string_view value) {
    if (value.size() >= shortest) known().drop(value);
}

std::string without_secrets(std::string text) { return known().without(std::move(text)); }

}  // namespace kustodrop
