//! Other people's names as names of xbuild: `[a-z][a-z0-9-]*`, and each once.

use std::collections::HashSet;

use xbuild_model::Name;

/// The nearest name; `fallback` where nothing of the text can stay.
pub(crate) fn spelled(text: &str, fallback: &str) -> Name {
    let respelt: String =
        text.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let words: Vec<&str> = respelt.split('-').filter(|word| !word.is_empty()).collect();
    let joined = words.join("-");
    let whole = joined.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let tries = [whole.to_owned(), format!("{fallback}-{joined}"), fallback.to_owned()];
    let found = tries.iter().find_map(|text| if joined.is_empty() { None } else { text.parse().ok() });
    found.or_else(|| fallback.parse().ok()).unwrap_or_else(|| unreachable!("`{fallback}` is a name"))
}

/// Names that were given.
#[derive(Debug, Default)]
pub(crate) struct Taken(HashSet<String>);

impl Taken {
    /// The name, or with a number where it was given before.
    pub(crate) fn unique(&mut self, name: &Name) -> Name {
        let numbered = (2_usize..).map(|number| format!("{name}-{number}"));
        let mut tries = std::iter::once(name.to_string()).chain(numbered);
        let free = tries.find(|text| !self.0.contains(text)).unwrap_or_default();
        self.0.insert(free.clone());
        free.parse().unwrap_or_else(|_| name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(spelled(text, "app").as_str(), expect, "{text}");
    }

    #[test]
    fn names_keep_what_they_can() {
        check("fleet", "fleet");
        check("My_App.CLI", "my-app-cli");
        check("7zip", "zip");
        check("7", "app-7");
        check("--x--", "x");
        check("ü", "app");
        check("", "app");
    }

    #[test]
    fn a_name_is_given_once() {
        let mut taken = Taken::default();
        let app = spelled("app", "app");
        let given = [(); 3].map(|()| taken.unique(&app).to_string());
        assert_eq!(given, ["app", "app-2", "app-3"]);
    }
}
