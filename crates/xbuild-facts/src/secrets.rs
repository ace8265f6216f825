//! Variables that come from the user's environment: passed on by name, or secret.

use std::collections::BTreeMap;

use xbuild_builder::{EnvEntry, EnvSource, Recipe, SecretValue, Word};
use xbuild_content::Hash;
use xbuild_model::Slot;
use xbuild_plan::matrix::Resolved;

use crate::fault::Fault;
use crate::session::Session;

impl Session<'_> {
    /// Adds what `env-pass` passes on; a variable that is not set is a fault of the build, not of the plan.
    pub(crate) fn pass_env(&self, resolved: &Resolved<'_>, recipe: &mut Recipe, faults: &mut Vec<Fault>) {
        for (slot, value) in resolved.iter() {
            let (Slot::EnvPass(name), Some(_)) = (slot, value.value()) else { continue };
            let origin = value.origin().unwrap_or_default();
            match self.environment.iter().find(|(known, _)| *known == name.as_str()) {
                Some((_, value)) => {
                    let entry = EnvEntry { value: Word::text(value), source: EnvSource::Passed(origin) };
                    recipe.env.insert(name.to_string(), entry);
                }
                None => unset(faults, name, origin),
            }
        }
    }

    /// The hashes of secret variables, under this machine's key.
    pub(crate) fn secrets(
        &self,
        resolved: &Resolved<'_>,
        faults: &mut Vec<Fault>,
    ) -> Result<BTreeMap<String, SecretValue>, Fault> {
        let mut secrets = BTreeMap::new();
        for (slot, value) in resolved.iter() {
            let (Slot::EnvSecret(name), Some(_)) = (slot, value.value()) else { continue };
            let secret = self.environment.iter().find(|(known, _)| *known == name.as_str()).map(|(_, value)| value);
            if secret.is_none() {
                unset(faults, name, value.origin().unwrap_or_default());
            }
            let key = self.store.secret_key()?;
            let keyed_hash = secret.map(|secret| Hash::keyed(&key, secret.as_bytes()));
            secrets.insert(name.to_string(), SecretValue { keyed_hash });
        }
        Ok(secrets)
    }
}

/// Tells of a variable that is not set, once for each place that asks for it.
fn unset(faults: &mut Vec<Fault>, name: &str, at: xbuild_model::Origin) {
    let at: miette::SourceSpan = at.into();
    let same =
        |fault: &Fault| matches!(fault, Fault::EnvUnset { name: told, at: there } if told == name && *there == at);
    if !faults.iter().any(same) {
        faults.push(Fault::EnvUnset { name: name.to_owned(), at });
    }
}
