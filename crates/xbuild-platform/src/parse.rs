//! Text to [`Platform`]: one spelling for each platform, and an error that names the right word for the rest.

use std::str::FromStr;

use crate::{Arch, Os, PAIRS, Platform, Variant, right_arch, right_os};

/// Why a text is not a platform. `Display` is the sentence for the label; [`PlatformError::help`] is what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// Not of the form `os/arch` or `os/arch/variant`.
    #[error("a platform is written `os/arch` or `os/arch/variant`")]
    Shape {
        /// What was probably meant.
        suggestions: Vec<String>,
    },
    /// The operating system is not in the table.
    #[error("`{word}` is not an operating system that xbuild knows")]
    Os {
        /// The word as written.
        word: String,
        /// What was probably meant: whole platforms.
        suggestions: Vec<String>,
    },
    /// The architecture is not in the table.
    #[error("`{word}` is not an architecture that xbuild knows")]
    Arch {
        /// The word as written.
        word: String,
        /// What was probably meant: whole platforms.
        suggestions: Vec<String>,
    },
    /// Both words are known, but the pair does not exist.
    #[error("{os} does not run on {arch}")]
    Pair {
        /// The operating system.
        os: Os,
        /// The architecture.
        arch: Arch,
        /// The architectures that the operating system has.
        suggestions: Vec<String>,
    },
    /// An architecture without a default level.
    #[error("`{os}/arm` does not say which ARM")]
    NeedsVariant {
        /// The operating system.
        os: Os,
    },
    /// The baseline named in full.
    #[error("the baseline of {arch} has no name")]
    Baseline {
        /// The architecture.
        arch: Arch,
        /// The short form.
        short: String,
    },
    /// A level that the architecture does not have.
    #[error("`{word}` is not a variant of {arch}")]
    Variant {
        /// The word as written.
        word: String,
        /// The architecture.
        arch: Arch,
        /// The platforms with the levels that it has.
        suggestions: Vec<String>,
    },
}

impl PlatformError {
    /// The next keystrokes, where they are known.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NeedsVariant { os } => {
                Some(format!("say v5, v6 or v7: \"{os}/arm/v5\", \"{os}/arm/v6\" or \"{os}/arm/v7\""))
            }
            Self::Baseline { short, .. } => Some(format!("write \"{short}\"")),
            Self::Variant { arch, suggestions, .. } if suggestions.is_empty() => {
                Some(format!("{arch} has no variants"))
            }
            Self::Pair { os, suggestions, .. } => Some(format!("{os} has {}", suggestions.join(", "))),
            Self::Shape { suggestions }
            | Self::Os { suggestions, .. }
            | Self::Arch { suggestions, .. }
            | Self::Variant { suggestions, .. } => match suggestions.as_slice() {
                [] => None,
                [one] => Some(format!("write \"{one}\"")),
                many => Some(format!("write one of {}", quoted(many))),
            },
        }
    }

    /// Whether only the level is wrong (`unknown-variant`), not the platform as such (`unknown-platform`).
    pub const fn is_variant(&self) -> bool {
        matches!(self, Self::Variant { .. })
    }
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, PlatformError> {
        let words: Vec<&str> = text.split('/').collect();
        let (os_word, arch_word, variant_word) = match words.as_slice() {
            [os, arch] => (*os, *arch, None),
            [os, arch, variant] => (*os, *arch, Some(*variant)),
            _ => return Err(PlatformError::Shape { suggestions: guess_shape(text) }),
        };
        let (os, arch) = pair(os_word, arch_word, variant_word)?;
        if !PAIRS.contains(&(os, arch)) {
            let suggestions = PAIRS.iter().filter(|pair| pair.0 == os).map(|pair| pair.1.to_string()).collect();
            return Err(PlatformError::Pair { os, arch, suggestions });
        }
        let variant = level(os, arch, variant_word)?;
        Ok(Self { os, arch, variant })
    }
}

fn pair(os_word: &str, arch_word: &str, variant: Option<&str>) -> Result<(Os, Arch), PlatformError> {
    let os = Os::from_name(os_word);
    let arch = Arch::from_name(arch_word);
    match (os, arch) {
        (Some(os), Some(arch)) => Ok((os, arch)),
        (None, _) => {
            let arch_right = arch.map_or_else(|| arch_guess(arch_word), |arch| vec![arch.to_string()]);
            let suggestions = combine(&os_guess(os_word), &arch_right, variant);
            Err(PlatformError::Os { word: os_word.to_owned(), suggestions })
        }
        (Some(os), None) => {
            let suggestions = combine(&[os.to_string()], &arch_guess(arch_word), variant);
            Err(PlatformError::Arch { word: arch_word.to_owned(), suggestions })
        }
    }
}

fn level(os: Os, arch: Arch, word: Option<&str>) -> Result<Option<Variant>, PlatformError> {
    let Some(word) = word else {
        return if arch.baseline().is_some() { Ok(None) } else { Err(PlatformError::NeedsVariant { os }) };
    };
    if let Some(variant) = arch.variant(word) {
        return Ok(Some(variant));
    }
    let is_baseline =
        arch.baseline().is_some_and(|name| !name.is_empty() && name == word) || (arch == Arch::Arm64 && word == "v8.0");
    if is_baseline {
        return Err(PlatformError::Baseline { arch, short: format!("{os}/{arch}") });
    }
    let respelt = arch.variant(&format!("v{word}"));
    let near = respelt.map_or_else(|| arch.variants().collect::<Vec<_>>(), |variant| vec![variant]);
    let suggestions = near.iter().take(8).map(|variant| format!("{os}/{arch}/{variant}")).collect();
    Err(PlatformError::Variant { word: word.to_owned(), arch, suggestions })
}

fn os_guess(word: &str) -> Vec<String> {
    guess(word, right_os, Os::ALL.iter().map(|os| os.as_str()))
}

fn arch_guess(word: &str) -> Vec<String> {
    guess(word, right_arch, Arch::ALL.iter().map(|arch| arch.as_str()))
}

/// An alias if there is one, else the names within a third of the word's length.
fn guess(
    word: &str,
    alias: fn(&str) -> Option<&'static str>,
    names: impl Iterator<Item = &'static str>,
) -> Vec<String> {
    let lower = word.to_lowercase();
    if let Some(right) = alias(&lower) {
        return vec![right.to_owned()];
    }
    let mut near: Vec<(usize, &str)> = names
        .map(|name| (strsim::damerau_levenshtein(&lower, name), name))
        .filter(|(distance, name)| *distance <= name.len().max(lower.len()) / 3)
        .collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

/// Whole platforms out of guessed words, those that parse.
fn combine(oses: &[String], arches: &[String], variant: Option<&str>) -> Vec<String> {
    let mut platforms = Vec::new();
    for os in oses {
        for arch in arches {
            let with_variant = variant.map(|variant| format!("{os}/{arch}/{variant}"));
            let candidates = with_variant.into_iter().chain([format!("{os}/{arch}")]);
            platforms.extend(candidates.filter(|text| text.parse::<Platform>().is_ok()).take(1));
            if arch == "arm" && variant.is_none() {
                platforms.extend(["v5", "v6", "v7"].map(|level| format!("{os}/arm/{level}")));
            }
        }
    }
    platforms.truncate(3);
    platforms
}

/// `linux-amd64`, `amd64`, `linux_arm64` and friends.
fn guess_shape(text: &str) -> Vec<String> {
    let respelt = text.to_lowercase().replace(['-', '_', ' ', ':'], "/");
    if matches!(respelt.split('/').count(), 2 | 3) && respelt.parse::<Platform>().is_ok() {
        return vec![respelt];
    }
    if let [os, arch] = respelt.split('/').collect::<Vec<_>>().as_slice() {
        let os = Os::from_name(os).map_or_else(|| os_guess(os), |os| vec![os.to_string()]);
        let arch = Arch::from_name(arch).map_or_else(|| arch_guess(arch), |arch| vec![arch.to_string()]);
        return combine(&os, &arch, None);
    }
    let arch =
        Arch::from_name(text).map(|arch| vec![arch.to_string()]).or_else(|| Some(vec![right_arch(text)?.into()]));
    if let Some(arch) = arch {
        return combine(&["linux".into()], &arch, None);
    }
    let os = Os::from_name(text).map(|os| vec![os.to_string()]).or_else(|| Some(vec![right_os(text)?.into()]));
    os.map(|os| combine(&os, &["amd64".into(), "arm64".into()], None)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let answer = match text.parse::<Platform>() {
            Ok(platform) => format!("ok {platform}"),
            Err(error) => format!("{error}; {}", error.help().unwrap_or_else(|| "no help".into())),
        };
        assert_eq!(answer, expect, "{text}");
    }

    #[test]
    fn the_short_spelling_is_the_only_one() {
        check("linux/amd64", "ok linux/amd64");
        check("linux/arm/v7", "ok linux/arm/v7");
        check("linux/arm64/v9.5", "ok linux/arm64/v9.5");
        check("linux/amd64/v1", "the baseline of amd64 has no name; write \"linux/amd64\"");
        check("linux/arm64/v8", "the baseline of arm64 has no name; write \"linux/arm64\"");
        check("linux/arm64/v8.0", "the baseline of arm64 has no name; write \"linux/arm64\"");
    }

    #[test]
    fn aliases_are_errors_that_name_the_right_word() {
        check("linux/x86_64", "`x86_64` is not an architecture that xbuild knows; write \"linux/amd64\"");
        check("macos/aarch64", "`macos` is not an operating system that xbuild knows; write \"darwin/arm64\"");
        check("linux/armv7", "`armv7` is not an architecture that xbuild knows; write \"linux/arm/v7\"");
        check("linux-amd64", "a platform is written `os/arch` or `os/arch/variant`; write \"linux/amd64\"");
        check("amd64", "a platform is written `os/arch` or `os/arch/variant`; write \"linux/amd64\"");
        check("prod", "a platform is written `os/arch` or `os/arch/variant`; no help");
        check(
            "linux/armd64",
            "`armd64` is not an architecture that xbuild knows; write one of \"linux/amd64\", \"linux/arm64\"",
        );
    }

    #[test]
    fn arm_has_no_default() {
        check(
            "linux/arm",
            "`linux/arm` does not say which ARM; say v5, v6 or v7: \"linux/arm/v5\", \"linux/arm/v6\" or \"linux/arm/v7\"",
        );
    }

    #[test]
    fn levels_that_go_accepts_and_ignores_are_errors() {
        check(
            "linux/amd64/v9",
            "`v9` is not a variant of amd64; write one of \"linux/amd64/v2\", \"linux/amd64/v3\", \"linux/amd64/v4\"",
        );
        check("linux/arm/7", "`7` is not a variant of arm; write \"linux/arm/v7\"");
        check("linux/s390x/z13", "`z13` is not a variant of s390x; s390x has no variants");
    }

    #[test]
    fn pairs_that_cannot_exist_are_errors() {
        check("darwin/386", "darwin does not run on 386; darwin has amd64, arm64");
    }

    #[test]
    fn parse_is_the_inverse_of_print_for_every_platform() {
        for &(os, arch) in PAIRS {
            for variant in arch.variants().map(Some).chain(arch.baseline().map(|_| None)) {
                let platform = Platform { os, arch, variant };
                assert_eq!(platform.to_string().parse(), Ok(platform));
            }
        }
    }

    #[test]
    fn go_levels_are_always_written_out() {
        let level = |text: &str| text.parse::<Platform>().ok().and_then(Platform::go_level);
        assert_eq!(level("linux/amd64"), Some(("GOAMD64", "v1".into())));
        assert_eq!(level("linux/arm64"), Some(("GOARM64", "v8.0".into())));
        assert_eq!(level("linux/arm/v6"), Some(("GOARM", "6".into())));
        assert_eq!(level("linux/386"), Some(("GO386", "sse2".into())));
        assert_eq!(level("linux/s390x"), None);
    }
}
