#pragma once

#include "config/reading/section.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::config {

/// When a changed value takes effect: after a reload, or only after a restart.
enum class effect { live, restart };

/// What a value looks like in the file.
enum class form {
    flag,
    number,
    duration,
    size,
    timetable,  // Sizes by weekday and time of day, or one size.
    percentage,
    choice,
    text,
    text_list,
    text_map,   // A map whose keys are free.
    texts_map,  // The same of lists.
    section,
    section_list,
    section_map,  // Sections under free names: `clusters`.
};

/// What there is to know about a key beside its value: for messages, the example, the manual page
/// and the schema.
struct key_facts {
    std::string_view name;
    std::string_view
        doc;  // Sentences; what is allowed and the default are added by the generators.
    config::form form = form::text;
    config::effect effect = config::effect::live;
    bool required = false;
    std::string default_value = {};  // As YAML; empty for sections and for required keys.
    std::string example = {};        // As YAML, where the example file shows something else.
    std::string allowed = {};        // "1 to 1024", where the form has a range.
    std::vector<std::string_view> choices = {};
    bool or_texts = false;            // A list of texts may stand instead of a choice.
    std::string_view or_map_of = {};  // And a map of this one key to one or more texts.
};

/// One key of the configuration and the member of a T that holds its value.
template <class T>
struct key {
    key_facts facts;
    std::function<void(section& from, T& out)> read;
    std::function<bool(const T& a, const T& b)> same = {};
    std::function<void(T& to, const T& from)> take = {};
    /// The value as YAML, without what is secret. Not of sections.
    std::function<std::string(const T&)> show = {};
    bool may_hold_secret = false;   // How it is written in the file must not be shown.
    std::vector<key<T>> keys = {};  // Of a section.
    /// What the values of a section may not be together; run once all are read.
    std::function<void(section& from, T& out)> check = {};
};

/// The keys' facts without the values, sections and lists included.
struct documented_key {
    key_facts facts;
    std::vector<documented_key> keys = {};
};

}  // namespace kustodrop::config
