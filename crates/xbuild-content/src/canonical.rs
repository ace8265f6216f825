//! The canonical encoding: one walk over a value feeds the key and the explanation.
//!
//! A value that can be a key says its parts once, in [`Canonical::walk`]. One reader hashes them ([`key`]), another
//! writes them down ([`explain`]), and [`changes`] compares two such lists. Whatever is walked is in the key *and* in the
//! explanation; whatever is not walked is in neither.
//!
//! Encoding: every field is `depth (1) ‖ len(name) (u32 LE) ‖ name ‖ len(value) (u64 LE) ‖ value`, in the order of the walk, after
//! the domain, which is encoded as a field too. Lengths make it injective; depth makes groups unambiguous.

use std::collections::BTreeMap;
use std::fmt;

use crate::{Digest, Hash};

/// The digest of a value's canonical form. Two values with one key are the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Hash);

impl Key {
    /// A key that was read back from somewhere.
    pub const fn from_hash(hash: Hash) -> Self {
        Self(hash)
    }

    /// The hash under the key.
    pub const fn hash(&self) -> Hash {
        self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "blake3:{}", self.0)
    }
}

/// A value with a canonical form.
pub trait Canonical {
    /// Names every part that makes this value what it is, always in the same order.
    fn walk(&self, out: &mut Fields<'_>);
}

/// One part of a value: where it stands (`env/GOARM`) and what it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    /// The names of the groups and of the field, joined by `/`; a list's items carry their position.
    pub path: String,
    /// The value as text.
    pub value: String,
}

/// What takes the parts of a walk.
trait Reader {
    fn field(&mut self, depth: u8, name: &str, value: &str);
    fn enter(&mut self, depth: u8, name: &str);
    fn leave(&mut self);
}

/// The hand that a value gives its parts to.
pub struct Fields<'a> {
    reader: &'a mut dyn Reader,
    depth: u8,
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields").field("depth", &self.depth).finish_non_exhaustive()
    }
}

impl Fields<'_> {
    /// A named value.
    pub fn text(&mut self, name: &str, value: impl AsRef<str>) {
        self.reader.field(self.depth, name, value.as_ref());
    }

    /// A named digest with its size.
    pub fn digest(&mut self, name: &str, digest: &Digest) {
        self.text(name, format!("{}:{}", digest.hash(), digest.size()));
    }

    /// A list, where position counts.
    pub fn list<T: AsRef<str>>(&mut self, name: &str, items: impl IntoIterator<Item = T>) {
        self.group(name, |out| {
            for (position, item) in items.into_iter().enumerate() {
                out.text(&position.to_string(), item);
            }
        });
    }

    /// A group of parts.
    pub fn group(&mut self, name: &str, inside: impl FnOnce(&mut Fields<'_>)) {
        self.reader.enter(self.depth, name);
        inside(&mut Fields { reader: &mut *self.reader, depth: self.depth.saturating_add(1) });
        self.reader.leave();
    }
}

#[derive(Default)]
struct Hashing(blake3::Hasher);

impl Hashing {
    fn put(&mut self, depth: u8, name: &str, value: &str) {
        self.0.update(&[depth]);
        self.0.update(&u32::try_from(name.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.0.update(name.as_bytes());
        self.0.update(&(value.len() as u64).to_le_bytes());
        self.0.update(value.as_bytes());
    }
}

impl Reader for Hashing {
    fn field(&mut self, depth: u8, name: &str, value: &str) {
        self.put(depth, name, value);
    }

    fn enter(&mut self, depth: u8, name: &str) {
        self.put(depth, name, "");
    }

    fn leave(&mut self) {}
}

#[derive(Default)]
struct Explaining {
    groups: Vec<String>,
    fields: Vec<Field>,
}

impl Reader for Explaining {
    fn field(&mut self, _: u8, name: &str, value: &str) {
        let mut path = self.groups.join("/");
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(name);
        self.fields.push(Field { path, value: value.to_owned() });
    }

    fn enter(&mut self, _: u8, name: &str) {
        self.groups.push(name.to_owned());
    }

    fn leave(&mut self) {
        self.groups.pop();
    }
}

/// The key of a value. `domain` names the kind and the version of the encoding: `xbuild action 1`.
pub fn key(domain: &str, value: &impl Canonical) -> Key {
    let mut hashing = Hashing::default();
    hashing.put(0, "domain", domain);
    value.walk(&mut Fields { reader: &mut hashing, depth: 0 });
    Key(Hash::from_bytes(*hashing.0.finalize().as_bytes()))
}

/// The same walk, written down.
pub fn explain(value: &impl Canonical) -> Vec<Field> {
    let mut explaining = Explaining::default();
    value.walk(&mut Fields { reader: &mut explaining, depth: 0 });
    explaining.fields
}

/// A part that two explanations do not share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it stands.
    pub path: String,
    /// What it was; `None` where it is new.
    pub old: Option<String>,
    /// What it is; `None` where it is gone.
    pub new: Option<String>,
}

/// What differs between two explanations, by path.
pub fn changes(old: &[Field], new: &[Field]) -> Vec<Change> {
    let mut both: BTreeMap<&str, (Option<&str>, Option<&str>)> = BTreeMap::new();
    for field in old {
        both.entry(&field.path).or_default().0 = Some(&field.value);
    }
    for field in new {
        both.entry(&field.path).or_default().1 = Some(&field.value);
    }
    let differing = both.into_iter().filter(|(_, (old, new))| old != new);
    let owned = |text: Option<&str>| text.map(str::to_owned);
    differing.map(|(path, (old, new))| Change { path: path.to_owned(), old: owned(old), new: owned(new) }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Value(Vec<(String, Vec<String>)>);

    impl Canonical for Value {
        fn walk(&self, out: &mut Fields<'_>) {
            for (name, items) in &self.0 {
                out.list(name, items);
            }
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        prop::collection::vec(("[a-c]{0,2}", prop::collection::vec("[a-c0-1]{0,2}", 0..3)), 0..4).prop_map(Value)
    }

    proptest! {
        #[test]
        fn equal_values_and_only_they_have_equal_keys(a in values(), b in values()) {
            prop_assert_eq!(a == b, key("t", &a) == key("t", &b));
        }
    }

    #[test]
    fn a_change_names_old_and_new() {
        let old = explain(&Value(vec![("env".into(), vec!["6".into()])]));
        let new = explain(&Value(vec![("env".into(), vec!["7".into(), "x".into()])]));
        let text: Vec<String> =
            changes(&old, &new).iter().map(|c| format!("{} {:?} {:?}", c.path, c.old, c.new)).collect();
        assert_eq!(text, [r#"env/0 Some("6") Some("7")"#, r#"env/1 None Some("x")"#]);
    }

    #[test]
    fn the_domain_is_part_of_the_key() {
        let value = Value(Vec::new());
        assert_ne!(key("a", &value), key("b", &value));
    }
}
