//! Names that were checked once: of declarations, axis values and environment variables.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

/// A text that is not a name of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {kind}")]
pub struct NameError {
    text: String,
    kind: &'static str,
}

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $good:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                if $good(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NameError { text: text.escape_debug().to_string(), kind: $kind })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

checked_text! {
    /// The name of a project, toolchain, profile, axis or target: `[a-z][a-z0-9-]*`.
    Name, "a name: small letters, digits and `-`, starting with a letter", is_name
}

checked_text! {
    /// A value of an axis: `[A-Za-z0-9][A-Za-z0-9.+-]*`.
    AxisValue, "an axis value: letters, digits, `.`, `+` and `-`, starting with a letter or digit", is_axis_value
}

checked_text! {
    /// The name of an environment variable: `[A-Za-z_][A-Za-z0-9_]*`.
    EnvName, "the name of a variable: letters, digits and `_`, not starting with a digit", is_env_name
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_axis_value(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-'))
}

fn is_env_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
