#pragma once

#include "config/keys/choices.hpp"
#include "config/keys/key.hpp"
#include "config/reading/quantities.hpp"
#include "config/reading/rates.hpp"
#include "config/reading/values.hpp"

#include <utility>

/// How the rows of the table are written: a name, the way to the member, the form of the value.
namespace kustodrop::config {

/// The way from a T to a value in it, through members of members.
template <class... Steps>
constexpr auto at(Steps... steps) {
    return [=](auto& from) -> auto& { return (from.*....*steps); };
}

/// A text as YAML: plain where that is safe, else in quotes.
std::string yaml_text(std::string_view text);
std::string yaml_texts(const std::vector<std::string>& texts);

struct flag_form {
    void describe(key_facts& out) const { out.form = form::flag; }
    bool read(section& from, std::string_view key, bool& out) const {
        return read_flag(from, key, out);
    }
    std::string show(bool value) const { return value ? "true" : "false"; }
};

struct number_form {
    range<std::uint64_t> allowed;
    void describe(key_facts& out) const {
        out.form = form::number;
        out.allowed = std::to_string(allowed.least) + " to " + std::to_string(allowed.most);
    }
    bool read(section& from, std::string_view key, std::uint64_t& out) const {
        return read_number(from, key, out, allowed);
    }
    std::string show(std::uint64_t value) const { return std::to_string(value); }
};

struct duration_form {
    range<duration> allowed;
    void describe(key_facts& out) const {
        out.form = form::duration;
        out.allowed = format_duration(allowed.least) + " to " + format_duration(allowed.most);
    }
    bool read(section& from, std::string_view key, duration& out) const {
        return read_duration(from, key, out, allowed);
    }
    std::string show(duration value) const { return format_duration(value); }
};

struct size_form {
    range<std::uint64_t> allowed;
    void describe(key_facts& out) const {
        out.form = form::size;
        out.allowed = format_size(allowed.least) + " to " + format_size(allowed.most);
    }
    bool read(section& from, std::string_view key, std::uint64_t& out) const {
        return read_size(from, key, out, allowed);
    }
    std::string show(std::uint64_t value) const { return format_size(value); }
};

struct timetable_form {
    range<std::uint64_t> allowed;  // Of each rate.
    void describe(key_facts& out) const {
        out.form = form::timetable;
        out.allowed = format_size(allowed.least) + " to " + format_size(allowed.most);
    }
    bool read(section& from, std::string_view key, timetable& out) const {
        return read_timetable(from, key, out, allowed);
    }
    std::string show(const timetable& value) const;
};

struct percentage_form {
    void describe(key_facts& out) const {
        out.form = form::percentage;
        out.allowed = "0% to 100%";
    }
    bool read(section& from, std::string_view key, double& out) const {
        return read_percentage(from, key, out);
    }
    std::string show(double value) const { return format_percentage(value); }
};

template <class Choices>
struct choice_form {
    Choices choices;
    void describe(key_facts& out) const {
        out.form = form::choice;
        out.choices = names();
    }
    template <class V>
    bool read(section& from, std::string_view key, V& out) const {
        auto given = read_choice(from, key, names());
        if (!given) return !from.is_wrong(key);
        for (auto& one : choices) {
            if (one.name == *given) out = one.value;
        }
        return true;
    }
    template <class V>
    std::string show(const V& value) const {
        for (auto& one : choices) {
            if (one.value == value) return yaml_text(one.name);
        }
        return {};
    }
    std::vector<std::string_view> names() const {
        std::vector<std::string_view> out;
        for (auto& one : choices) out.push_back(one.name);
        return out;
    }
};
template <class Choices>
choice_form(Choices) -> choice_form<Choices>;

struct text_form {
    text_rule rule = {};
    void describe(key_facts& out) const { out.form = form::text; }
    bool read(section& from, std::string_view key, std::string& out) const {
        return read_text(from, key, out, rule);
    }
    std::string show(const std::string& value) const { return yaml_text(value); }
};

/// An absolute path, without doubled slashes and the like.
struct path_form {
    text_rule rule;
    void describe(key_facts& out) const { out.form = form::text; }
    bool read(section& from, std::string_view key, std::string& out) const;
    std::string show(const std::string& value) const { return yaml_text(value); }
};

struct texts_form {
    list_rule rule;
    void describe(key_facts& out) const { out.form = form::text_list; }
    bool read(section& from, std::string_view key, std::vector<std::string>& out) const {
        return read_texts(from, key, out, rule);
    }
    std::string show(const std::vector<std::string>& value) const { return yaml_texts(value); }
};

/// A key of T; its default is that of a T.
template <class T, class Member, class Form>
key<T> make_key(std::string_view name, Member member, Form form, std::string_view doc) {
    key<T> out;
    out.facts.name = name;
    out.facts.doc = doc;
    form.describe(out.facts);
    const T defaults{};
    out.facts.default_value = form.show(member(defaults));
    out.read = [name, member, form](section& from, T& to) { form.read(from, name, member(to)); };
    out.same = [member](const T& a, const T& b) { return member(a) == member(b); };
    out.take = [member](T& to, const T& from) { member(to) = member(from); };
    out.show = [member, form](const T& from) { return form.show(member(from)); };
    return out;
}

/// A key whose value is read in a way of its own. It needs a way to be shown.
template <class T, class Member>
key<T> make_special_key(
    std::string_view name,
    Member member,
    std::function<void(section& from, T& out)> read,
    std::string_view doc
) {
    key<T> out;
    out.facts.name = name;
    out.facts.doc = doc;
    out.facts.default_value = yaml_text("");
    out.read = std::move(read);
    out.same = [member](const T& a, const T& b) { return member(a) == member(b); };
    out.take = [member](T& to, const T& from) { member(to) = member(from); };
    return out;
}

/// A map of keys: reads them in order, then checks them, then reports what is unknown.
template <class T>
key<T> make_section(std::string_view name, std::string_view doc, std::vector<key<T>> keys) {
    key<T> out;
    out.facts.name = name;
    out.facts.doc = doc;
    out.facts.form = form::section;
    out.keys = std::move(keys);
    return out;
}

/// Reads one key, a section with all it holds.
template <class T>
void read_key(section& from, const key<T>& one, T& out) {
    if (one.facts.form != form::section) return one.read(from, out);
    auto inner = from.map(one.facts.name);
    for (auto& sub : one.keys) read_key(inner, sub, out);
    if (one.check) one.check(inner, out);
    inner.finish();
}

template <class T>
key<T> restart(key<T> one) {
    one.facts.effect = effect::restart;
    return one;
}

template <class T>
key<T> required(key<T> one, std::string example) {
    one.facts.required = true;
    one.facts.default_value.clear();
    one.facts.example = std::move(example);
    return one;
}

/// How the value of a special key is written.
template <class T>
key<T> shown_by(key<T> one, std::function<std::string(const T&)> show) {
    one.show = std::move(show);
    return one;
}

/// The same of a key that may hold a secret.
template <class T>
key<T> secretly_shown_by(key<T> one, std::function<std::string(const T&)> show) {
    one.may_hold_secret = true;
    return shown_by(std::move(one), std::move(show));
}

template <class T>
key<T> shown_as(key<T> one, std::string example) {
    one.facts.example = std::move(example);
    return one;
}

template <class T>
key<T> checked(key<T> one, std::function<void(section& from, T& out)> check) {
    one.check = std::move(check);
    return one;
}

}  // namespace kustodrop::config
